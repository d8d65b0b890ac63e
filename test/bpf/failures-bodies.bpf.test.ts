import { join } from 'node:path'
import { type Dialogue, startDialogue } from '../harness/dialogue.js'
import { describeBpf, sleep } from '../harness/live.js'
import { expectMultiset, pick } from '../harness/multiset.js'
import { type Row, type Traced, type Tracer, trace, traceWhile } from '../harness/trace.js'
import { type Nginx, startNginx } from '../servers/nginx.js'
import { startNodeHttp } from '../servers/node-http.js'
import { program, python } from '../servers/packages.js'
import { run } from '../servers/process.js'

const MIB = 1 << 20
const client = (name: string): string => join(import.meta.dirname, 'clients', name)
const driver = (): Dialogue => startDialogue(python(), [client('socket-driver.py')])
const http = ({ rows }: Traced, role: string): Row[] =>
  rows.filter((row) => row.table_ === 'http_events' && row.trace_role === role)
const exchanges = (rows: readonly Row[]): unknown[] =>
  pick(rows, 'req_path', 'resp_status', 'req_body_size', 'resp_body_size', 'partial')
const scope = (port: number): string[] => ['--connectors', 'http', '--port', `${port}`]

interface Bulk {
  readonly path: string
  readonly up: number
  readonly down: number
  readonly chunked: boolean
  readonly vectors: boolean
}

function bytesOf(traced: Traced, kind: string): number {
  return traced.losses.filter((line) => line.kind === kind).reduce((sum, line) => sum + line.bytes, 0)
}

