import { deflateSync } from 'node:zlib'
import {
  bare,
  binary,
  body,
  code,
  compressed,
  cstring,
  date,
  decimal,
  doc,
  double,
  type Fields,
  i32,
  message,
  msg,
  objectId,
  pointer,
  regex,
  scopedCode,
  sequence,
  storedSnappy,
  storedZstd,
  symbol,
  timestamp,
} from '../support/mongodb-bytes.js'
import { client, type Example, server, type Turn } from './example.js'

const CHECKSUM = 1
const MORE = 2
const EXHAUST = 1 << 16
const OK = double(1)

const ask = (id: number, fields: Fields, flags = 0): Turn => client(msg(id, 0, flags, body(fields)))
const answer = (id: number, to: number, fields: Fields, flags = 0): Turn => server(msg(id, to, flags, body(fields)))
const oldQuery = (id: number, name: string, query: Fields, to = 0): Turn =>
  client(message(2004, id, to, i32(4), cstring(name), i32(0), i32(-1), doc(query)))
const oldReply = (id: number, to: number, flags: number, ...documents: readonly Fields[]): Turn =>
  server(message(1, id, to, i32(flags), i32(0), i32(0), i32(0), i32(documents.length), ...documents.map(doc)))

const OID = '559169add35b2193763a3797'
const ALL_TYPES: Fields = {
  _id: objectId(OID),
  double: double(0.5),
  whole: double(-3),
  nan: double(Number.NaN),
  text: 'ü "x"\n',
  array: [1, 'two', [3]],
  bin: binary(0, '00ff'),
  uuid: binary(4, '00112233445566778899aabbccddeeff'),
  undef: bare(6),
  yes: true,
  date: date(1435685340123n),
  old: date(-1n),
  nothing: null,
  re: regex('^a', 'i'),
  ptr: pointer('db.c', OID),
  js: code('f()'),
  sym: symbol('s'),
  scoped: scopedCode('g', { x: 1 }),
  ts: timestamp(5, 6),
  long: 7n,
  huge: 9007199254740993n,
  dec: decimal('d204 0000 0000 0000 0000 0000 0000 3c30'),
  min: bare(255),
  max: bare(127),
}
const ALL_JSON =
  '{"_id":{"$oid":"559169add35b2193763a3797"},"double":0.5,"whole":-3.0,"nan":{"$numberDouble":"NaN"},"text":"ü \\"x\\"\\n",' +
  '"array":[1,"two",[3]],"bin":{"$binary":{"base64":"AP8=","subType":"00"}},"uuid":{"$uuid":"00112233-4455-6677-8899-aabbccddeeff"},' +
  '"undef":{"$undefined":true},"yes":true,"date":{"$date":"2015-06-30T17:29:00.123Z"},"old":{"$date":{"$numberLong":"-1"}},' +
  '"nothing":null,"re":{"$regularExpression":{"pattern":"^a","options":"i"}},"ptr":{"$dbPointer":{"$ref":"db.c","$id":{"$oid":"559169add35b2193763a3797"}}},' +
  '"js":{"$code":"f()"},"sym":{"$symbol":"s"},"scoped":{"$code":"g","$scope":{"x":1}},"ts":{"$timestamp":{"t":5,"i":6}},"long":7,' +
  '"huge":{"$numberLong":"9007199254740993"},"dec":{"$numberDecimal":"12.34"},"min":{"$minKey":1},"max":{"$maxKey":1}}'

