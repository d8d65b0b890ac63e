import {
  bareRows,
  bytes,
  envelope,
  hex,
  i32,
  id,
  int,
  list,
  longString,
  map,
  multimap,
  OP,
  prepared,
  rows,
  type Spec,
  string,
  text,
  u8,
  u16,
} from '../support/cql-bytes.js'
import { framed } from './cql-framing.js'
import { answer, ask, done, error, FEW, ONE, query, VERSION } from './cql-turns.js'
import { client, type Example, server } from './example.js'

const TRACED = 2
const PAYLOAD = 4
const WARNED = 8

const opening: Example = {
  name: 'a connection is opened, with a login',
  opening: true,
  strictTurns: true,
  turns: [
    ask(0, OP.options),
    answer(0, OP.supported, multimap({ COMPRESSION: ['snappy', 'lz4'], CQL_VERSION: ['3.4.4'] })),
    ask(1, OP.startup, map({ CQL_VERSION: '3.0.0', DRIVER_NAME: 'x' })),
    answer(1, OP.authenticate, string('org.apache.cassandra.auth.PasswordAuthenticator')),
    ask(2, OP.authResponse, bytes('\0cassandra\0hunter2')),
    answer(2, OP.authSuccess, bytes(null)),
    ask(3, OP.register, list('TOPOLOGY_CHANGE', 'SCHEMA_CHANGE')),
    answer(3, OP.ready),
  ],
  rows: [
    { req_op: 5, req_body: '', resp_op: 6, resp_body: '{"COMPRESSION":["snappy","lz4"],"CQL_VERSION":["3.4.4"]}' },
    {
      protocol_version: 4,
      req_op: 1,
      req_body: '{"CQL_VERSION":"3.0.0","DRIVER_NAME":"x"}',
      resp_op: 3,
      resp_body: 'org.apache.cassandra.auth.PasswordAuthenticator',
    },
    { req_op: 15, req_body: '[REDACTED]', resp_op: 16, resp_body: '' },
    { req_op: 11, req_body: '["TOPOLOGY_CHANGE","SCHEMA_CHANGE"]', resp_op: 2 },
  ],
}

const PAGE = Buffer.concat([i32(2), i32(3), i32(1), bytes('state'), string('ks'), string('t'), string('id'), u16(9)])

