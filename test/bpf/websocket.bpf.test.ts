import { join } from 'node:path'
import { describeBpf, waitFor } from '../harness/live.js'
import { expectMultiset, pick } from '../harness/multiset.js'
import { type Row, type Traced, traceWhile } from '../harness/trace.js'
import { python } from '../servers/packages.js'
import { run, start } from '../servers/process.js'
import { startWebSocketEcho, type WebSocketEcho } from '../servers/websocket.js'

const NODE = { file: process.execPath, env: process.env }
const client = (name: string): string => join(import.meta.dirname, 'clients', name)
const ROLES = ['server', 'client'] as const
const scope = (port: number): string[] => [
  '--connectors',
  'http',
  '--port',
  `${port}`,
  '--ring-bytes',
  '128Mi',
  '--capture-bytes',
  '1Mi',
]
const seen = (traced: Traced, role: string, table = 'websocket_events'): Row[] =>
  traced.rows.filter((row) => row.table_ === table && row.trace_role === role)

/** What the rows say, in the words of the server's log. */
function messages(rows: readonly Row[]): unknown[] {
  return rows.map(({ direction, opcode, payload, close_code, close_reason }) => {
    return [direction, opcode, opcode === 'close' ? `${close_code} ${close_reason ?? ''}` : payload]
  })
}

describeBpf('WebSocket, traced live', 4, () => {
  let server: WebSocketEcho
  beforeEach(async () => {
    server = await startWebSocketEcho()
  })
  afterEach(() => server.stop())

  /** Traces while a client talks: both ends must have seen what the server says. */
  async function observe(what: typeof NODE, ...args: string[]): Promise<Traced> {
    const traced = await traceWhile(scope(server.port), async () => {
      const { code, stderr } = await run(what, args)
      expect({ code, stderr }).toMatchObject({ code: 0 })
      await waitFor(() => server.messages().at(-1)?.opcode === 'close')
    })
    expect(traced.exitCode).toBe(0)
    expect(traced.losses.filter(({ kind, reason }) => kind === 'lost' || /_invalid|_orphan/.test(reason))).toEqual([])
    const said = server.messages().map(({ direction, opcode, body }) => [direction, opcode, body])
    for (const role of ROLES) {
      expectMultiset(messages(seen(traced, role)), said)
      expect(seen(traced, role).filter((row) => row.partial)).toEqual([])
    }
    return traced
  }

  test.each(['plain', 'deflate'])('ws, %s: sizes, fragments, ping, close', async (mode) => {
    const traced = await observe(NODE, client('ws-client.mjs'), `${server.port}`, mode)
    for (const role of ROLES) {
      const [upgrade] = seen(traced, role, 'http_events')
      expect(upgrade).toMatchObject({ req_path: `/ws/${mode}?token=[REDACTED]`, resp_status: 101, error: null })
      const rows = seen(traced, role)
      const fragmented = rows.find((row) => row.payload === 'fragmented' && row.direction === 'to server')
      expect(fragmented).toMatchObject({ frames: 3, latency: null, req_path: `/ws/${mode}?token=[REDACTED]` })
      const closed = rows.filter((row) => row.opcode === 'close').map((row) => row.error)
      expect(closed).toEqual(['closed: 4001: bye', 'closed: 4001: bye'])
      expect(rows.some((row) => row.compressed)).toBe(mode === 'deflate')
      const long = rows.filter((row) => row.payload_size === 200_000)
      expect(pick(long, 'truncated')).toEqual(mode === 'plain' ? [[['payload']], [['payload']]] : [])
    }
  })

  test('python: websockets, plain and compressed', async () => {
    const traced = await observe(python(), client('websockets-client.py'), `${server.port}`)
    for (const role of ROLES) {
      const rows = seen(traced, role)
      expect(new Set(rows.map((row) => row.req_path))).toEqual(new Set(['/python/plain', '/python/deflate']))
      expect(rows.filter((row) => Number(row.frames) > 3)).toHaveLength(2)
    }
  })

  test('a connection older than the tracer', async () => {
    const old = start(NODE, { args: [client('ws-lines.mjs'), `${server.port}`], stdin: 'pipe', stdout: 'pipe' })
    let answers = ''
    old.child.stdout?.on('data', (chunk: Buffer) => {
      answers += chunk.toString()
    })
    async function ask(line: string): Promise<void> {
      old.child.stdin?.write(`${line}\n`)
      await waitFor(() => answers.includes(`${line}\n`))
    }
    await ask('before the trace')
    const lines = Array.from({ length: 20 }, (_, i) => `line ${i} of those that are traced, of a common length`)
    const traced = await traceWhile(scope(server.port), async () => {
      for (const line of lines) await ask(line)
    })
    for (const role of ROLES) {
      const expected = lines.flatMap((line) => [
        ['to server', 'text', line],
        ['to client', 'text', line],
      ])
      expectMultiset(messages(seen(traced, role)), expected)
      expect(new Set(seen(traced, role).map((row) => row.req_path))).toEqual(new Set([null]))
    }
    await old.stop()
  })
})