const messages: readonly Example[] = [
  {
    name: 'find and its cursor',
    turns: [
      ask(10, { find: 'items', filter: { sku: 'a1' }, $db: 'shop' }),
      answer(900, 10, {
        cursor: { firstBatch: [{ sku: 'a1' }, { sku: 'a1', n: 2 }], id: 0n, ns: 'shop.items' },
        ok: OK,
      }),
    ],
    rows: [
      {
        req_op: 2013,
        req_cmd: 'find',
        req_database: 'shop',
        req_collection: 'items',
        req_body: '{"find":"items","filter":{"sku":"a1"},"$db":"shop"}',
        req_docs: null,
        req_size: 81,
        resp_result: 2,
        resp_body: '{"cursor":{"firstBatch":[{"sku":"a1"},{"sku":"a1","n":2}],"id":0,"ns":"shop.items"},"ok":1.0}',
        resp_docs: 2,
        resp_n: null,
        resp_size: 146,
        resp_errors: 0,
        resp_error_code: null,
        resp_error: null,
      },
    ],
  },
  {
    name: 'a sequence of documents, before and behind the command, with a checksum',
    turns: [
      client(
        msg(
          11,
          0,
          CHECKSUM,
          body({ insert: 'in1', ordered: true, $db: 'shop' }),
          sequence('documents', { x: 1 }, { x: 2 }),
        ),
      ),
      answer(901, 11, { n: 2, ok: OK }, CHECKSUM),
      client(msg(12, 0, 0, sequence('updates', { q: {}, u: {} }), body({ update: 'in2', $db: 'shop' }))),
      answer(902, 12, { n: 5, nModified: 4, ok: OK }),
    ],
    rows: [
      {
        req_cmd: 'insert',
        req_collection: 'in1',
        req_body: '{"insert":"in1","ordered":true,"$db":"shop","documents":[{"x":1},{"x":2}]}',
        req_docs: 2,
        resp_body: '{"n":2,"ok":1.0}',
        resp_n: 2,
      },
      {
        req_cmd: 'update',
        req_database: 'shop',
        req_body: '{"update":"in2","$db":"shop","updates":[{"q":{},"u":{}}]}',
        req_docs: 1,
        resp_n: 5,
      },
    ],
  },
  {
    name: 'no answer is wanted',
    turns: [
      client(
        msg(
          13,
          0,
          MORE,
          body({ delete: 'quiet', writeConcern: { w: 0 }, $db: 'shop' }),
          sequence('deletes', { q: {} }),
        ),
      ),
      ask(14, { ping: 1, $db: 'loud' }),
      answer(903, 14, { ok: OK }),
    ],
    rows: [
      { req_cmd: 'delete', req_collection: 'quiet', req_docs: 1, resp_result: 1, resp_body: null, resp_size: null },
      { req_cmd: 'ping', req_collection: null, req_database: 'loud', resp_result: 2 },
    ],
  },
  {
    name: 'answers that follow each other',
    turns: [
      ask(15, { hello: 1, topologyVersion: { counter: 1n }, maxAwaitTimeMS: 10000, $db: 'admin' }, EXHAUST),
      answer(904, 15, { isWritablePrimary: true, ok: OK }, MORE),
      answer(905, 904, { isWritablePrimary: false, ok: OK }, MORE),
      answer(906, 905, { second: true, ok: OK }),
      ask(16, { getMore: 77n, collection: 'tail', $db: 'shop' }, EXHAUST),
      answer(907, 16, { cursor: { id: 77n, nextBatch: [{ a: 1 }], ns: 'shop.tail' }, ok: OK }),
    ],
    rows: [
      { req_cmd: 'hello', req_database: 'admin', resp_body: '{"isWritablePrimary":true,"ok":1.0}' },
      { req_op: null, req_cmd: 'hello', req_body: null, resp_body: '{"isWritablePrimary":false,"ok":1.0}' },
      { req_op: null, req_cmd: 'hello', req_body: null, resp_body: '{"second":true,"ok":1.0}' },
      { req_cmd: 'getMore', req_collection: 'tail', resp_docs: 1, resp_result: 2 },
    ],
  },
  {
    name: 'errors',
    turns: [
      ask(17, { nosuch: 1, $db: 'shop' }),
      answer(908, 17, { ok: double(0), errmsg: "no such command: 'nosuch'", code: 59, codeName: 'CommandNotFound' }),
      ask(18, { insert: 'dup', documents: [{ _id: 1 }, { _id: 1 }, { _id: 1 }], $db: 'shop' }),
      answer(909, 18, {
        n: 1,
        writeErrors: [
          { index: 1, code: 11000, errmsg: 'E11000 first' },
          { index: 2, code: 11001, errmsg: 'E11000 second' },
        ],
        ok: OK,
      }),
      ask(19, { insert: 'wc', documents: [{ _id: 1 }], $db: 'shop' }),
      answer(910, 19, {
        n: 1,
        writeConcernError: { code: 64, codeName: 'WriteConcernFailed', errmsg: 'waited' },
        ok: OK,
      }),
    ],
    rows: [
      {
        req_cmd: 'nosuch',
        resp_result: 3,
        resp_error_code: 59,
        resp_error_name: 'CommandNotFound',
        resp_error: "no such command: 'nosuch'",
      },
      {
        req_collection: 'dup',
        req_docs: 3,
        resp_result: 3,
        resp_n: 1,
        resp_errors: 2,
        resp_error_code: 11000,
        resp_error: 'E11000 first',
      },
      { req_collection: 'wc', req_docs: 1, resp_result: 3, resp_errors: 1, resp_error_code: 64, resp_error: 'waited' },
    ],
  },
  {
    name: 'answers in another order',
    turns: [
      ask(20, { count: 'o1', $db: 'shop' }),
      ask(21, { count: 'o2', $db: 'shop' }),
      answer(911, 21, { n: 22, ok: 1 }),
      answer(912, 20, { n: 11, ok: 1 }),
    ],
    rows: [
      { req_collection: 'o2', resp_n: 22 },
      { req_collection: 'o1', resp_n: 11 },
    ],
  },
]

