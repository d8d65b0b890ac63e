import { constants, deflateRawSync } from 'node:zlib'
import { Driver } from '../../../test/conformance/driver.js'
import { seeded } from '../../../test/conformance/example.js'
import { asked, COMPRESSED, closing, FIN, OP, told } from '../../../test/conformance/websocket-frames.js'
import { Bench } from '../../../test/support/bench.js'
import { connEvent, dataEvent } from '../../../test/support/events.js'
import { Direction } from '../../kernel/intf.gen.js'
import { ByteCursor } from '../cursor.js'
import { http } from '../http/index.js'
import type { Guess, Kind } from '../protocol.js'
import { websocket } from './index.js'
import { WEBSOCKET_EVENTS, type WebSocketRow } from './table.js'

const { SEND, RECV } = Direction
const ASK = 'GET /chat?token=x&room=1 HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
const TALK = 'a text that is long enough to be told from noise'

function bodies(kind: Kind, chunks: readonly Buffer[], fromStart = true): unknown[] {
  const driver = new Driver(websocket, fromStart)
  for (const chunk of chunks) driver.feed(kind, chunk)
  driver.end()
  return driver.emitted.map(({ row, lost }) => (lost ? ['lost', row.payload] : row.payload))
}

test('after an upgrade, also in the same segment as the 101', () => {
  const bench = new Bench([http, websocket])
  const first = Buffer.concat([Buffer.from(SWITCH), told(OP.text, 'welcome')])
  bench.feed(connEvent(), dataEvent(RECV, 0, ASK, { time: 10 }), dataEvent(SEND, 0, first, { time: 20 }))
  bench.feed(dataEvent(RECV, ASK.length, asked(OP.text, 'hi'), { time: 30 }))
  expect(bench.taken).toMatchObject([
    { protocol: 'http', row: { req_path: '/chat?token=[REDACTED]&room=1', resp_status: 101 } },
    {
      protocol: 'websocket',
      row: { direction: 2, req_path: '/chat?token=[REDACTED]&room=1', payload: 'welcome' },
      startNs: undefined,
      endNs: 20,
    },
    { protocol: 'websocket', row: { direction: 1, payload: 'hi' }, startNs: 30, endNs: undefined },
  ])
  expect(bench.stats).toMatchObject([{ protocol: 'websocket' }])
})

test('its time is that of its first byte, whatever comes between its frames', () => {
  const bench = new Bench([websocket])
  const pieces = [
    asked(OP.text, TALK),
    asked(OP.text, 'a', OP.text),
    asked(OP.ping, 'p'),
    asked(OP.more, 'b', OP.more),
    asked(OP.more, '', FIN),
  ]
  bench.feed(connEvent())
  let position = 0
  for (const [i, piece] of pieces.entries()) {
    bench.feed(dataEvent(RECV, position, piece, { time: 10 * (i + 1) }))
    position += piece.length
  }
  expect(bench.taken.map(({ row, startNs }) => [(row as WebSocketRow).payload, startNs])).toEqual([
    [TALK, 10],
    ['p', 30],
    ['ab', 20],
  ])
})

test('a masked payload that repeats itself is not taken for frames', () => {
  const mask = Buffer.from([0x82, 0xf2, 0x31, 0x5d])
  const inside = Buffer.concat(Array.from({ length: 3000 }, () => mask))
  expect(websocket.findBoundary('request', new ByteCursor(inside), websocket.newState(connection()))).toBe(-1)
})

