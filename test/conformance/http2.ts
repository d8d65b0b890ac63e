import { gzipSync } from 'node:zlib'
import { client, type Example, server } from './example.js'
import { captured } from './http2-captured.js'
import {
  answer,
  ask,
  data,
  entries,
  FLAG,
  frame,
  headers,
  indexed,
  message,
  number,
  type Pairs,
  plain,
  settings,
  TYPE,
} from './http2-frames.js'

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
const LONG = 'The quick brown fox jumps over the lazy dog. '.repeat(60)
const TEXT: Pairs = [['content-type', 'text/plain']]
const GRPC: Pairs = [['content-type', 'application/grpc']]
const HELLO = Buffer.from('0a0b48656c6c6f20776f726c64', 'hex')
const half = (block: Buffer): [Buffer, Buffer] => [
  block.subarray(0, block.length / 2),
  block.subarray(block.length / 2),
]

/** A server without HTTP/2 answers the preface. */
const TO_HTTP1: readonly Example[] = [
  {
    name: 'an answer in HTTP/1',
    alone: true,
    opening: true,
    turns: [
      client(PREFACE, settings([3, 100]), headers(1, ask('GET', '/only-h2'), true)),
      server('HTTP/1.1 400 Bad Request\r\nContent-Length: 4\r\nConnection: close\r\n\r\nno h2'),
    ],
    rows: [
      {
        major_version: 2,
        req_method: 'GET',
        req_path: '/only-h2',
        resp_status: null,
        resp_body_size: null,
        resp_message: 'answered in HTTP/1.1: 400 Bad Request',
      },
    ],
  },
]

