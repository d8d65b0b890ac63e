import { Fields } from './fields.js'
import { headEnd, type RequestHead, requestHead, responseHead, simpleRequestHead } from './head.js'
import { Headers } from './headers.js'

const OPTIONS = { bodyBytes: 64, redact: true }
const NO_FIELDS = new Fields(new Headers(), 64)

test.each([
  ['A: b\r\n\r\n', 8],
  ['A: b\n\n', 6],
  ['A: b\n\r\nrest', 7],
  ['A: b\r\n\r', 0],
  ['A: b\r\n', 0],
  ['', 0],
])('the end of %j is %i', (bytes, end) => {
  const buf = Buffer.from(`${bytes}`)
  expect(headEnd(buf, 0, buf.length)).toBe(end)
})

const request = (line: string, read = requestHead): RequestHead | number => {
  const buf = Buffer.from(`${line}\r\n`, 'latin1')
  return read(buf, 0, line.length, NO_FIELDS, OPTIONS)
}

test.each([
  ['GET / HTTP/1.1', 'GET', '/', 11],
  ['get /x HTTP/1.0', 'get', '/x', 10],
  ['GET http://u:p@h/x?token=a HTTP/1.1', 'GET', 'http://[REDACTED]@h/x?token=[REDACTED]', 11],
  ['CONNECT h:443 HTTP/1.1', 'CONNECT', 'h:443', 11],
  ['OPTIONS * HTTP/1.1', 'OPTIONS', '*', 11],
  ['GET /a b HTTP/1.1', 'GET', '/a b', 11],
  ['GET HTTP/1.1', 'GET', '', 11],
  ['GET /\xc3\xa9 HTTP/1.1', 'GET', '/é', 11],
])('%s', (line, method, target, version) => {
  expect(request(line)).toEqual({ method, target, version, cut: false, fields: NO_FIELDS })
})

test.each([
  ['GET /', -1],
  ['GET / http/1.1', -1],
  ['GET / HTTP/1.x', -1],
  ['OPTIONS sip:a SIP/2.0', -1],
  ['PRI * HTTP/2.0', -2],
])('%s: %i', (line, verdict) => {
  expect(request(line)).toBe(verdict)
})

test('a request of HTTP/0.9', () => {
  expect(request('GET /x', simpleRequestHead)).toMatchObject({ target: '/x', version: 9 })
  expect(request('GET /x HTTP/1.', simpleRequestHead)).toMatchObject({ target: '/x', version: 9 })
})

test('a long target is cut', () => {
  const head = request(`GET /${'x'.repeat(50_000)} HTTP/1.1`) as RequestHead
  expect(head.cut).toBe(true)
  expect(head.target).toBe(`/${'x'.repeat(8191)}`)
})

test.each([
  ['HTTP/1.1 200 OK', { status: 200, reason: 'OK', version: 11 }],
  ['HTTP/1.0 404 Not Found', { status: 404, reason: 'Not Found', version: 10 }],
  ['HTTP/1.1 200', { status: 200, reason: '' }],
  ['HTTP/1.1 200 ', { status: 200, reason: '' }],
])('%j', (line, expected) => {
  expect(responseHead(Buffer.from(`${line}\r\n`), 0, line.length, NO_FIELDS)).toMatchObject(expected)
})

test.each(['HTTP/1.1 20', 'HTTP/1.1 099 No', 'HTTP/2.0 200 OK', 'http/1.1 200 OK'])('%s is none', (line) => {
  expect(responseHead(Buffer.from(`${line}\r\n`), 0, line.length, NO_FIELDS)).toBe(-1)
})
