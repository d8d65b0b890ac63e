import { Driver } from '../../../test/conformance/driver.js'
import { seeded } from '../../../test/conformance/example.js'
import { Bench } from '../../../test/support/bench.js'
import {
  bareRows,
  bytes,
  envelope,
  i32,
  id,
  int,
  longString,
  map,
  OP,
  packedSegment,
  prepared,
  rows,
  segment,
  string,
  text,
  u8,
  u16,
} from '../../../test/support/cql-bytes.js'
import { connEvent, dataEvent } from '../../../test/support/events.js'
import { Direction } from '../../kernel/intf.gen.js'
import { JsonBytes } from '../../records/json-bytes.js'
import { ByteCursor } from '../cursor.js'
import type { Kind } from '../protocol.js'
import { crc24 } from './crc.js'
import { cql } from './index.js'
import { firstWords, redactCql } from './sql.js'
import { CQL_EVENTS, type CqlRow, UNANSWERED } from './table.js'
import { TYPE } from './types.js'
import { writeValue } from './values.js'

const NONE = Buffer.alloc(0)
const query = (stream: number, statement: string): Buffer =>
  envelope(4, stream, OP.query, Buffer.concat([longString(statement), u16(1), u8(0)]))
const result = (stream: number, value: string): Buffer => envelope(0x84, stream, OP.result, rows([text('a')], [value]))
const shown = (driver: Driver): unknown[] =>
  driver.emitted.map(({ row, lost }) => [
    row.req_body,
    /"a(\d*)"\]$/.exec(String(row.resp_body))?.[1] ?? null,
    row.resp_op,
    lost,
  ])

test('an answer that was lost costs its request only', () => {
  const driver = new Driver(cql, true)
  driver.feed('request', query(1, 'SELECT 1'))
  driver.feed('response', result(1, 'a1').subarray(0, 20))
  driver.lose('response', result(1, 'a1').length - 20)
  for (const n of [2, 3]) {
    driver.feed('request', query(n, `SELECT ${n}`))
    driver.feed('response', result(n, `a${n}`))
  }
  driver.end()
  expect(shown(driver)).toEqual([
    ['SELECT 1', null, OP.result, true],
    ['SELECT 2', '2', OP.result, false],
    ['SELECT 3', '3', OP.result, false],
  ])
})

test('what a stream is used for again is not paired with what was asked on it before', () => {
  const driver = new Driver(cql, true)
  driver.feed('request', query(1, 'SELECT 1'))
  driver.lose('response', result(1, 'a1').length)
  driver.lose('request', query(1, 'SELECT 2').length)
  driver.feed('response', result(1, 'a2'))
  driver.feed('request', query(1, 'SELECT 3'))
  driver.feed('response', result(1, 'a3'))
  driver.end()
  expect(shown(driver)).toEqual([
    ['SELECT 1', null, null, true],
    ['SELECT 3', '3', OP.result, false],
  ])
})

test('joined in the middle: all that is asked from then on is answered, unless answers were passed over', () => {
  for (const passedOver of [0, 20]) {
    const driver = new Driver(cql, false)
    for (const n of [1, 2, 3]) driver.feed('request', query(n, `SELECT ${n}`))
    driver.feed('response', result(1, 'a1').subarray(result(1, 'a1').length - passedOver))
    for (const n of [3, 2]) driver.feed('response', result(n, `a${n}`))
    driver.end()
    const [, second] = shown(driver)
    const answered = passedOver === 0 ? ['SELECT 2', '2', OP.result, false] : ['SELECT 2', null, null, true]
    expect(second).toEqual(answered)
  }
})

/** An envelope in segments of at most 100 bytes. */
function split(whole: Buffer, pack: (payload: Buffer, selfContained: boolean) => Buffer): Buffer {
  if (whole.length < 100) return pack(whole, true)
  const pieces = Array.from({ length: Math.ceil(whole.length / 100) }, (_, i) => whole.subarray(i * 100, i * 100 + 100))
  return Buffer.concat(pieces.map((piece) => pack(piece, false)))
}

const LONG = 'x'.repeat(300)
const STATEMENTS = 30

function conversation(pack: typeof segment, compression: Readonly<Record<string, string>>): [Kind, Buffer][] {
  const turns: [Kind, Buffer][] = [
    ['request', envelope(5, 0, OP.startup, map({ CQL_VERSION: '3.4.5', ...compression }))],
    ['response', envelope(0x85, 0, OP.ready, NONE)],
  ]
  for (let n = 0; n < STATEMENTS; n++) {
    const statement = longString(`SELECT ${n} ${n % 5 === 0 ? LONG : ''}`)
    const asked = envelope(5, n % 3, OP.query, Buffer.concat([statement, u16(1), i32(0)]))
    const answered = envelope(0x85, n % 3, OP.result, rows([text('a')], [`v${n} ${n % 4 === 0 ? LONG : ''}`]))
    turns.push(['request', split(asked, pack)], ['response', split(answered, pack)])
  }
  return turns
}