// Blocks are written so that they stand for themselves, and every stream has its own number and path.
const REQUESTS: readonly Example[] = [
  {
    name: 'the preface, settings and a request',
    opening: true,
    turns: [
      client(
        PREFACE,
        settings([3, 100], [4, 65535]),
        number(TYPE.window, 0, 1000),
        headers(1, ask('GET', '/first?x=1'), true),
      ),
      server(settings([1, 8192], [5, 1 << 20]), frame(TYPE.settings, FLAG.ack, 0)),
      client(frame(TYPE.settings, FLAG.ack, 0)),
      server(
        headers(1, answer(200, [['content-type', 'application/json']])),
        data(1, '{"a":', false),
        data(1, '"1"}', true),
      ),
    ],
    rows: [
      {
        major_version: 2,
        minor_version: 0,
        content_type: 1,
        req_headers: { ':scheme': ['http'], ':authority': ['a.example'] },
        req_method: 'GET',
        req_path: '/first?x=1',
        req_body: null,
        req_body_size: 0,
        resp_headers: { 'content-type': ['application/json'] },
        resp_status: 200,
        resp_message: null,
        resp_body: '{"a":"1"}',
        resp_body_size: 9,
      },
    ],
  },
  {
    name: 'a request with a body, and an answer without',
    turns: [
      client(headers(3, ask('POST', '/post', TEXT)), data(3, 'hello '), data(3, 'world', true)),
      server(headers(3, answer(404), true)),
    ],
    rows: [
      {
        req_method: 'POST',
        req_path: '/post',
        req_body: 'hello world',
        req_body_size: 11,
        resp_status: 404,
        resp_message: null,
        resp_body: null,
        resp_body_size: 0,
      },
    ],
  },
  {
    name: 'padding and priority; what is in between does not matter',
    turns: [
      client(
        frame(TYPE.priority, 0, 9, Buffer.from([0, 0, 0, 0, 16])),
        frame(
          TYPE.headers,
          FLAG.whole | FLAG.padded | FLAG.priority,
          5,
          Buffer.concat([Buffer.from([3, 0, 0, 0, 1, 200]), ask('PUT', '/padded', TEXT), Buffer.alloc(3)]),
        ),
        frame(TYPE.ping, 0, 0, 'pingping'),
        frame(TYPE.data, FLAG.padded, 5, Buffer.concat([Buffer.from([5]), Buffer.from('one '), Buffer.alloc(5)])),
        frame(TYPE.data, FLAG.padded | FLAG.end, 5, Buffer.concat([Buffer.from([0]), Buffer.from('two')])),
      ),
      server(
        number(TYPE.window, 5, 100),
        frame(TYPE.ping, FLAG.ack, 0, 'pingping'),
        headers(5, answer(200, TEXT)),
        frame(0x7f, 0xff, 5, 'an extension'),
        data(5, 'done'),
        frame(TYPE.data, FLAG.padded | FLAG.end, 5, Buffer.concat([Buffer.from([7]), Buffer.alloc(7)])),
      ),
    ],
    rows: [{ req_path: '/padded', req_body: 'one two', req_body_size: 7, resp_body: 'done', resp_body_size: 4 }],
  },
  {
    name: 'a block in several frames, and trailers',
    turns: [
      client(
        frame(TYPE.headers, FLAG.end, 7, half(ask('GET', '/more'))[0]),
        frame(TYPE.more, 0, 7, ''),
        frame(TYPE.more, FLAG.whole, 7, half(ask('GET', '/more'))[1]),
      ),
      server(
        headers(7, answer(103, [['link', '</a.css>']])),
        headers(7, answer(100)),
        headers(7, answer(200, TEXT)),
        data(7, 'body'),
        frame(TYPE.headers, FLAG.end, 7, half(plain([['x-sum', '1']]))[0]),
        frame(TYPE.more, FLAG.whole, 7, half(plain([['x-sum', '1']]))[1]),
      ),
    ],
    rows: [
      {
        req_path: '/more',
        resp_status: 200,
        resp_headers: { 'content-type': ['text/plain'], 'x-sum': ['1'] },
        resp_body: 'body',
      },
    ],
  },
  {
    name: 'streams that take turns',
    turns: [
      client(
        headers(9, ask('POST', '/a', TEXT)),
        headers(11, ask('POST', '/b', TEXT)),
        data(11, 'b', true),
        data(9, 'a', true),
      ),
      server(
        headers(11, answer(201, TEXT)),
        headers(9, answer(202, TEXT)),
        data(11, 'B1'),
        data(9, 'A1'),
        data(9, 'A2', true),
        data(11, 'B2', true),
      ),
    ],
    rows: [
      { req_path: '/a', req_body: 'a', resp_status: 202, resp_body: 'A1A2' },
      { req_path: '/b', req_body: 'b', resp_status: 201, resp_body: 'B1B2' },
    ],
  },
  {
    name: 'a body longer than what is shown, and a compressed one',
    turns: [
      client(headers(13, ask('GET', '/long'), true), headers(15, ask('GET', '/gzip'), true)),
      server(
        headers(13, answer(200, TEXT)),
        data(13, LONG.slice(0, 700)),
        data(13, LONG.slice(700), true),
        headers(15, answer(200, [...TEXT, ['content-encoding', 'gzip']])),
        data(15, gzipSync('This is a test\n'), true),
      ),
    ],
    rows: [
      { req_path: '/long', resp_body: LONG.slice(0, 1024), resp_body_size: LONG.length },
      { req_path: '/gzip', resp_body: 'This is a test\n', resp_body_size: gzipSync('This is a test\n').length },
    ],
  },
  {
    name: 'the dynamic table',
    turns: [
      client(
        headers(
          17,
          Buffer.concat([
            entries(2, 6, 4),
            indexed([
              ['x-one', '1'],
              ['x-two', '2'],
            ]),
          ]),
          true,
        ),
        headers(19, Buffer.concat([entries(2, 6, 63, 62), plain([[':path', '/table']])]), true),
      ),
      server(headers(17, entries(8), true), headers(19, entries(13), true)),
    ],
    rows: [
      { req_method: 'GET', req_path: '/', req_headers: { ':scheme': ['http'], 'x-one': ['1'], 'x-two': ['2'] } },
      { req_path: '/table', req_headers: { ':scheme': ['http'], 'x-one': ['1'], 'x-two': ['2'] }, resp_status: 404 },
    ],
  },
  {
    name: 'refused by the server',
    turns: [client(headers(23, ask('GET', '/refused'), true)), server(number(TYPE.reset, 23, 7))],
    rows: [
      {
        req_path: '/refused',
        resp_status: null,
        resp_headers: null,
        resp_message: 'reset by the server: REFUSED_STREAM',
        resp_body_size: null,
      },
    ],
  },
  {
    name: 'credentials are redacted',
    turns: [
      client(
        headers(
          27,
          ask('POST', '/login?token=abc&x=1', [
            ['authorization', 'Basic Zm9v'],
            ['content-type', 'application/x-www-form-urlencoded'],
          ]),
        ),
        data(27, 'user=me&password=pwd', true),
      ),
      server(
        headers(
          27,
          answer(302, [
            ['set-cookie', 's=1'],
            ['location', 'https://u:p@h/?code=9&y=2'],
          ]),
          true,
        ),
      ),
    ],
    rows: [
      {
        req_path: '/login?token=[REDACTED]&x=1',
        req_headers: expect.objectContaining({ authorization: ['[REDACTED]'] }),
        req_body: 'user=me&password=[REDACTED]',
        resp_headers: { 'set-cookie': ['[REDACTED]'], location: ['https://[REDACTED]@h/?code=[REDACTED]&y=2'] },
      },
    ],
  },
  {
    name: 'a push',
    turns: [
      client(headers(29, ask('GET', '/page'), true)),
      server(
        frame(TYPE.push, FLAG.whole, 29, Buffer.concat([Buffer.from([0, 0, 0, 2]), ask('GET', '/style.css')])),
        headers(29, answer(200, TEXT)),
        data(29, 'page', true),
        headers(2, answer(200, TEXT)),
        data(2, 'style', true),
      ),
    ],
    rows: [
      { req_path: '/page', resp_body: 'page' },
      { req_path: '/style.css', resp_status: 200, resp_body: 'style' },
    ],
  },
  {
    name: 'bytes that are not UTF-8, names that are odd',
    turns: [
      client(
        headers(
          31,
          ask('GET', '/caf\xe9', [
            ['x-bad', '\xff'],
            ['__proto__', 'p'],
            ['X-Up', 'u'],
          ]),
          true,
        ),
      ),
      server(headers(31, answer(200, TEXT)), data(31, 'a\xffb', true)),
    ],
    rows: [
      {
        req_path: '/caf\udce9',
        req_headers: JSON.parse(
          '{":scheme":["http"],":authority":["a.example"],"x-bad":["\\udcff"],"__proto__":["p"],"x-up":["u"]}',
        ),
        resp_body: 'a\udcffb',
      },
    ],
  },
]

