import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { jest } from '@jest/globals'
import { describeBpf, waitFor } from '../harness/live.js'
import { expectMultiset } from '../harness/multiset.js'
import { type Row, type Traced, trace } from '../harness/trace.js'
import { ACCOUNT, type Nats, startNats } from '../servers/nats.js'
import { type Program, python } from '../servers/packages.js'
import { run } from '../servers/process.js'

const client = (name: string): string => join(import.meta.dirname, 'clients', name)
const node: Program = { file: process.execPath, env: process.env }
const TEST_MS = 120_000
const ROLES = ['server', 'client'] as const

const nats = (rows: readonly Row[], role: string): Row[] =>
  rows.filter((row) => row.table_ === 'nats_events' && row.trace_role === role)

const column = (row: Row, name: string): unknown => (row.body as Record<string, unknown> | null)?.[name]

/** A message: who sent it, its verb, its subject, and what stands behind that but for the size of headers. */
const key = (sender: '<' | '>', ...words: readonly unknown[]): string =>
  [sender, ...words.filter((word) => word !== undefined && word !== null)].join(' ')

const PUBLISHED = /^(H?)PUB (\S+)(?: ([^\s\d]\S*))?(?: \d+)? (\d+)$/
const FROM_SERVER: ReadonlySet<unknown> = new Set(['INFO', 'MSG', 'HMSG', '-ERR'])

/** The log of the server; what it does not log (INFO, the text of CONNECT) is left out. */
function logged(log: ReturnType<Nats['logged']>): string[] {
  return log.map(({ direction, line }) => {
    const words = line.trim().split(/[ \t]+/)
    const [verb = '', ...rest] = words
    if (verb === 'OK') return key(direction, '+OK')
    if (verb === 'CONNECT' || verb === '-ERR') return key(direction, verb)
    const publication = PUBLISHED.exec(words.join(' '))
    if (publication !== null) return key(direction, verb, publication[2], publication[3])
    if (verb === 'MSG' || verb === 'HMSG') return key(direction, verb, rest[0], rest[1])
    return key(direction, words.join(' '))
  })
}

/** What the rows say was sent: the message itself and, where it was answered, the answer. */
function traced(rows: readonly Row[]): string[] {
  return rows.flatMap((row) => [messageOf(row), answerOf(row)]).filter((each) => each !== undefined)
}

function messageOf(row: Row): string | undefined {
  const { cmd, subject } = row
  if (cmd === 'INFO') return undefined
  const sender = FROM_SERVER.has(cmd) ? '>' : '<'
  if (cmd === 'MSG' || cmd === 'HMSG') return key(sender, cmd, subject, column(row, 'sid'))
  if (cmd === 'PUB' || cmd === 'HPUB') return key(sender, cmd, subject, column(row, 'reply-to'))
  if (cmd === 'CONNECT' || cmd === '-ERR') return key(sender, cmd)
  return key(sender, cmd, subject, column(row, 'queue group'), column(row, 'sid'), column(row, 'max_msgs'))
}

// The server does not log that nobody listens (503).
function answerOf(row: Row): string | undefined {
  if (row.resp_cmd === null || row.resp_cmd === 'unanswered' || row.resp_status === 503) return undefined
  return key('>', row.resp_cmd)
}

// Of messages that answer, rows do not tell the subject and subscription, and of PING not who sent it: they count by their verb.
const verbs = (lines: readonly string[]): string[] =>
  lines.map((line) => line.replace(/^(> H?MSG).*/, '$1').replace(/^[<>] (P[IO]NG)$/, '$1'))

const byPayload = (rows: readonly Row[], payload: string): Row | undefined =>
  rows.find((row) => String(row.cmd).endsWith('PUB') && column(row, 'payload') === payload)

