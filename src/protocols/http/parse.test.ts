import { ByteCursor } from '../cursor.js'
import { type Conn, INVALID, NEED_MORE } from '../protocol.js'
import type { Frame, Request, Response, State } from './frames.js'
import { http } from './index.js'

function connection(bodyBytes = 1024): { state: State; became: string[] } {
  const became: string[] = []
  const conn: Conn = {
    transport: 'stream',
    fromStart: true,
    options: { bodyBytes, redact: true },
    whole: false,
    become: (name) => became.push(name),
  }
  return { state: http.newState(conn), became }
}

const cursor = (bytes: string): ByteCursor => new ByteCursor(Buffer.from(bytes, 'latin1'))
const GET = 'GET / HTTP/1.1\r\n\r\n'

test.each([
  ['another protocol', 'OPTIONS sip:a SIP/2.0\r\n\r\n'],
  ['a first line that is none, before its head is complete', 'hello world\r\nfoo: bar\r\n'],
  ['a control character', 'GE\x01T'],
])('invalid request: %s', (_name, bytes) => {
  expect(http.parse('request', cursor(bytes), connection().state, [])).toBe(INVALID)
})

test.each([
  ['no method', ' / HTTP/1.1\r\n\r\n'],
  ['a long method', `${'A'.repeat(40)} / HTTP/1.1\r\n\r\n`],
  ['no blank', 'GET/ HTTP/1.1\r\n\r\n'],
  ['a head without end', `GET / HTTP/1.1\r\nA: ${'x'.repeat(70_000)}`],
])('first bytes that are no request that is read, but are refused as one, are passed over: %s', (_name, bytes) => {
  const { state } = connection()
  expect(http.parse('request', cursor(bytes), state, [])).toBe(bytes.length)
  expect(http.parse('request', cursor(bytes), state, [])).toBe(INVALID)
})

test('a request line may be as long as a head', () => {
  const { state } = connection()
  const out: Frame[] = []
  const line = `GET /${'x'.repeat(40_000)}`
  expect(http.parse('request', cursor(line), state, out)).toBe(NEED_MORE)
  const bytes = `${line} HTTP/1.1\r\n\r\n`
  expect(http.parse('request', cursor(bytes), state, out)).toBe(bytes.length)
  expect(out).toMatchObject([{ head: { method: 'GET', cut: true } }])
})

test.each([
  ['a protocol', 'Upgrade: websocket\r\n', true],
  ['none', 'Accept: */*\r\n', false],
])('a first request that asks for %s to follow', (_name, field, whole) => {
  const { state } = connection()
  http.parse('request', cursor(`GET / HTTP/1.1\r\n${field}\r\n`), state, [])
  expect(state.conn.whole).toBe(whole)
})

test.each([
  ['negative', 'Content-Length: -1'],
  ['2^64', 'Content-Length: 18446744073709551616'],
  ['in hexadecimal', 'Content-Length: 0x10'],
  ['empty', 'Content-Length:'],
  ['two that differ', 'Content-Length: 1\r\nContent-Length: 2'],
  ['a list of two that differ', 'Content-Length: 1, 2'],
  ['by a coding whose end is not known', 'Transfer-Encoding: chunked, gzip'],
])('a request whose length is none: %s', (_name, fields) => {
  const { state } = connection()
  const out: Frame[] = []
  const bytes = `POST / HTTP/1.1\r\n${fields}\r\n\r\n`
  expect(http.parse('request', cursor(bytes), state, out)).toBe(bytes.length)
  expect(out[0]).toMatchObject({ endless: true, lost: true, open: false })
  expect(state.request.message).toBeUndefined()
})

test.each([
  ['status', 'HTTP/1.1 20 OK\r\n\r\n'],
  ['status below 100', 'HTTP/1.1 099 No\r\n\r\n'],
  ['version', 'HTTP/2.0 200 OK\r\n\r\n'],
  ['lower case', 'http/1.1 200 OK\r\n\r\n'],
  ['length', 'HTTP/1.1 200 OK\r\nContent-Length: 9e9\r\n\r\n'],
])('invalid response: %s', (_name, bytes) => {
  const { state } = connection()
  http.parse('request', cursor(GET), state, [])
  http.parse('response', cursor('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'), state, [])
  http.parse('request', cursor(GET), state, [])
  expect(http.parse('response', cursor(bytes), state, [])).toBe(INVALID)
})

