import { deflateSync } from 'node:zlib'
import { randomBytes, seeded } from '../../../test/conformance/example.js'
import { pack } from '../../../test/conformance/mysql-bytes.js'
import { COLUMN, greeting, LAST, login, OK, packet, query, Talk } from '../../../test/support/mysql-talk.js'
import { ByteCursor } from '../cursor.js'
import { INVALID, NEED_MORE } from '../protocol.js'
import { mysql } from './index.js'
import { infer } from './infer.js'

const random = seeded(1)
const FLAGS = 0x0200 | 0x8000 | 0x20 | (1 << 24)
const opened = (): Talk =>
  new Talk(true).feed('response', greeting(FLAGS)).feed('request', login(1, FLAGS)).feed('response', OK(2))
const ask = (sql: string): Buffer => pack(0, query(sql), sql.length < 40 ? 'stored' : 'zlib')
const rows = (n: number): Buffer =>
  Buffer.concat([
    packet(1, 1),
    COLUMN(2),
    ...Array.from({ length: n }, (_, i) => packet(3 + i, 3, `r${i % 10}`)),
    LAST(3 + n),
  ])
const LONG = `SELECT '${'long '.repeat(50)}'`

test('a connection that is older than the trace', () => {
  const talk = new Talk(false).feed('response', pack(3, rows(5).subarray(60)))
  talk.feed('request', ask('SELECT 1')).feed('response', pack(1, rows(4)))
  talk.feed('request', ask(LONG)).feed('response', pack(1, OK(1), 'stored'))
  expect(talk.rows).toMatchObject([{ req_body: 'SELECT 1', resp_rows: 4 }, { resp_result: 2 }])
})

test('a connection that is older than the trace and not compressed', () => {
  const talk = new Talk(false).feed('request', packet(0, 0x0e)).feed('response', OK(1))
  talk.feed('request', query(LONG)).feed('response', rows(3))
  expect(talk.rows).toMatchObject([{ req_cmd: 0x0e, resp_result: 2 }, { resp_rows: 3 }])
})

test('a guess that a connection is compressed is taken back', () => {
  const talk = new Talk(false).feed('request', ask('SELECT 1'))
  expect(mysql.parse('request', new ByteCursor(query('SELECT 2')), talk.state, [])).toBe(INVALID)
  for (const sql of ['SELECT 3', 'SELECT 4']) talk.feed('request', query(sql)).feed('response', rows(2))
  expect(talk.rows.at(-1)).toMatchObject({ req_body: 'SELECT 4', resp_rows: 2 })
})

test('a guess that an answer has confirmed stays: what was stored behind a lost header is not plain', () => {
  const talk = new Talk(false).feed('request', ask('SELECT 1')).feed('response', pack(1, rows(1)))
  expect(talk.gap('request', 7)).toBe(false)
  expect(mysql.parse('request', new ByteCursor(packet(0, 2, 'db')), talk.state, [])).toBe(NEED_MORE)
  talk
    .feed('response', pack(1, OK(1), 'stored'))
    .feed('request', ask('SELECT 2'))
    .feed('response', pack(1, rows(2)))
  expect(talk.rows.at(-1)).toMatchObject({ req_body: 'SELECT 2', resp_rows: 2, lost: false })
})

test.each([
  ['stored', ask('SELECT 1'), 'client'],
  ['zlib', ask(LONG), 'client'],
  ['a long command, cut', pack(0, packet(0, 3, LONG.repeat(40)).subarray(0, 3000)), 'client'],
  ['a ping', pack(0, packet(0, 0x0e), 'stored'), 'client'],
  ['the start of a header', ask(LONG).subarray(0, 9), 'need-more'],
  ['something else in zlib', pack(0, Buffer.from('GET / HTTP/1.1 '.repeat(9))), 'no'],
  ['a sequence in the middle', pack(4, query(LONG)), 'need-more'],
])('inference of %s', (_name, bytes, answer) => {
  const hint = { role: 'unknown', localPort: 0, remotePort: 0, fromStart: false } as const
  expect(infer(new ByteCursor(bytes), new ByteCursor(Buffer.alloc(0)), hint)).toBe(answer)
})