describeBpf('NATS, traced live', 4, () => {
  let db: Nats
  beforeAll(async () => {
    db = await startNats()
  })
  afterAll(() => db.stop())
  jest.setTimeout(TEST_MS)

  /** Each message that the server logs is there once as the server saw it and once as the client did. */
  async function expectBothRoles(work: () => Promise<unknown>): Promise<Traced> {
    const before = db.logged().length
    const tracer = trace(['--connectors', 'nats', '--port', `${db.port}`])
    await tracer.ready
    await work()
    const log = (): string[] => verbs(logged(db.logged().slice(before))).sort()
    const seen = (role: string): string[] => verbs(traced(nats(tracer.rows(), role))).sort()
    const same = (role: string): boolean => seen(role).join('\n') === log().join('\n')
    // What differs is told below.
    await waitFor(() => ROLES.every(same), 20_000).catch(() => undefined)
    const result = await tracer.stop()
    expect(result.exitCode).toBe(0)
    for (const role of ROLES) expectMultiset(verbs(traced(nats(result.rows, role))), log())
    expect(result.losses.filter(({ kind }) => kind === 'lost')).toEqual([])
    expect(result.rows.filter((row) => row.partial === true)).toEqual([])
    return result
  }

  async function expectExit(what: Program, args: readonly string[]): Promise<void> {
    const { code, stderr } = await run(what, args, { ms: TEST_MS })
    expect({ code, stderr }).toMatchObject({ code: 0 })
  }

  test('nats.js: a service, headers, large payloads, JetStream', async () => {
    const result = await expectBothRoles(() => expectExit(node, [client('nats-client.mjs'), `${db.port}`]))
    for (const role of ROLES) {
      const rows = nats(result.rows, role)
      for (let i = 0; i < 100; i++) {
        expect(byPayload(rows, `question ${i}`)).toMatchObject({
          subject: 'js.svc',
          resp_cmd: 'MSG',
          resp: `re: question ${i}`,
          error: null,
        })
      }
      expect(byPayload(rows, 'anyone?')).toMatchObject({ resp_status: 503, error: '503 No Responders' })
      expect(byPayload(rows, 'with headers')).toMatchObject({
        req_headers: { 'X-Trace': ['one', 'two'], Authorization: ['[REDACTED]'] },
        req_body_size: 12,
      })
      expect(byPayload(rows, '\r\nPUB js.fake 2\r\nhi\r\nPING\r\n+OK\r\n')).toMatchObject({ subject: 'js.data.inside' })
      const large = rows.filter((row) => row.subject === 'js.data.large')
      expect(large.map((row) => [row.req_body_size, row.truncated])).toEqual([
        [3_000_000, ['body']],
        [3_000_000, ['body']],
      ])
      expect(rows.find((row) => row.subject === '$JS.API.STREAM.INFO.NONE')?.error).toBe(
        '404 (10059): stream not found',
      )
      for (let i = 0; i < 20; i++) {
        const resp = JSON.parse(String(byPayload(rows, `stored ${i}`)?.resp)) as object
        expect(resp).toMatchObject({ stream: 'JS', seq: i + 1 })
      }
      expect(rows.filter((row) => String(row.subject).startsWith('$JS.ACK.'))).toHaveLength(10)
      expect(rows.filter((row) => row.error === 'no response')).toEqual([])
    }
    expect(result.text).not.toContain('secret-header')
  })

  test('plain sockets: verbose mode, odd spelling, refusals', async () => {
    const { user, password } = ACCOUNT
    const args = [client('nats-talk.py'), `${db.port}`, user, password]
    const result = await expectBothRoles(() => expectExit(python(), args))
    for (const role of ROLES) {
      const rows = nats(result.rows, role)
      expect(byPayload(rows, 'hello')).toMatchObject({ cmd: 'PUB', resp_cmd: '+OK', resp: '+OK' })
      expect(rows.find((row) => row.subject === 'secret.a')?.error).toMatch(/^Permissions Violation for Publish/)
      expect(byPayload(rows, 'first')).toMatchObject({ subject: 'py.svc', resp: 'one', resp_body_size: 3 })
      expect(rows.find((row) => row.subject === 'py.none')).toMatchObject({ cmd: 'HPUB', resp_status: 503 })
      const errors = rows.filter((row) => row.cmd === '-ERR').map((row) => row.error)
      expectMultiset(errors, ['Unknown Protocol Operation', 'Authorization Violation'])
      expect(rows.filter((row) => row.cmd === 'CONNECT').map((row) => column(row, 'pass'))).toContain('[REDACTED]')
    }
    expect(result.text).not.toContain(password)
  })

  test('what a row says', async () => {
    const result = await expectBothRoles(() => expectExit(node, [client('nats-client.mjs'), `${db.port}`]))
    const row = byPayload(nats(result.rows, 'server'), 'question 7')
    expect(row).toMatchObject({
      pid: db.pid,
      comm: 'nats-server',
      local_addr: '127.0.0.1',
      local_port: db.port,
      encrypted: false,
      cmd: 'PUB',
      subject: 'js.svc',
      req_headers: null,
      req_body_size: 10,
      resp_cmd: 'MSG',
      resp: 're: question 7',
      resp_body_size: 14,
      resp_status: null,
    })
    expect(row?.latency).toBeGreaterThan(0)
    expect(byPayload(nats(result.rows, 'client'), 'question 7')).toMatchObject({ remote_port: db.port })
  })

  test('a connection that is older than the trace', async () => {
    const socket: Socket = connect(db.port, '127.0.0.1')
    let said = ''
    socket.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    const ask = async (text: string, answer: string): Promise<void> => {
      socket.write(text)
      await waitFor(() => said.endsWith(answer), 10_000)
      said = ''
    }
    await ask('CONNECT {"verbose":false}\r\nSUB old.* 1\r\nPING\r\n', 'PONG\r\n')
    const tracer = trace(['--connectors', 'nats', '--port', `${db.port}`])
    await tracer.ready
    for (let i = 0; i < 5; i++) await ask(`PUB old.a 4\r\nold${i}\r\n`, `old${i}\r\n`)
    await ask('PUB old.b old.inbox 7\r\nrequest\r\nPUB old.inbox 5\r\nreply\r\n', 'reply\r\n')
    const asked = (role: string): Row | undefined => byPayload(nats(tracer.rows(), role), 'request')
    await waitFor(() => ROLES.every(asked), 10_000)
    const result = await tracer.stop()
    socket.destroy()
    for (const role of ROLES) {
      const rows = nats(result.rows, role)
      for (const i of [1, 2, 3, 4]) expect(rows.filter((row) => column(row, 'payload') === `old${i}`)).toHaveLength(2)
      expect(rows.find((row) => row.cmd === 'PUB' && row.subject === 'old.b')).toMatchObject({ resp: 'reply' })
    }
  })
})
