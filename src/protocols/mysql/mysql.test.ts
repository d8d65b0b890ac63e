import {
  COLUMN,
  capabilities,
  FULL,
  greeting,
  join,
  LAST,
  login,
  OK,
  packet,
  query,
  Talk,
} from '../../../test/support/mysql-talk.js'
import { ByteCursor } from '../cursor.js'
import { NEED_MORE } from '../protocol.js'
import { mysql } from './index.js'
import type { MysqlRow } from './table.js'

describe('a large row', () => {
  test('is eaten piece by piece, and the rest is not needed', () => {
    const talk = new Talk(false).feed('request', query('SELECT big'))
    const row = packet(3, Buffer.alloc(1000, 7))
    talk.feed('response', packet(1, 1), COLUMN(2), row.subarray(0, 300))
    expect(talk.skip).toBe(row.length - 300)
    expect(talk.gap('response', row.length - 300)).toBe(true)
    talk.feed('response', LAST(4))
    expect(talk.rows).toMatchObject([{ resp_rows: 1, lost: false }])
  })

  test('of 16 MiB and more counts once', () => {
    const talk = new Talk(false).feed('request', query('SELECT huge'))
    const head = Buffer.from([0xff, 0xff, 0xff, 3])
    talk.feed(
      'response',
      packet(1, 1),
      COLUMN(2),
      head,
      Buffer.alloc(FULL, 7),
      packet(4, 'rest'),
      packet(5, 1, 'x'),
      LAST(6),
    )
    expect(talk.rows).toMatchObject([{ resp_rows: 2 }])
  })

  test('that ends with 16 MiB exactly is followed by an empty packet', () => {
    const talk = new Talk(false).feed('request', query('SELECT exact'))
    const head = Buffer.from([0xff, 0xff, 0xff, 3])
    talk.feed('response', packet(1, 1), COLUMN(2), head, Buffer.alloc(FULL, 7), packet(4), LAST(5))
    expect(talk.rows).toMatchObject([{ resp_rows: 1 }])
  })
})

test('a statement of 16 MiB and more shows its first bytes; the answer continues its sequence', () => {
  const talk = new Talk(false)
  talk.feed('request', Buffer.from([0xff, 0xff, 0xff, 0, 3]), Buffer.from(`SELECT '${'a'.repeat(FULL - 9)}`))
  talk.feed('request', packet(1, "tail'"))
  talk.feed('response', OK(2))
  expect(talk.rows).toMatchObject([{ resp_result: 2, cut: 2 }])
  expect(talk.rows[0]?.req_body).toBe(`SELECT '${'a'.repeat(56)}`)
})

test('a gap in the text of a statement keeps the pairing', () => {
  const talk = new Talk(false).feed('request', query('SELECT 1')).feed('response', OK(1))
  const bytes = query(`SELECT '${'b'.repeat(2000)}'`)
  talk.feed('request', bytes.subarray(0, 700))
  expect(talk.gap('request', 1000)).toBe(true)
  talk.feed('request', bytes.subarray(1700)).feed('response', OK(1))
  expect(talk.rows).toMatchObject([{ req_body: 'SELECT 1' }, { resp_result: 2 }])
})

test('what was prepared last is not known where its statement lost bytes', () => {
  const prepare = (sql: string): Buffer => packet(0, 22, sql)
  const prepared = (id: number): Buffer => packet(1, 0, id, Buffer.alloc(10))
  const talk = new Talk(false).feed('request', prepare('DO 1')).feed('response', prepared(1))
  const bytes = prepare('DO 2 + 2')
  expect(mysql.parse('request', new ByteCursor(bytes.subarray(0, 6)), talk.state, [])).toBe(NEED_MORE)
  expect(talk.gap('request', 10)).toBe(true)
  talk.feed('request', bytes.subarray(10)).feed('response', prepared(2))
  talk.feed('request', packet(0, 23, Buffer.from('ffffffff0001000000', 'hex'))).feed('response', OK(1))
  expect(talk.rows[2]).toMatchObject({ req_body: 'Execute stmt_id=4294967295.', lost: true })
})

test('an answer that lost bytes is given up, and the next one is right', () => {
  const talk = new Talk(false).feed('request', query('SELECT 1'))
  talk.feed('response', packet(1, 1), COLUMN(2), packet(3, 1, 'x'))
  expect(talk.gap('response', 50)).toBe(false)
  talk.feed('response', packet(9, 1, 'y'), LAST(10))
  talk.feed('request', query('DO 2')).feed('response', OK(1))
  expect(talk.rows).toMatchObject([
    { req_body: 'SELECT 1', resp_result: null, resp_rows: null, lost: true },
    { req_body: 'DO 2', resp_result: 2, lost: false },
  ])
})

test('a TLS request hands the connection over, the login follows on the plain lane', () => {
  const flags = 0x0200 | 0x0800 | 0x8000
  const talk = new Talk(true).feed('response', greeting(flags))
  talk.feed('request', packet(1, capabilities(flags), Buffer.alloc(28)))
  expect(talk.became).toEqual(['tls'])
  talk.feed('request', login(2, flags)).feed('response', OK(3))
  expect(talk.rows).toMatchObject([{ req_cmd: 0x0b, req_body: 'user=root', resp_result: 2 }])
})

