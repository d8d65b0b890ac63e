import { binary, body, doc, i32, message, msg, sequence } from '../../../test/support/mongodb-bytes.js'
import { ByteCursor } from '../cursor.js'
import type { DecodeOptions, Kind } from '../protocol.js'
import { decimalAt } from './decimal.js'
import { mongodb } from './index.js'
import { Json } from './json.js'
import type { Frame } from './state.js'
import { MONGODB_EVENTS, type MongodbRow, RESULT } from './table.js'

/** A connection, and the rows of what it is fed with. */
class Session {
  readonly rows: (MongodbRow & { readonly lost: boolean })[] = []
  skipped = 0
  private readonly frames: Record<Kind, Frame[]> = { request: [], response: [] }
  private readonly state
  private now = 0

  constructor(options: Partial<DecodeOptions> = {}) {
    this.state = mongodb.newState({
      transport: 'stream',
      fromStart: true,
      options: { bodyBytes: 100, redact: true, ...options },
      whole: false,
      become: () => undefined,
    })
  }

  /** What the kernel withholds because nobody needs it, comes as a gap. */
  feed(kind: Kind, bytes: Buffer): this {
    for (let pos = 0; pos < bytes.length; ) {
      const cursor = new ByteCursor(bytes, pos)
      const eaten = this.call(kind, cursor)
      if (eaten <= 0) throw new Error(`${eaten} at ${pos}`)
      pos += eaten
      const skip = Math.min(cursor.skip, bytes.length - pos)
      if (skip > 1000) {
        this.gap(kind, skip, false)
        pos += skip
        this.skipped += skip
      }
    }
    return this
  }

  gap(kind: Kind, length: number, lost = true): boolean {
    const known = mongodb.gap(kind, length, this.state, lost)
    if (known) this.call(kind, new ByteCursor(Buffer.alloc(0)))
    return known
  }

  /** Bytes of which the last `missing` never arrive. */
  cut(kind: Kind, bytes: Buffer, missing: number): this {
    const cursor = new ByteCursor(bytes, 0, bytes.length - missing)
    const eaten = Math.max(0, this.call(kind, cursor))
    this.gap(kind, bytes.length - eaten)
    return this
  }

  call(kind: Kind, cursor: ByteCursor): number {
    const frames = this.frames[kind]
    const before = frames.length
    const eaten = mongodb.parse(kind, cursor, this.state, frames)
    this.now++
    for (const frame of frames.slice(before)) frame.startNs = frame.endNs = this.now
    this.stitch(false)
    return eaten
  }

  stitch(ended: boolean): this {
    const emit = (from: { lost: boolean } | undefined, to: { lost: boolean } | undefined, row: MongodbRow): void => {
      this.rows.push({ ...row, lost: from?.lost === true || to?.lost === true })
    }
    mongodb.stitch(this.frames.request, this.frames.response, this.state, emit, ended)
    return this
  }
}

const find = (id: number, name: string): Buffer => msg(id, 0, 0, body({ find: name, $db: 'd' }))
const ok = (to: number, n: number): Buffer => msg(1000 + to, to, 0, body({ n, ok: 1 }))
const LONG = 'long '.repeat(100_000)

test('of a long message nothing is needed but its first bytes and lengths', () => {
  const s = new Session()
  const insert = msg(
    1,
    0,
    0,
    body({ insert: 'c', documents: [{ text: LONG }, { text: LONG }], ordered: true, $db: 'd' }),
  )
  s.feed('request', insert).feed('response', ok(1, 2))
  expect(s.skipped).toBeGreaterThan(490_000)
  expect(s.rows).toEqual([expect.objectContaining({ req_docs: 2, req_database: 'd', resp_n: 2, lost: false })])
})

test('of what is cut off in the middle, that it was there', () => {
  const s = new Session()
  s.cut('request', find(1, 'cut'), 20).feed('response', ok(1, 11))
  s.feed('request', find(2, 'whole')).cut('response', ok(2, 12), 20)
  s.cut('request', msg(3, 0, 0, body({ insert: 'long', text: LONG, $db: 'd' })), 1000).feed('response', ok(3, 13))
  s.feed('request', find(4, 'after')).feed('response', ok(4, 14))
  expect(s.rows.map((row) => [row.req_collection, row.resp_n, row.resp_result, row.lost])).toEqual([
    [null, 11, RESULT.ok, true],
    ['whole', null, null, true],
    ['long', 13, RESULT.ok, true],
    ['after', 14, RESULT.ok, false],
  ])
})

test('an answer that was lost is not said to be missing', () => {
  const s = new Session().feed('request', find(1, 'a')).feed('request', find(2, 'b'))
  s.gap('response', 500)
  s.feed('response', ok(2, 2)).feed('request', find(3, 'c')).stitch(true)
  expect(s.rows.map((row) => [row.req_collection, row.resp_result, row.lost])).toEqual([
    ['a', null, true],
    ['b', RESULT.ok, false],
    ['c', RESULT.unknown, false],
  ])
})