test('when the answer to the login was lost, the next command tells', () => {
  const talk = new Talk(true).feed('response', greeting(FLAGS)).feed('request', login(1, FLAGS))
  talk.gap('response', 11)
  talk.feed('request', ask('SELECT 1')).feed('response', pack(1, rows(2)))
  expect(talk.rows).toMatchObject([
    { req_cmd: 0x0b, resp_result: null, lost: true },
    { resp_rows: 2, lost: false },
  ])
})

describe('losses', () => {
  test('in an answer cost that answer', () => {
    const talk = opened().feed('request', ask('SELECT 1'))
    const packed = pack(1, rows(90))
    expect(talk.gap('response', packed.length)).toBe(false)
    talk.feed('response', pack(2, rows(90).subarray(40, 300)), pack(3, rows(90).subarray(300)))
    talk.feed('request', ask('SELECT 2')).feed('response', pack(1, rows(7)))
    expect(talk.rows.slice(1)).toMatchObject([
      { req_body: 'SELECT 1', resp_result: null, lost: true },
      { req_body: 'SELECT 2', resp_rows: 7, lost: false },
    ])
  })

  test('of the client end at the next command', () => {
    const talk = opened()
    expect(talk.gap('request', 100)).toBe(false)
    const bytes = Buffer.concat([randomBytes(random, 300), ask(LONG)])
    const at = mysql.findBoundary('request', new ByteCursor(bytes), talk.state)
    expect(at).toBe(300)
    talk.feed('request', bytes.subarray(at)).feed('response', pack(1, rows(2)))
    talk.feed('request', ask('SELECT 2')).feed('response', pack(1, rows(3)))
    // The first answer may be that of a command that was lost.
    expect(talk.rows.slice(1)).toMatchObject([
      { req_body: LONG.slice(0, 64), resp_rows: null },
      { req_body: 'SELECT 2', resp_rows: 3 },
    ])
  })

  test('of the client: what may be a header is one only if a command is in it', () => {
    const talk = opened()
    talk.gap('request', 100)
    const tail = Buffer.from([0x64, 0x3c, 0x3f])
    for (const next of [ask('SELECT 1'), pack(1, packet(1, 'a file'), 'stored')]) {
      const bytes = Buffer.concat([tail, next])
      expect(mysql.parse('request', new ByteCursor(bytes), talk.state, [])).toBe(INVALID)
    }
    talk.feed('request', ask('SELECT 2')).feed('response', pack(1, rows(3)))
    talk.feed('request', ask('SELECT 3')).feed('response', pack(1, rows(3)))
    expect(talk.rows.at(-1)).toMatchObject({ req_body: 'SELECT 3', resp_rows: 3 })
  })

  test('of bytes that are stored are losses of the packets inside', () => {
    const talk = opened().feed('request', ask('SELECT big'))
    const row = packet(3, randomBytes(random, 20000))
    const bytes = pack(1, Buffer.concat([packet(1, 1), COLUMN(2), row, LAST(4)]), 'stored')
    talk.feed('response', bytes.subarray(0, 5000))
    expect(talk.skip).toBeGreaterThan(14000)
    expect(talk.gap('response', 9000)).toBe(true)
    talk.feed('response', bytes.subarray(14000))
    expect(talk.rows.slice(1)).toMatchObject([{ resp_rows: 1, lost: false }])
  })
})

