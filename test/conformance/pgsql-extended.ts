import { client, type Example, server } from './example.js'
import {
  BOUND,
  bind,
  bytes,
  CLOSED,
  columns,
  DESCRIBE,
  dataRow,
  describeStatement,
  EXECUTE,
  error,
  message,
  NO_DATA,
  PARSED,
  parse,
  query,
  ready,
  SYNC,
  tag,
  u16,
  u32,
} from './pgsql-messages.js'

const NO_PARAMS = { req_cmd: 'Bind', req: 'portal= statement= params=[]' }
const NUMERIC = bytes(u16(2), u16(0), u16(0x4000), u16(3), u16(12), u16(3450))
const UUID = Buffer.from('00112233445566778899aabbccddeeff', 'hex')
const micros = (n: bigint): Buffer => {
  const buf = Buffer.alloc(8)
  buf.writeBigInt64BE(n)
  return buf
}

/** COPY. */
export const copies: readonly Example[] = [
  {
    name: 'COPY from the client',
    turns: [
      query('COPY t6 FROM STDIN'),
      server(message('G', 0, u16(1), u16(0))),
      client(message('d', 'a\n'), message('d', 'b\n'), message('d', 'Q\0\0\0\x08ab\n'), message('c')),
      server(tag('COPY 3'), ready()),
    ],
    rows: [{ req: 'COPY t6 FROM STDIN', resp_result: 2, resp: 'COPY 3', resp_affected_rows: 3, resp_rows: null }],
  },
  {
    name: 'COPY that the client gives up',
    turns: [
      query('COPY t7 FROM STDIN'),
      server(message('G', 0, u16(1), u16(0))),
      client(message('d', 'a\n'), message('f', 'no more', 0)),
      server(error('57014', 'COPY from stdin failed: no more'), ready()),
    ],
    rows: [
      { req: 'COPY t7 FROM STDIN', resp_result: 3, resp: 'COPY from stdin failed: no more', resp_sqlstate: '57014' },
    ],
  },
  {
    name: 'COPY to the client',
    turns: [
      query('COPY t8 TO STDOUT'),
      server(
        message('H', 0, u16(1), u16(0)),
        message('d', 'a\n'),
        message('d', 'b\n'),
        message('c'),
        tag('COPY 2'),
        ready(),
      ),
    ],
    rows: [{ req: 'COPY t8 TO STDOUT', resp_result: 2, resp: 'COPY 2', resp_rows: 2, resp_affected_rows: null }],
  },
  {
    name: 'COPY of the extended protocol, with a Sync that the server passes over',
    strictTurns: true,
    turns: [
      client(parse('', 'COPY t9 FROM STDIN'), bind('', []), DESCRIBE, EXECUTE, SYNC),
      server(PARSED, BOUND, NO_DATA, message('G', 0, u16(1), u16(0))),
      client(message('d', 'a\n'), SYNC, message('c'), SYNC),
      server(tag('COPY 1'), ready()),
    ],
    rows: [
      { req_cmd: 'Parse', req: 'COPY t9 FROM STDIN' },
      NO_PARAMS,
      { req_cmd: 'Describe', resp: 'NO DATA' },
      { req_cmd: 'Execute', req: 'query=[COPY t9 FROM STDIN] params=[]', resp: 'COPY 1', resp_affected_rows: 1 },
    ],
  },
]