describeBpf('Bodies', 10, () => {
  let nginx: Nginx
  beforeAll(async () => {
    nginx = await startNginx()
  })
  afterAll(() => nginx.stop())

  /** A server of its own, which makes these exchanges while it is traced. */
  async function bulk(
    args: (port: number, pid: number) => string[],
    ...exchanges: Bulk[]
  ): Promise<[Traced, unknown[]]> {
    const server = startDialogue(python(), [client('bulk.py')])
    const [port, pid] = (await server.next()) as [number, number]
    const said: unknown[] = []
    const traced = await traceWhile(args(port, pid), async () => {
      for (const exchange of exchanges) said.push(await server.ask(exchange))
    })
    await server.stop()
    return [traced, said]
  }

  const large = (path: string, more: Partial<Bulk> = {}): Bulk => ({
    path,
    up: 100 * MIB,
    down: 100 * MIB,
    chunked: false,
    vectors: false,
    ...more,
  })

  test('100 MiB both ways: the sizes are right, and little of it is shipped', async () => {
    const [traced] = await bulk((port) => scope(port), large('/large'))
    for (const role of ['client', 'server']) {
      expectMultiset(exchanges(http(traced, role)), [['/large', 200, 100 * MIB, 100 * MIB, false]])
    }
    expect(bytesOf(traced, 'seen')).toBeGreaterThan(400 * MIB)
    expect(bytesOf(traced, 'emitted')).toBeLessThan(4 * MIB)
    expect(bytesOf(traced, 'lost')).toBe(0)
  })

  test('a download of 1 GiB ships at most 1 MiB', async () => {
    const [traced] = await bulk(
      (_, pid) => ['--connectors', 'http', '--pid', `${pid}`],
      large('/gib', { up: 0, down: 1024 * MIB }),
    )
    expectMultiset(exchanges(http(traced, 'server')), [['/gib', 200, 0, 1024 * MIB, false]])
    expect(bytesOf(traced, 'emitted')).toBeLessThan(MIB)
    expect(bytesOf(traced, 'seen')).toBe(bytesOf(traced, 'emitted') + bytesOf(traced, 'skipped'))
  })

  // The sizes of the chunks are among the bytes, which come faster than a verdict: the place is lost, and the row says so.
  test('100 MiB both ways in chunks: a row without wrong values', async () => {
    const [traced] = await bulk((port) => scope(port), large('/chunked', { chunked: true }))
    for (const role of ['client', 'server']) {
      const [row] = http(traced, role)
      expect(http(traced, role)).toHaveLength(1)
      expect(row?.req_path).toBe('/chunked')
      expect([200, null]).toContain(row?.resp_status)
      const exact = row?.req_body_size === 100 * MIB && row?.resp_body_size === 100 * MIB
      expect(row?.partial).toBe(!exact)
    }
  })

  // Every byte is still shipped after the place in the chunks is lost, when none of them is of use any more.
  test.failing('100 MiB both ways in chunks: little is shipped once the place is lost', async () => {
    const [traced] = await bulk((port) => scope(port), large('/chunked', { chunked: true }))
    expect(bytesOf(traced, 'emitted')).toBeLessThan(16 * MIB)
    expect(bytesOf(traced, 'lost')).toBe(0)
  })

  test('calls with 64 vectors that move only some of them, and do not block', async () => {
    const sizes = ['--body-bytes', '256Ki', '--capture-bytes', '1Mi', '--infer-bytes', '1Mi']
    const exchange = large('/vectors', { up: 200_000, down: 200_001, vectors: true })
    const [traced, said] = await bulk((port) => [...scope(port), ...sizes], exchange)
    const [parts, refused] = said[0] as [number, number]
    expect(parts).toBeGreaterThan(0)
    expect(refused).toBeGreaterThan(0)
    const body = '0123456789abcde\n'.repeat(12_501)
    for (const role of ['client', 'server']) {
      expectMultiset(pick(http(traced, role), 'req_path', 'req_body', 'resp_body', 'truncated', 'partial'), [
        ['/vectors', body.slice(0, 200_000), body.slice(0, 200_001), [], false],
      ])
    }
  })

  test('sendfile: the length is right, the body is named as not captured', async () => {
    const url = `http://127.0.0.1:${nginx.port}/static/100k.txt`
    const traced = await traceWhile(scope(nginx.port), () =>
      run(program('curl'), ['--silent', '--output', '/dev/null', url]),
    )
    expect(http(traced, 'server')).toHaveLength(1)
    expect(http(traced, 'server')[0]).toMatchObject({
      resp_status: 200,
      resp_body: null,
      resp_body_size: 102_400,
      truncated: ['resp_body'],
      partial: false,
    })
    const skipped = traced.losses.find(({ reason }) => reason === 'skip_nobuf')
    expect(skipped?.bytes).toBe(102_400)
  })

  describe('a connection older than the tracer, joined', () => {
    const asked = [0, 1, 2, 3, 4].map((i) => `/after?${i}`)

    async function askAgain(old: Dialogue): Promise<void> {
      for (const path of asked) {
        await old.ask(['send', `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`])
        await old.ask(['answer'])
      }
    }

    // A connection of which nothing was understood is looked at again after a while, longer where the machine is slow.
    async function untilUnderstood(tracer: Tracer, old: Dialogue): Promise<void> {
      const understood = (): boolean =>
        new Set(tracer.rows().flatMap((row) => (row.req_path === '/probe' ? [row.trace_role] : []))).size === 2
      for (let i = 0; i < 12 && !understood(); i++) {
        await sleep(i === 0 ? 0 : 1000)
        await old.ask(['send', 'GET /probe HTTP/1.1\r\nhost: x\r\n\r\n'])
        await old.ask(['answer'])
        await sleep(300)
      }
    }

    async function joinedInUpload(half: string, probe = false): Promise<Traced> {
      const server = await startNodeHttp()
      const old = driver()
      await old.ask(['connect', server.port])
      await old.ask(['send', `POST /upload HTTP/1.1\r\nhost: x\r\ncontent-length: ${2 * half.length}\r\n\r\n${half}`])
      await sleep(50)
      const tracer = trace(scope(server.port))
      await tracer.ready
      await old.ask(['send', half])
      await old.ask(['answer'])
      if (probe) await untilUnderstood(tracer, old)
      await askAgain(old)
      const traced = await tracer.stop()
      await server.stop()
      return traced
    }

    test('in the middle of a request body', async () => {
      const traced = await joinedInUpload('x'.repeat(10_000), true)
      for (const role of ['client', 'server']) {
        const columns = ['req_path', 'resp_status', 'resp_body_size', 'partial']
        const rows = http(traced, role).filter((row) => row.req_path !== '/probe')
        expectMultiset(
          pick(rows, ...columns),
          asked.map((path) => [path, 200, 16, false]),
        )
      }
    })

    test('in the middle of a request body that looks like requests: no wrong row', async () => {
      const traced = await joinedInUpload('GET /in-body HTTP/1.1\r\n\r\n'.repeat(500))
      const answered = [...http(traced, 'client'), ...http(traced, 'server')].filter((row) => row.resp_status !== null)
      expect(answered.filter((row) => !asked.includes(row.req_path as string))).toEqual([])
    })

    test('in the middle of a response: decoded again after a while, and nothing is said to be unseen', async () => {
      const old = driver()
      await old.ask(['connect', nginx.port])
      await old.ask(['send', 'GET /copied/16m.txt?old HTTP/1.1\r\nhost: x\r\n\r\n'])
      await old.ask(['recv', 100_000])
      const tracer = trace(scope(nginx.port))
      await tracer.ready
      await old.ask(['answer'])
      await untilUnderstood(tracer, old)
      await askAgain(old)
      const traced = await tracer.stop()
      for (const role of ['client', 'server']) {
        const rows = http(traced, role).filter((row) => asked.includes(row.req_path as string))
        expectMultiset(
          pick(rows, 'req_path', 'resp_status', 'partial'),
          asked.map((path) => [path, 404, false]),
        )
      }
      expect(traced.losses.filter(({ kind }) => ['lost', 'unseen'].includes(kind))).toEqual([])
    })
  })

  test('half closed: the request ends, the answer comes after', async () => {
    const server = startDialogue(python(), ['-c', HALF_CLOSED])
    const port = (await server.next()) as number
    const traced = await traceWhile(scope(port), async () => {
      const asker = driver()
      await asker.ask(['connect', port])
      await asker.ask(['send', 'GET /half HTTP/1.0\r\nhost: x\r\n\r\n'])
      await asker.ask(['shutdown'])
      await asker.ask(['recv', 0])
      await server.next()
    })
    for (const role of ['client', 'server']) {
      expectMultiset(pick(http(traced, role), 'req_path', 'resp_status', 'resp_body', 'partial'), [
        ['/half', 200, 'a late answer', false],
      ])
      expect(http(traced, role)[0]?.latency).toBeGreaterThan(200e6)
    }
  })
})

// Answers when it has read to the end, in two pieces, without a length.
const HALF_CLOSED = `
import socket, time
listener = socket.create_server(('127.0.0.1', 0))
print(listener.getsockname()[1], flush=True)
with listener.accept()[0] as s:
    while s.recv(100):
        pass
    time.sleep(0.1)
    s.sendall(b'HTTP/1.0 200 OK\\r\\ncontent-type: text/plain\\r\\n\\r\\na late')
    time.sleep(0.1)
    s.sendall(b' answer')
print('1', flush=True)
`
