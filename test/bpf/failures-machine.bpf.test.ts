import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { ABI_HASH } from '../../src/kernel/intf.gen.js'
import { copyPackage, otherBuild } from '../harness/damaged.js'
import { startDialogue } from '../harness/dialogue.js'
import { describeBpf, sleep, waitFor } from '../harness/live.js'
import { expectMultiset, pick } from '../harness/multiset.js'
import { parseRows, type Row, RUN, trace } from '../harness/trace.js'
import { type Nginx, startNginx } from '../servers/nginx.js'
import { program, python } from '../servers/packages.js'
import { type Output, type Running, run, start } from '../servers/process.js'

const ON_TERMINAL = join(import.meta.dirname, 'clients/on-terminal.py')
const SHELL = { file: '/bin/sh', env: process.env }
const NOBODY = '65534'
const http = (rows: readonly Row[]): Row[] => rows.filter((row) => row.table_ === 'http_events')

describeBpf('A machine that is not kind', 12, () => {
  let nginx: Nginx
  let folder: string
  beforeAll(async () => {
    nginx = await startNginx()
  })
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stirling-machine-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))
  afterAll(() => nginx.stop())

  const scope = (): string[] => ['--connectors', 'http', '--port', `${nginx.port}`]
  const words = (...args: readonly string[]): string =>
    [process.execPath, RUN, ...args].map((word) => `'${word}'`).join(' ')

  const curl = (path: string): Promise<Output> =>
    run(program('curl'), ['--silent', '--output', '/dev/null', `http://127.0.0.1:${nginx.port}/${path}`])

  interface Shell {
    readonly running: Running
    said(): string
    readonly closed: Promise<number | null>
  }

  /** A line of a shell that ends in the tracer; ready when that is. */
  async function inShell(line: string): Promise<Shell> {
    const running = start(SHELL, { args: ['-c', line], stdout: 'pipe' })
    let said = ''
    running.child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    const closed = once(running.child, 'close').then(([code]) => code as number | null)
    await waitFor(() => /^info: tracing/m.test(running.stderr()) || running.child.exitCode !== null, 20_000)
    return { running, said: () => said, closed }
  }

  async function interrupt({ running, closed }: Shell): Promise<number | null> {
    running.child.kill('SIGINT')
    return closed
  }

  describe('a recording that cannot go on', () => {
    test.each<[string, () => string]>([
      [
        'the disk is full',
        () => `exec unshare --mount sh -c 'mount -t tmpfs -o size=2m none "${folder}" && exec "$@"' sh`,
      ],
      ['the file may not grow', () => `ulimit -f 4096; exec env`],
    ])('%s: records go on, the error is said, exit code 4', async (_, before) => {
      const file = join(folder, 'trace.rec')
      const shell = await inShell(`${before()} ${words('trace', '--format', 'ndjson', ...scope(), '--record', file)}`)
      for (let i = 0; i < 8; i++) await curl(`copied/1m.txt?[1-4]&${i}`)
      await waitFor(() => /recording stopped/.test(shell.running.stderr()), 5000)
      await curl('hello?after')
      expect(await interrupt(shell)).toBe(4)
      expect(shell.running.stderr()).toMatch(/^error: recording stopped: cannot write .*(ENOSPC|EFBIG)/m)
      expect(shell.running.stderr()).toMatch(/^error: the recording is not whole/m)
      const rows = http(parseRows(shell.said()))
      expect(pick(rows, 'req_path')).toContainEqual(['/hello?after'])
      expect(rows).toHaveLength(2 * (8 * 4 + 1))
    })
  })

  describe('a package that is not whole', () => {
    test.each<[string, (bytes: Buffer) => Buffer, RegExp]>([
      ['is empty', () => Buffer.alloc(0), /not a proper ELF object/],
      ['was cut off', (bytes) => bytes.subarray(0, bytes.length >> 1), /object format invalid/],
      ['is of another build', otherBuild(ABI_HASH), /was not compiled from the bpf\/intf of this library/],
    ])('BPF object that %s: exit code 3', async (_, how, words) => {
      const damaged = copyPackage()
      try {
        damaged.change('socket_trace.bpf.o', how)
        const { code, stdout, stderr } = await run({ file: process.execPath, env: process.env }, [
          damaged.run,
          'trace',
          ...scope(),
        ])
        expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
        expect(stderr).toMatch(/^error: no hook layer works here$/m)
        expect(stderr).toMatch(words)
        expect(stderr).not.toMatch(/^bug|^\s+at /m)
      } finally {
        await rm(damaged.folder, { recursive: true })
      }
    })
  })

  test('sockets of kinds that nobody traces: doctor names those that there are', async () => {
    const maker = startDialogue(python(), ['-c', UNTRACED])
    const [made, refused] = (await maker.next()) as [string[], Record<string, string>]
    for (const [name, why] of Object.entries(refused)) process.stderr.write(`skipped: a socket of ${name}: ${why}\n`)
    const { stdout } = await run({ file: process.execPath, env: process.env }, [RUN, 'doctor', '--json'])
    const { checks } = JSON.parse(stdout) as { checks: { name: string; why: string }[] }
    const why = checks.find(({ name }) => name === 'SCTP, SMC, vsock')?.why
    for (const name of made) expect(why).toMatch(new RegExp(`open here: .*(\\d+ of ${name}|${name} perhaps)`))
    await maker.stop()
  })

  test('not root, but CAP_BPF and CAP_PERFMON: it traces', async () => {
    const caps = '-all,+bpf,+perfmon'
    const user = `--reuid ${NOBODY} --regid ${NOBODY} --clear-groups --inh-caps ${caps} --ambient-caps ${caps} --bounding-set ${caps}`
    const shell = await inShell(`exec setpriv ${user} ${words('trace', '--format', 'ndjson', ...scope())}`)
    const { uid, capabilities } = rightsOf(shell.running.pid)
    expect([uid, capabilities]).toEqual([NOBODY, (1n << 38n) | (1n << 39n)])
    await curl('hello?caps')
    expect(await interrupt(shell)).toBe(0)
    expectMultiset(pick(http(parseRows(shell.said())), 'req_path', 'trace_role', 'resp_status'), [
      ['/hello?caps', 'client', 200],
      ['/hello?caps', 'server', 200],
    ])
  })

  describe('a terminal', () => {
    const isHeader = (line: string): boolean => /^http_events /.test(line)

    test('that gets narrower: what follows fits', async () => {
      const wide = 150
      const narrow = 70
      const shell = await onTerminal(`${wide}`, words('trace', ...scope()))
      await curl('hello?[1-5]')
      const before = await waitFor(() => shell.said().match(/hello/g)?.length === 10 && shell.said().length)
      shell.running.child.stdin?.write(`${narrow}\n`)
      await sleep(100)
      await curl('hello?[1-5]')
      await waitFor(() => shell.said().match(/hello/g)?.length === 20)
      shell.running.child.stdin?.end()
      expect(await shell.closed).toBe(0)
      const [first, second] = [shell.said().slice(0, before), shell.said().slice(before)].map((text) =>
        stripVTControlCharacters(text)
          .split('\r\n')
          .filter((line) => isHeader(line) || line.includes('hello')),
      ) as [string[], string[]]
      expect(first.filter(isHeader)).toHaveLength(1)
      expect(second.filter(isHeader)).toHaveLength(1)
      expect(Math.max(...first.map(({ length }) => length))).toBeGreaterThan(narrow)
      expect(Math.max(...second.map(({ length }) => length))).toBeLessThanOrEqual(narrow)
    })

    test('with NO_COLOR: no escape sequence', async () => {
      for (const [env, coloured] of [
        ['env -u NO_COLOR TERM=xterm', true],
        ['env NO_COLOR=1 TERM=xterm', false],
      ] as const) {
        const shell = await onTerminal('120', `${env} ${words('trace', ...scope())}`)
        await curl('status/404')
        await waitFor(() => shell.said().includes('404'))
        shell.running.child.stdin?.end()
        expect(await shell.closed).toBe(0)
        expect(shell.said().includes('\u001b')).toBe(coloured)
      }
    })

    test('that is not there, nor stdin nor stderr: NDJSON', async () => {
      const file = join(folder, 'out')
      const command = `exec setsid --wait ${words('trace', ...scope(), '--tables', 'http_events', '--limit', '2')} </dev/null 2>"${folder}/err" >"${file}"`
      const shell = start(SHELL, { args: ['-c', command] })
      await waitFor(() => readIfThere(join(folder, 'err')).includes('info: tracing'), 20_000)
      await curl('hello?file')
      await waitFor(() => shell.child.exitCode === 0)
      expectMultiset(pick(http(parseRows(readIfThere(file))), 'req_path'), [['/hello?file'], ['/hello?file']])
    })
  })

  async function onTerminal(columns: string, command: string): Promise<Shell> {
    const { file, env } = python()
    const args = [ON_TERMINAL, columns, '/bin/sh', '-c', `exec ${command}`]
    const running = start({ file, env }, { args, stdin: 'pipe', stdout: 'pipe' })
    const chunks: Buffer[] = []
    running.child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk))
    const said = (): string => Buffer.concat(chunks).toString()
    const closed = once(running.child, 'close').then(([code]) => code as number | null)
    await waitFor(() => said().includes('info: tracing'), 20_000)
    return { running, said, closed }
  }

  describe('hostile text', () => {
    const BIDI = Buffer.from('\u202e\u0085é').toString('latin1')
    const BODY = `\x1b[2J\x1b]0;owned\x07\x9b31m\xff\\x41\x00\x7f\r\n${BIDI} __proto__ "'<`
    const TARGET = `/\x9b31m\xff\\x41${BIDI}?__proto__=1`
    const COMM = '\x1b[31m\x9b\n"\xff\\'
    const HEADERS = '__proto__: \xff\x9b\r\nconstructor: y\r\ncontent-type: text/plain\r\n'
    let rows: Row[]
    let ndjson: string
    let table: string

    beforeAll(async () => {
      const server = startDialogue(python(), ['-c', ECHO])
      const port = (await server.next()) as number
      const args = ['--connectors', 'http', '--port', `${port}`]
      const tracer = trace(args)
      const shell = await inShell(`exec ${words('trace', '--format', 'table', ...args)}`)
      await tracer.ready
      const driver = startDialogue(python(), [join(import.meta.dirname, 'clients/socket-driver.py')])
      await driver.ask(['comm', COMM])
      await driver.ask(['connect', port])
      const length = `content-length: ${BODY.length}\r\n\r\n`
      await driver.ask(['send', `POST ${TARGET} HTTP/1.1\r\nhost: x\r\n${HEADERS}${length}${BODY}`])
      await driver.ask(['answer'])
      await Promise.all([tracer.stop(), interrupt(shell)])
      ndjson = (await tracer.ended).text
      rows = http(parseRows(ndjson))
      table = shell.said()
      await Promise.all([server.stop(), driver.stop()])
    })

    test('is in NDJSON to the byte', () => {
      expect(pick(rows, 'trace_role').flat().sort()).toEqual(['client', 'server'])
      for (const row of rows) {
        const columns = ['req_path', 'req_body', 'resp_body', 'resp_message']
        expect(columns.map((name) => bytesOf(row, name))).toEqual([TARGET, BODY, BODY, '\x9b31m\xff'])
        const headers = row.req_headers as Record<string, string[]>
        expect(Object.keys(headers)).toEqual(['host', '__proto__', 'constructor', 'content-type', 'content-length'])
        expect(bytesOf({ ...row, table_: '', req_headers: Object.entries(headers)[1]?.[1][0] }, 'req_headers')).toBe(
          '\xff\x9b',
        )
        expect(row.escaped).toEqual(expect.arrayContaining(['req_headers', 'resp_headers']))
      }
      expect(rows.map((row) => bytesOf(row, 'comm')).sort()).toEqual([COMM, 'python3'])
    })

    test('drives no terminal', () => {
      expect(table.split('\n').filter((line) => /POST/.test(line))).toHaveLength(2)
      for (const text of [ndjson, table]) expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
      expect(table).not.toMatch(/[\p{Cf}\p{Zl}\p{Zp}]/u)
      expect(
        ndjson
          .split('\n')
          .slice(0, -1)
          .every((line) => line.startsWith('{"table_":')),
      ).toBe(true)
    })
  })
})

