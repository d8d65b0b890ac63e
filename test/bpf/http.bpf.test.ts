import { join } from 'node:path'
import { describeBpf, sleep, waitFor } from '../harness/live.js'
import { expectMultiset, multisetDiff, pick } from '../harness/multiset.js'
import { type Row, type Traced, trace, traceWhile } from '../harness/trace.js'
import { type Nginx, startNginx } from '../servers/nginx.js'
import { type NodeAccess, startNodeHttp } from '../servers/node-http.js'
import { program, python } from '../servers/packages.js'
import { run, start } from '../servers/process.js'

const NODE = { file: process.execPath, env: process.env }
const client = (name: string): string => join(import.meta.dirname, 'clients', name)
const http = (traced: Traced, role: string): Row[] =>
  traced.rows.filter((row) => row.table_ === 'http_events' && row.trace_role === role)
const exchanges = (rows: readonly Row[]): unknown[] =>
  pick(rows, 'req_method', 'req_path', 'resp_status', 'req_body_size', 'resp_body_size')
const logged = (log: readonly NodeAccess[]): unknown[] =>
  log.map((each) => [each.method, each.path, each.status, each.requestBodyBytes, each.bodyBytes])
const scope = (port: number): string[] => ['--connectors', 'http', '--port', `${port}`]

function expectNothingLost(traced: Traced): void {
  expect(traced.losses.filter(({ kind }) => kind === 'lost')).toEqual([])
}

