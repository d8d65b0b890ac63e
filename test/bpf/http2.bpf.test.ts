import { join } from 'node:path'
import { describeBpf, sleep, waitFor } from '../harness/live.js'
import { expectMultiset, pick } from '../harness/multiset.js'
import { type Row, type Traced, traceWhile } from '../harness/trace.js'
import { grpcPython, hasGrpc, startGrpc } from '../servers/grpc.js'
import { type Nghttpd, PAGES, startNghttpd } from '../servers/nghttpd.js'
import { parseStreams, type StreamLog, startNodeHttp2 } from '../servers/node-http2.js'
import { program } from '../servers/packages.js'
import { type Output, run, start } from '../servers/process.js'

const NODE = { file: process.execPath, env: process.env }
const client = (name: string): string => join(import.meta.dirname, 'clients', name)
const ROLES = ['server', 'client'] as const
const scope = (port: number): string[] => ['--connectors', 'http2', '--port', `${port}`, '--ring-bytes', '128Mi']
const seen = (traced: Traced, role: string): Row[] =>
  traced.rows.filter((row) => row.table_ === 'http_events' && row.trace_role === role)
const exchanges = (rows: readonly Row[]): unknown[] =>
  pick(rows, 'req_method', 'req_path', 'resp_status', 'req_body_size', 'resp_body_size')
const logged = (log: readonly StreamLog[]): unknown[] =>
  log.map(({ method, path, status, requestBodyBytes, bodyBytes }) => {
    return [method, path, status, requestBodyBytes, status === null ? null : bodyBytes]
  })

async function succeed(what: { file: string; env: NodeJS.ProcessEnv }, args: readonly string[]): Promise<Output> {
  const output = await run(what, args)
  expect({ code: output.code, stderr: output.stderr }).toMatchObject({ code: 0 })
  return output
}

/** Traces while `work` runs; nothing may be lost, and nothing may be partial. */
async function observe(port: number, work: () => Promise<unknown>): Promise<Traced> {
  const traced = await traceWhile(scope(port), async () => {
    await work()
    await sleep(100)
  })
  expect(traced.exitCode).toBe(0)
  expect(traced.losses.filter(({ kind, reason }) => kind === 'lost' || reason.startsWith('http2_'))).toEqual([])
  return traced
}