const LONG = 'long '.repeat(1200)

const more: readonly Example[] = [
  {
    name: 'all types',
    turns: [ask(30, { insert: 'types', documents: [ALL_TYPES], $db: 'shop' }), answer(920, 30, { n: 1, ok: OK })],
    options: { bodyBytes: 4096 },
    rows: [{ req_body: `{"insert":"types","documents":[${ALL_JSON}],"$db":"shop"}`, req_docs: 1 }],
  },
  {
    name: 'what is long is walked over',
    turns: [
      ask(31, { insert: 'big', documents: [{ text: LONG }, { text: LONG }], $db: 'shop' }),
      answer(921, 31, { n: 2, ok: OK }),
      ask(32, { find: 'big', $db: 'shop' }),
      answer(922, 32, { cursor: { firstBatch: [{ text: LONG }, { text: LONG }, {}], id: 1n, ns: 'shop.big' }, ok: OK }),
    ],
    rows: [
      {
        req_cmd: 'insert',
        req_database: 'shop',
        req_body: expect.stringMatching(/^.{1024}$/s),
        req_docs: 2,
        resp_n: 2,
      },
      { req_cmd: 'find', resp_result: 2, resp_docs: 3, resp_body: expect.stringMatching(/^.{1024}$/s) },
    ],
  },
  {
    name: 'compressed',
    strictTurns: true,
    turns: [
      client(compressed(msg(33, 0, 0, body({ find: 'snappy', $db: 'shop' })), 1, storedSnappy)),
      server(compressed(msg(923, 33, 0, body({ cursor: { firstBatch: [{}], id: 0n }, ok: OK })), 1, storedSnappy)),
      client(compressed(msg(34, 0, 0, body({ find: 'zlib', $db: 'shop' })), 2, deflateSync)),
      server(compressed(msg(924, 34, 0, body({ ok: double(0), code: 1, text: LONG })), 2, deflateSync)),
      client(compressed(msg(35, 0, 0, body({ find: 'zstd', $db: 'shop' })), 3, storedZstd)),
      server(compressed(msg(925, 35, 0, body({ cursor: { firstBatch: [{}, {}], id: 0n }, ok: OK })), 3, storedZstd)),
      client(compressed(msg(36, 0, MORE, body({ insert: 'quiet zlib', $db: 'shop' })), 2, deflateSync)),
      client(compressed(msg(37, 0, 0, body({ find: 'as it is', $db: 'shop' })), 0, (plain) => plain)),
      server(compressed(msg(926, 37, 0, body({ text: LONG, n: 8, ok: OK })), 1, storedSnappy)),
    ],
    rows: [
      { req_op: 2013, req_collection: 'snappy', resp_docs: 1, resp_result: 2 },
      { req_collection: 'zlib', resp_result: 3, resp_error_code: 1 },
      { req_collection: 'zstd', resp_docs: 2 },
      { req_collection: 'quiet zlib', resp_result: 1 },
      { req_collection: 'as it is', resp_n: 8, resp_result: 2 },
    ],
  },
  {
    name: 'credentials',
    turns: [
      ask(40, { saslStart: 1, mechanism: 'SCRAM-SHA-256', payload: binary(0, '6869646465'), $db: 'admin' }),
      answer(930, 40, { conversationId: 1, done: false, payload: binary(0, '68756e746572'), ok: OK }),
      ask(41, { createUser: 'bob', pwd: 'hunter2', roles: [], $db: 'admin' }),
      answer(931, 41, { ok: OK }),
      ask(42, { hello: 1, speculativeAuthenticate: { saslStart: 1, payload: binary(0, '68') }, $db: 'admin' }),
      answer(932, 42, { speculativeAuthenticate: { payload: 'hunter2' }, ok: OK }),
      ask(43, { find: 'c', filter: { payload: 'shown', pwd: 'shown' }, $db: 'shop' }),
      answer(933, 43, { ok: OK }),
    ],
    rows: [
      {
        req_cmd: 'saslStart',
        req_body: '{"saslStart":1,"mechanism":"SCRAM-SHA-256","payload":"[REDACTED]","$db":"admin"}',
        resp_body: '{"conversationId":1,"done":false,"payload":"[REDACTED]","ok":1.0}',
      },
      { req_collection: 'bob', req_body: '{"createUser":"bob","pwd":"[REDACTED]","roles":[],"$db":"admin"}' },
      {
        req_cmd: 'hello',
        req_body: '{"hello":1,"speculativeAuthenticate":"[REDACTED]","$db":"admin"}',
        resp_body: '{"speculativeAuthenticate":"[REDACTED]","ok":1.0}',
      },
      { req_collection: 'c', req_body: expect.stringContaining('"payload":"shown","pwd":"shown"') },
    ],
  },
]