/** Feeds the turns without the holes, which are places in the whole conversation. */
function feedWithout(
  driver: Driver,
  turns: readonly [Kind, Buffer][],
  holes: readonly (readonly [number, number])[],
): void {
  let offset = 0
  for (const [kind, turn] of turns) {
    let at = 0
    for (const [from, to] of [...holes].sort((a, b) => a[0] - b[0])) {
      const start = Math.min(turn.length, Math.max(at, from - offset))
      const end = Math.min(turn.length, Math.max(start, to - offset))
      driver.feed(kind, turn.subarray(at, start))
      if (end > start) driver.lose(kind, end - start)
      at = end
    }
    driver.feed(kind, turn.subarray(at))
    offset += turn.length
  }
  driver.end()
}

test.each([
  ['plain', segment, {}],
  ['compressed', packedSegment, { COMPRESSION: 'lz4' }],
] as const)(
  'version 5, segments that are %s: losses pair nothing wrongly, and cost what they hit',
  (_name, pack, compression) => {
    const turns = conversation(pack, compression)
    const total = turns.reduce((sum, [, turn]) => sum + turn.length, 0)
    const random = seeded(3)
    let kept = 0
    for (let round = 0; round < 300; round++) {
      const fromStart = round % 3 !== 0
      const driver = new Driver(cql, fromStart)
      const holes = Array.from({ length: 1 + (round % 3) }, (): [number, number] => {
        const from = Math.floor(random() * total * 0.7)
        return [from, from + 1 + Math.floor(random() * (round % 2 === 0 ? 600 : 20))]
      })
      if (!fromStart) holes.push([0, Math.floor(random() * total * 0.5)])
      feedWithout(driver, turns, holes)
      const whole = driver.emitted.filter(({ row, lost }) => !lost && row.req_op === OP.query)
      for (const { row } of whole) {
        const [, n] = /^SELECT (\d+)/.exec(String(row.req_body)) ?? []
        expect(row.resp_body).toContain(`["v${n} `)
      }
      expect(whole.some(({ row }) => String(row.req_body).startsWith(`SELECT ${STATEMENTS - 1}`))).toBe(true)
      kept += whole.length
    }
    expect(kept).toBeGreaterThan(300 * 20)
  },
)

test('a statement that is prepared again, and columns that changed', () => {
  const driver = new Driver(cql, true)
  const prepare = (stream: number, ...columns: string[]): void => {
    driver.feed('request', envelope(5, stream, OP.prepare, Buffer.concat([longString('SELECT * FROM t'), i32(0)])))
    driver.feed('response', envelope(0x85, stream, OP.result, prepared('aa', [int('b')], columns.map(text), 'ff')))
  }
  const execute = (stream: number): void => {
    const body = [id('aa'), id('ff'), u16(1), i32(1), u16(1), bytes(i32(stream))]
    driver.feed('request', envelope(5, stream, OP.execute, Buffer.concat(body)))
    driver.feed('response', envelope(0x85, stream, OP.result, bareRows(2, ['x', 'y'])))
  }
  prepare(1, 'a', 'b')
  execute(2)
  prepare(3, 'c', 'd')
  execute(4)
  driver.end()
  const bodies = driver.emitted.map(({ row }) => String(row.resp_body))
  expect(bodies[1]).toContain('["a","b"]\nNumber of rows = 1\n["x","y"]')
  expect(bodies[3]).toContain('["c","d"]\nNumber of rows = 1\n["x","y"]')
})

// By the driver for Python.
test.each([
  ['2c0002', 0xbe5384],
  ['ff00050004', 0x8cafd1],
])('CRC-24 of %s', (bits, crc) => {
  const header = Buffer.from(bits, 'hex')
  expect(crc24(header, 0, header.length)).toBe(crc)
})

test.each([
  ["CREATE ROLE a WITH PASSWORD = 'x' AND LOGIN = true", "CREATE ROLE a WITH PASSWORD = '[REDACTED]' AND LOGIN = true"],
  ["ALTER USER a WITH HASHED  PASSWORD 'it''s'", "ALTER USER a WITH HASHED  PASSWORD '[REDACTED]'"],
  ["create user a with password $$it's$$ superuser", "create user a with password '[REDACTED]' superuser"],
  ["CREATE ROLE a WITH PASSWORD = 'cut o", "CREATE ROLE a WITH PASSWORD = '[REDACTED]'"],
  ["SELECT 'password' FROM t", "SELECT 'password' FROM t"],
])('%s', (statement, clean) => {
  expect(redactCql(statement)).toBe(clean)
})

test.each([
  ['  -- note\nselect a', 'SELECT'],
  ['/* a */ Create  Table t', 'CREATE TABLE'],
  ['id=0xaa', 'ID'],
  ['', null],
])('first words of %s', (statement, words) => {
  expect(firstWords(statement)).toBe(words)
})