describeBpf('HTTP/2, traced live', 8, () => {
  let nghttpd: Nghttpd
  const page = (name: string): unknown[] => ['GET', `/${name}`, 200, 0, PAGES[name]]
  beforeAll(async () => {
    nghttpd = await startNghttpd()
  })
  afterAll(() => nghttpd.stop())

  test('curl: what a row says', async () => {
    const url = `http://127.0.0.1:${nghttpd.port}`
    const curl = (...args: string[]): Promise<Output> =>
      succeed(program('curl'), ['--silent', '--http2-prior-knowledge', '--output', '/dev/null', ...args])
    const traced = await observe(nghttpd.port, async () => {
      for (const name of Object.keys(PAGES)) await curl(`${url}/${name}`)
      await curl('--json', '{"a":1}', '--header', 'Authorization: Basic Zm9v', `${url}/small.txt?token=abc`)
      await curl(`${url}/absent`)
    })
    for (const role of ROLES) {
      const rows = seen(traced, role)
      const posted = rows.find((row) => row.req_method === 'POST')
      expect(posted).toMatchObject({
        major_version: 2,
        minor_version: 0,
        req_headers: {
          ':authority': [`127.0.0.1:${nghttpd.port}`],
          'content-type': ['application/json'],
          authorization: ['[REDACTED]'],
        },
        req_path: '/small.txt?token=[REDACTED]',
        req_body: '{"a":1}',
        resp_status: 200,
        resp_message: null,
        resp_body: 'abcdefghijklmno\n',
        error: null,
        partial: false,
      })
      expect(posted?.latency).toBeGreaterThan(0)
      const absent = rows.find((row) => row.req_path === '/absent')
      expect(absent).toMatchObject({ resp_status: 404, error: '404' })
      const others = rows.filter((row) => row !== posted && row !== absent)
      expectMultiset(exchanges(others), Object.keys(PAGES).map(page))
    }
  })

  test('nghttp: streams at once, padding, CONTINUATION', async () => {
    // With --continuation every request has fields of 17 KiB.
    const names = ['small.txt', '100k.txt']
    const urls = names.map((name) => `http://127.0.0.1:${nghttpd.port}/${name}`)
    const options = ['--null-out', '--multiply=5', '--padding=100', '--continuation']
    const traced = await observe(nghttpd.port, () => succeed(program('nghttp'), [...options, ...urls]))
    const expected = names.flatMap((name) => Array.from({ length: 5 }, () => page(name)))
    for (const role of ROLES) expectMultiset(exchanges(seen(traced, role)), expected)
  })

  test('h2load: thousands of requests, none lost, none twice', async () => {
    const url = `http://127.0.0.1:${nghttpd.port}/small.txt`
    const args = ['--requests=5000', '--clients=4', '--max-concurrent-streams=20', url]
    const traced = await observe(nghttpd.port, () => succeed(program('h2load'), args))
    const expected = Array.from({ length: 5000 }, () => page('small.txt'))
    for (const role of ROLES) expectMultiset(exchanges(seen(traced, role)), expected)
  })

  test('node: resets, pushes, trailers, interim responses, bodies', async () => {
    const server = await startNodeHttp2()
    let asked: StreamLog[] = []
    const traced = await traceWhile(scope(server.port), async () => {
      const { stdout } = await succeed(NODE, [client('http2-streams.mjs'), `${server.port}`])
      asked = parseStreams(stdout)
      await waitFor(() => server.streams().length === asked.length)
    })
    expect(traced.losses.filter(({ kind }) => kind === 'lost')).toEqual([])
    expect(asked.length).toBe(115)
    expectMultiset(exchanges(seen(traced, 'server')), logged(server.streams()))
    expectMultiset(exchanges(seen(traced, 'client')), logged(asked))
    for (const role of ROLES) {
      const rows = new Map(seen(traced, role).map((row) => [row.req_path, row]))
      expect(rows.get('/refused')).toMatchObject({ resp_headers: null, error: 'reset by the server: REFUSED_STREAM' })
      expect(rows.get('/cancelled')).toMatchObject({
        resp_status: 200,
        error: 'reset by the client: CANCEL',
        latency: null,
      })
      expect(rows.get('/trailers')?.resp_headers).toMatchObject({ 'x-sum': ['16'] })
      expect(rows.get('/many?n=99')?.req_headers).toMatchObject({ 'x-same': ['always'], 'x-number': ['99'] })
      expect(seen(traced, role).filter((row) => row.partial)).toEqual([])
    }
    await server.stop()
  })

  test('a connection older than the tracer: never a wrong header', async () => {
    const server = await startNodeHttp2()
    const old = start(NODE, { args: [client('http2-lines.mjs'), `${server.port}`], stdin: 'pipe', stdout: 'pipe' })
    let answers = ''
    old.child.stdout?.on('data', (chunk: Buffer) => {
      answers += chunk.toString()
    })
    async function ask(count: number): Promise<void> {
      const upTo = answers.split('\n').length + count
      for (let i = 0; i < count; i++) old.child.stdin?.write(`/old/${i}\n`)
      await waitFor(() => answers.split('\n').length === upTo)
    }
    await ask(2)
    const traced = await observe(server.port, () => ask(10))
    for (const role of ROLES) {
      const rows = seen(traced, role)
      expectMultiset(
        pick(rows, 'req_path', 'resp_status', 'partial'),
        Array.from({ length: 10 }, (_, i) => [`/old/${i}`, 200, true]),
      )
      // Into the table that was not seen; then every row is partial.
      const known = rows.flatMap(({ req_headers }) => Object.entries(req_headers as Record<string, string[]>))
      expect(known.filter(([name]) => name === 'x-same')).toEqual([])
      expect(known.filter(([name]) => name === '<unknown>').length).toBeGreaterThanOrEqual(10)
      expect(JSON.stringify(known)).not.toContain('secret')
    }
    await old.stop()
    await server.stop()
  })

  const testGrpc = hasGrpc() ? test : test.skip
  testGrpc('gRPC: calls of all kinds', async () => {
    const server = await startGrpc()
    const traced = await traceWhile(scope(server.port), async () => {
      const { stdout } = await succeed(grpcPython(), [client('grpc-client.py'), `${server.port}`])
      expect(stdout.trim().split('\n').sort()).toEqual(
        [
          ...['Unary', 'Unary', 'Unary', 'Unary', 'Count', 'Collect', 'Chat'].map((name) => `${name} OK`),
          'Fail NOT_FOUND',
          'Absent UNIMPLEMENTED',
          'Slow DEADLINE_EXCEEDED',
        ].sort(),
      )
    })
    for (const role of ROLES) {
      const rows = seen(traced, role)
      const of = (name: string): Row | undefined => rows.find((row) => row.req_path === `/test.Test/${name}`)
      expect(rows).toHaveLength(10)
      const unary = rows.filter((row) => row.req_path === '/test.Test/Unary')
      expectMultiset(pick(unary, 'req_body', 'resp_body', 'resp_status', 'error', 'content_type', 'partial'), [
        ...Array.from({ length: 3 }, () => ['2: "world"', '1: "hello"\n2: "world"', 200, null, 'gRPC', false]),
        ['3: "gzips"', '1: "hello"\n3: "gzips"', 200, null, 'gRPC', false],
      ])
      expect(unary[0]?.resp_headers).toMatchObject({ 'grpc-status': ['0'], 'x-trailer': ['there'] })
      expect(of('Fail')).toMatchObject({ resp_status: 200, error: 'grpc 5 NOT_FOUND: no "café"' })
      expect(of('Absent')?.error).toMatch(/^grpc 12 UNIMPLEMENTED/)
      expect(of('Slow')?.error).toMatch(/reset by the client: CANCEL|DEADLINE_EXCEEDED/)
      expect(of('Count')).toMatchObject({ req_body: '', resp_body: '1: 1\n1: 2\n1: 3\n1: 4\n1: 5', error: null })
      expect(of('Collect')).toMatchObject({ req_body: '1: "a"\n1: "b"\n1: "c"', resp_body: '1: 3' })
      expect(of('Chat')).toMatchObject({ req_body: '1: "a"\n1: "b"', resp_body: '1: "a"\n1: "b"' })
    }
    await server.stop()
  })

  test.each(['http', 'grpc'])('--connectors %s takes it in', async (name) => {
    const url = `http://127.0.0.1:${nghttpd.port}/small.txt`
    const args = ['--connectors', name, '--port', `${nghttpd.port}`]
    const traced = await traceWhile(args, () => succeed(program('nghttp'), ['--null-out', url]))
    for (const role of ROLES) expectMultiset(exchanges(seen(traced, role)), [page('small.txt')])
  })
})
