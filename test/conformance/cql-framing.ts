import {
  bareRows,
  bytes,
  envelope,
  hex,
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
  storedLz4,
  string,
  text,
  u8,
  u16,
} from '../support/cql-bytes.js'
import { storedSnappy } from '../support/mongodb-bytes.js'
import { answer, error, FEW, ONE, query, VOID } from './cql-turns.js'
import { client, type Example, server, type Turn } from './example.js'

const COMPRESSED = 1
const NONE = Buffer.alloc(0)

const packed = (version: number, stream: number, op: number, body: Buffer): Buffer =>
  envelope(version, stream, op, body, COMPRESSED)
const lz4 = (body: Buffer): Buffer => Buffer.concat([i32(body.length), storedLz4(body)])
const SELECT = Buffer.concat([longString('SELECT packed'), ONE, u8(0)])

const startup = (version: number, compression?: string): Turn[] => [
  client(
    envelope(
      version,
      0,
      OP.startup,
      map({ CQL_VERSION: '3.4.5', ...(compression === undefined ? {} : { COMPRESSION: compression }) }),
    ),
  ),
  server(envelope(version | 0x80, 0, OP.ready, NONE)),
]
const START_ROW = { req_op: 1, resp_op: 2 }

const v5query = (stream: number, cql: string): Buffer =>
  envelope(5, stream, OP.query, Buffer.concat([longString(cql), ONE, i32(0)]))
const v5answer = (stream: number, body: Buffer): Buffer => envelope(0x85, stream, OP.result, body)

/** Pieces of `size` bytes, each in a segment. */
const inPieces = (whole: Buffer, size: number, pack: (payload: Buffer, selfContained: boolean) => Buffer): Buffer[] =>
  Array.from({ length: Math.ceil(whole.length / size) }, (_, i) =>
    pack(whole.subarray(i * size, (i + 1) * size), false),
  )

/** Conversations on connections of their own: compression, versions, segments. */
export const framed: readonly Example[] = [
  ...(['lz4', 'snappy'] as const).map((name): Example => {
    const pack = name === 'lz4' ? lz4 : storedSnappy
    return {
      name: `bodies compressed by ${name}`,
      alone: true,
      turns: [
        ...startup(3, name),
        client(packed(3, 1, OP.query, pack(SELECT))),
        server(packed(0x83, 1, OP.result, pack(FEW))),
      ],
      rows: [
        START_ROW,
        { protocol_version: 3, req_body: 'SELECT packed', resp_rows: 2, resp_body: expect.stringContaining('[1,"ü"]') },
      ],
    }
  }),
  {
    name: 'a version that the server does not know',
    alone: true,
    turns: [
      client(envelope(66, 0, OP.options, NONE)),
      server(envelope(0x84, 0, OP.error, error(10, 'Invalid or unsupported protocol version (66)'))),
      client(envelope(5, 1, OP.startup, map({ CQL_VERSION: '3.0.0' }))),
      server(hex('82 00 01 00'), i32(error(10, 'Invalid version').length), error(10, 'Invalid version')),
    ],
    rows: [
      { protocol_version: 66, req_op: 5, resp_op: 0, resp_error_name: 'Protocol error' },
      { protocol_version: 5, req_op: 1, resp_op: 0, resp_error: 'Invalid version' },
    ],
  },
  {
    name: 'version 5: envelopes packed into segments, and across segments',
    alone: true,
    turns: [
      ...startup(5),
      client(segment(Buffer.concat([v5query(1, 'SELECT s1'), v5query(2, 'SELECT s2')]))),
      server(segment(Buffer.concat([v5answer(2, VOID), v5answer(1, FEW)]))),
      client(...inPieces(v5query(3, `SELECT '${'s3 '.repeat(100)}'`), 100, segment)),
      server(...inPieces(v5answer(3, rows([text('a')], ['s3 '.repeat(100)], ['end'])), 7, segment)),
      client(segment(v5query(4, 'SELECT s4'))),
      server(segment(v5answer(4, VOID))),
    ],
    rows: [
      START_ROW,
      { req_body: 'SELECT s2', resp_rows: null },
      { req_body: 'SELECT s1', resp_rows: 2 },
      { req_body: `SELECT '${'s3 '.repeat(100)}'`, resp_rows: 2, resp_body: expect.stringMatching(/\["end"\]$/) },
      { protocol_version: 5, req_body: 'SELECT s4' },
    ],
  },
  {
    name: 'version 5: segments compressed by LZ4, and one that is not',
    alone: true,
    turns: [
      ...startup(5, 'lz4'),
      client(packedSegment(v5query(1, 'SELECT z1'))),
      server(packedSegment(v5answer(1, FEW), true, true)),
      client(...inPieces(v5query(2, 'SELECT z2'), 10, packedSegment)),
      server(...inPieces(v5answer(2, rows([text('a')], ['z2 '.repeat(100)])), 90, packedSegment)),
    ],
    rows: [START_ROW, { req_body: 'SELECT z1', resp_rows: 2 }, { req_body: 'SELECT z2', resp_rows: 1 }],
  },
  {
    name: 'version 5: a login, a keyspace, an id of the result',
    alone: true,
    turns: [
      client(envelope(5, 0, OP.startup, map({ CQL_VERSION: '3.4.5' }))),
      server(envelope(0x85, 0, OP.authenticate, string('a.b.PasswordAuthenticator'))),
      client(segment(envelope(5, 1, OP.authResponse, bytes('\0u\0hunter2')))),
      server(segment(envelope(0x85, 1, OP.authSuccess, bytes(null)))),
      client(
        segment(
          envelope(5, 2, OP.prepare, Buffer.concat([longString('SELECT a FROM t WHERE b = ?'), i32(1), string('ks')])),
        ),
      ),
      server(segment(v5answer(2, prepared('ee', [int('b')], [text('a')], 'ff')))),
      client(
        segment(envelope(5, 3, OP.execute, Buffer.concat([id('ee'), id('ff'), ONE, i32(3), u16(1), bytes(i32(8))]))),
      ),
      server(segment(v5answer(3, bareRows(1, ['x'])))),
    ],
    rows: [
      { req_op: 1, resp_op: 3 },
      { req_op: 15, req_body: '[REDACTED]', resp_op: 16 },
      { req_op: 9 },
      {
        req_body: 'SELECT a FROM t WHERE b = ?\n[8]',
        resp_body: expect.stringMatching(/\["a"\]\nNumber of rows = 1\n\["x"\]$/),
      },
    ],
  },
  {
    name: 'version 5 while it was beta: no segments',
    alone: true,
    turns: [
      ...startup(5),
      client(envelope(5, 1, OP.query, Buffer.concat([longString('SELECT beta'), ONE, i32(0)]), 16)),
      server(envelope(0x85, 1, OP.result, FEW, 16)),
    ],
    rows: [START_ROW, { req_body: 'SELECT beta', resp_rows: 2 }],
  },
  {
    name: 'an error that answers nothing, a request without an answer',
    alone: true,
    turns: [query(1, 'SELECT unanswered'), answer(7, OP.error, error(10, 'too large'))],
    rows: [
      { req_op: null, resp_op: 0, resp_error: 'too large' },
      { req_body: 'SELECT unanswered', resp_op: 255 },
    ],
  },
]