test('the event stream of a replica ends decoding', () => {
  const talk = new Talk(false).feed('request', packet(0, 0x12, Buffer.alloc(10), 'bin.1'))
  talk.feed('response', packet(1, 0, Buffer.alloc(30)))
  expect(talk.became).toEqual(['opaque'])
  expect(talk.rows).toMatchObject([{ req_cmd: 0x12, resp_result: 2 }])
})

test('query attributes are not part of the statement', () => {
  const flags = 0x0200 | 0x8000 | (1 << 27)
  const talk = new Talk(true).feed('response', greeting(flags)).feed('request', login(1, flags)).feed('response', OK(2))
  talk.feed('request', packet(0, 3, 0, 1, 'SELECT 1')).feed('response', OK(1))
  const attribute = join(1, 1, 0, 1, 0xfd, 0, 2, 'id', 3, 'abc')
  talk.feed('request', packet(0, 3, attribute, 'SELECT 2')).feed('response', OK(1))
  expect(talk.rows.slice(1)).toMatchObject([{ req_body: 'SELECT 1' }, { req_body: 'SELECT 2' }])
})

test('progress reports are no errors', () => {
  const talk = new Talk(false).feed('request', query('ALTER TABLE t'))
  talk.feed('response', packet(1, 0xff, 0xff, 0xff, 1, 1, 2, 0, 0, 0, 4, 'copy'), OK(2))
  expect(talk.rows).toMatchObject([{ resp_result: 2, resp_error_code: null }])
})

test('metadata that the client has cached is not sent', () => {
  const talk = new Talk(false).feed('request', query('SELECT c'))
  talk.feed('response', packet(1, 2, 0), packet(2, 1, 'a', 1, 'b'), LAST(3))
  expect(talk.rows).toMatchObject([{ resp_rows: 1 }])
})

test('values sent ahead are named as such', () => {
  const talk = new Talk(false).feed('request', packet(0, 0x16, 'INSERT INTO t VALUES (?, ?)'))
  talk.feed('response', packet(1, 0, 5, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0), COLUMN(2), COLUMN(3))
  talk.feed('request', packet(0, 0x18, 5, 0, 0, 0, 0, 0, 'a long value'))
  talk.feed('request', packet(0, 0x17, 5, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0xfc, 0, 3, 0, Buffer.from([9, 0, 0, 0])))
  talk.feed('response', OK(1))
  expect(talk.rows.at(-1)?.req_body).toBe('query=[INSERT INTO t VALUES (?, ?)] params=[<long data>, 9]')
  // MariaDB's library says of such a value that it is NULL; the server uses it.
  talk.feed('request', packet(0, 0x18, 5, 0, 0, 0, 0, 0, 'a long value'))
  talk
    .feed('request', packet(0, 0x17, 5, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, Buffer.from([9, 0, 0, 0])))
    .feed('response', OK(1))
  expect(talk.rows.at(-1)?.req_body).toBe('query=[INSERT INTO t VALUES (?, ?)] params=[<long data>, 9]')
})

test('joined among pipelined commands: an answer that the statement cannot have is not its own', () => {
  const talk = new Talk(false).feed('request', query('INSERT INTO t VALUES (1)'))
  talk.feed('response', packet(1, 1), COLUMN(2), packet(3, 1, 'x'), LAST(4), OK(1))
  for (let i = 0; i < 5; i++) talk.feed('request', query(`DO ${i}`)).feed('response', OK(1))
  expect(talk.rows[0]).toMatchObject({ req_body: 'INSERT INTO t VALUES (1)', resp_result: null, lost: true })
  expect(talk.rows.at(-1)).toMatchObject({ req_body: 'DO 4', resp_result: 2, lost: false })
})

test('a cursor is opened without rows, which come with COM_STMT_FETCH', () => {
  const talk = new Talk(false).feed('request', packet(0, 0x16, 'SELECT a FROM t'))
  talk.feed('response', packet(1, 0, 5, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0), COLUMN(2))
  talk.feed('request', packet(0, 0x17, 5, 0, 0, 0, 1, 1, 0, 0, 0))
  talk.feed('response', packet(1, 1), COLUMN(2), packet(3, 0xfe, 0, 0, 0x42, 0, 0, 0))
  talk.feed('request', packet(0, 0x1c, 5, 0, 0, 0, 2, 0, 0, 0))
  talk.feed('response', packet(1, 0, 0, 1), packet(2, 0, 0, 1), packet(3, 0xfe, 0, 0, 0xc2, 0, 0, 0))
  expect(talk.rows.slice(1)).toMatchObject([
    { req_cmd: 0x17, resp_result: 2, resp_rows: null },
    { req_cmd: 0x1c, resp_result: 2, resp_rows: 2 },
  ])
})

test('a command without an answer at the end says so', () => {
  const [row] = new Talk(false).feed('request', query('SELECT 1')).end().rows
  expect(mysql.table.error?.(row as MysqlRow)).toBe('no response')
})

test('an execution of what was prepared last and not seen is not answered by its preparation', () => {
  const talk = new Talk(false)
  const last = Buffer.from([0x17, 0xff, 0xff, 0xff, 0xff, 0, 1, 0, 0, 0])
  talk.feed('request', packet(0, last))
  talk.feed('response', packet(1, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)).feed('response', OK(1))
  talk.feed('request', query('SELECT 1')).feed('response', packet(1, 1), COLUMN(2), packet(3, 1, 'x'), LAST(4))
  expect(talk.rows).toMatchObject([
    { req_cmd: 0x17, resp_result: null, lost: true },
    { req_cmd: 3, resp_rows: 1, lost: false },
  ])
})