const queries: readonly Example[] = [
  {
    name: 'a query and its rows',
    turns: [query(10, 'SELECT id, name FROM t10'), answer(10, OP.result, FEW)],
    rows: [
      {
        req_op: 7,
        req_body: 'SELECT id, name FROM t10',
        req_consistency: 1,
        req_paging: false,
        req_size: 40,
        resp_op: 8,
        resp_body: 'Response type = ROWS\nNumber of columns = 2\n["id","name"]\nNumber of rows = 2\n[1,"ü"]\n[-2,null]',
        resp_rows: 2,
        resp_more_pages: false,
        resp_warnings: null,
        resp_tracing_id: null,
        resp_error_code: null,
        resp_size: 72,
      },
    ],
  },
  {
    name: 'values bound to a query, by place and by name',
    turns: [
      ask(
        11,
        OP.query,
        longString('INSERT INTO t11 VALUES (?, ?, ?)'),
        u16(6),
        u8(1),
        u16(3),
        bytes(hex('00ff')),
        bytes(null),
        i32(-2),
      ),
      done(11),
      ask(12, OP.query, longString('SELECT * FROM t12 WHERE a = :a'), ONE, u8(0x41), u16(1), string('a'), bytes('A')),
      answer(12, OP.result, bareRows(0)),
    ],
    rows: [
      {
        req_body: 'INSERT INTO t11 VALUES (?, ?, ?)\n["0x00ff",null,"<not set>"]',
        req_consistency: 6,
        resp_body: 'Response type = VOID',
        resp_rows: null,
      },
      { req_body: 'SELECT * FROM t12 WHERE a = :a\n{"a":"0x41"}', resp_rows: 0 },
    ],
  },
  {
    name: 'pages',
    turns: [
      ask(13, OP.query, longString('SELECT id FROM t13'), ONE, u8(4), i32(1)),
      answer(13, OP.result, PAGE, i32(1), bytes(i32(13))),
      ask(14, OP.query, longString('SELECT id FROM t13'), ONE, u8(12), i32(1), bytes('state')),
      answer(14, OP.result, rows([int('id')], [i32(14)])),
    ],
    rows: [
      { req_paging: false, resp_rows: 1, resp_more_pages: true, resp_body: expect.stringMatching(/\[13\]$/) },
      { req_paging: true, resp_rows: 1, resp_more_pages: false, resp_body: expect.stringMatching(/\[14\]$/) },
    ],
  },
  {
    name: 'other results',
    turns: [
      query(15, 'USE ks15'),
      answer(15, OP.result, i32(3), string('ks15')),
      query(16, 'CREATE TABLE t16 (id int PRIMARY KEY)'),
      answer(16, OP.result, i32(5), string('CREATED'), string('TABLE'), string('ks15'), string('t16')),
      query(17, 'DROP KEYSPACE ks17'),
      answer(17, OP.result, i32(5), string('DROPPED'), string('KEYSPACE'), string('ks17')),
    ],
    rows: [
      { req_body: 'USE ks15', resp_body: 'Response type = SET_KEYSPACE\nKeyspace = ks15' },
      {
        req_body: 'CREATE TABLE t16 (id int PRIMARY KEY)',
        resp_body: 'Response type = SCHEMA_CHANGE\n CREATED TABLE keyspace=ks15 name=t16',
      },
      { resp_body: 'Response type = SCHEMA_CHANGE\n DROPPED KEYSPACE keyspace=ks17' },
    ],
  },
  {
    name: 'answers in another order',
    turns: [
      query(20, 'SELECT a20'),
      query(21, 'SELECT a21'),
      query(22, 'SELECT a22'),
      done(21),
      answer(22, OP.result, FEW),
      done(20),
    ],
    rows: [
      { req_body: 'SELECT a21', resp_rows: null },
      { req_body: 'SELECT a22', resp_rows: 2 },
      { req_body: 'SELECT a20', resp_rows: null },
    ],
  },
  {
    name: 'errors',
    turns: [
      query(23, 'SELEC a23'),
      answer(23, OP.error, error(0x2000, "line 1:0 no viable alternative at input 'SELEC'")),
      query(24, 'SELECT a24'),
      answer(24, OP.error, error(0x1000, 'Cannot achieve consistency level QUORUM'), u16(4), i32(2), i32(1)),
    ],
    rows: [
      {
        req_body: 'SELEC a23',
        resp_op: 0,
        resp_body: "[8192] line 1:0 no viable alternative at input 'SELEC'",
        resp_error_code: 8192,
        resp_error_name: 'Syntax error',
        resp_error: "line 1:0 no viable alternative at input 'SELEC'",
      },
      { req_body: 'SELECT a24', resp_error_code: 4096, resp_error_name: 'Unavailable' },
    ],
  },
  {
    name: 'events',
    turns: [
      query(29, 'SELECT a29'),
      done(29),
      answer(-1, OP.event, string('SCHEMA_CHANGE'), string('UPDATED'), string('TABLE'), string('ks'), string('e1')),
      answer(-1, OP.event, string('STATUS_CHANGE'), string('UP'), u8(4), hex('7f000002'), i32(9042)),
    ],
    rows: [
      { req_body: 'SELECT a29' },
      { req_op: null, req_body: null, resp_op: 12, resp_body: 'SCHEMA_CHANGE UPDATED TABLE keyspace=ks name=e1' },
      { req_op: null, resp_op: 12, resp_body: 'STATUS_CHANGE UP 127.0.0.2:9042' },
    ],
  },
  {
    name: 'what may precede a body',
    turns: [
      client(
        envelope(
          VERSION,
          25,
          OP.query,
          Buffer.concat([u16(1), string('k'), bytes('v'), longString('SELECT a25'), ONE, u8(0)]),
          TRACED | PAYLOAD,
        ),
      ),
      server(
        envelope(
          VERSION | 0x80,
          25,
          OP.result,
          Buffer.concat([
            hex('00112233445566778899aabbccddeeff'),
            list('careful', 'slow'),
            u16(1),
            string('k'),
            bytes('v'),
            FEW,
          ]),
          TRACED | WARNED | PAYLOAD,
        ),
      ),
    ],
    rows: [
      {
        req_body: 'SELECT a25',
        resp_rows: 2,
        resp_tracing_id: '00112233-4455-6677-8899-aabbccddeeff',
        resp_warnings: ['careful', 'slow'],
      },
    ],
  },
  {
    name: 'passwords',
    turns: [
      query(26, "CREATE ROLE bob WITH PASSWORD = 'hunter2' AND LOGIN = true"),
      done(26),
      query(27, "ALTER USER bob WITH PASSWORD 'hunt''er2'"),
      done(27),
      query(28, 'SELECT role, salted_hash FROM system_auth.roles'),
      answer(28, OP.result, rows([text('role'), text('salted_hash')], ['bob', '$2a$10$hash'])),
    ],
    rows: [
      { req_body: "CREATE ROLE bob WITH PASSWORD = '[REDACTED]' AND LOGIN = true" },
      { req_body: "ALTER USER bob WITH PASSWORD '[REDACTED]'" },
      { resp_body: expect.stringMatching(/\["bob","\[REDACTED\]"\]$/) },
    ],
  },
]

