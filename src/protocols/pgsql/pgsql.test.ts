import { ByteCursor } from '../cursor.js'
import type { Kind } from '../protocol.js'
import { pgsql } from './index.js'
import type { Frame, State } from './state.js'
import type { PgsqlRow } from './table.js'

type Part = string | number | Buffer
const join = (...parts: readonly Part[]): Buffer =>
  Buffer.concat(parts.map((p) => (typeof p === 'number' ? Buffer.from([p]) : Buffer.from(p as string))))
const u32 = (n: number): Buffer => Buffer.from([n >>> 24, (n >> 16) & 255, (n >> 8) & 255, n & 255])
const u16 = (n: number): Buffer => u32(n).subarray(2)
function message(type: string, ...parts: readonly Part[]): Buffer {
  const body = join(...parts)
  return join(type, u32(body.length + 4), body)
}

class Talk {
  readonly rows: (PgsqlRow & { lost: boolean; cut: number })[] = []
  readonly became: string[] = []
  skip = 0
  readonly #state: State
  readonly #frames: Record<Kind, Frame[]> = { request: [], response: [] }

  constructor(fromStart = true, bodyBytes = 64) {
    const become = (name: string): void => void this.became.push(name)
    const options = { bodyBytes, redact: true }
    this.#state = pgsql.newState({ transport: 'stream', fromStart, options, whole: false, become })
  }

