import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeBpf, waitFor } from '../harness/live.js'
import { expectMultiset, pick } from '../harness/multiset.js'
import { parseRows, type Row, RUN, stirling, type Traced, traceWhile } from '../harness/trace.js'
import { type NodeHttp, startNodeHttp } from '../servers/node-http.js'
import { program, python } from '../servers/packages.js'
import { run, start, temporaryFolder } from '../servers/process.js'

const COLUMNS = ['trace_role', 'req_path', 'container']
const http = ({ rows }: Traced): Row[] => rows.filter((row) => row.table_ === 'http_events')

/** Where a hierarchy is mounted that takes new groups. */
function hierarchy(type: 'cgroup' | 'cgroup2', name: RegExp): string | undefined {
  const lines = readFileSync('/proc/self/mounts', 'latin1').split('\n')
  const mounts = lines.map((line) => line.split(' '))
  return mounts.find(([, at = '', kind]) => kind === type && name.test(at))?.[1]
}

const UNIFIED = hierarchy('cgroup2', /./)
const LEGACY = hierarchy('cgroup', /\/memory$/)

/** A cgroup as Docker calls one, with a process in it; `close` puts that back at the root. */
function containerAt(mount: string, pid: number): { id: string; path: string; close(): void } {
  const id = randomBytes(32).toString('hex')
  const parent = join(mount, `stirling-test-${process.pid}`, 'docker')
  const folder = join(parent, id)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'cgroup.procs'), `${pid}`)
  return {
    id,
    path: folder.slice(mount.length),
    close: () => {
      writeFileSync(join(mount, 'cgroup.procs'), `${pid}`)
      for (const each of [folder, parent, join(parent, '..')]) rmdirSync(each)
    },
  }
}

async function ask(...urls: readonly string[]): Promise<void> {
  const outputs = urls.flatMap(() => ['--output', '/dev/null'])
  const { code, stderr } = await run(program('curl'), [
    '--silent',
    '--show-error',
    '--max-time',
    '20',
    ...outputs,
    ...urls,
  ])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
}

const HIERARCHIES = [
  ...(UNIFIED === undefined ? [] : ([['cgroup v2', UNIFIED]] as const)),
  ...(LEGACY === undefined ? [] : ([['cgroup v1', LEGACY]] as const)),
]