test.each([
  ['2^64', '10000000000000000\r\n'],
  ['not hexadecimal', 'zz\r\n'],
  ['negative', '-1\r\n'],
  ['empty', '\r\n'],
  ['data longer than its size', '2\r\nabc\r\n'],
  ['a line without end', `2;${'x'.repeat(9000)}`],
  ['trailers without end', `0\r\nA: ${'x'.repeat(70_000)}`],
])('invalid chunk: %s', (_name, chunk) => {
  const { state } = connection()
  http.parse('request', cursor(GET), state, [])
  const bytes = cursor(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`)
  for (let eaten = 1; eaten > 0; bytes.pos += Math.max(0, eaten)) {
    eaten = http.parse('response', bytes, state, [])
    if (eaten <= 0) expect(eaten).toBe(INVALID)
  }
  // The exchange is given up, its place is free again.
  expect(state.response.message).toBeUndefined()
  expect(state.broken).toHaveLength(1)
})

test('leading zeros of lengths and of chunk sizes are harmless', () => {
  const { state } = connection()
  const out: Frame[] = []
  expect(http.parse('request', cursor('POST / HTTP/1.1\r\nContent-Length: 0003\r\n\r\nabc'), state, [])).toBe(44)
  http.parse('response', cursor('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'), state, out)
  http.parse('response', cursor(`${'0'.repeat(40)}3\r\nabc\r\n0\r\n\r\n`), state, out)
  expect((out[0] as Response).body?.size).toBe(3)
})

test('a chunk that is not shown may be withheld', () => {
  const { state } = connection(4)
  http.parse('request', cursor(GET), state, [])
  const bytes = cursor('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10000\r\nabcdef')
  http.parse('response', bytes, state, [])
  expect(bytes.skip).toBe(65_530)
  expect(http.gap('response', 65_530, state, false)).toBe(true)
  const out: Frame[] = []
  http.parse('response', cursor('\r\n0\r\n\r\n'), state, out)
  expect((out[0] as Response).body?.size).toBe(65_536)
})

test.each([
  [7, '\r\n0\r\n\r\n', false],
  [8, '\n0\r\n\r\n', false],
  [9, '0\r\n\r\n', false],
  [14, '', true],
])('%i bytes of a chunk and behind it are left out on purpose', (length, rest, lost) => {
  const { state } = connection(3)
  const out: Frame[] = []
  http.parse('request', cursor(GET), state, [])
  http.parse('response', cursor('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nabc'), state, out)
  expect(http.gap('response', length, state, false)).toBe(true)
  http.parse('response', cursor(rest), state, out)
  expect(out).toHaveLength(1)
  expect(out[0]).toMatchObject({ lost, body: { size: 10 } })
})

test('what is not shown of a body may be withheld, but for its last byte', () => {
  const { state } = connection(4)
  const out: Frame[] = []
  http.parse('request', cursor(GET), state, [])
  const bytes = cursor('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nContent-Type: text/plain\r\n\r\nabcdef')
  expect(http.parse('response', bytes, state, out)).toBe(bytes.end)
  expect(bytes.skip).toBe(993)
  expect(http.gap('response', 993, state, true)).toBe(true)
  expect(http.parse('response', cursor('z'), state, out)).toBe(1)
  const response = out[0] as Response
  expect(response.body?.size).toBe(1000)
  expect(response.lost).toBe(false)
})

test('a gap that ends with the body finishes it in the next call', () => {
  const { state } = connection()
  const out: Frame[] = []
  http.parse('request', cursor(GET), state, [])
  http.parse('response', cursor('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'), state, out)
  expect(http.gap('response', 7, state, true)).toBe(true)
  expect(http.parse('response', cursor(''), state, out)).toBe(NEED_MORE)
  expect(out).toHaveLength(1)
  expect(out[0]?.lost).toBe(true)
})

test.each([
  ['longer than the body', 'Content-Length: 10\r\n\r\nabc', 8, false],
  ['inside a chunk', 'Transfer-Encoding: chunked\r\n\r\na\r\nabc', 5, true],
  ['over a chunk', 'Transfer-Encoding: chunked\r\n\r\na\r\nabc', 7, true],
  ['over a chunk and a part of its line end', 'Transfer-Encoding: chunked\r\n\r\na\r\nabc', 8, true],
  ['over a chunk and its line end', 'Transfer-Encoding: chunked\r\n\r\na\r\nabc', 9, true],
  ['over the end of a chunk', 'Transfer-Encoding: chunked\r\n\r\na\r\nabc', 10, false],
  ['perhaps over the end of the body', 'Transfer-Encoding: chunked\r\n\r\na\r\nabc', 14, false],
  ['in a body that ends with the connection', '\r\nabc', 1e9, true],
  ['between messages', 'Content-Length: 0\r\n\r\n', 1, false],
])('gap %s', (_name, rest, length, known) => {
  const { state } = connection()
  http.parse('request', cursor(GET), state, [])
  http.parse('response', cursor(`HTTP/1.1 200 OK\r\n${rest}`), state, [])
  expect(http.gap('response', length, state, true)).toBe(known)
})

test.each([
  ['GET /chat HTTP/1.1\r\nUpgrade: x\r\n\r\n', 'HTTP/1.1 101 Switching Protocols\r\n\r\n', ['opaque']],
  [GET, 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\n\r\n', ['websocket']],
  [GET, 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n', ['http2']],
  [GET, 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: TLS/1.2, HTTP/1.1\r\n\r\n', ['tls']],
  [GET, 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: toString\r\n\r\n', ['opaque']],
  ['CONNECT a:1 HTTP/1.1\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n', ['any']],
  [
    'POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n',
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n',
    ['opaque'],
  ],
  ['CONNECT a:1 HTTP/1.1\r\n\r\n', 'HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n', []],
])('%j %j becomes %j', (request, response, expected) => {
  const { state, became } = connection()
  const out: Frame[] = []
  http.parse('request', cursor(request), state, [])
  expect(http.parse('response', cursor(`${response}`), state, out)).toBe(response.length)
  // The final response to a request that goes on in HTTP/2 is to come.
  expect(out).toHaveLength(expected[0] === 'http2' ? 0 : 1)
  expect(became).toEqual(expected)
})

test.each([
  ['request', 'junkGET /a HTTP/1.1\r\n\r\n', 4],
  ['request', '{"q":"GET /a"}POST /b HTTP/1.1\r\n', 14],
  ['request', 'x\r\nFOO /a HTTP/1.1\r\n', 3],
  ['request', 'junk HTTP/1.1\r\n', -1],
  ['request', 'GET /a;cat /b|?c=d HTTP/1.1\r\n', 0],
  ['request', 'nothing here', -1],
  ['request', 'abc\r\nGET /unfin', 5],
  ['request', 'abc\r\nGET /unfin HTT', 5],
  ['request', 'abcPO', 3],
  ['response', 'junkHTTP/1.1 200 OK\r\n', 4],
  ['response', 'HTTP/1.1 is old. HTTP/1.0 404 No', 17],
  ['response', 'junkHTTP/1', 4],
  ['response', 'junk', -1],
] as const)('boundary of a %s in %j: %i', (kind, bytes, at) => {
  expect(http.findBoundary(kind, cursor(bytes), connection().state)).toBe(at)
})

test.each([
  ['1000 fields', Array.from({ length: 1000 }, (_x, i) => `X-${i}: ${i}\r\n`).join(''), 1000],
  ['a line of 10 KB', `Cookie2: a\r\nX-Long: ${'x'.repeat(10_000)}\r\n`, 2],
])('%s', (_name, fields, count) => {
  for (const piece of [1_000_000, 100]) {
    const { state } = connection()
    const out: Frame[] = []
    const buf = Buffer.from(`GET / HTTP/1.1\r\n${fields}\r\n`)
    for (let end = piece; out.length === 0; end += piece) {
      http.parse('request', new ByteCursor(buf, 0, Math.min(end, buf.length)), state, out)
    }
    expect(Object.keys((out[0] as Request).head.fields.headers)).toHaveLength(count)
  }
})

test('what is remembered of the last exchange changes no row', () => {
  let seed = 1
  const pick = <T>(list: readonly T[]): T => {
    seed = (seed * 48271) % 2147483647
    return list[seed % list.length] as T
  }
  const rowOf = (state: State, request: string, response: string): string => {
    const [requests, responses, rows]: [Frame[], Frame[], object[]] = [[], [], []]
    // A window in the same buffer each time, as a batch of events is.
    const batch = Buffer.alloc(8192, '\n')
    for (const [kind, bytes, out] of [
      ['request', request, requests],
      ['response', response, responses],
    ] as const) {
      const window = new ByteCursor(batch, 7, 7 + batch.write(bytes, 7, 'latin1'))
      for (let n = 1; n > 0 && window.pos < window.end; window.pos += Math.max(n, 0))
        n = http.parse(kind, window, state, out)
    }
    http.stitch(requests, responses, state, (_from, _to, row) => rows.push(row), true)
    return JSON.stringify(rows)
  }
  const kept = connection().state
  for (let round = 0; round < 3000; round++) {
    const fields = (): string =>
      ['A: 1\r\n', 'A: 2\r\n', 'B: x\r\n', 'A: 1\r\n c\r\n', 'Cookie: q\r\n', 'odd\r\n']
        .filter(() => pick([0, 1]))
        .join('')
    const request = `${pick(['GET', 'PUT'])} /${pick(['a', 'bb'])} HTTP/1.${pick([0, 1])}\r\n${fields()}\r\n`
    const body = pick(['', 'x', 'yy'])
    const type = pick(['', 'Content-Type: text/html\r\n', 'Content-Type: image/gif\r\n'])
    const response = `HTTP/1.1 ${pick([200, 404])} X\r\n${fields()}${type}Content-Length: ${body.length}\r\n\r\n${body}`
    expect(rowOf(kept, request, response)).toBe(rowOf(connection().state, request, response))
  }
})