const old: readonly Example[] = [
  {
    name: 'OP_QUERY: commands, and what a driver says first',
    turns: [
      oldQuery(50, 'admin.$cmd', { ismaster: 1, client: { driver: { name: 'x' } } }),
      oldReply(940, 50, 8, { ismaster: true, maxWireVersion: 9, ok: OK }),
      oldQuery(51, 'shop.$cmd', { $query: { count: 'c51' }, $readPreference: { mode: 'secondary' } }, -1),
      oldReply(941, 51, 8, { n: 3, ok: OK }),
      oldQuery(52, 'shop.$cmd', { getlasterror: 1 }),
      oldReply(942, 52, 8, { n: 0, err: 'E11000 duplicate', code: 11000, ok: OK }),
    ],
    rows: [
      {
        req_op: 2004,
        req_cmd: 'ismaster',
        req_database: 'admin',
        req_collection: null,
        resp_result: 2,
        resp_docs: null,
      },
      { req_cmd: 'count', req_database: 'shop', req_collection: 'c51', resp_n: 3 },
      { req_cmd: 'getlasterror', resp_result: 3, resp_error_code: 11000, resp_error: 'E11000 duplicate' },
    ],
  },
  {
    name: 'queries and cursors of old',
    strictTurns: true,
    turns: [
      oldQuery(53, 'shop.old.items', { a: 1 }),
      oldReply(943, 53, 8, { a: 1, ok: 0 }, { a: 1 }),
      client(message(2005, 54, 0, i32(0), cstring('shop.old.items'), i32(10), i32(99), i32(0))),
      oldReply(944, 54, 1),
      oldQuery(55, 'shop.broken', { $bad: 1 }),
      oldReply(945, 55, 2, { $err: 'unknown operator', code: 17287 }),
      client(message(2007, 56, 0, i32(0), i32(2), i32(98), i32(0), i32(97), i32(0))),
      oldQuery(57, 'shop.none', {}),
      oldReply(946, 57, 8),
    ],
    rows: [
      {
        req_cmd: 'find',
        req_collection: 'old.items',
        req_body: '{"a":1}',
        resp_docs: 2,
        resp_result: 2,
        resp_body: '{"a":1,"ok":0} {"a":1}',
      },
      { req_cmd: 'getMore', req_body: '{"getMore":99}', resp_result: 3, resp_error: 'cursor not found' },
      { req_collection: 'broken', resp_result: 3, resp_error_code: 17287, resp_error: 'unknown operator' },
      { req_cmd: 'killCursors', req_body: '{"cursors":[98,97]}', resp_result: 1 },
      { req_collection: 'none', resp_docs: 0, resp_result: 2 },
    ],
  },
  {
    name: 'writes that are not answered',
    turns: [
      client(message(2002, 58, 0, i32(0), cstring('shop.w1'), doc({ _id: 1 }), doc({ _id: 2 }))),
      client(message(2001, 59, 0, i32(0), cstring('shop.w2'), i32(0), doc({ _id: 1 }), doc({ $set: { a: 2 } }))),
      client(message(2006, 60, 0, i32(0), cstring('shop.w3'), i32(0), doc({ _id: 1 }))),
    ],
    rows: [
      {
        req_op: 2002,
        req_cmd: 'insert',
        req_collection: 'w1',
        req_body: '{"_id":1} {"_id":2}',
        req_docs: 2,
        resp_result: 1,
      },
      { req_op: 2001, req_cmd: 'update', req_collection: 'w2', req_body: '{"_id":1} {"$set":{"a":2}}', resp_result: 1 },
      { req_op: 2006, req_cmd: 'delete', req_collection: 'w3', req_body: '{"_id":1}', resp_result: 1 },
    ],
  },
  {
    name: 'OP_COMMAND',
    turns: [
      client(message(2010, 61, 0, cstring('shop'), cstring('distinct'), doc({ distinct: 'c', key: 'k' }), doc({}))),
      server(message(2011, 947, 61, doc({ values: [1], ok: OK }), doc({}))),
    ],
    rows: [
      {
        req_op: 2010,
        req_cmd: 'distinct',
        req_database: 'shop',
        resp_result: 2,
        resp_body: '{"values":[1],"ok":1.0} {}',
      },
    ],
  },
  {
    name: 'a request without an answer',
    alone: true,
    turns: [ask(70, { find: 'unanswered', $db: 'shop' })],
    rows: [{ req_collection: 'unanswered', resp_result: 0, resp_size: null }],
  },
]

/** Conversations of MongoDB; ids and collections occur once, so that a wrong pairing shows. */
export const examples: readonly Example[] = [...messages, ...more, ...old]