test.each<[string, Partial<CqlRow>, string | null, string]>([
  ['in order', { req_op: OP.query, req_body: 'SELECT a', resp_op: OP.result }, null, 'SELECT'],
  ['not answered', { req_op: OP.options, req_body: '', resp_op: UNANSWERED }, 'no response', 'OPTIONS'],
  [
    'an error',
    { req_op: OP.batch, req_body: 'BEGIN LOGGED BATCH', resp_op: 0, resp_error_code: 4352, resp_error: 'why' },
    '4352 (Write timeout): why',
    'BEGIN LOGGED',
  ],
  ['an event', { req_op: null, req_body: null, resp_op: OP.event }, null, 'EVENT'],
])('error and endpoint: %s', (_name, row, error, endpoint) => {
  const full = { resp_error_code: null, resp_error: null, ...row } as CqlRow
  expect(CQL_EVENTS.error?.(full)).toBe(error)
  expect(CQL_EVENTS.endpoint?.(full)).toBe(endpoint)
})

test('hostile values neither throw nor run away', () => {
  const random = seeded(5)
  const types = Object.values(TYPE)
  for (let round = 0; round < 5000; round++) {
    const buf = Buffer.from(
      Array.from({ length: round % 90 }, () => (random() < 0.5 ? 0xff : Math.floor(random() * 256))),
    )
    const inner = { id: types[round % 22] as number, inner: [], names: [] }
    const out = new JsonBytes(200)
    writeValue(out, { id: types[round % types.length] as number, inner: [inner, inner], names: [] }, buf, 0, buf.length)
    expect(out.finish().length).toBeLessThanOrEqual(200)
  }
})

const HINT = { role: 'unknown', localPort: 0, remotePort: 0, fromStart: true } as const
const startup = envelope(4, 0, OP.startup, map({ CQL_VERSION: '3.0.0' }))
const options = envelope(5, 0, OP.options, NONE)
const supported = envelope(0x85, 0, OP.supported, Buffer.concat([u16(1), string('COMPRESSION'), u16(0)]))

test.each([
  ['a STARTUP', startup, NONE, 'client'],
  ['OPTIONS alone, which much else could be', options, NONE, 'need-more'],
  ['OPTIONS with its answer', options, supported, 'client'],
  ['OPTIONS with another answer', options, Buffer.from('HTTP/1.1 400 Bad'), 'no'],
  ['a part of a header', startup.subarray(0, 5), NONE, 'need-more'],
  ['an answer first', NONE, supported, 'no'],
  ['version 2', Buffer.from([2, 0, 0, 1, 0, 0, 0, 0]), NONE, 'no'],
  [
    'a query that is no text',
    envelope(4, 0, OP.query, Buffer.concat([longString('\x01\x02'), u16(1), u8(0)])),
    NONE,
    'no',
  ],
  ['text', Buffer.from('GET / HTTP/1.1\r\n\r\n'), NONE, 'no'],
])('infer: %s', (_name, sent, received, guess) => {
  expect(cql.infer(new ByteCursor(sent), new ByteCursor(received), HINT)).toBe(guess)
})

test.each([
  ['plain', segment],
  ['compressed', packedSegment],
] as const)('infer: joined in the middle, a segment tells which end is which: %s', (_name, pack) => {
  const hint = { ...HINT, fromStart: false }
  const asked = pack(envelope(5, 1, OP.query, Buffer.concat([longString('SELECT 1'), u16(1), i32(0)])))
  const answered = pack(envelope(0x85, 1, OP.result, rows([text('a')], ['b'])))
  expect(cql.infer(new ByteCursor(asked), new ByteCursor(NONE), hint)).toBe('client')
  expect(cql.infer(new ByteCursor(answered), new ByteCursor(asked), hint)).toBe('server')
})

test('a statement that was prepared on another connection to the server', () => {
  const bench = new Bench([cql])
  const say = (conn: number, direction: number, at: number, bytes: Buffer, time: number): void => {
    bench.feed(dataEvent(direction, at, bytes, { conn, time }))
  }
  const ask = [
    envelope(4, 1, OP.prepare, longString('SELECT a FROM t WHERE id = ?')),
    envelope(4, 1, OP.execute, Buffer.concat([id('aa'), u16(1), u8(1), u16(1), bytes(i32(7))])),
  ] as const
  const answers = [envelope(0x84, 1, OP.result, prepared('aa', [int('id')], [text('a')])), result(1, 'a1')] as const
  for (const [i, conn] of [1, 2].entries()) {
    bench.feed(connEvent({ conn, ports: [9042, 5000 + conn] }))
    say(conn, Direction.RECV, 0, ask[i] as Buffer, 10 * conn)
    say(conn, Direction.SEND, 0, answers[i] as Buffer, 10 * conn + 5)
  }
  bench.tracker.flush()
  expect(bench.taken.map(({ row }) => (row as CqlRow).req_body)).toEqual([
    'SELECT a FROM t WHERE id = ?',
    'SELECT a FROM t WHERE id = ?\n[7]',
  ])
})