  feed(kind: Kind, ...parts: readonly Buffer[]): this {
    const bytes = new ByteCursor(Buffer.concat(parts))
    while (bytes.pos < bytes.end) {
      const n = pgsql.parse(kind, bytes, this.#state, this.#frames[kind])
      if (n <= 0) throw new Error(`${n} at ${bytes.pos}, want ${bytes.want}`)
      bytes.pos += n
    }
    this.skip = bytes.skip
    return this.end(false)
  }

  /** Bytes that are not enough. */
  part(kind: Kind, bytes: Buffer): number {
    return pgsql.parse(kind, new ByteCursor(bytes), this.#state, this.#frames[kind])
  }

  gap(kind: Kind, length: number, lost = true): boolean {
    return pgsql.gap(kind, length, this.#state, lost)
  }

  boundary(kind: Kind, bytes: Buffer): number {
    return pgsql.findBoundary(kind, new ByteCursor(bytes), this.#state)
  }

  get waiting(): number {
    return this.#frames.request.length
  }

  end(ended = true): this {
    const { request, response } = this.#frames
    pgsql.stitch(
      request,
      response,
      this.#state,
      (from, to, row, cut) => this.rows.push({ ...row, cut, lost: from?.lost === true || to?.lost === true }),
      ended,
    )
    return this
  }
}

const query = (sql: string): Buffer => message('Q', sql, 0)
const COLUMN = message('T', u16(1), 'c', 0, Buffer.alloc(16), u16(0))
const row = (value: string): Buffer => message('D', u16(1), u32(value.length), value)
const tag = (text: string): Buffer => message('C', text, 0)
const READY = message('Z', 'I')

test('joined amid a pipeline: what is answered first was asked before', () => {
  const talk = new Talk(false)
  talk.feed('request', query('select 2'), query('select 3'))
  for (const value of ['1', '2', '3']) talk.feed('response', COLUMN, row(value), tag('SELECT 1'), READY)
  for (const value of ['4', '5', '6', '7', '8', '9']) {
    talk.feed('request', query(`select ${value}`)).feed('response', COLUMN, row(value), tag('SELECT 1'), READY)
  }
  const paired = talk.end().rows.filter(({ resp_result }) => resp_result !== null)
  expect(paired.length).toBeGreaterThan(0)
  for (const { req, resp } of paired) expect(resp).toBe(`c\n${req?.at(-1)}\nSELECT 1`)
})
const SYNC = message('S')
const parse = (name: string, sql: string): Buffer => message('P', name, 0, sql, 0, u16(0))
const bind = (name: string): Buffer => message('B', 0, name, 0, u16(0), u16(0), u16(0))
const EXECUTE = message('E', 0, u32(0))
const error = (code: string): Buffer => message('E', 'SERROR', 0, 'C', code, 0, 'Mno', 0, 0)

describe('a large row', () => {
  const large = row('x'.repeat(3_000_000))

  test('is eaten piece by piece, and the rest is not needed', () => {
    const talk = new Talk().feed('request', query('SELECT big'))
    talk.feed('response', COLUMN, large.subarray(0, 1000))
    expect(talk.skip).toBe(large.length - 1000)
    expect(talk.gap('response', large.length - 1000, false)).toBe(true)
    talk.feed('response', tag('SELECT 1'), READY)
    expect(talk.rows).toMatchObject([{ resp_rows: 1, lost: false, cut: 8, resp: `c\n${'x'.repeat(62)}\nSELECT 1` }])
  })

  test('that lost bytes leaves the rest in step', () => {
    const talk = new Talk().feed('request', query('SELECT big')).feed('response', COLUMN)
    expect(talk.part('response', large.subarray(0, 100))).toBe(0)
    expect(talk.gap('response', 100 + 500)).toBe(true)
    talk.feed('response', large.subarray(600), tag('SELECT 1'), READY)
    expect(talk.rows).toMatchObject([{ resp_rows: 1, lost: true }])
  })
})

test('of a long statement the first bytes are read; the rest is not needed', () => {
  const long = query(`SELECT '${'a'.repeat(5_000_000)}'`)
  const talk = new Talk().feed('request', long.subarray(0, 600))
  expect(talk.skip).toBe(long.length - 600)
  expect(talk.gap('request', talk.skip)).toBe(true)
  talk.feed('response', COLUMN, tag('SELECT 0'), READY)
  expect(talk.rows).toMatchObject([{ req: `SELECT '${'a'.repeat(56)}`, cut: 2, resp_rows: 0 }])
})

test.each([
  [4, 'asks one by one', 'SELECT 5'],
  [3, 'is hardly known', null],
])('a query that is lost behind %i others, of a client that %s', (before, _who, resp) => {
  const talk = new Talk()
  for (let i = 0; i < before; i++) talk.feed('request', query('SELECT 1')).feed('response', tag(`SELECT ${i}`), READY)
  talk.feed('response', tag('SELECT 9'), READY)
  expect(talk.gap('request', 20)).toBe(false)
  talk.feed('request', query('SELECT x')).feed('response', tag('SELECT 5'), READY).end()
  expect(talk.rows.at(-1)).toMatchObject({ req: 'SELECT x', resp })
})

test('a gap in the text of a statement keeps the pairing', () => {
  const long = query(`SELECT '${'b'.repeat(2000)}'`)
  const talk = new Talk().feed('request', query('SELECT 1')).feed('response', tag('SELECT 1'), READY)
  expect(talk.part('request', long.subarray(0, 700))).toBe(0)
  expect(talk.gap('request', 700 + 1000)).toBe(true)
  talk.feed('request', long.subarray(1700)).feed('response', tag('SELECT 1'), READY)
  expect(talk.rows).toMatchObject([
    { req: 'SELECT 1', lost: false },
    { req_cmd: 'Query', req: null, resp_result: 2, lost: true },
  ])
})

test('a call that waits for the next one to be believed is not answered by the answer to that', () => {
  const call = (id: number): Buffer => message('F', u32(id), u16(0), u16(0), u16(0))
  const done = join(message('V', u32(4), u32(0)), READY)
  const rest = Buffer.alloc(16)
  const talk = new Talk()
  talk.gap('request', 8192)
  expect(talk.boundary('request', join(rest, call(1)))).toBe(-1)
  talk.feed('response', done).feed('response', done)
  expect(talk.boundary('request', join(rest, call(1), call(2)))).toBe(16)
  talk.feed('request', call(1), call(2)).feed('response', done)
  talk.feed('request', call(3)).feed('response', error('42704'), READY)
  expect(talk.rows).toMatchObject([
    { req: 'function=1', resp_result: null },
    { req: 'function=2', resp_result: null },
    { req: 'function=3', resp_result: 3 },
  ])
})

test('while much is copied to the server, nothing piles up', () => {
  const talk = new Talk().feed('request', query('COPY t FROM STDIN'))
  talk.feed('response', message('G', 0, u16(1), u16(0)))
  for (let i = 0; i < 1000; i++) talk.feed('request', message('d', 'x'.repeat(100)))
  expect(talk.waiting).toBeLessThan(3)
  talk.feed('request', message('c')).feed('response', tag('COPY 1000'), READY)
  expect(talk.rows).toMatchObject([{ resp: 'COPY 1000', resp_affected_rows: 1000 }])
})

describe('after a loss', () => {
  test('of an answer, the next exchange in strict turn is right', () => {
    const talk = new Talk().feed('request', query('SELECT 1')).feed('response', COLUMN, row('x'))
    expect(talk.gap('response', 50)).toBe(false)
    talk.feed('response', tag('SELECT 2'), READY)
    talk.feed('request', query('SELECT 2')).feed('response', COLUMN, tag('SELECT 0'), READY)
    expect(talk.rows).toMatchObject([
      { req: 'SELECT 1', resp_result: null, lost: true },
      { req: 'SELECT 2', resp_result: 2, lost: false },
    ])
  })

  test('that had not shown when the client spoke again is no pipelining', () => {
    const talk = new Talk().feed('request', query('SELECT 1')).feed('request', query('SELECT 2'))
    expect(talk.gap('response', 50)).toBe(false)
    talk.feed('response', tag('SELECT 2'), READY)
    talk.feed('request', query('SELECT 3')).feed('response', tag('SELECT 3'), READY)
    expect(talk.rows.filter(({ lost }) => !lost)).toMatchObject([{ req: 'SELECT 3', resp: 'SELECT 3' }])
  })

  test('of a pipelining client, the answers on the way are not taken for those to later requests', () => {
    const talk = new Talk().feed('request', query('SELECT 1'), query('SELECT 2'), query('SELECT 3'))
    expect(talk.gap('response', 50)).toBe(false)
    talk.feed('response', tag('SELECT 2'), READY)
    talk.feed('request', query('SELECT 4')).feed('response', tag('SELECT 3'), READY)
    talk.feed('request', query('SELECT 5')).feed('response', tag('SELECT 4'), READY, tag('SELECT 5'), READY)
    for (let i = 6; i < 14; i++) talk.feed('request', query(`SELECT ${i}`)).feed('response', tag(`SELECT ${i}`), READY)
    const whole = talk.rows.filter(({ lost }) => !lost)
    expect(whole.length).toBeGreaterThan(2)
    for (const { req, resp } of whole) expect(resp).toBe(req)
  })
})

test('a statement from before the trace is named, and its row marked', () => {
  const talk = new Talk(false).feed('request', bind('s1'), EXECUTE, SYNC)
  talk.feed('response', message('2'), tag('INSERT 0 1'), READY)
  expect(talk.rows).toMatchObject([
    { req_cmd: 'Bind', req: 'portal= statement=s1 params=[]', lost: true },
    { req_cmd: 'Execute', req: 'statement=s1 params=[]', resp: 'INSERT 0 1', lost: true },
  ])
})

test('what is sent after an error, before the Sync, is not executed', () => {
  const talk = new Talk().feed('request', parse('', 'SELEC')).feed('response', error('42601'))
  talk.feed('request', bind(''), EXECUTE, SYNC, query('SELECT 1')).feed('response', READY, tag('SELECT 1'), READY)
  expect(talk.rows.map(({ req_cmd, resp_result }) => [req_cmd, resp_result])).toEqual([
    ['Parse', 3],
    ['Bind', 1],
    ['Execute', 1],
    ['Query', 2],
  ])
  expect(talk.rows.map((each) => pgsql.table.error?.(each))).toEqual([
    '42601: no',
    'not executed: a message before it failed',
    'not executed: a message before it failed',
    null,
  ])
})

test('a request without an answer at the end says so', () => {
  const [only] = new Talk().feed('request', query('SELECT 1')).end().rows
  expect(pgsql.table.error?.(only as PgsqlRow)).toBe('no response')
})

test('TLS is handed over once the server agrees', () => {
  const talk = new Talk().feed('request', join(u32(8), u32(80877103))).feed('response', Buffer.from('S'))
  expect(talk.became).toEqual(['tls'])
})

test('changes of a publication end decoding', () => {
  const talk = new Talk().feed('request', query('START_REPLICATION 0/0')).feed('response', message('W', 0, u16(0)))
  expect(talk.became).toEqual(['opaque'])
  expect(talk.rows).toMatchObject([{ resp: 'COPY BOTH', resp_result: 2 }])
})