const LONG = 'long '.repeat(9000)
const option = (type: number, ...inner: readonly Buffer[]): Buffer => Buffer.concat([u16(type), ...inner])
const INT = u16(9)
const TEXT = u16(13)

// Type, bytes, how it is shown.
const VALUES: readonly (readonly [Buffer, string, string])[] = [
  [u16(1), '6162', '"ab"'],
  [u16(2), '0020000000000001', '9007199254740993'],
  [u16(3), '00ff', '"0x00ff"'],
  [u16(4), '01', 'true'],
  [u16(6), '00000002 fb2e', '-12.34'],
  [u16(7), '3fe0000000000000', '0.5'],
  [u16(8), '3dcccccd', '0.1'],
  [u16(8), '7fc00000', '"NaN"'],
  [u16(9), 'ffffffff', '-1'],
  [u16(11), '0000014e4583c3db', '"2015-06-30T17:29:00.123Z"'],
  [u16(12), '00112233445566778899aabbccddeeff', '"00112233-4455-6677-8899-aabbccddeeff"'],
  [u16(14), '00ffffffffffffffffff', '4722366482869645213695'],
  [u16(16), '7f000001', '"127.0.0.1"'],
  [u16(16), '20010db8000000000000000000000001', '"2001:db8::1"'],
  [u16(17), '80000001', '"1970-01-02"'],
  [u16(18), '00000000000f4240', '"00:00:00.001000000"'],
  [u16(19), '8000', '-32768'],
  [u16(20), '80', '-128'],
  [u16(21), '02 04 06', '"1mo2d3ns"'],
  [u16(21), '01 00 88ca', '"-1mo0d1125ns"'],
  [option(32, INT), '00000002 00000004 00000001 ffffffff', '[1,null]'],
  [option(34, TEXT), '00000001 00000001 61', '["a"]'],
  [option(33, INT, TEXT), '00000001 00000004 00000007 00000001 62', '{"7":"b"}'],
  [option(48, string('ks'), string('u'), u16(1), string('f'), INT), '00000004 00000005', '{"f":5}'],
  [option(49, u16(2), INT, TEXT), '00000004 00000006 00000001 63', '[6,"c"]'],
  [option(0, string('org.example.Type')), '0102', '"0x0102"'],
  [option(0, string('org.apache.cassandra.db.marshal.SimpleDateType')), '80000000', '"1970-01-01"'],
  [
    option(0, string('org.apache.cassandra.db.marshal.VectorType(org.apache.cassandra.db.marshal.FloatType , 2)')),
    '3f8000003f000000',
    '[1,0.5]',
  ],
  [u16(9), '00', '"0x00"'],
  [u16(13), 'ff', '"\udcff"'],
]
const TYPED: readonly Spec[] = VALUES.map(([type], i) => [`c${i}`, type])