const CALLS: readonly Example[] = [
  {
    name: 'gRPC: a call',
    turns: [
      client(headers(101, ask('POST', '/greet.Greeter/Hello', GRPC)), data(101, message(HELLO), true)),
      server(
        headers(101, answer(200, GRPC)),
        data(101, message(HELLO)),
        headers(
          101,
          plain([
            ['grpc-status', '0'],
            ['grpc-message', ''],
          ]),
          true,
        ),
      ),
    ],
    rows: [
      {
        content_type: 2,
        req_path: '/greet.Greeter/Hello',
        req_body: '1: "Hello world"',
        req_body_size: HELLO.length + 5,
        resp_status: 200,
        resp_message: null,
        resp_headers: { 'content-type': ['application/grpc'], 'grpc-status': ['0'], 'grpc-message': [''] },
        resp_body: '1: "Hello world"',
        resp_body_size: HELLO.length + 5,
      },
    ],
  },
  {
    name: 'gRPC: nothing but trailers',
    turns: [
      client(headers(103, ask('POST', '/greet.Greeter/Lost', GRPC)), data(103, message(''), true)),
      server(
        headers(103, answer(200, [...GRPC, ['grpc-status', '5'], ['grpc-message', 'no %22caf%C3%A9%22 100%']]), true),
      ),
    ],
    rows: [
      {
        content_type: 2,
        req_path: '/greet.Greeter/Lost',
        req_body: '',
        resp_status: 200,
        resp_message: 'grpc 5 NOT_FOUND: no "café" 100%',
        resp_body: null,
        resp_body_size: 0,
      },
    ],
  },
  {
    name: 'gRPC: messages over frames, frames over messages, compressed ones',
    turns: [
      client(
        headers(105, ask('POST', '/greet.Greeter/Chat', [...GRPC, ['grpc-encoding', 'gzip']])),
        data(105, message(HELLO).subarray(0, 3)),
        data(105, Buffer.concat([message(HELLO).subarray(3), message(gzipSync(HELLO), true)])),
        data(105, '', true),
      ),
      server(
        headers(105, answer(200, GRPC)),
        data(105, Buffer.concat([message(HELLO), message(HELLO), message(HELLO)])),
        headers(
          105,
          plain([
            ['grpc-status', '4'],
            ['grpc-message', 'too late'],
          ]),
          true,
        ),
      ),
    ],
    rows: [
      {
        req_path: '/greet.Greeter/Chat',
        req_body: '1: "Hello world"\n1: "Hello world"',
        resp_body: '1: "Hello world"\n1: "Hello world"\n1: "Hello world"',
        resp_message: 'grpc 4 DEADLINE_EXCEEDED: too late',
      },
    ],
  },
]

