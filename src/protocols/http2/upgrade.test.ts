import { answer, data, frame, headers, settings, TYPE } from '../../../test/conformance/http2-frames.js'
import { Bench } from '../../../test/support/bench.js'
import { connEvent, dataEvent } from '../../../test/support/events.js'
import { Direction } from '../../kernel/intf.gen.js'
import { http } from '../http/index.js'
import { http2 } from './index.js'

const ASK = 'GET /a?token=x HTTP/1.1\r\nHost: h\r\nUpgrade: h2c\r\nHTTP2-Settings: AAUAAQAA\r\n\r\n'
const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n'
const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
const TEXT = [['content-type', 'text/plain']] as const

type Step = readonly ['client' | 'server', ...(Buffer | string)[]]

function talk(...steps: readonly Step[]): Bench {
  const bench = new Bench([http, http2])
  const at = { client: 0, server: 0 }
  bench.feed(connEvent())
  steps.forEach(([from, ...pieces], i) => {
    const bytes = Buffer.concat(pieces.map((piece) => Buffer.from(piece as string, 'latin1')))
    const direction = from === 'client' ? Direction.RECV : Direction.SEND
    bench.feed(dataEvent(direction, at[from], bytes, { time: 10 * (i + 1) }))
    at[from] += bytes.length
  })
  bench.tracker.flush()
  return bench
}

const answered = [headers(1, answer(200, TEXT)), data(1, 'x'.repeat(40_000)), data(1, 'end', true)]
const row = {
  major_version: 2,
  req_method: 'GET',
  req_path: '/a?token=[REDACTED]',
  req_headers: { host: ['h'], upgrade: ['h2c'], 'http2-settings': ['AAUAAQAA'] },
  req_body_size: 0,
  resp_status: 200,
  resp_body_size: 40_003,
}

test.each<[string, readonly Step[]]>([
  [
    'the answer behind the 101',
    [
      ['server', SWITCH, settings(), ...answered],
      ['client', PREFACE, settings()],
    ],
  ],
  [
    'the answer after the preface',
    [
      ['server', SWITCH],
      ['client', PREFACE, settings()],
      ['server', settings(), ...answered],
    ],
  ],
])('the request of an upgrade is stream 1: %s', (_name, steps) => {
  const { taken } = talk(['client', ASK], ...steps)
  expect(taken).toMatchObject([{ protocol: 'http2', row, startNs: 10, lost: false }])
})

test('then it is HTTP/2', () => {
  const more = headers(3, Buffer.concat([Buffer.from([0x82, 0x86, 0x84])]), true)
  const { taken } = talk(
    ['client', ASK],
    ['server', SWITCH, settings(), headers(1, answer(204), true)],
    ['client', PREFACE, settings(), more],
    ['server', headers(3, answer(404), true), frame(TYPE.goaway, 0, 0, Buffer.alloc(8))],
  )
  expect(taken.map(({ row }) => row)).toMatchObject([
    { req_path: '/a?token=[REDACTED]', resp_status: 204 },
    { req_path: '/', resp_status: 404 },
  ])
})

test('a request with a body', () => {
  const ask = `POST /b HTTP/1.1\r\nUpgrade: h2c\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello`
  const { taken } = talk(['client', ask], ['server', SWITCH, settings(), headers(1, answer(201), true)])
  expect(taken).toMatchObject([{ row: { req_method: 'POST', req_body: 'hello', req_body_size: 5, resp_status: 201 } }])
})

test('a tunnel: what goes through is recognised, also what the client sends before the answer', () => {
  const through = headers(1, Buffer.from([0x82, 0x86, 0x84]), true)
  const { taken } = talk(
    ['client', 'CONNECT h:1 HTTP/1.1\r\nHost: h:1\r\n\r\n'],
    ['client', PREFACE, settings(), through],
    ['server', 'HTTP/1.1 200 OK\r\n\r\n', settings(), headers(1, answer(200), true)],
  )
  expect(taken.map(({ row }) => row)).toMatchObject([
    { major_version: 1, req_method: 'CONNECT', resp_status: 200 },
    { major_version: 2, req_method: 'GET', resp_status: 200 },
  ])
})
