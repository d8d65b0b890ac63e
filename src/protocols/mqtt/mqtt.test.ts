import { ByteCursor } from '../cursor.js'
import { type DecodeOptions, INVALID, type Kind } from '../protocol.js'
import { mqtt } from './index.js'
import type { Packet } from './packet.js'
import { ANSWER, MQTT_EVENTS, type MqttRow, TYPE } from './table.js'

/** A connection, and the rows of what it is fed with. */
class Session {
  readonly rows: MqttRow[] = []
  readonly partial: boolean[] = []
  skip = 0
  private readonly frames: Record<Kind, Packet[]> = { request: [], response: [] }
  private readonly state

  constructor(fromStart = true, options: Partial<DecodeOptions> = {}) {
    this.state = mqtt.newState({
      transport: 'stream',
      fromStart,
      options: { bodyBytes: 16, redact: true, ...options },
      whole: false,
      become: () => undefined,
    })
  }

  feed(kind: Kind, hex: string): this {
    const bytes = Buffer.from(hex, 'hex')
    for (let pos = 0; pos < bytes.length; ) {
      const cursor = new ByteCursor(bytes, pos)
      const eaten = mqtt.parse(kind, cursor, this.state, this.frames[kind])
      if (eaten <= 0) throw new Error(`${eaten} at ${pos} of ${hex}`)
      this.skip = cursor.skip
      pos += eaten
    }
    return this.stitch(false)
  }

  verdict(kind: Kind, hex: string): number {
    return mqtt.parse(kind, new ByteCursor(Buffer.from(hex, 'hex')), this.state, this.frames[kind])
  }

  gap(kind: Kind, length: number, lost = true): boolean {
    const known = mqtt.gap(kind, length, this.state, lost)
    if (known) mqtt.parse(kind, new ByteCursor(Buffer.alloc(0)), this.state, this.frames[kind])
    this.stitch(false)
    return known
  }

  end(): readonly MqttRow[] {
    this.stitch(true)
    return this.rows
  }

  private stitch(ended: boolean): this {
    const { request, response } = this.frames
    const emit = (from: { lost: boolean } | undefined, _to: unknown, row: MqttRow): void => {
      this.rows.push(row)
      this.partial.push(from?.lost === true)
    }
    mqtt.stitch(request, response, this.state, emit, ended)
    return this
  }
}

const CONNECT_5 = '100d00044d5154540502001e000000'
const CONNECT_4 = '100d00044d5154540402003c000161'
const PUBLISH = '3206000161000778'

describe('packets that are none', () => {
  test.each<[string, Kind, string]>([
    ['type 0', 'request', '0000'],
    ['a CONNACK of a client', 'request', '20020000'],
    ['a SUBSCRIBE of a server', 'response', '8206000100016100'],
    ['QoS 3', 'request', '3606000161000778'],
    ['flags of a PUBACK', 'response', '41020001'],
    ['a length of five bytes', 'request', '30ffffffff01'],
    ['a length longer than it need be', 'request', '30850000'],
    ['a topic longer than the packet', 'request', '3005000961007878'],
    ['a PINGREQ with a body', 'request', 'c00100'],
    ['a SUBSCRIBE without a filter', 'request', '82020001'],
  ])('%s', (_name, kind, hex) => {
    expect(new Session().feed('request', CONNECT_4).verdict(kind, hex)).toBe(INVALID)
  })

  test('a property that has no business there', () => {
    expect(new Session().feed('request', CONNECT_5).verdict('request', '3009000161052200010000')).toBe(INVALID)
  })

  test('a CONNECT that is malformed is shown as far as it goes', () => {
    const session = new Session().feed('request', '100d00044d5154540502001e140000').feed('response', '2003008100')
    expect(session.rows[0]).toMatchObject({ client_id: null, connect: { keep_alive: 30 }, reason: 'Malformed Packet' })
  })
})