describe('a long packet', () => {
  // More than 1 MiB when compressed.
  const blob = (size: number): string =>
    randomBytes(random, size)
      .toString('latin1')
      .replace(/[^ -~]/g, 'x')

  test('shows its start, and the rest is not needed', () => {
    const sql = `INSERT INTO t VALUES ('${blob(4 << 20)}')`
    const bytes = pack(0, query(sql))
    expect(bytes.length).toBeGreaterThan(1 << 20)
    const talk = opened().feed('request', bytes.subarray(0, 100_000))
    expect(talk.skip).toBe(bytes.length - 100_000)
    expect(talk.gap('request', talk.skip)).toBe(true)
    talk.feed('response', pack(1, OK(1), 'stored'))
    expect(talk.rows.slice(1)).toMatchObject([{ req_body: sql.slice(0, 64), resp_result: 2, cut: 2 }])
  })

  test('inside a row is not decompressed', () => {
    const row = packet(3, Buffer.alloc(200_000, 7))
    const plain = Buffer.concat([packet(1, 1), COLUMN(2), row, LAST(4)])
    const talk = opened().feed('request', ask('SELECT big'))
    talk.feed('response', pack(1, plain.subarray(0, 16384)))
    const middle = pack(2, plain.subarray(16384, 180_000))
    talk.feed('response', middle.subarray(0, 20))
    expect(talk.skip).toBe(middle.length - 20)
    expect(talk.gap('response', middle.length - 20)).toBe(true)
    talk.feed('response', pack(3, plain.subarray(180_000)))
    expect(talk.rows.slice(1)).toMatchObject([{ resp_rows: 1 }])
  })

  test('of 16 MiB and more: the answer follows the last compressed packet', () => {
    const statement = Buffer.alloc(18 << 20, 'x')
    statement.write("\x03SELECT '")
    const first = Buffer.concat([Buffer.from([0xff, 0xff, 0xff, 0]), statement.subarray(0, 0xffffff)])
    const plain = Buffer.concat([first, packet(1, statement.subarray(0xffffff))])
    const talk = opened()
    for (let at = 0, seq = 0; at < plain.length; at += 16_000_000, seq++)
      talk.feed('request', pack(seq, plain.subarray(at, at + 16_000_000)))
    talk.feed('response', pack(2, OK(2), 'stored'))
    expect(talk.rows.slice(1)).toMatchObject([{ resp_result: 2, cut: 2 }])
  })
})

describe('hostile packets', () => {
  const parse = (talk: Talk, bytes: Buffer): number => mysql.parse('response', new ByteCursor(bytes), talk.state, [])

  test('what inflates to more than it says is no packet', () => {
    const bomb = pack(1, Buffer.alloc(1 << 24, 0))
    bomb.writeUIntLE(1000, 4, 3)
    const talk = opened().feed('request', ask('SELECT 1'))
    expect(parse(talk, bomb)).toBe(-1)
  })

  test('what inflates to less, and what does not inflate', () => {
    const short = pack(1, Buffer.alloc(500))
    short.writeUIntLE(600, 4, 3)
    expect(parse(opened().feed('request', ask('SELECT 1')), short)).toBe(-1)
    const broken = pack(1, Buffer.from('a text that is long enough'.repeat(20)))
    broken.fill(0x55, 12)
    expect(parse(opened().feed('request', ask('SELECT 1')), broken)).toBe(-1)
  })

  test('what holds no packets is thrown away', () => {
    const talk = opened().feed('request', ask('SELECT 1'))
    for (let seq = 1; seq < 200; seq++) talk.feed('response', pack(seq, Buffer.alloc(65536, 0xaa)))
    expect(talk.state.responseLane.plain.length).toBeLessThan(1 << 20)
    talk.feed('request', ask('SELECT 2')).feed('response', pack(1, rows(1)))
    expect(talk.rows.at(-1)).toMatchObject({ req_body: 'SELECT 2', resp_rows: 1 })
  })
})

test('a dump of the log ends decoding', () => {
  const talk = opened().feed('request', pack(0, packet(0, 0x12, Buffer.alloc(10), 'bin.1'), 'stored'))
  talk.feed('response', pack(1, packet(1, 0, deflateSync('x')), 'stored'))
  expect(talk.became).toEqual(['opaque'])
})