test.each([
  ['an id that answers nothing', ok(99, 1)],
  ['an id that was answered', ok(1, 1)],
])('%s is paired with nothing', (_name, stray) => {
  const s = new Session().feed('request', find(1, 'a')).feed('response', ok(1, 1)).feed('response', stray)
  expect(s.rows).toHaveLength(1)
})

test('--no-redact shows what authenticates', () => {
  const login = msg(1, 0, 0, body({ saslStart: 1, payload: 'hunter2', $db: 'admin' }))
  const [row] = new Session({ redact: false }).feed('request', login).feed('response', ok(1, 1)).rows
  expect(row?.req_body).toContain('hunter2')
})

test.each<[string, MongodbRow, string | null]>(
  [
    ['in order', { resp_result: RESULT.ok }, null],
    ['not answered', { resp_result: RESULT.unknown }, 'no response'],
    [
      'an error',
      { resp_result: RESULT.err, resp_error_code: 59, resp_error_name: 'X', resp_error: 'why' },
      '59 (X): why',
    ],
    ['a code alone', { resp_result: RESULT.err, resp_error_code: 59 }, '59: '],
    ['nothing but ok: 0', { resp_result: RESULT.err }, 'failed'],
  ].map(([name, row, error]) => [
    name as string,
    { resp_error: null, resp_error_code: null, resp_error_name: null, ...(row as object) } as MongodbRow,
    error as string | null,
  ]),
)('error: %s', (_name, row, error) => {
  expect(MONGODB_EVENTS.error?.(row)).toBe(error)
})

test.each([
  ['3040 0000 0000 0000 0000 0000 0000 0001', '1'],
  ['b040 0000 0000 0000 0000 0000 0000 0000', '-0'],
  ['303c 0000 0000 0000 0000 0000 0000 0001', '0.01'],
  ['3050 0000 0000 0000 0000 0000 0000 000c', '1.2E+9'],
  ['3030 0000 0000 0000 0000 0000 0000 0001', '1E-8'],
  ['5fff ed09 bead 87c0 378d 8e63 ffff ffff', '9.999999999999999999999999999999999E+6144'],
  ['7800 0000 0000 0000 0000 0000 0000 0000', 'Infinity'],
  ['7c00 0000 0000 0000 0000 0000 0000 0000', 'NaN'],
  ['6c10 0000 0000 0000 0000 0000 0000 0001', '0'],
])('decimal128 %s is %s', (hex, shown) => {
  expect(decimalAt(Buffer.from(hex.replaceAll(' ', ''), 'hex').reverse(), 0)).toBe(shown)
})

test('a document that is deeper than any server permits ends the text', () => {
  let deep = doc({})
  for (let i = 0; i < 500; i++)
    deep = Buffer.concat([i32(deep.length + 8), Buffer.from([3, 0x61, 0]), deep, Buffer.from([0])])
  const json = new Json(1 << 20, [])
  expect(json.document(deep, 0, deep.length)).toBe(false)
  expect(json.out.cut).toBe(true)
})

const HINT = { role: 'unknown', localPort: 0, remotePort: 0, fromStart: true } as const

test.each([
  ['a command', find(1, 'c'), '', 'client'],
  ['a sequence first', msg(1, 0, 0, sequence('documents', {}), body({ insert: 'c' })), '', 'client'],
  ['a part of a header', find(1, 'c').subarray(0, 10), '', 'need-more'],
  ['an answer first', Buffer.alloc(0), ok(5, 1), 'no'],
  ['an unknown opcode', message(2003, 1, 0, i32(0), doc({})), '', 'no'],
  ['flags that nobody knows', msg(1, 0, 4, body({ find: 'c' })), '', 'no'],
  ['no document', msg(1, 0, 0, Buffer.from([0, 1, 0, 0, 0, 0, 0])), '', 'no'],
  ['a method of compression that nobody knows', message(2012, 1, 0, i32(2013), i32(50), Buffer.from([9, 1])), '', 'no'],
  ['text', Buffer.from('GET / HTTP/1.1\r\n\r\n'), '', 'no'],
])('infer: %s', (_name, sent, received, guess) => {
  expect(mongodb.infer(new ByteCursor(sent), new ByteCursor(Buffer.from(received)), HINT)).toBe(guess)
})

test('infer: joined in the middle of a request, the answer tells', () => {
  const hint = { ...HINT, fromStart: false }
  const middle = Buffer.from('e of a text')
  expect(mongodb.infer(new ByteCursor(middle), new ByteCursor(ok(5, 1)), hint)).toBe('client')
  expect(mongodb.infer(new ByteCursor(ok(5, 1)), new ByteCursor(middle), hint)).toBe('server')
})

test('binary values are shown as far as there is room', () => {
  const long = doc({ b: binary(0, 'ff'.repeat(1000)) })
  const json = new Json(50, [])
  json.document(long, 0, long.length)
  expect(json.out.finish()).toHaveLength(50)
})