describe('large packets', () => {
  const SIZE = 300_000
  // A topic of one byte and QoS 0: three bytes before the payload; the length takes three.
  const HEAD = `30${((SIZE & 127) | 128).toString(16)}${(((SIZE >> 7) & 127) | 128).toString(16)}${(SIZE >> 14).toString(16)}000161`

  test('of a payload nobody needs what is not shown', () => {
    const session = new Session().feed('request', CONNECT_4).feed('request', HEAD).feed('request', '78'.repeat(17))
    expect(session.skip).toBe(SIZE - 3 - 17)
    expect(session.gap('request', session.skip, false)).toBe(true)
    expect(session.rows).toMatchObject([{ payload: 'x'.repeat(16), payload_size: SIZE - 3, resp_type: ANSWER.none }])
  })

  test('a gap within a payload is known, one beyond its end is not', () => {
    const session = new Session().feed('request', CONNECT_4).feed('request', HEAD)
    expect(session.gap('request', 1000)).toBe(true)
    expect(session.gap('request', SIZE)).toBe(false)
    expect(session.feed('request', 'c000').feed('response', 'd000').rows).toMatchObject([
      { packet_type: TYPE.pingreq, resp_type: TYPE.pingresp },
    ])
  })

  test('a SUBSCRIBE longer than what is decoded is cut', () => {
    const filter = `0040${'61'.repeat(64)}00`
    const body = `0001${filter.repeat(600)}`
    const size = body.length / 2
    const length = [(size & 127) | 128, ((size >> 7) & 127) | 128, size >> 14]
    const session = new Session()
      .feed('request', CONNECT_4)
      .feed('request', `82${Buffer.from(length).toString('hex')}${body}`)
    session.feed('response', '9003000100')
    expect(session.rows).toMatchObject([{ packet_type: TYPE.subscribe, packet_id: 1, resp_type: TYPE.suback }])
  })
})

describe('pairing', () => {
  test('an identifier that is used again without an answer', () => {
    const session = new Session().feed('request', CONNECT_4 + PUBLISH + PUBLISH.replace('32', '3a'))
    session.feed('response', '40020007')
    expect(session.rows.map((row) => [row.dup, row.resp_type])).toEqual([
      [false, ANSWER.unanswered],
      [true, TYPE.puback],
    ])
  })

  test('both sides use the same identifier', () => {
    const session = new Session().feed('request', CONNECT_4 + PUBLISH).feed('response', PUBLISH)
    session.feed('response', '40020007')
    expect(session.rows).toMatchObject([{ sender: 1, resp_type: TYPE.puback }])
    session.feed('request', '40020007')
    expect(session.rows[1]).toMatchObject({ sender: 2, resp_type: TYPE.puback })
  })

  test('an answer of another kind is none', () => {
    const session = new Session().feed('request', CONNECT_4 + PUBLISH).feed('response', '9003000700')
    expect(session.rows).toEqual([])
    expect(session.end().map((row) => row.resp_type)).toEqual([ANSWER.unanswered, ANSWER.unanswered])
  })

  test('after a loss of answers they are not believed', () => {
    const session = new Session().feed('request', CONNECT_4).feed('response', '20020000').feed('request', PUBLISH)
    expect(session.gap('response', 10)).toBe(false)
    session.feed('response', '40020007')
    expect(session.rows.map((row) => row.resp_type)).toEqual([TYPE.connack, null])
    expect(session.partial).toEqual([false, true])
  })
})

describe('joined in the middle', () => {
  const session = (...hex: readonly string[]): readonly MqttRow[] =>
    hex.reduce((all, each) => all.feed('response', each), new Session(false)).rows

  test.each([
    ['no properties, version 3', '30080001617b2268227d', '{"h"}'],
    ['empty properties', '3005000161007878', 'xx'],
    ['properties', '300a0001610502000000017878', 'xx'],
    ['no payload, version 3', '3003000161', ''],
  ])('%s', (_name, hex, payload) => {
    const sized = `30${(hex.length / 2 - 2).toString(16).padStart(2, '0')}${hex.slice(4)}`
    expect(session(sized)).toMatchObject([{ topic: 'a', payload, client_id: null }])
  })

  test('an alias that was set before is not known', () => {
    expect(session('300700000323000378')).toMatchObject([{ topic: null, payload: 'x' }])
  })
})

test('the version that was guessed is taken back after a loss', () => {
  const session = new Session(false).feed('response', '300b0001610502000000017878')
  session.gap('response', 1000)
  session.feed('response', '3003000162').feed('response', '30080001637b2268227d')
  expect(session.rows).toMatchObject([{ payload: 'xx' }, { topic: 'b', payload: '' }, { payload: '{"h"}' }])
})

describe('error', () => {
  const error = (row: Partial<MqttRow>): unknown => MQTT_EVENTS.error?.(row as MqttRow)

  test.each<[string, Partial<MqttRow>, string | null]>([
    ['success', { resp_type: TYPE.puback, reason_code: 0x10, reason: 'No matching subscribers' }, null],
    ['a return code', { resp_type: TYPE.connack, reason_code: 2, reason: 'refused' }, '2: refused'],
    ['a code without a word', { resp_type: TYPE.suback, reason_code: 0xee, reason: null }, '238: unknown reason'],
    [
      'a reason string',
      { resp_type: TYPE.puback, reason_code: 0x87, reason: 'Not authorized', resp_properties: { reason_string: 'no' } },
      '135: Not authorized (no)',
    ],
    ['none', { resp_type: ANSWER.unanswered, reason_code: null }, 'no response'],
  ])('%s', (_name, row, wanted) => {
    expect(error({ req_properties: null, resp_properties: null, ...row })).toBe(wanted)
  })
})
