import { ByteCursor } from '../cursor.js'
import { infer } from './infer.js'

const guess = (sent: string, received: string, fromStart = true): string =>
  infer(new ByteCursor(Buffer.from(sent, 'latin1')), new ByteCursor(Buffer.from(received, 'latin1')), {
    role: 'unknown',
    localPort: 1,
    remotePort: 80,
    fromStart,
  })

test.each([
  ['GET / HTTP/1.1\r\n', '', 'client'],
  ['', 'PATCH /x HTTP/1.0\r\n', 'server'],
  ['GET / HTTP/1.1\r\n', 'HTTP/1.1 200 OK\r\n', 'client'],
  ['HTTP/1.1 200 OK\r\n', 'GET / HTTP/1.1\r\n', 'server'],
  ['\r\nGET / HTTP/1.1\r\n', '', 'client'],
  ['X-CUSTOM / HTTP/1.1\n', '', 'client'],
  ['', '', 'need-more'],
  ['GE', '', 'need-more'],
  ['GET /index.html HTT', '', 'need-more'],
  ['', 'HTTP/1', 'need-more'],
  ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', '', 'no'],
  ['PING\r\n', '', 'no'],
  ['EHLO me.example\r\n', '220 mail\r\n', 'no'],
  ['GET / HTTP/1.1\r\n', 'GET / HTTP/1.1\r\n', 'no'],
  ['GET / HTTP/1.1\r\n', '+OK\r\n', 'no'],
  ['\x16\x03\x01', '', 'no'],
  ["!#$%&'*+-.^_`|~ / HTTP/1.1\r\n", '', 'client'],
  ['GET / HTTP/1.1\r\n', '<html>', 'client'],
  ['GET HTTP/1.1\r\n', '', 'client'],
  ['GET /\r\n', '', 'need-more'],
  ['GET /\r\n', 'HTT', 'need-more'],
  ['GET /\r\n', '<html>', 'client'],
  ['<html>', 'GET /x\n', 'server'],
  ['GET /x\r\n', '\n<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML//EN">', 'client'],
  ['GET /x\r\n', '<TITLE', 'need-more'],
  ['GET /x\r\n', '<x>', 'no'],
  ['GET /x\r\n', '<htmlx>', 'no'],
  ['GET /x y\r\n', '<html>', 'no'],
  ['GET /x\r\nmore\r\n', '<html>', 'no'],
  ['PUT /x\r\n', '<html>', 'no'],
  ['PUT /x\r\n', 'HTTP/1.1 400 Bad Request\r\n', 'client'],
  ['OPTIONS /x HTTP/1.\r\n', 'HTTP/1.1 400 Bad Request\r\n', 'client'],
  ['GET /key\r\n', '$3\r\nabc\r\n', 'no'],
  ['GET key\r\n', '', 'no'],
  ['', 'HTTP/1.0 408 Request Time-out\r\n', 'client'],
  [`GET /${'x'.repeat(16 * 1024)}`, '', 'client'],
  [`GIVE /${'x'.repeat(16 * 1024)}`, '', 'no'],
  [`GET x${'x'.repeat(16 * 1024)}`, '', 'no'],
])('sent %j, received %j: %s', (sent, received, expected) => {
  expect(guess(sent, received)).toBe(expected)
})

test.each([
  ['rest of a body\0HTTP/1.1 200 OK\r\n', '', 'server'],
  ['rest of a body', 'GET / HTTP/1.1\r\n', 'server'],
  ['{"a":1}POST /b HTTP/1.1\r\n', '', 'client'],
  ['\0\0\0', '\0\0', 'no'],
  // Frames of WebSocket: a tunnel.
  ['\x82\x13HTTP/1.1 200 OK\r\n\r\n', '', 'need-more'],
  ['', '\x82\x12GET / HTTP/1.1\r\n\r\n', 'need-more'],
  ['\x82\x02ab\x82\x17mux:HTTP/1.1 200 OK\r\n\r\n', '', 'need-more'],
  ['the rest of a frame\x82\x13HTTP/1.1 200 OK\r\n\r\n', '', 'need-more'],
  ['\x82\x7e\x02\x00HTTP/1.1 200 OK\r\n\r\nabc', '', 'need-more'],
  ['\x82\x02abHTTP/1.1 200 OK\r\n\r\n', '', 'server'],
])('joined late: sent %j, received %j: %s', (sent, received, expected) => {
  expect(guess(sent, received, false)).toBe(expected)
})