const statements: readonly Example[] = [
  {
    name: 'a statement is prepared and executed',
    strictTurns: true,
    turns: [
      ask(30, OP.prepare, longString('SELECT name FROM t30 WHERE id = ?')),
      answer(30, OP.result, prepared('aa30', [int('id')], [text('name')])),
      ask(31, OP.execute, id('aa30'), u16(4), u8(3), u16(1), bytes(i32(31))),
      answer(31, OP.result, bareRows(1, ['x31'])),
    ],
    rows: [
      {
        req_op: 9,
        req_body: 'SELECT name FROM t30 WHERE id = ?',
        resp_body: 'Response type = PREPARED\nId = 0xaa30\n["id int"]',
      },
      {
        req_op: 10,
        req_body: 'SELECT name FROM t30 WHERE id = ?\n[31]',
        req_consistency: 4,
        resp_body: 'Response type = ROWS\nNumber of columns = 1\n["name"]\nNumber of rows = 1\n["x31"]',
      },
    ],
  },
  {
    name: 'a statement that was prepared elsewhere',
    turns: [
      ask(32, OP.execute, id('bb32'), ONE, u8(1), u16(1), bytes('A')),
      answer(32, OP.error, error(0x2500, 'Prepared query with ID bb32 not found'), id('bb32')),
    ],
    rows: [{ req_body: 'id=0xbb32\n["0x41"]', resp_error_code: 9472, resp_error_name: 'Unprepared' }],
  },
  {
    name: 'a batch',
    strictTurns: true,
    turns: [
      ask(33, OP.prepare, longString('INSERT INTO t33 VALUES (?)')),
      answer(33, OP.result, prepared('cc33', [text('a')], [])),
      ask(
        34,
        OP.batch,
        u8(1),
        u16(3),
        Buffer.concat([u8(0), longString('DELETE FROM t34'), u16(0)]),
        Buffer.concat([u8(1), id('cc33'), u16(1), bytes('v')]),
        Buffer.concat([u8(1), id('dd34'), u16(1), bytes('v')]),
        u16(4),
        u8(0),
      ),
      done(34),
    ],
    rows: [
      { req_op: 9, req_body: 'INSERT INTO t33 VALUES (?)' },
      {
        req_op: 13,
        req_body: 'BEGIN UNLOGGED BATCH\nDELETE FROM t34\nINSERT INTO t33 VALUES (?) ["v"]\nid=0xdd34 ["0x76"]',
        req_consistency: 4,
      },
    ],
  },
  {
    name: 'all types',
    turns: [
      query(35, 'SELECT all35'),
      answer(
        35,
        OP.result,
        rows(
          TYPED,
          VALUES.map(([, value]) => hex(value)),
        ),
      ),
    ],
    options: { bodyBytes: 4096 },
    rows: [{ resp_body: expect.stringContaining(`\n[${VALUES.map(([, , shown]) => shown).join(',')}]`) }],
  },
  {
    name: 'what is long',
    turns: [query(36, `SELECT '${LONG}'`), answer(36, OP.result, rows([text('a')], [LONG], ['end']))],
    rows: [
      {
        req_body: expect.stringMatching(/^SELECT .{1017}$/),
        resp_rows: 2,
        resp_body: expect.stringMatching(/^Response.{1016}$/s),
      },
    ],
  },
]

/** Conversations of CQL; streams and statements occur once, so that a wrong pairing shows. */
export const examples: readonly Example[] = [opening, ...queries, ...statements, ...framed]
