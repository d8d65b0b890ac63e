import { client, type Example, server } from './example.js'
import {
  CAPS,
  column,
  command,
  DEPRECATE_EOF,
  eof,
  err,
  hello,
  lastOk,
  lenenc,
  more,
  ok,
  packet,
  query,
  resultset,
  u16,
  u32,
} from './mysql-bytes.js'
import { MARIADB_PIPELINED, MYSQL2_CLASSIC, PYMYSQL } from './mysql-captured.js'
import { PACKED, PACKED_ZSTD } from './mysql-packed.js'

const LONG = `SELECT '${'long '.repeat(400)}'`

/** Conversations of MySQL and MariaDB; every statement occurs once, so that a wrong pairing shows. */
export const examples: readonly Example[] = [
  {
    name: 'login with full authentication',
    opening: true,
    strictTurns: true,
    turns: hello(CAPS | DEPRECATE_EOF),
    rows: [{ req_cmd: 0x0b, req_body: 'user=alice db=shop', resp_result: 2, resp_body: null, resp_rows: null }],
  },
  {
    name: 'text result set',
    turns: [query('SELECT a FROM t1'), server(resultset(1, ['x', 'y']))],
    rows: [
      {
        req_cmd: 3,
        req_body: 'SELECT a FROM t1',
        resp_result: 2,
        resp_body: 'Resultset rows = 2',
        resp_rows: 2,
        resp_affected_rows: null,
        resp_error_code: null,
        resp_sqlstate: null,
      },
    ],
  },
  {
    name: 'OK with affected rows and info',
    turns: [query('UPDATE t2 SET a = 1'), server(ok(1, 5, 'Rows matched: 5'))],
    rows: [{ req_cmd: 3, resp_result: 2, resp_affected_rows: 5, resp_body: 'Rows matched: 5', resp_rows: null }],
  },
  {
    name: 'error',
    turns: [query('SELECT * FROM gone'), server(err(1, 1146, '42S02', "Table 'shop.gone' doesn't exist"))],
    rows: [
      {
        req_body: 'SELECT * FROM gone',
        resp_result: 3,
        resp_body: "Table 'shop.gone' doesn't exist",
        resp_error_code: 1146,
        resp_sqlstate: '42S02',
      },
    ],
  },
  {
    name: 'an error whose text ends with a zero',
    turns: [query('SELECT 7 FROM'), server(err(1, 1064, '42000', 'near FROM\0'))],
    rows: [{ req_body: 'SELECT 7 FROM', resp_body: 'near FROM', resp_error_code: 1064 }],
  },
  {
    name: 'no rows',
    turns: [query('SELECT a FROM t3 WHERE 0'), server(resultset(1, []))],
    rows: [{ req_body: 'SELECT a FROM t3 WHERE 0', resp_body: 'Resultset rows = 0', resp_rows: 0 }],
  },
  {
    name: 'several result sets',
    turns: [query('CALL p4()'), server(resultset(1, ['1', '2', '3'], more), resultset(7, ['4'], more), ok(11, 2))],
    rows: [
      {
        req_body: 'CALL p4()',
        resp_body: 'Resultset rows = 3, Resultset rows = 1',
        resp_rows: 4,
        resp_affected_rows: 2,
      },
    ],
  },
  {
    name: 'an error after a result set',
    turns: [query('SELECT 5; SELEC'), server(resultset(1, ['5'], more), err(5, 1064, '42000', 'near SELEC'))],
    rows: [{ req_body: 'SELECT 5; SELEC', resp_result: 3, resp_error_code: 1064, resp_rows: 1 }],
  },
  {
    name: 'an error among rows',
    turns: [
      query('SELECT a FROM t6'),
      server(packet(1, 1), column(2, 'a'), packet(3, lenenc('v')), err(4, 1317, '70100', 'Query was interrupted')),
    ],
    rows: [{ req_body: 'SELECT a FROM t6', resp_result: 3, resp_error_code: 1317 }],
  },
  {
    name: 'an empty statement',
    turns: [
      query('SELECT a FROM t6'),
      server(packet(1, 1), column(2, 'a'), lastOk(3)),
      command(0x03),
      server(err(1, 1065, '42000', 'Query was empty')),
      command(0x16),
      server(err(1, 1065, '42000', 'Query was empty')),
      command(0x02),
      server(err(1, 1046, '3D000', 'No database selected')),
    ],
    rows: [
      { req_body: 'SELECT a FROM t6', resp_result: 2 },
      { req_cmd: 3, req_body: '', resp_error_code: 1065 },
      { req_cmd: 0x16, req_body: '', resp_error_code: 1065 },
      { req_cmd: 2, req_body: '', resp_error_code: 1046 },
    ],
  },
  {
    name: 'prepared statement',
    turns: [
      command(0x16, 'SELECT a FROM t7 WHERE b = ? AND c = ?'),
      server(packet(1, 0, u32(7), u16(1), u16(2), 0, u16(0)), column(2, '?'), column(3, '?'), column(4, 'a')),
      command(0x17, u32(7), 0, u32(1), 0, 1, u16(0xfd), u16(8), lenenc('it'), u32(42), u32(0)),
      server(packet(1, 1), column(2, 'a'), packet(3, 0, 0, lenenc('row')), lastOk(4)),
      command(0x17, u32(7), 0, u32(1), 2, 0, lenenc('on')),
      server(packet(1, 1), column(2, 'a'), lastOk(3)),
      command(0x19, u32(7)),
    ],
    rows: [
      { req_cmd: 0x16, req_body: 'SELECT a FROM t7 WHERE b = ? AND c = ?', resp_result: 2, resp_rows: null },
      { req_cmd: 0x17, req_body: "query=[SELECT a FROM t7 WHERE b = ? AND c = ?] params=['it', 42]", resp_rows: 1 },
      { req_cmd: 0x17, req_body: "query=[SELECT a FROM t7 WHERE b = ? AND c = ?] params=['on', NULL]", resp_rows: 0 },
      { req_cmd: 0x19, req_body: null, resp_result: 1 },
    ],
  },
  {
    name: 'ping, schema, statistics',
    turns: [
      command(0x0e),
      server(ok(1)),
      command(2, 'shop8'),
      server(ok(1)),
      command(9),
      server(packet(1, 'Uptime: 8  Threads: 1')),
    ],
    rows: [
      { req_cmd: 0x0e, req_body: null, resp_result: 2 },
      { req_cmd: 2, req_body: 'shop8', resp_result: 2 },
      { req_cmd: 9, resp_result: 2, resp_body: 'Uptime: 8  Threads: 1' },
    ],
  },
  {
    name: 'LOAD DATA LOCAL INFILE',
    strictTurns: true,
    turns: [
      query("LOAD DATA LOCAL INFILE 'f' INTO TABLE t9"),
      server(packet(1, 0xfb, 'f')),
      client(packet(2, '1\tone\n2\ttwo\n'), packet(3, '3\tthree\n'), packet(4)),
      server(ok(5, 3, 'Records: 3')),
    ],
    rows: [{ req_body: "LOAD DATA LOCAL INFILE 'f' INTO TABLE t9", resp_result: 2, resp_affected_rows: 3 }],
  },
  {
    name: 'a statement longer than what is shown',
    turns: [query(LONG), server(resultset(1, ['z'.repeat(200)]))],
    rows: [{ req_body: LONG.slice(0, 1024), resp_rows: 1 }],
  },
  {
    name: 'credentials are not shown',
    turns: [
      query("CREATE USER 'bob'@'%' IDENTIFIED BY 'pw''1'"),
      server(ok(1)),
      query("SET PASSWORD FOR 'bob'@'%' = PASSWORD('pw2')"),
      server(err(1, 1064, '42000', `near 'IDENTIFIED BY "pw3"'`)),
    ],
    rows: [
      { req_body: "CREATE USER 'bob'@'%' IDENTIFIED BY [REDACTED]", resp_result: 2 },
      {
        req_body: "SET PASSWORD FOR 'bob'@'%' = PASSWORD([REDACTED])",
        resp_body: `near 'IDENTIFIED BY [REDACTED]'`,
      },
    ],
  },
  {
    name: 'pipelined commands',
    pipelined: true,
    turns: [
      client(packet(0, 3, 'SELECT 10'), packet(0, 3, 'INSERT INTO t11 VALUES (1)'), packet(0, 3, 'SELECT 12')),
      server(resultset(1, ['10'])),
      server(ok(1, 1), err(1, 1040, '08004', 'Too many')),
    ],
    rows: [
      { req_body: 'SELECT 10', resp_rows: 1 },
      { req_body: 'INSERT INTO t11 VALUES (1)', resp_affected_rows: 1 },
      { req_body: 'SELECT 12', resp_error_code: 1040 },
    ],
  },
  {
    name: 'EOF packets, not negotiated away',
    alone: true,
    turns: [
      ...hello(CAPS & ~DEPRECATE_EOF),
      query('SELECT a FROM c1'),
      server(resultset(1, ['a', 'b'], more, true), resultset(7, [], 2, true)),
      command(0x16, 'SELECT ?'),
      server(packet(1, 0, u32(1), u16(1), u16(1), 0, u16(0)), column(2, '?'), eof(3), column(4, '?'), eof(5)),
      command(1),
    ],
    rows: [
      { req_cmd: 0x0b },
      { req_body: 'SELECT a FROM c1', resp_body: 'Resultset rows = 2, Resultset rows = 0' },
      { req_cmd: 0x16, req_body: 'SELECT ?', resp_result: 2 },
      { req_cmd: 1, resp_result: 1, resp_body: null },
    ],
  },
  {
    name: 'EOF packets of a connection that is older than the trace',
    alone: true,
    turns: [
      command(0x16, 'SELECT c2'),
      server(packet(1, 0, u32(1), u16(1), u16(0), 0, u16(0)), column(2, 'c2'), eof(3)),
      query('SELECT a FROM c3'),
      server(resultset(1, ['a'], 2, true)),
    ],
    rows: [{ req_cmd: 0x16 }, { req_body: 'SELECT a FROM c3', resp_rows: 1 }],
  },
  {
    name: 'a server that refuses the connection',
    alone: true,
    turns: [server(packet(0, 0xff, u16(1040), 'Too many connections'))],
    rows: [{ req_cmd: 0x0b, req_body: null, resp_result: 3, resp_error_code: 1040, resp_sqlstate: null }],
  },
  {
    name: 'no answer',
    alone: true,
    turns: [query('SELECT sleep(9)')],
    rows: [{ req_body: 'SELECT sleep(9)', resp_result: 0 }],
  },
  PYMYSQL,
  MYSQL2_CLASSIC,
  MARIADB_PIPELINED,
  ...PACKED,
  PACKED_ZSTD,
]