// A socket of each kind that this kernel has: AF_INET with IPPROTO_SCTP, AF_SMC, AF_VSOCK.
const UNTRACED = `
import json, socket, sys
made, refused = {}, {}
for name, family, protocol in ('SCTP', socket.AF_INET, 132), ('SMC', 43, 0), ('vsock', 40, 0):
    try:
        made[name] = socket.socket(family, socket.SOCK_STREAM, protocol)
    except OSError as error:
        refused[name] = str(error)
print(json.dumps([list(made), refused]), flush=True)
sys.stdin.read()
`

/** The bytes that a column holds, as README.md says under `escaped`; latin-1. */
function bytesOf(row: Row, column: string): string {
  const text = Buffer.from(row[column] as string).toString('latin1')
  if (!(row.escaped as string[]).includes(column)) return text
  return text.replace(/\\(?:\\|x(..))/g, (_, hex: string | undefined) =>
    hex === undefined ? '\\' : String.fromCharCode(Number.parseInt(hex, 16)),
  )
}

// Answers one request with its own body, with the same as the reason, and with headers like it.
const ECHO = `
import re, socket
listener = socket.create_server(('127.0.0.1', 0))
print(listener.getsockname()[1], flush=True)
with listener.accept()[0] as s:
    data = b''
    while b'\\r\\n\\r\\n' not in data:
        data += s.recv(65536)
    head, body = data.split(b'\\r\\n\\r\\n', 1)
    length = int(re.search(br'content-length: (\\d+)', head)[1])
    while len(body) < length:
        body += s.recv(65536)
    s.sendall(b'HTTP/1.1 200 \\x9b31m\\xff\\r\\n__proto__: \\x9b\\r\\ncontent-type: text/plain\\r\\ncontent-length: %d\\r\\n\\r\\n%s' % (length, body))
    s.recv(1)
`

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function rightsOf(pid: number): { uid: string | undefined; capabilities: bigint } {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1')
  const line = (name: string): string | undefined => new RegExp(`^${name}:\\s+(\\w+)`, 'm').exec(status)?.[1]
  return { uid: line('Uid'), capabilities: BigInt(`0x${line('CapEff')}`) }
}
