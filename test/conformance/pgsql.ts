import { client, type Example, server, type Turn } from './example.js'
import { PG8000, PSQL } from './pgsql-captured.js'
import { copies, extended } from './pgsql-extended.js'
import {
  columns,
  dataRow,
  error,
  message,
  notice,
  opening,
  query,
  ready,
  status,
  tag,
  u16,
  u32,
  value,
} from './pgsql-messages.js'

const startup = (...pairs: string[]): Buffer => opening(u32(0x30000), ...pairs.flatMap((text) => [text, 0]), 0)
const STARTUP = startup('user', 'alice', 'database', 'shop', 'application_name', 'app', 'options', '-c secret=1')
const SSL_REQUEST = opening(u32(80877103))

const hello: readonly Turn[] = [
  client(STARTUP),
  server(message('R', u32(10), 'SCRAM-SHA-256', 0, 0)),
  client(message('p', 'SCRAM-SHA-256', 0, value('n,,n=,r=hunter2'))),
  server(message('R', u32(11), 'r=hunter2,s=c2FsdA==,i=4096')),
  client(message('p', 'c=biws,r=hunter2,p=hunter2')),
  server(message('R', u32(12), 'v=hunter2'), message('R', u32(0)), status('server_version', '15.20')),
  server(status('TimeZone', 'UTC'), message('K', u32(77), u32(0x68756e74)), ready()),
]
const HELLO_ROW = {
  req_cmd: 'Startup',
  req: 'user=alice database=shop application_name=app',
  resp_result: 2,
  resp: 'auth=sasl\nserver_version=15.20',
  resp_rows: null,
}

const LONG = `SELECT '${'long '.repeat(400)}'`
const WIDE = 'wide '.repeat(500)

const simple: readonly Example[] = [
  {
    name: 'startup with SCRAM',
    opening: true,
    strictTurns: true,
    turns: hello,
    rows: [HELLO_ROW],
  },
  {
    name: 'rows',
    turns: [
      query('SELECT a, b FROM t1'),
      server(columns('a', 'b'), dataRow('x', null), dataRow('y', ''), tag('SELECT 2'), ready()),
    ],
    rows: [
      {
        req_cmd: 'Query',
        req: 'SELECT a, b FROM t1',
        resp_result: 2,
        resp: 'a,b\nx,[NULL]\ny,\nSELECT 2',
        resp_rows: 2,
        resp_affected_rows: null,
        resp_sqlstate: null,
      },
    ],
  },
  {
    name: 'changes',
    turns: [query('UPDATE t2 SET a = 1'), server(tag('UPDATE 5'), ready())],
    rows: [{ req: 'UPDATE t2 SET a = 1', resp_result: 2, resp: 'UPDATE 5', resp_rows: null, resp_affected_rows: 5 }],
  },
  {
    name: 'an error',
    turns: [query('SELECT * FROM gone'), server(error('42P01', 'relation "gone" does not exist'), ready())],
    rows: [
      {
        req: 'SELECT * FROM gone',
        resp_result: 3,
        resp: 'relation "gone" does not exist',
        resp_sqlstate: '42P01',
        resp_rows: null,
      },
    ],
  },
  {
    name: 'an error among rows, with a detail and a hint',
    turns: [
      query('SELECT 1 / a FROM t3'),
      server(
        columns('c'),
        dataRow('1'),
        error('22012', 'division', 'ERROR', ['D', 'by zero', 0, 'H', 'do not', 0]),
        ready('E'),
      ),
    ],
    rows: [{ req: 'SELECT 1 / a FROM t3', resp_result: 3, resp: 'division (by zero) (do not)', resp_rows: 1 }],
  },
  {
    name: 'several statements in one query',
    turns: [
      query('SELECT 4; INSERT INTO t4 VALUES (1); SELECT 44'),
      server(columns('c'), dataRow('4'), tag('SELECT 1'), tag('INSERT 0 1')),
      server(columns('d'), dataRow('44'), dataRow('45'), tag('SELECT 2'), ready('T')),
    ],
    rows: [
      {
        req: 'SELECT 4; INSERT INTO t4 VALUES (1); SELECT 44',
        resp: 'c\n4\nSELECT 1\nINSERT 0 1\nd\n44\n45\nSELECT 2',
        resp_rows: 3,
        resp_affected_rows: 1,
      },
    ],
  },
  {
    name: 'an empty query',
    turns: [query('; '), server(message('I'), ready())],
    rows: [{ req: '; ', resp_result: 2, resp: null, resp_rows: null }],
  },
  {
    name: 'what the server says unasked is no answer',
    turns: [
      query('CREATE TABLE t5 ()'),
      server(notice('n1'), tag('CREATE TABLE'), message('A', u32(7), 'channel', 0, 'news', 0), ready()),
      server(message('A', u32(7), 'channel', 0, 'more', 0), status('TimeZone', 'CET'), notice('n2')),
      query('DROP TABLE t5'),
      server(status('TimeZone', 'UTC'), tag('DROP TABLE'), notice('n3'), ready()),
    ],
    rows: [
      { req: 'CREATE TABLE t5 ()', resp: 'CREATE TABLE', resp_affected_rows: null },
      { req: 'DROP TABLE t5', resp: 'DROP TABLE' },
    ],
  },
  {
    name: 'a statement and a row longer than what is shown',
    turns: [query(LONG), server(columns('?column?'), dataRow(WIDE), dataRow('z'), tag('SELECT 2'), ready())],
    rows: [{ req: LONG.slice(0, 1024), resp: `?column?\n${WIDE.slice(0, 1015)}\nSELECT 2`, resp_rows: 2 }],
  },
  {
    name: 'credentials are not shown',
    turns: [
      query("CREATE ROLE bob PASSWORD 'pw''1'"),
      server(tag('CREATE ROLE'), ready()),
      query("ALTER ROLE bob ENCRYPTED PASSWORD E'pw\\'2' VALID"),
      server(error('42601', `at "PASSWORD 'pw3'"`), ready()),
    ],
    rows: [
      { req: 'CREATE ROLE bob PASSWORD [REDACTED]', resp: 'CREATE ROLE' },
      { req: 'ALTER ROLE bob ENCRYPTED PASSWORD [REDACTED] VALID', resp: 'at "PASSWORD [REDACTED]"' },
    ],
  },
  {
    name: 'a call of a function',
    turns: [client(message('F', u32(1299), u16(0), u16(0), u16(0))), server(message('V', value('now')), ready())],
    rows: [{ req_cmd: 'FunctionCall', req: 'function=1299', resp_result: 2, resp: null }],
  },
]