describeBpf('Containers and namespaces', HIERARCHIES.length + 7, () => {
  let server: NodeHttp
  let other: NodeHttp
  beforeAll(async () => {
    server = await startNodeHttp()
    other = await startNodeHttp()
  })
  afterAll(async () => {
    await server.stop()
    await other.stop()
  })
  const urls = (): string[] => [server, other].map(({ port }) => `http://127.0.0.1:${port}/hello`)

  test.each(HIERARCHIES)(
    '--container takes the beginning of an id, and rows name the container: %s',
    async (_, mount) => {
      const container = containerAt(mount, server.pid)
      try {
        const traced = await traceWhile(['--connectors', 'http', '--container', container.id.slice(0, 12)], () =>
          ask(...urls()),
        )
        expectMultiset(pick(http(traced), ...COLUMNS), [['server', '/hello', `docker:${container.id}`]])
      } finally {
        container.close()
      }
    },
  )

  const unified = UNIFIED === undefined ? test.skip : test
  unified('--cgroup takes a path, and all that is below it; a recording knows the container', async () => {
    const container = containerAt(UNIFIED as string, other.pid)
    const above = container.path.split('/').slice(0, -1).join('/')
    const folder = await temporaryFolder('containers')
    const file = join(folder.path, 'trace.rec')
    let traced: Traced
    try {
      const scope = ['--connectors', 'http', '--cgroup', above, '--record', file]
      traced = await traceWhile(scope, () => ask(...urls()))
      expectMultiset(pick(http(traced), ...COLUMNS), [['server', '/hello', `docker:${container.id}`]])
    } finally {
      container.close()
    }
    const replayed = await stirling(['replay', file, '--connectors', 'http', '--format', 'ndjson']).ended
    expect(replayed.text).toBe(traced.text)
    await folder.remove()
  })

  test('--netns is the namespace of the socket', async () => {
    const server = `import http.server, socketserver
socketserver.TCPServer.allow_reuse_address = True
print(flush=True)
http.server.HTTPServer(('127.0.0.1', 8080), http.server.SimpleHTTPRequestHandler).serve_forever()`
    const inside = ['--net', '--', '/bin/sh', '-c', 'ip link set lo up && exec "$0" "$@"', python().file, '-c', server]
    const unshare = { file: '/usr/bin/unshare', env: python().env }
    const serving = start(unshare, { args: inside, cwd: '/', stdout: 'pipe' })
    await new Promise((resolve) => serving.child.stdout?.once('data', resolve))
    const netns = `/proc/${serving.pid}/ns/net`
    const nsenter = { file: '/usr/bin/nsenter', env: program('curl').env }
    const traced = await traceWhile(['--connectors', 'http', '--netns', netns], async () => {
      await ask(...urls())
      await run(nsenter, [`--net=${netns}`, '--', program('curl').file, '--silent', 'http://127.0.0.1:8080/absent'])
    })
    await serving.stop('SIGKILL')
    expectMultiset(pick(http(traced), 'trace_role', 'req_path', 'resp_status'), [
      ['server', '/absent', 404],
      ['client', '/absent', 404],
    ])
  })

  test.each([
    ['--container', 'no-such-container', /no container "no-such-container"/],
    ['--cgroup', '/no/such/group', /no cgroup "\/no\/such\/group"/],
    ['--netns', 'no-such-namespace', /no network namespace "no-such-namespace"/],
    ['--host-path', '/no/such/root', /no\/such\/root is not the root of a host/],
  ])('%s %s is a usage error', async (flag, value, message) => {
    const { exitCode, stderr } = await stirling(['trace', '--connectors', 'http', flag, value]).ended
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(message)
    expect(stderr).toMatch(/^hint: /m)
  })

  test('from a container of its own pid namespace, with the root of the host at /host', async () => {
    const traced = await tracedInBox(['--connectors', 'http', '--pid', `${server.pid}`], () => ask(...urls()))
    expectMultiset(pick(traced, 'trace_role', 'req_path', 'pid'), [['server', '/hello', server.pid]])
  })

  test('from a container of its own pid namespace: a command, and its output is not traced', async () => {
    const command = [program('curl').file, '--silent', ...urls()]
    const traced = await tracedInBox(['--connectors', 'http', '--', ...command])
    expectMultiset(pick(traced, 'trace_role', 'req_path', 'comm'), [
      ['client', '/hello', 'curl'],
      ['client', '/hello', 'curl'],
    ])
  })
})

// A root that holds the programs of the host, a /proc of its own pid namespace, and the host's root at /host.
const BOX = `set -e
box=$(mktemp -d)
trap 'umount -R "$box"' EXIT
mount -t tmpfs none "$box"
mkdir "$box/host" "$box/proc"
for each in /*; do
  if [ -L "$each" ]; then cp -P "$each" "$box"
  elif [ -d "$each" ] && [ "$each" != /proc ]; then mkdir "$box$each"; mount --rbind "$each" "$box$each"
  fi
done
mount --rbind / "$box/host"
mount -t proc none "$box/proc"
chroot "$box" "$@"`

/** The rows of a tracer in that box; what it does while `work` runs, or to its end. */
async function tracedInBox(args: readonly string[], work?: () => Promise<void>): Promise<Row[]> {
  const unshare = { file: '/usr/bin/unshare', env: { ...program('curl').env, LD_LIBRARY_PATH: undefined } }
  const command = [process.execPath, RUN, 'trace', '--host-path', '/host', '--format', 'ndjson', ...args]
  const box = ['--mount', '--pid', '--fork', '--kill-child', '--', '/bin/bash', '-c', BOX, 'box', ...command]
  const tracer = start(unshare, { args: box, stdout: 'pipe' })
  let text = ''
  tracer.child.stdout?.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  const ended = new Promise((resolve) => tracer.child.once('close', resolve))
  const rows = (): Row[] => parseRows(text).filter((row) => row.table_ === 'http_events')
  if (work === undefined) {
    await ended
    return rows()
  }
  await waitFor(() => /^info: tracing/m.test(tracer.stderr()) || tracer.child.exitCode !== null, 60_000)
  expect(tracer.stderr()).toContain('info: tracing')
  await work()
  await waitFor(() => rows().length > 0, 20_000)
  await tracer.stop('SIGKILL')
  return rows()
}