describeBpf('HTTP, traced live', 10, () => {
  let nginx: Nginx
  beforeAll(async () => {
    nginx = await startNginx()
  })
  afterAll(() => nginx.stop())

  /** What nginx logged while `work` ran, and what was traced. */
  async function observe(work: () => Promise<unknown>): Promise<{ traced: Traced; log: unknown[] }> {
    const before = nginx.accessLog().length
    // This is about completeness: the ring must hold what a busy machine leaves waiting.
    const traced = await traceWhile([...scope(nginx.port), '--ring-bytes', '128Mi'], async () => {
      await work()
      await sleep(100)
    })
    expect(traced.exitCode).toBe(0)
    return { traced, log: logged(nginx.accessLog().slice(before)) }
  }

  /** Each request in the log is there once as the server saw it and once as the client did. */
  async function expectBothRoles(atLeast: number, work: () => Promise<unknown>): Promise<Traced> {
    const { traced, log } = await observe(work)
    expect(log.length).toBeGreaterThanOrEqual(atLeast)
    expectMultiset(exchanges(http(traced, 'server')), log)
    expectMultiset(exchanges(http(traced, 'client')), log)
    expectNothingLost(traced)
    return traced
  }

  async function expectSuccess(
    what: { file: string; env: NodeJS.ProcessEnv },
    args: readonly string[],
  ): Promise<number> {
    const { code, stderr, pid } = await run(what, args)
    expect({ code, stderr }).toMatchObject({ code: 0 })
    return pid
  }

  test('curl: every size and status, HEAD and POST', async () => {
    const url = `http://127.0.0.1:${nginx.port}`
    const paths = ['static/0.bin', 'static/1k.txt', 'static/100k.txt', 'static/1m.txt', 'copied/1m.txt']
    const statuses = [200, 201, 204, 404, 418, 500, 503].map((status) => `status/${status}`)
    const discard = [...paths, ...statuses].flatMap((path) => ['--output', '/dev/null', `${url}/${path}`])
    const pids: number[] = []
    const traced = await expectBothRoles(14, async () => {
      pids.push(await expectSuccess(program('curl'), ['--silent', ...discard]))
      pids.push(await expectSuccess(program('curl'), ['--silent', '--head', `${url}/static/1m.txt`]))
      pids.push(await expectSuccess(program('curl'), ['--silent', '--data', 'a=1&b=€', `${url}/post`]))
    })
    expect(new Set(pick(http(traced, 'client'), 'pid').flat())).toEqual(new Set(pids))
    expect(new Set(pick(http(traced, 'server'), 'pid').flat())).toEqual(new Set(nginx.workers()))
  })

  test('what a row says', async () => {
    const from = Date.now()
    const url = `http://127.0.0.1:${nginx.port}/post?x=1`
    const traced = await expectBothRoles(1, () =>
      expectSuccess(program('curl'), [
        '--silent',
        '--json',
        '{"a":1}',
        '--header',
        'X-Twice: 1',
        '--header',
        'X-Twice: 2',
        url,
      ]),
    )
    const [server] = http(traced, 'server')
    const [fromClient] = http(traced, 'client')
    expect(server).toMatchObject({
      comm: 'nginx',
      local_addr: '127.0.0.1',
      local_port: nginx.port,
      remote_addr: '127.0.0.1',
      remote_port: nginx.accessLog().at(-1)?.remotePort,
      encrypted: false,
      req_body: '{"a":1}',
      resp_body: 'posted\n',
      error: null,
      truncated: [],
      escaped: [],
      partial: false,
    })
    expect(fromClient).toMatchObject({ comm: 'curl', remote_addr: '127.0.0.1', remote_port: nginx.port })
    expect(fromClient?.local_port).toBe(server?.remote_port)
    expect(server?.req_headers).toMatchObject({ 'content-type': ['application/json'], 'x-twice': ['1', '2'] })
    const time = Date.parse(String(server?.time_))
    expect(time).toBeGreaterThanOrEqual(from - 50)
    expect(time).toBeLessThanOrEqual(Date.now() + 50)
    expect(server?.latency).toBeGreaterThan(0)
    expect(fromClient?.latency).toBeGreaterThanOrEqual(server?.latency as number)
  })

  test('node: fetch and a keep-alive agent', async () => {
    const base = `http://127.0.0.1:${nginx.port}`
    await expectBothRoles(55, () => expectSuccess(NODE, [client('http-fetch.mjs'), base]))
  })

  test('python: http.client on one connection', async () => {
    await expectBothRoles(27, () => expectSuccess(python(), [client('http-client.py'), `${nginx.port}`]))
  })

  test('pipelined requests, and one that comes byte by byte', async () => {
    await expectBothRoles(6, () => expectSuccess(NODE, [client('http-pipeline.mjs'), `${nginx.port}`]))
  })

  test('wrk: thousands of requests, none lost, none twice', async () => {
    const url = `http://127.0.0.1:${nginx.port}/static/1k.txt`
    const args = ['--threads', '1', '--connections', '4', '--duration', '1s', url]
    const { traced, log } = await observe(() => expectSuccess(program('wrk'), args))
    expect(log.length).toBeGreaterThan(1000)
    expectMultiset(exchanges(http(traced, 'server')), log)
    // wrk leaves without the whole answers to its last requests, at most one on each connection.
    const asked = http(traced, 'client')
    const whole = asked.filter((row) => row.resp_body_size === 1024)
    expect(multisetDiff(exchanges(whole), log).filter((line) => line.startsWith('+'))).toEqual([])
    expect(log.length - whole.length).toBeLessThanOrEqual(4)
    expect(asked.length).toBeLessThanOrEqual(whole.length + 4)
    expectNothingLost(traced)
  })

  test('a connection older than the tracer', async () => {
    const old = start(NODE, { args: [client('http-lines.mjs'), `${nginx.port}`], stdin: 'pipe', stdout: 'pipe' })
    let answers = ''
    old.child.stdout?.on('data', (chunk: Buffer) => {
      answers += chunk.toString()
    })
    async function ask(count: number): Promise<void> {
      const upTo = answers.split('\n').length + count
      for (let i = 0; i < count; i++) old.child.stdin?.write(`/hello?old=${i}\n`)
      await waitFor(() => answers.split('\n').length === upTo)
    }
    await ask(2)
    await expectBothRoles(10, () => ask(10))
    await old.stop()
  })

  test('--pid: that process and no other', async () => {
    const other = await startNodeHttp()
    const urls = [nginx.port, other.port].map((port) => `http://127.0.0.1:${port}/hello`)
    const before = nginx.accessLog().length
    const args = ['--connectors', 'http', '--pid', nginx.workers().join(',')]
    const traced = await traceWhile(args, () => expectSuccess(program('curl'), ['--silent', ...urls]))
    expectMultiset(exchanges(http(traced, 'server')), logged(nginx.accessLog().slice(before)))
    expectMultiset(http(traced, 'client'), [])
    expect(other.accessLog().length).toBe(1)
    await other.stop()
  })

  test('chunked bodies, bodies that end with the connection, and none', async () => {
    const server = await startNodeHttp()
    const url = `http://127.0.0.1:${server.port}`
    const paths = ['chunked', 'status/304', 'slow', 'status/204', 'chunked?2', 'no-length']
    const traced = await traceWhile(scope(server.port), async () => {
      await expectSuccess(program('curl'), ['--silent', ...paths.map((path) => `${url}/${path}`)])
      const chunked = ['--header', 'Transfer-Encoding: chunked', '--header', 'Expect: 100-continue']
      await expectSuccess(program('curl'), ['--silent', ...chunked, '--data', 'x'.repeat(3000), `${url}/upload`])
    })
    const log = logged(server.accessLog())
    expect(log.length).toBe(7)
    expectMultiset(exchanges(http(traced, 'server')), log)
    expectMultiset(exchanges(http(traced, 'client')), log)
    const slow = http(traced, 'server').find((row) => row.req_path === '/slow')
    expect(slow?.latency).toBeGreaterThan(90e6)
    await server.stop()
  })

  test('--limit and --duration end it with 0', async () => {
    const limited = trace([...scope(nginx.port), '--tables', 'http_events', '--limit', '3'])
    const timed = trace([...scope(nginx.port), '--duration', '2s'])
    await Promise.all([limited.ready, timed.ready])
    const url = `http://127.0.0.1:${nginx.port}/hello?n=[1-5]`
    await expectSuccess(program('curl'), ['--silent', url])
    const [first, second] = await Promise.all([limited.ended, timed.ended])
    expect([first.exitCode, second.exitCode]).toEqual([0, 0])
    expect(first.rows.filter((row) => row.table_ === 'http_events')).toHaveLength(3)
    expect(second.rows.filter((row) => row.table_ === 'http_events')).toHaveLength(10)
  })
})
