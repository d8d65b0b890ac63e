import { brotliCompressSync, gzipSync } from 'node:zlib'
import { client, type Example, server } from './example.js'

const LONG = 'The quick brown fox jumps over the lazy dog. '.repeat(60)

const STACKED = brotliCompressSync(gzipSync('twice\n'))
// `printf 'This is a test\\n' | zstd`
const ZSTD = Buffer.from('28b52ffd045879000054686973206973206120746573740a894823ce', 'hex')

/** Conversations of HTTP/0.9 to 1.1; every target occurs once, so that a wrong pairing shows. */
export const examples: readonly Example[] = [
  {
    name: 'GET with Content-Length',
    turns: [
      client('GET /plain?x=1 HTTP/1.1\r\nHost: a.example\r\nAccept: */*\r\n\r\n'),
      server('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{"plain":"1"}'),
    ],
    rows: [
      {
        major_version: 1,
        minor_version: 1,
        content_type: 1,
        req_headers: { host: ['a.example'], accept: ['*/*'] },
        req_method: 'GET',
        req_path: '/plain?x=1',
        req_body: null,
        req_body_size: 0,
        resp_headers: { 'content-type': ['application/json'], 'content-length': ['13'] },
        resp_status: 200,
        resp_message: 'OK',
        resp_body: '{"plain":"1"}',
        resp_body_size: 13,
      },
    ],
  },
  {
    name: 'POST with a body, 404 without one',
    turns: [
      client('POST /post HTTP/1.1\r\nContent-Type: text/plain\r\nContent-Length: 11\r\n\r\nhello world'),
      server('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n'),
    ],
    rows: [
      {
        req_method: 'POST',
        req_path: '/post',
        req_body: 'hello world',
        req_body_size: 11,
        resp_status: 404,
        resp_message: 'Not Found',
        resp_body: null,
        resp_body_size: 0,
      },
    ],
  },
  {
    name: 'a body longer than what is shown',
    turns: [
      client('GET /long HTTP/1.1\r\n\r\n'),
      server(`HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${LONG.length}\r\n\r\n`, LONG),
    ],
    rows: [{ req_path: '/long', resp_status: 200, resp_body: LONG.slice(0, 1024), resp_body_size: LONG.length }],
  },
  {
    name: 'chunked, with extensions and trailers',
    turns: [
      client(
        'PUT /chunked HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Type: text/plain\r\n\r\n',
        '4;a=b\r\nup l\r\n4\r\noad!\r\n0\r\nX-Sum: 1\r\n\r\n',
      ),
      server(
        'HTTP/1.1 201 Created\r\ntransfer-encoding: Chunked\r\n\r\n',
        '9\r\npixielabs\r\n003\r\n is\r\nA ; x="y;\\"z"\r\n so very a\r\n7\r\nwesome!\r\n',
        '00;end\r\nA: b\r\nSet-Cookie: c=d\r\n\r\n',
      ),
    ],
    rows: [
      {
        req_path: '/chunked',
        req_headers: { 'transfer-encoding': ['chunked'], 'content-type': ['text/plain'], 'x-sum': ['1'] },
        resp_headers: { 'transfer-encoding': ['Chunked'], a: ['b'], 'set-cookie': ['[REDACTED]'] },
        req_body: 'up load!',
        req_body_size: 8,
        resp_status: 201,
        resp_body: 'pixielabs is so very awesome!',
        resp_body_size: 29,
      },
    ],
  },
  {
    name: 'HEAD, 204 and 304 have no body whatever they say',
    strictTurns: true,
    turns: [
      client('HEAD /head HTTP/1.1\r\n\r\n'),
      server('HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n'),
      client('DELETE /none HTTP/1.1\r\n\r\n'),
      server('HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n'),
      client('GET /same HTTP/1.1\r\n\r\n'),
      server('HTTP/1.1 304 Not Modified\r\nContent-Length: 77\r\n\r\n'),
    ],
    rows: [
      { req_path: '/head', resp_status: 200, resp_body: null, resp_body_size: 0 },
      { req_path: '/none', resp_status: 204, resp_body: null, resp_body_size: 0 },
      { req_path: '/same', resp_status: 304, resp_body: null, resp_body_size: 0 },
    ],
  },
  {
    name: '100-continue is one record with the final status',
    turns: [
      client('POST /expect HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n'),
      server('HTTP/1.1 100 Continue\r\n\r\n'),
      client('body'),
      server('HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
    ],
    rows: [{ req_path: '/expect', req_body: 'body', resp_status: 200, resp_body: 'ok' }],
  },
  {
    name: 'repeated, folded and odd headers; bare LF',
    turns: [
      client('GET /headers HTTP/1.1\nX-A: 1\nx-a:2\nX-Fold: a\n  b\n__proto__: p\nconstructor: c\nEmpty:\n\n'),
      server('HTTP/1.1 200\r\nContent-Length: 2, 2\r\n\r\nno'),
    ],
    rows: [
      {
        req_path: '/headers',
        req_headers: JSON.parse(
          '{"x-a":["1","2"],"x-fold":["a b"],"__proto__":["p"],"constructor":["c"],"empty":[""]}',
        ),
        resp_message: '',
        resp_body: 'no',
      },
    ],
  },
  {
    name: 'Transfer-Encoding wins over Content-Length',
    turns: [
      client('POST /both HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n'),
      server('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n2\r\nhi\r\n0\r\n\r\n'),
    ],
    rows: [{ req_path: '/both', req_body: 'abcde', resp_body: 'hi' }],
  },
  {
    name: 'what is not text is not shown; what is compressed is shown decompressed',
    turns: [
      client('GET /png HTTP/1.1\r\n\r\n'),
      server('HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 4\r\n\r\n\x89PNG'),
      client('GET /gzip HTTP/1.1\r\n\r\n'),
      server(
        `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Encoding: gzip\r\nContent-Length: ${gzipSync('This is a test\n').length}\r\n\r\n`,
        gzipSync('This is a test\n'),
      ),
    ],
    rows: [
      { req_path: '/png', resp_body: null, resp_body_size: 4 },
      { req_path: '/gzip', resp_body: 'This is a test\n', resp_body_size: gzipSync('This is a test\n').length },
    ],
  },
  {
    name: 'zstd, and several codings on one body',
    turns: [
      client('GET /zstd HTTP/1.1\r\n\r\n'),
      server(`HTTP/1.1 200 OK\r\nContent-Encoding: zstd\r\nContent-Length: ${ZSTD.length}\r\n\r\n`, ZSTD),
      client('GET /stacked HTTP/1.1\r\n\r\n'),
      server('HTTP/1.1 200 OK\r\nContent-Encoding: gzip, br\r\nTransfer-Encoding: chunked\r\n\r\n'),
      server(`${STACKED.length.toString(16)}\r\n`, STACKED, '\r\n0\r\n\r\n'),
    ],
    rows: [
      { req_path: '/zstd', resp_body: 'This is a test\n', resp_body_size: ZSTD.length },
      { req_path: '/stacked', resp_body: 'twice\n', resp_body_size: STACKED.length },
    ],
  },
  {
    name: 'targets and methods of all forms',
    turns: [
      client('GET http://u:p@a.example/absolute HTTP/1.1\r\nHost: a.example\r\n\r\n'),
      server('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
      client('OPTIONS * HTTP/1.1\r\n\r\n'),
      server('HTTP/1.1 200 OK\r\nAllow: GET\r\nContent-Length: 0\r\n\r\n'),
      client("x-odd!#$%&'*+^`|~ /odd HTTP/1.1\r\n\r\n"),
      server('HTTP/1.1 501 No\r\nContent-Length: 0\r\n\r\n'),
      client('get /lower%20case?\xc3\xa9=\xff HTTP/1.0\r\n\r\n'),
      server('HTTP/1.0 299 \r\nContent-Length: 0\r\n\r\n'),
    ],
    rows: [
      { req_method: 'GET', req_path: 'http://[REDACTED]@a.example/absolute' },
      { req_method: 'OPTIONS', req_path: '*' },
      { req_method: "x-odd!#$%&'*+^`|~", req_path: '/odd', resp_status: 501 },
      { req_method: 'get', req_path: '/lower%20case?é=\udcff', resp_status: 299, resp_message: '' },
    ],
  },
  {
    name: 'empty lines between messages, lines that are no fields',
    turns: [
      client('\r\nPOST /blank HTTP/1.1\r\nnonsense\r\n: no name\r\nContent-Length: 02\r\n\r\nab\r\n\n'),
      server('\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\nnonsense\r\n\r\ncd\r\n'),
    ],
    rows: [
      {
        req_path: '/blank',
        req_headers: { 'content-length': ['02'] },
        req_body: 'ab',
        resp_body: 'cd',
        resp_body_size: 2,
      },
    ],
  },
  {
    name: 'a part of a resource',
    turns: [
      client('GET /parts HTTP/1.1\r\nRange: bytes=0-1,3-4\r\n\r\n'),
      server(
        'HTTP/1.1 206 Partial Content\r\nContent-Type: multipart/byteranges; boundary=B\r\nContent-Length: 35\r\n\r\n',
        '--B\r\n\r\nab\r\n--B\r\nX: y\r\n\r\nde\r\n--B--\r\n',
      ),
    ],
    rows: [{ req_path: '/parts', resp_status: 206, resp_body: expect.stringMatching(/^--B.*--B--\r\n$/s) }],
  },
  {
    name: 'an answer before the body has ended',
    strictTurns: true,
    turns: [
      client('POST /early HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc'),
      server('HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno'),
      client('defghij'),
      client('GET /after HTTP/1.1\r\n\r\n'),
      server('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
    ],
    rows: [
      { req_path: '/early', req_body: 'abcdefghij', resp_status: 413, resp_body: 'no' },
      { req_path: '/after', resp_status: 200 },
    ],
  },
  {
    name: 'credentials are redacted',
    turns: [
      client(
        'POST /login?token=abc&x=1 HTTP/1.1\r\nAuthorization: Basic Zm9v\r\nCookie: a=b\r\n',
        'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 20\r\n\r\nuser=me&password=pwd',
      ),
      server(
        'HTTP/1.1 302 Found\r\nSet-Cookie: s=1\r\nLocation: https://u:p@h/?code=9&y=2\r\nContent-Length: 0\r\n\r\n',
      ),
    ],
    rows: [
      {
        req_path: '/login?token=[REDACTED]&x=1',
        req_headers: expect.objectContaining({ authorization: ['[REDACTED]'], cookie: ['[REDACTED]'] }),
        req_body: 'user=me&password=[REDACTED]',
        resp_headers: {
          'set-cookie': ['[REDACTED]'],
          location: ['https://[REDACTED]@h/?code=[REDACTED]&y=2'],
          'content-length': ['0'],
        },
      },
    ],
  },
  {
    name: 'credentials are shown on request',
    options: { redact: false },
    turns: [
      client('GET /secret?token=abc HTTP/1.1\r\nAuthorization: Basic Zm9v\r\n\r\n'),
      server('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
    ],
    rows: [{ req_path: '/secret?token=abc', req_headers: { authorization: ['Basic Zm9v'] } }],
  },
  {
    name: 'bytes that are not UTF-8 survive',
    turns: [
      client('GET /caf\xe9 HTTP/1.1\r\nX-Good: \xc3\xa9\r\nX-Bad: \xff\r\n\r\n'),
      server('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\na\xffb'),
    ],
    rows: [{ req_path: '/caf\udce9', req_headers: { 'x-good': ['é'], 'x-bad': ['\udcff'] }, resp_body: 'a\udcffb' }],
  },
  {
    name: 'pipelining pairs first in, first out',
    pipelined: true,
    turns: [
      client('GET /p1 HTTP/1.1\r\n\r\nHEAD /p2 HTTP/1.1\r\n\r\nGET /p3 HTTP/1.1\r\n\r\n'),
      server('HTTP/1.1 201 A\r\nContent-Length: 1\r\n\r\n1HTTP/1.1 202 B\r\nContent-Length: 9\r\n\r\n'),
      server('HTTP/1.1 203 C\r\nContent-Length: 1\r\n\r\n3'),
    ],
    rows: [
      { req_path: '/p1', resp_status: 201, resp_body: '1' },
      { req_path: '/p2', resp_status: 202, resp_body: null },
      { req_path: '/p3', resp_status: 203, resp_body: '3' },
    ],
  },
  {
    name: 'a body that ends with the connection',
    alone: true,
    turns: [client('GET /old HTTP/1.0\r\n\r\n'), server('HTTP/1.0 200 OK\r\n\r\nall there is')],
    rows: [{ minor_version: 0, req_path: '/old', resp_body: 'all there is', resp_body_size: 12 }],
  },
  {
    name: 'several spaces in a request line',
    turns: [client('GET    /spaces%20  HTTP/1.1\r\n\r\n'), server('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')],
    rows: [{ req_method: 'GET', req_path: '/spaces%20', resp_status: 200 }],
  },
  {
    name: 'HTTP/0.9',
    alone: true,
    turns: [client('GET /simple\r\n'), server('<html>all of it</html>\n')],
    rows: [
      {
        major_version: 0,
        minor_version: 9,
        req_headers: {},
        req_method: 'GET',
        req_path: '/simple',
        resp_headers: {},
        resp_status: null,
        resp_body: '<html>all of it</html>\n',
        resp_body_size: 23,
      },
    ],
  },
  {
    name: 'a request without a version, and a server that wants one',
    alone: true,
    turns: [client('GET /simple\n'), server('HTTP/1.0 400 Bad Request\r\nContent-Length: 2\r\n\r\nno')],
    rows: [{ major_version: 1, minor_version: 0, req_path: '/simple', resp_status: 400, resp_body: 'no' }],
  },
  {
    name: 'a request whose length is none',
    alone: true,
    turns: [
      client('POST /length HTTP/1.1\r\nContent-Length: -1\r\n\r\n'),
      server('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\nbad'),
    ],
    rows: [{ req_path: '/length', req_body_size: null, resp_status: 400, resp_body: 'bad' }],
  },
  {
    name: 'the server speaks first',
    alone: true,
    turns: [server('HTTP/1.0 408 Request Time-out\r\nConnection: close\r\n\r\nlate')],
    rows: [{ req_method: null, req_path: null, req_headers: null, resp_status: 408, resp_body: 'late' }],
  },
  {
    name: 'an answer to what is no request',
    alone: true,
    strictTurns: true,
    turns: [
      client('GET /fine HTTP/1.1\r\n\r\n'),
      server('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
      client('\x16\x03\x01\x02\x00\x01'),
      server('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'),
    ],
    rows: [
      { req_path: '/fine', resp_status: 200 },
      { req_method: null, resp_status: 400 },
    ],
  },
  {
    name: 'what is no request from the first byte on, and is refused',
    alone: true,
    turns: [
      client('GET/ HTTP/1.1\r\nHost: nowhere\r\n\r\n'),
      server('HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nno'),
    ],
    rows: [{ req_method: null, req_path: null, resp_status: 400, resp_body_size: 2 }],
  },
  {
    name: 'a response that ends too early',
    alone: true,
    turns: [client('GET /short HTTP/1.1\r\n\r\n'), server('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc')],
    rows: [{ req_path: '/short', resp_body: 'abc', resp_body_size: 3 }],
  },
  {
    name: '101 ends HTTP',
    alone: true,
    turns: [
      client('GET /chat HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
      server('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x02hi'),
      client('\x81\x82abcdxx'),
    ],
    rows: [{ req_path: '/chat', resp_status: 101, resp_body: null, resp_body_size: 0 }],
  },
  {
    name: 'CONNECT ends HTTP',
    alone: true,
    turns: [
      client('CONNECT h.example:443 HTTP/1.1\r\nHost: h.example:443\r\n\r\n'),
      server('HTTP/1.1 200 Connection established\r\n\r\n'),
      client('\x16\x03\x01GET / HTTP/1.1\r\n\r\n'),
    ],
    rows: [{ req_method: 'CONNECT', req_path: 'h.example:443', resp_status: 200 }],
  },
  {
    name: 'a request without a response',
    alone: true,
    turns: [client('GET /silence HTTP/1.1\r\n\r\n')],
    rows: [{ req_path: '/silence', resp_status: null, resp_headers: null, resp_body_size: null }],
  },
]
