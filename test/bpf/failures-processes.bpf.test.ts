import { join } from 'node:path'
import { type Dialogue, startDialogue } from '../harness/dialogue.js'
import { describeBpf, sleep } from '../harness/live.js'
import { expectMultiset, pick } from '../harness/multiset.js'
import { type Row, type Traced, trace, traceWhile } from '../harness/trace.js'
import { type Access, type Nginx, startNginx } from '../servers/nginx.js'
import { startNodeHttp } from '../servers/node-http.js'
import { python } from '../servers/packages.js'
import { type Output, run } from '../servers/process.js'

const client = (name: string): string => join(import.meta.dirname, 'clients', name)
const http = ({ rows }: Traced, role: string): Row[] =>
  rows.filter((row) => row.table_ === 'http_events' && row.trace_role === role)
const scope = (port: number): string[] => ['--connectors', 'http', '--port', `${port}`]

/** Lines of JSON among others. */
function said(text: string): unknown[][] {
  const lines = text.split('\n').filter((line) => line.startsWith('['))
  return lines.map((line) => JSON.parse(line) as unknown[])
}

describeBpf('Processes that come and go', 8, () => {
  let nginx: Nginx
  beforeAll(async () => {
    nginx = await startNginx()
  })
  afterAll(() => nginx.stop())

  async function loggedWhile(work: () => Promise<unknown>): Promise<readonly Access[]> {
    const before = nginx.accessLog().length
    await work()
    return nginx.accessLog().slice(before)
  }

  async function expectSuccess(work: Promise<Output>): Promise<Output> {
    const output = await work
    expect({ code: output.code, stderr: output.stderr }).toEqual({ code: 0, stderr: '' })
    return output
  }

  test('10 000 connections of one request each', async () => {
    let log: readonly Access[] = []
    // Room for all of them: on a slow machine the tracer comes behind, and would shed some.
    const room = ['--ring-bytes', '128Mi']
    const traced = await traceWhile([...scope(nginx.port), ...room], async () => {
      const work = () => expectSuccess(run(python(), [client('many.py'), `${nginx.port}`, 'in-turn', '10000']))
      log = await loggedWhile(work)
    })
    expect(log).toHaveLength(10_000)
    expectMultiset(
      pick(http(traced, 'server'), 'req_path', 'resp_status', 'remote_port'),
      pick(log as never, 'path', 'status', 'remotePort'),
    )
    expectMultiset(
      pick(http(traced, 'client'), 'req_path', 'resp_status', 'local_port'),
      pick(log as never, 'path', 'status', 'remotePort'),
    )
  })

  test('processes that live for some milliseconds', async () => {
    const bash = `exec 3<>/dev/tcp/127.0.0.1/${nginx.port}; printf 'GET /hello?%s HTTP/1.0\\r\\n\\r\\n' $$ >&3; while read -r _; do :; done <&3`
    const loop = `for i in $(seq 200); do /bin/bash -c "$0" & wait $!; echo "[$!]"; done`
    let output: Output | undefined
    const traced = await traceWhile(scope(nginx.port), async () => {
      output = await expectSuccess(run({ file: '/bin/bash', env: process.env }, ['-c', loop, bash]))
    })
    const expected = said(output?.stdout ?? '').map(([pid]) => ['bash', pid, `/hello?${pid}`, 200])
    expect(expected).toHaveLength(200)
    expectMultiset(pick(http(traced, 'client'), 'comm', 'pid', 'req_path', 'resp_status'), expected)
    expect(new Set(pick(http(traced, 'client'), 'upid')).size).toBe(200)
  })

  test('-- CMD: thread, child, grandchild, orphan, exec and spawn are traced, and nobody else', async () => {
    const args = ['--connectors', 'http', '--', python().file, client('family.py'), `${nginx.port}`]
    const tracer = trace(args)
    await tracer.ready
    const url = [client('many.py'), `${nginx.port}`, 'in-turn', '20']
    const [traced] = await Promise.all([tracer.ended, expectSuccess(run(python(), url))])
    expect(traced.exitCode).toBe(0)
    const family = said(traced.stderr)
    expect(family.map(([path]) => path).sort()).toEqual(
      ['child', 'exec', 'grandchild', 'orphan', 'self', 'spawned', 'thread'].map((name) => `/${name}`),
    )
    expectMultiset(pick(http(traced, 'client'), 'req_path', 'pid'), family)
    expectMultiset(http(traced, 'server'), [])
  })

  test('a pid that is used again is another process', async () => {
    const twins = startDialogue(python(), [client('family.py'), `${nginx.port}`, 'again'])
    const [, pid] = (await twins.next()) as [string, number]
    const one = trace([...scope(nginx.port), '--pid', `${pid}`])
    const all = trace(scope(nginx.port))
    await Promise.all([one.ready, all.ready])
    expect(await twins.ask('go')).toEqual(['/first', pid])
    expect(await twins.next()).toEqual(['/second', pid])
    const [ofOne, ofAll] = await Promise.all([one.stop(), all.stop()])
    expectMultiset(pick(http(ofOne, 'client'), 'req_path', 'pid'), [['/first', pid]])
    expectMultiset(pick(http(ofAll, 'client'), 'req_path', 'pid'), [
      ['/first', pid],
      ['/second', pid],
    ])
    const [first, second] = pick(http(ofAll, 'client'), 'upid').flat() as string[]
    expect(first).not.toBe(second)
    expect(first?.split(':')[1]).toBe(second?.split(':')[1])
  })

  test('a connection handed on: each record names the process that made the call', async () => {
    const traced = await trace(['--connectors', 'socket_tracer', '--', python().file, client('handed-on.py')]).ended
    const calls = said(traced.stderr)
    expect(calls.map(([path]) => path)).toEqual(['/accepted', '/forked', '/duplicated', '/passed', '/again'])
    expect(new Set(calls.map(([, pid]) => pid)).size).toBe(3)
    const server = http(traced, 'server')
    expectMultiset(pick(server, 'req_path', 'pid'), calls)
    expect(new Set(pick(server, 'local_port', 'remote_port').map(String)).size).toBe(1)
    expect(server.every((row) => row.resp_status === 200 && row.partial === false)).toBe(true)
    const stats = traced.rows.filter((row) => row.table_ === 'conn_stats' && row.addr_family !== 'unix')
    expectMultiset(pick(stats, 'trace_role', 'conn_open', 'conn_close', 'bytes_sent'), [
      ['client', 1, 1, 170],
      ['server', 1, 1, 200],
    ])
  })

  test('a process that is stopped for half a second: the latency holds it', async () => {
    const server = await startNodeHttp()
    const driver = startDialogue(python(), [client('socket-driver.py')])
    const traced = await traceWhile(scope(server.port), async () => {
      await driver.ask(['connect', server.port])
      await driver.ask(['send', 'GET /slow HTTP/1.1\r\nhost: x\r\n\r\n'])
      await sleep(30)
      process.kill(server.pid, 'SIGSTOP')
      await sleep(500)
      process.kill(server.pid, 'SIGCONT')
      await driver.ask(['answer'])
    })
    for (const role of ['client', 'server']) {
      expect(pick(http(traced, role), 'req_path', 'resp_status')).toEqual([['/slow', 200]])
      expect(http(traced, role)[0]?.latency).toBeGreaterThan(500e6)
      expect(http(traced, role)[0]?.latency).toBeLessThan(2e9)
    }
    await server.stop()
  })

  describe('a client that is killed', () => {
    async function killed(driver: Dialogue, work: () => Promise<unknown>): Promise<[Traced, readonly Access[]]> {
      let log: readonly Access[] = []
      const traced = await traceWhile(scope(nginx.port), async () => {
        await driver.ask(['connect', nginx.port])
        log = await loggedWhile(async () => {
          await work()
          await sleep(50)
          await driver.stop('SIGKILL')
          await sleep(100)
        })
      })
      return [traced, log]
    }

    test('in the middle of its request', async () => {
      const driver = startDialogue(python(), [client('socket-driver.py')])
      const [traced, log] = await killed(driver, () =>
        driver.ask(['send', 'POST /post?killed HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nhalf']),
      )
      expect(log).toHaveLength(1)
      for (const role of ['client', 'server']) {
        expect(http(traced, role)).toHaveLength(1)
        expect(http(traced, role)[0]).toMatchObject({
          req_method: 'POST',
          req_path: '/post?killed',
          req_body: 'half',
          req_body_size: 4,
          resp_status: null,
          latency: null,
          error: 'request ended after 4 of 1000 bytes',
          partial: true,
        })
      }
    })

    test('in the middle of the response', async () => {
      const driver = startDialogue(python(), [client('socket-driver.py')])
      const [traced, log] = await killed(driver, async () => {
        await driver.ask(['send', 'GET /copied/16m.txt?killed HTTP/1.1\r\nhost: x\r\n\r\n'])
        await driver.ask(['recv', 1000])
      })
      const sent = log[0]?.bodyBytes as number
      expect(sent).toBeGreaterThan(1000)
      expect(sent).toBeLessThan(16 << 20)
      const columns = ['req_path', 'resp_status', 'resp_body_size', 'partial'] as const
      expect(pick(http(traced, 'server'), ...columns)).toEqual([['/copied/16m.txt?killed', 200, sent, true]])
      const [, , received] = pick(http(traced, 'client'), ...columns)[0] as number[]
      expect(received).toBeGreaterThan(0)
      expect(received).toBeLessThan(sent)
    })
  })
})