const alone: readonly Example[] = [
  {
    name: 'encryption is refused',
    alone: true,
    turns: [client(opening(u32(80877104))), server('N'), client(SSL_REQUEST), server('N'), ...hello],
    rows: [HELLO_ROW],
  },
  {
    name: 'TLS',
    alone: true,
    turns: [client(SSL_REQUEST), server('S'), client(Buffer.from('1603010005010000', 'hex'))],
    rows: [],
  },
  {
    name: 'a cancel request',
    alone: true,
    turns: [client(opening(u32(80877102), u32(4711), 'hunt'))],
    rows: [{ req_cmd: 'CancelRequest', req: 'pid=4711', resp_result: 1, resp: null }],
  },
  {
    name: 'a server that refuses the login',
    alone: true,
    turns: [
      client(startup('user', 'mallory')),
      server(message('R', u32(5), 'salt')),
      client(message('p', 'md5hunter2', 0)),
      server(error('28P01', 'password authentication failed for user "mallory"', 'FATAL')),
    ],
    rows: [
      {
        req_cmd: 'Startup',
        req: 'user=mallory',
        resp_result: 3,
        resp: 'password authentication failed for user "mallory"',
        resp_sqlstate: '28P01',
      },
    ],
  },
  {
    name: 'replication',
    alone: true,
    turns: [
      client(startup('user', 'rep', 'replication', 'database')),
      server(message('R', u32(0)), ready()),
      query('START_REPLICATION SLOT s LOGICAL 0/0'),
      server(message('W', 0, u16(0)), message('d', 'w', 'x'.repeat(40))),
      client(message('d', 'r', 'x'.repeat(33))),
    ],
    rows: [
      { req: 'user=rep replication=database', resp_result: 2 },
      { req: 'START_REPLICATION SLOT s LOGICAL 0/0', resp_result: 2, resp: 'COPY BOTH' },
    ],
  },
  {
    name: 'the server shuts down',
    alone: true,
    turns: [...hello, server(error('57P01', 'terminating connection', 'FATAL'))],
    rows: [HELLO_ROW, { req_cmd: null, req: null, resp_result: 3, resp: 'terminating connection' }],
  },
  {
    name: 'the server shuts down in the midst of a query',
    alone: true,
    turns: [...hello, query('SELECT pg_sleep(9)'), server(error('57P01', 'terminating connection', 'FATAL'))],
    rows: [HELLO_ROW, { req: 'SELECT pg_sleep(9)', resp_result: 3, resp: 'terminating connection' }],
  },
  {
    name: 'no answer',
    alone: true,
    turns: [query('SELECT pg_sleep(8)')],
    rows: [{ req: 'SELECT pg_sleep(8)', resp_result: 0 }],
  },
]

/** Conversations of PostgreSQL; every statement occurs once, so that a wrong pairing shows. */
export const examples: readonly Example[] = [...simple, ...copies, ...extended, ...alone, PSQL, PG8000]