describe('compressed messages', () => {
  // What was said before is at hand: context takeover.
  function compress(texts: readonly Buffer[]): Buffer[] {
    let said = Buffer.alloc(0)
    return texts.map((text) => {
      const dictionary = said.subarray(Math.max(0, said.length - 32_768))
      const options = { finishFlush: constants.Z_SYNC_FLUSH, ...(dictionary.length > 0 && { dictionary }) }
      said = Buffer.concat([said, text])
      return told(OP.text, deflateRawSync(text, options).subarray(0, -4), FIN | COMPRESSED | OP.text)
    })
  }
  const random = seeded(3)
  const noise = (length: number): Buffer => Buffer.from(Array.from({ length }, () => 97 + Math.floor(random() * 26)))
  const texts = [noise(900), noise(12_000), noise(9000), noise(500)]
  const again = [...texts, ...texts]

  test('refer to those before them', () => {
    const sent = compress(again)
    expect(sent.at(-1)?.length).toBeLessThan(100)
    expect(bodies('response', sent)).toEqual(again.map((text) => text.toString().slice(0, 1024)))
  })

  test('what refers to a message that was missed is not made up', () => {
    const driver = new Driver(websocket, true)
    const [one, two, three] = [noise(600).toString(), noise(600).toString(), '0123456789'.repeat(20)] as const
    const sent = compress([one, two, one + two, two, three].map((text) => Buffer.from(text)))
    sent.forEach((bytes, i) => {
      if (i === 1) driver.lose('response', bytes.length)
      else driver.feed('response', i === 2 ? Buffer.concat([told(OP.text, TALK), bytes]) : bytes)
    })
    driver.end()
    expect(driver.emitted.map(({ row, lost }) => [row.payload, lost])).toEqual([
      [one, false],
      [TALK, false],
      [null, true],
      [null, true],
      [three, false],
    ])
  })

  test('a bomb costs no more than its start', () => {
    const zeros = deflateRawSync(Buffer.alloc(32 << 20), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
    const driver = new Driver(websocket, true)
    driver.feed('response', told(OP.binary, zeros, FIN | COMPRESSED | OP.binary))
    expect(driver.emitted).toMatchObject([{ row: { payload: '\0'.repeat(1024), payload_size: zeros.length }, cut: 8 }])
  })

  test('damaged ones have no body', () => {
    expect(bodies('response', [told(OP.text, 'nonsense', FIN | COMPRESSED | OP.text)])).toEqual([null])
  })
})

test.each<[string, Buffer]>([
  ['an opcode that is none', told(3, 'x')],
  ['a control frame in pieces', told(OP.ping, 'x', OP.ping)],
  ['a reserved bit', told(OP.text, 'x', FIN | 0x20 | OP.text)],
  ['a compressed continuation', told(OP.more, 'x', FIN | COMPRESSED)],
  ['a length beyond reason', Buffer.from('827fffffffffffffffff', 'hex')],
  ['a length that nobody lives to see', Buffer.from('827f0000010000000000', 'hex')],
  ['a message in a message', Buffer.concat([told(OP.text, 'a', OP.text), told(OP.text, 'b')])],
])('%s: goes on with the next that is certain', (_name, bytes) => {
  const read = bodies('response', [told(OP.text, 'before'), bytes, told(OP.text, TALK)])
  expect(read[0]).toBe('before')
  expect(read.at(-1)).toBe(TALK)
})

test('a long message is passed without keeping it, and without the bytes of its middle', () => {
  const driver = new Driver(websocket, true)
  const long = told(OP.binary, 'x'.repeat(100_000))
  driver.feed('response', long.subarray(0, 5000))
  driver.lose('response', 90_000)
  driver.feed('response', Buffer.concat([long.subarray(95_000), told(OP.text, 'next')]))
  expect(driver.emitted.map(({ row, lost }) => [row.payload_size, lost])).toEqual([
    [100_000, false],
    [4, false],
  ])
})

describe('infer, without the upgrade', () => {
  const hint = { role: 'unknown', localPort: 1, remotePort: 2, fromStart: false } as const
  const guess = (sent: Buffer, received: Buffer): Guess =>
    websocket.infer(new ByteCursor(sent), new ByteCursor(received), hint)
  const none = Buffer.alloc(0)
  const frames = (make: typeof told): Buffer => Buffer.concat([1, 2, 3, 4, 5, 6].map((n) => make(OP.binary, `${n}`)))

  test.each<[string, Guess, Guess]>([
    ['a text of a client', guess(asked(OP.text, TALK), none), 'client'],
    ['a text of a server', guess(told(OP.text, TALK), none), 'server'],
    ['what a client receives', guess(none, told(OP.text, TALK)), 'client'],
    ['frames in a row', guess(frames(told), none), 'server'],
    ['a little of both', guess(frames(asked).subarray(0, 21), frames(told).subarray(0, 9)), 'client'],
    ['not enough', guess(asked(OP.text, 'hi'), none), 'need-more'],
    ['both masked', guess(asked(OP.text, TALK), asked(OP.text, TALK)), 'no'],
    ['a text that is no UTF-8', guess(told(OP.text, `\xe9${TALK}`), none), 'no'],
    [
      'a text behind a text',
      guess(Buffer.from(`\x81\xac1234${'somewordsoftext'.repeat(3)}`.slice(0, 50), 'latin1'), none),
      'need-more',
    ],
    ['zeros', guess(Buffer.alloc(100), none), 'no'],
    ['two bytes of length before each message', guess(Buffer.from('0003abc0003abc'.repeat(9), 'latin1'), none), 'no'],
    ['HTTP', guess(Buffer.from(ASK), Buffer.from(SWITCH)), 'no'],
  ])('%s', (_name, actual, expected) => {
    expect(actual).toBe(expected)
  })

  test('random bytes are none, wherever one looks', () => {
    const random = seeded(11)
    for (let round = 0; round < 40; round++) {
      const bytes = Buffer.from(Array.from({ length: 20_000 }, () => Math.floor(random() * 256)))
      const state = websocket.newState(connection())
      expect(websocket.findBoundary('request', new ByteCursor(bytes), state)).toBe(-1)
      expect(websocket.findBoundary('response', new ByteCursor(bytes), state)).toBe(-1)
    }
  })
})

function connection(): Parameters<typeof websocket.newState>[0] {
  const options = { bodyBytes: 1024, redact: true }
  return { transport: 'stream', fromStart: true, options, whole: false, become: () => undefined }
}

test.each<[number | null, string | null, string | null]>([
  [null, null, null],
  [1000, 'done', null],
  [1001, null, null],
  [1011, null, 'closed: 1011 internal error'],
  [1009, 'over 64 KiB', 'closed: 1009 message too big: over 64 KiB'],
  [4001, 'bye', 'closed: 4001: bye'],
])('closed with %j %j: %j', (code, reason, error) => {
  const driver = new Driver(websocket, true)
  driver.feed('request', asked(OP.close, code === null ? '' : closing(code, reason ?? '')))
  const row = driver.emitted[0]?.row as unknown as WebSocketRow
  expect([row.close_code, row.close_reason]).toEqual([code, reason])
  expect(WEBSOCKET_EVENTS.error?.(row)).toBe(error)
})