/** Statements that are prepared, bound and executed. */
export const extended: readonly Example[] = [
  {
    name: 'a statement with parameters',
    turns: [
      client(parse('', 'SELECT $1 AS p10'), bind('', ['it', null]), DESCRIBE, EXECUTE, SYNC),
      server(PARSED, BOUND, columns('p10'), dataRow('it'), tag('SELECT 1'), ready()),
    ],
    rows: [
      { req_cmd: 'Parse', req: 'SELECT $1 AS p10', resp_result: 2, resp: 'PARSE COMPLETE' },
      { req_cmd: 'Bind', req: 'portal= statement= params=[it, NULL]', resp: 'BIND COMPLETE' },
      { req_cmd: 'Describe', req: 'type=portal name=', resp: 'ROW DESCRIPTION [p10 text]' },
      {
        req_cmd: 'Execute',
        req: 'query=[SELECT $1 AS p10] params=[it, NULL]',
        resp_result: 2,
        resp: 'it\nSELECT 1',
        resp_rows: 1,
      },
    ],
  },
  {
    name: 'a named statement, executed several times; types from its description',
    turns: [
      client(parse('s11', 'SELECT p11 WHERE a = $1 AND b = $2'), describeStatement('s11'), SYNC),
      server(PARSED, message('t', u16(2), u32(23), u32(1114)), columns('p11'), ready()),
      client(bind('s11', [u32(42), micros(86_400_000_000n + 1_500_000n)], [1], []), EXECUTE, SYNC),
      server(BOUND, dataRow('v'), tag('SELECT 1'), ready()),
      client(bind('s11', [u32(0xffffffff), null], [1], [1]), EXECUTE, SYNC),
      server(BOUND, dataRow(u32(7)), tag('SELECT 1'), ready()),
      client(message('C', 'S', 's11', 0), SYNC),
      server(CLOSED, ready()),
    ],
    rows: [
      { req_cmd: 'Parse', req: 'SELECT p11 WHERE a = $1 AND b = $2' },
      { req_cmd: 'Describe', req: 'type=statement name=s11', resp: 'ROW DESCRIPTION [p11 text]' },
      { req_cmd: 'Bind', req: 'portal= statement=s11 params=[42, 2000-01-02 00:00:01.5]' },
      {
        req: 'query=[SELECT p11 WHERE a = $1 AND b = $2] params=[42, 2000-01-02 00:00:01.5]',
        resp: 'v\nSELECT 1',
      },
      { req_cmd: 'Bind', req: 'portal= statement=s11 params=[-1, NULL]' },
      {
        req: 'query=[SELECT p11 WHERE a = $1 AND b = $2] params=[-1, NULL]',
        resp: '<4 bytes>\nSELECT 1',
        resp_rows: 1,
      },
    ],
  },
  {
    name: 'parameters in binary form',
    turns: [
      client(
        parse('', 'CALL p12($1)', 16, 17, 21, 20, 700, 701, 1082, 1184, 1700, 2950, 25, 3802, 99999),
        bind(
          '',
          [
            Buffer.from([1]),
            Buffer.from('hi'),
            u16(65535),
            micros(-5n),
            Buffer.from('3fc00000', 'hex'),
            Buffer.from('3ff8000000000000', 'hex'),
            u32(8826),
            micros(0n),
            NUMERIC,
            UUID,
            'text',
            '\x01{}',
            Buffer.from([0xab]),
          ],
          [1],
        ),
        EXECUTE,
        SYNC,
      ),
      server(PARSED, BOUND, tag('CALL'), ready()),
    ],
    rows: [
      { req_cmd: 'Parse', req: 'CALL p12($1)' },
      { req_cmd: 'Bind', resp_result: 2 },
      {
        req: 'query=[CALL p12($1)] params=[t, \\x6869, -1, -5, 1.5, 1.5, 2024-03-01, 2000-01-01 00:00:00+00, -12.345, 00112233-4455-6677-8899-aabbccddeeff, text, {}, \\xab]',
        resp: 'CALL',
      },
    ],
  },
  {
    name: 'several executions before one Sync',
    turns: [
      client(parse('', 'INSERT INTO t13 VALUES ($1)'), bind('', ['a']), EXECUTE, bind('', ['b']), EXECUTE, SYNC),
      server(PARSED, BOUND, tag('INSERT 0 1'), BOUND, tag('INSERT 0 1'), ready()),
    ],
    rows: [
      { req_cmd: 'Parse', req: 'INSERT INTO t13 VALUES ($1)' },
      { req_cmd: 'Bind', req: 'portal= statement= params=[a]' },
      { req: 'query=[INSERT INTO t13 VALUES ($1)] params=[a]', resp_affected_rows: 1 },
      { req_cmd: 'Bind', req: 'portal= statement= params=[b]' },
      { req: 'query=[INSERT INTO t13 VALUES ($1)] params=[b]', resp_affected_rows: 1 },
    ],
  },
  {
    name: 'after an error the rest of the batch is not executed',
    turns: [
      client(parse('', 'SELECT 14'), bind('', []), EXECUTE, parse('', 'SELEC 15'), bind('', []), EXECUTE, SYNC),
      server(PARSED, BOUND, dataRow('14'), tag('SELECT 1'), error('42601', 'syntax error'), ready()),
      query('SELECT 16'),
      server(columns('c'), tag('SELECT 0'), ready()),
    ],
    rows: [
      { req_cmd: 'Parse', req: 'SELECT 14' },
      NO_PARAMS,
      { req: 'query=[SELECT 14] params=[]', resp: '14\nSELECT 1' },
      { req_cmd: 'Parse', req: 'SELEC 15', resp_result: 3, resp: 'syntax error', resp_sqlstate: '42601' },
      { ...NO_PARAMS, resp_result: 1, resp: null },
      { req: 'query=[SELEC 15] params=[]', resp_result: 1, resp: null },
      { req: 'SELECT 16', resp: 'c\nSELECT 0', resp_rows: 0 },
    ],
  },
  {
    name: 'an error of the Sync',
    turns: [
      client(parse('', 'INSERT INTO t17 VALUES (1)'), bind('', []), EXECUTE, SYNC),
      server(PARSED, BOUND, tag('INSERT 0 1'), error('23503', 'deferred'), ready()),
    ],
    rows: [
      { req_cmd: 'Parse', req: 'INSERT INTO t17 VALUES (1)' },
      NO_PARAMS,
      { req_cmd: 'Execute', req: 'query=[INSERT INTO t17 VALUES (1)] params=[]', resp: 'INSERT 0 1' },
      { req_cmd: 'Sync', req: null, resp_result: 3, resp: 'deferred' },
    ],
  },
  {
    name: 'a portal read in parts, with Flush',
    turns: [
      client(parse('', 'SELECT p18'), message('B', 'cur', 0, 0, u16(0), u16(0), u16(0)), message('H')),
      server(PARSED, BOUND),
      client(message('E', 'cur', 0, u32(1)), message('H')),
      server(dataRow('1'), message('s')),
      client(message('E', 'cur', 0, u32(1)), SYNC),
      server(dataRow('2'), tag('SELECT 1'), ready()),
    ],
    rows: [
      { req_cmd: 'Parse', req: 'SELECT p18' },
      { req_cmd: 'Bind', req: 'portal=cur statement= params=[]' },
      { req: 'query=[SELECT p18] params=[]', resp: '1\nPORTAL SUSPENDED', resp_rows: 1 },
      { req: 'query=[SELECT p18] params=[]', resp: '2\nSELECT 1', resp_rows: 1 },
    ],
  },
  {
    name: 'a Parse that failed leaves the statement of that name',
    strictTurns: true,
    turns: [
      client(parse('s19', 'SELECT 19'), SYNC),
      server(PARSED, ready()),
      client(parse('s19', 'SELECT 20'), SYNC),
      server(error('42P05', 'prepared statement "s19" already exists'), ready()),
      client(bind('s19', []), EXECUTE, SYNC),
      server(BOUND, dataRow('19'), tag('SELECT 1'), ready()),
    ],
    rows: [
      { req: 'SELECT 19', resp_result: 2 },
      { req: 'SELECT 20', resp_result: 3 },
      { req_cmd: 'Bind', req: 'portal= statement=s19 params=[]' },
      { req: 'query=[SELECT 19] params=[]', resp: '19\nSELECT 1' },
    ],
  },
  {
    name: 'parameters of a statement about passwords',
    turns: [
      client(parse('', 'UPDATE u21 SET password = $1'), bind('', ['hunter2']), EXECUTE, SYNC),
      server(PARSED, BOUND, tag('UPDATE 1'), ready()),
    ],
    rows: [
      { req: 'UPDATE u21 SET password = $1' },
      { req: 'portal= statement= params=[[REDACTED]]' },
      { req: 'query=[UPDATE u21 SET password = $1] params=[[REDACTED]]' },
    ],
  },
  {
    name: 'pipelined batches',
    pipelined: true,
    turns: [
      client(message('Q', 'SELECT 22', 0), parse('', 'SELECT 23'), bind('', []), EXECUTE, SYNC),
      client(parse('', 'SELECT $24'), SYNC, message('Q', 'SELECT 25', 0)),
      server(
        columns('c'),
        dataRow('22'),
        tag('SELECT 1'),
        ready(),
        PARSED,
        BOUND,
        dataRow('23'),
        tag('SELECT 1'),
        ready(),
      ),
      server(error('42P02', 'no parameter $24'), ready(), columns('c'), dataRow('25'), tag('SELECT 1'), ready()),
    ],
    rows: [
      { req: 'SELECT 22', resp: 'c\n22\nSELECT 1' },
      { req: 'SELECT 23', resp: 'PARSE COMPLETE' },
      NO_PARAMS,
      { req: 'query=[SELECT 23] params=[]', resp: '23\nSELECT 1' },
      { req: 'SELECT $24', resp: 'no parameter $24' },
      { req: 'SELECT 25', resp: 'c\n25\nSELECT 1' },
    ],
  },
]