const ENDS: readonly Example[] = [
  {
    name: 'answered before the request has ended',
    alone: true,
    turns: [
      client(PREFACE, settings(), headers(25, ask('POST', '/enough', TEXT)), data(25, 'some')),
      server(settings(), headers(25, answer(413), true), number(TYPE.reset, 25, 0)),
    ],
    rows: [{ req_path: '/enough', req_body: 'some', resp_status: 413, resp_message: null }],
  },
  {
    name: 'cancelled by the client',
    alone: true,
    turns: [
      client(PREFACE, settings(), headers(21, ask('GET', '/cancelled'), true), headers(23, ask('GET', '/never'), true)),
      server(settings(), headers(21, answer(200, TEXT)), data(21, 'begun')),
      client(number(TYPE.reset, 21, 8), number(TYPE.reset, 23, 8)),
    ],
    rows: [
      { req_path: '/cancelled', resp_status: 200, resp_body: 'begun', resp_message: 'reset by the client: CANCEL' },
      { req_path: '/never', resp_headers: null, resp_message: 'reset by the client: CANCEL' },
    ],
  },
  {
    name: 'the server goes away',
    alone: true,
    turns: [
      client(PREFACE, settings(), headers(1, ask('GET', '/slow'), true), headers(3, ask('GET', '/unseen'), true)),
      server(settings(), frame(TYPE.goaway, 0, 0, Buffer.from([0, 0, 0, 1, 0, 0, 0, 11]))),
    ],
    rows: [
      { req_path: '/unseen', resp_status: null, resp_message: 'refused by the server: GOAWAY, ENHANCE_YOUR_CALM' },
      { req_path: '/slow', resp_headers: null, resp_message: 'connection closed by the server: ENHANCE_YOUR_CALM' },
    ],
  },
  {
    name: 'a stream that is still open',
    alone: true,
    turns: [
      client(PREFACE, settings(), headers(1, ask('POST', '/watch', GRPC)), data(1, message(HELLO))),
      server(settings(), headers(1, answer(200, GRPC)), data(1, message(HELLO))),
    ],
    rows: [
      { req_path: '/watch', req_body: '1: "Hello world"', req_body_size: null, resp_status: 200, resp_body_size: null },
    ],
  },
  {
    name: 'a tunnel',
    alone: true,
    turns: [
      client(
        PREFACE,
        settings(),
        headers(
          1,
          plain([
            [':method', 'CONNECT'],
            [':authority', 'h.example:443'],
          ]),
        ),
        data(1, 'hi', true),
      ),
      server(settings(), headers(1, answer(200)), data(1, 'ho', true)),
    ],
    rows: [{ req_method: 'CONNECT', req_path: 'h.example:443', req_body: null, req_body_size: 2, resp_body: null }],
  },
  {
    name: 'credentials are shown on request',
    options: { redact: false },
    turns: [
      client(PREFACE, settings(), headers(1, ask('GET', '/secret?token=abc', [['authorization', 'Basic Zm9v']]), true)),
      server(settings(), headers(1, answer(200), true)),
    ],
    rows: [{ req_path: '/secret?token=abc', req_headers: expect.objectContaining({ authorization: ['Basic Zm9v'] }) }],
  },
]

/** Conversations of HTTP/2; every path occurs once, so that a wrong pairing shows. */
export const examples: readonly Example[] = [...REQUESTS, ...TO_HTTP1, ...CALLS, ...ENDS, ...captured]
