import {
  fragments,
  message,
  rdispatch,
  rinit,
  tdispatch,
  thriftCall,
  tinit,
} from '../../../test/conformance/mux-bytes.js'
import { ByteCursor } from '../cursor.js'
import type { InferHint, Kind } from '../protocol.js'
import { findFrame } from './frame.js'
import { mux } from './index.js'
import type { Message } from './message.js'
import type { State } from './state.js'
import type { MuxRow } from './table.js'
import { NO_REPLY, TYPE } from './types.js'

class Talk {
  readonly rows: (MuxRow & { readonly lost: boolean })[] = []
  readonly became: string[] = []
  strays = 0
  skip = 0
  readonly state: State
  readonly #frames: Record<Kind, Message[]> = { request: [], response: [] }

  constructor(bodyBytes = 64) {
    const become = (name: string): void => void this.became.push(name)
    const options = { bodyBytes, redact: true }
    this.state = mux.newState({ transport: 'stream', fromStart: true, options, whole: false, become })
  }

  feed(kind: Kind, ...parts: readonly Buffer[]): this {
    const bytes = new ByteCursor(Buffer.concat(parts))
    while (bytes.pos < bytes.end) {
      const n = mux.parse(kind, bytes, this.state, this.#frames[kind])
      if (n <= 0) throw new Error(`${n} at ${bytes.pos}, want ${bytes.want}`)
      bytes.pos += n
    }
    this.skip = bytes.skip
    return this.end(false)
  }

  part(kind: Kind, bytes: Buffer): readonly [number, number] {
    const cursor = new ByteCursor(bytes)
    return [mux.parse(kind, cursor, this.state, this.#frames[kind]), cursor.want]
  }

  end(ended = true): this {
    const { request, response } = this.#frames
    const emit = (from: { lost: boolean } | undefined, to: { lost: boolean } | undefined, row: MuxRow): void =>
      void this.rows.push({ ...row, lost: from?.lost === true || to?.lost === true })
    this.strays += mux.stitch(request, response, this.state, emit, ended)
    return this
  }
}

const errorOf = (row: MuxRow | undefined): string | null | undefined => row && mux.table.error?.(row)
const discard = (tag: number, why: string): Buffer => message(TYPE.BAD_Tdiscarded, 0, Buffer.from([0, 0, tag]), why)

describe('errors, in words', () => {
  test.each<[string, Buffer[], string | null]>([
    ['an error', [rdispatch(5, 'broken', 1)], 'ERROR: broken'],
    ['a refusal', [rdispatch(5, '', 2)], 'NACK'],
    ['Rerr', [message(TYPE.Rerr, 5, 'no such type')], 'no such type'],
    ['the old Rerr', [message(TYPE.BAD_Rerr, 5, '')], 'Rerr'],
    ['discarded by the server', [message(TYPE.Rdiscarded, 5)], 'discarded'],
    ['none', [rdispatch(5, 'fine')], null],
    ['no answer', [], 'no response'],
  ])('%s', (_name, answers, error) => {
    const talk = new Talk()
      .feed('request', tdispatch(5, '/s', 'x'))
      .feed('response', ...answers)
      .end()
    expect(talk.rows.map(errorOf)).toEqual([error])
  })

  test('discarded by the client, with its reason, answered or not', () => {
    const talk = new Talk().feed('request', tdispatch(5, '/s', 'x'), tdispatch(6, '/s', 'y'), tdispatch(7, '/s', 'z'))
    talk.feed('request', discard(5, 'why 5'), discard(6, 'why 6'), discard(7, 'why 7'))
    talk.feed('response', message(TYPE.Rdiscarded, 5), rdispatch(6, 'all the same')).end()
    const dispatches = talk.rows.filter((row) => row.req_type === TYPE.Tdispatch)
    expect(dispatches.map((row) => [row.tag, row.discarded, errorOf(row)])).toEqual([
      [5, 'why 5', 'discarded: why 5'],
      [6, 'why 6', null],
      [7, 'why 7', 'discarded: why 7'],
    ])
  })

  test('the check for Tinit is not one', () => {
    const check = message(TYPE.BAD_Rerr, 1, 'tinit check')
    const talk = new Talk().feed('request', check).feed('response', check)
    expect(talk.rows.map(errorOf)).toEqual([null])
  })
})

describe('pairing', () => {
  test('an answer of the wrong type, or to nobody, is given up on', () => {
    const talk = new Talk().feed('request', tdispatch(5, '/s', 'x'))
    talk.feed('response', message(TYPE.Rping, 5), rdispatch(6, 'to nobody')).end()
    expect(talk.strays).toBe(2)
    expect(talk.rows.map((row) => row.resp_type)).toEqual([NO_REPLY.unanswered])
  })

  test('a tag that is used again without an answer: that one was lost', () => {
    const talk = new Talk().feed('request', tdispatch(5, '/s', 'old'), tdispatch(5, '/s', 'new'))
    talk.feed('response', rdispatch(5, 'to the new'))
    expect(talk.rows.map(({ req_body, resp_body, lost }) => [req_body, resp_body, lost])).toEqual([
      ['old', null, true],
      ['new', 'to the new', false],
    ])
  })

  test('Tinit resets what is under way', () => {
    const talk = new Talk().feed('request', tdispatch(5, '/s', 'x'), tinit(1)).feed('response', rinit(1))
    expect(talk.rows.map(({ req_type, lost }) => [req_type, lost])).toEqual([
      [TYPE.Tdispatch, true],
      [TYPE.Tinit, false],
    ])
    expect(talk.became).toEqual([])
  })

  test('after a loss of answers none is believed that may belong to an earlier request', () => {
    const talk = new Talk().feed('request', tdispatch(5, '/s', 'x'))
    expect(mux.gap('response', 100, talk.state, true)).toBe(false)
    talk.feed('response', rdispatch(5, 'of another?'))
    talk
      .feed('request', tdispatch(5, '/s', 'y'))
      .feed('response', rdispatch(5, 'to y'))
      .end()
    expect(talk.rows.map(({ req_body, resp_body, lost }) => [req_body, resp_body, lost])).toEqual([
      ['x', null, true],
      ['y', 'to y', false],
    ])
  })

  test('exchanges under way are bounded', () => {
    const talk = new Talk()
    for (let tag = 1; tag <= 6000; tag++) talk.feed('request', tdispatch(tag, '/s', 'x'.repeat(60)))
    expect(talk.rows).toHaveLength(6000 - 4096)
    expect(talk.state.client.pending.get(4000)?.request.body).toBe('')
  })
})

describe('long messages', () => {
  test('are passed over behind what is shown', () => {
    const whole = tdispatch(5, '/s', Buffer.alloc(100_000, 0x61))
    const talk = new Talk()
    expect(talk.part('request', whole.subarray(0, 100))).toEqual([0, 16 * 1024 + 64])
    const begun = 20_000
    expect(talk.feed('request', whole.subarray(0, begun)).skip).toBe(whole.length - begun)
    expect(mux.gap('request', whole.length - begun, talk.state, false)).toBe(true)
    expect(talk.part('request', Buffer.alloc(0))[0]).toBe(0)
    talk.end(false).feed('response', rdispatch(5, 'ok'))
    expect(talk.rows).toEqual([expect.objectContaining({ req_body: 'a'.repeat(64), req_body_size: 100_000 })])
  })

  test('in fragments that are not all there: no content is made up', () => {
    const [, second] = fragments(tdispatch(5, '/s', 'x'.repeat(100)), 60) as [Buffer, Buffer]
    const talk = new Talk()
    expect(mux.gap('request', 80, talk.state, true)).toBe(false)
    talk.feed('request', second).feed('response', rdispatch(5, 'ok'))
    expect(talk.rows).toEqual([
      expect.objectContaining({ destination: null, req_body: null, resp_body: 'ok', lost: true }),
    ])
  })

  test('a gap within one that has begun to arrive', () => {
    const whole = tdispatch(5, '/s', 'x'.repeat(50))
    const talk = new Talk()
    expect(talk.part('request', whole.subarray(0, 20))[0]).toBe(0)
    expect(mux.gap('request', 40, talk.state, true)).toBe(true)
    talk.feed('request', whole.subarray(40), tdispatch(6, '/s', 'y', { a: 'b' })).feed('response', rdispatch(6, 'to y'))
    expect(talk.rows.map(({ req_body, resp_body, lost }) => [req_body, resp_body, lost])).toEqual([
      ['y', 'to y', false],
    ])
  })
})

test('contexts with the names of what every object has', () => {
  const talk = new Talk().feed(
    'request',
    tdispatch(5, '/s', 'x', { constructor: 'a', ['__proto__']: 'b', toString: '\0' }),
  )
  expect(JSON.stringify(talk.end().rows[0]?.req_contexts)).toBe('{"constructor":"a","__proto__":"b","toString":"0x00"}')
})

test.each([
  [{ tls: 'off' }, { tls: 'desired' }, []],
  [{ tls: 'desired' }, { tls: 'desired' }, ['tls']],
  [{}, { compress: ';' }, []],
  [{}, { compress: ';zstd' }, ['opaque']],
])('what follows Rinit: %#', (asked, answered, became) => {
  const talk = new Talk().feed('request', tinit(1, asked)).feed('response', rinit(1, answered))
  expect(talk.became).toEqual(became)
})

describe('infer', () => {
  const HINT: InferHint = { role: 'unknown', localPort: 0, remotePort: 0, fromStart: true }
  const guess = (sent: Buffer, received: Buffer, hint: Partial<InferHint> = {}): string =>
    mux.infer(new ByteCursor(sent), new ByteCursor(received), { ...HINT, ...hint })
  const none = Buffer.alloc(0)
  const check = message(TYPE.BAD_Rerr, 1, 'tinit check')
  const ping = message(TYPE.Tping, 1)
  const dispatch = tdispatch(2, '/s', 'x', { id: 'value' })

  test.each([
    ['the check for Tinit', check, none, 'client'],
    ['and its echo', check, check, 'need-more'],
    ['and what follows', Buffer.concat([check, tinit(1)]), check, 'client'],
    ['Tinit', tinit(1), none, 'client'],
    ['Tinit of a version that there is not', message(TYPE.Tinit, 1, Buffer.from([7, 7])), none, 'no'],
    ['a dispatch', dispatch, none, 'client'],
    ['its start', dispatch.subarray(0, 12), none, 'need-more'],
    ['a dispatch without anything', tdispatch(2, '', ''), none, 'need-more'],
    ['and its answer', tdispatch(2, '', ''), rdispatch(2, 'x'), 'client'],
    ['a ping', ping, none, 'need-more'],
    ['and its answer', ping, message(TYPE.Rping, 1), 'client'],
    ['contexts of no name', message(TYPE.Tdispatch, 2, Buffer.from([0, 1, 0, 1, 0, 0, 0])), none, 'no'],
    ['a fragment of a ping', message(TYPE.Tping, (1 << 23) | 1), none, 'no'],
    ['no tag', tdispatch(0, '/s', 'x'), none, 'no'],
    ['a framed call of Thrift', Buffer.concat([Buffer.from([0, 0, 0, 20]), thriftCall('ping')]), none, 'no'],
    ['a Metadata request of Kafka', Buffer.from('00000010000300000000000100026d6500000000', 'hex'), none, 'no'],
    ['text', Buffer.from('GET / HTTP/1.1\r\n\r\n'), none, 'no'],
  ])('%s', (_name, sent, received, answer) => {
    expect(guess(sent, received)).toBe(answer)
    expect(guess(received, sent)).toBe(answer === 'client' ? 'server' : answer)
  })

  test('the check for Tinit, which may be its echo', () => {
    expect(guess(check, none, { role: 'client' })).toBe('client')
    expect(guess(check, none, { role: 'server' })).toBe('need-more')
    expect(guess(check, tinit(1), { role: 'server' })).toBe('server')
  })

  test('in the middle: a message that can be told by its form', () => {
    const middle = { fromStart: false }
    const rest = Buffer.concat([Buffer.from('the end of a payload'), dispatch, dispatch])
    expect(guess(rest, none, middle)).toBe('client')
    expect(guess(none, rest, middle)).toBe('server')
    expect(guess(Buffer.from('nothing of the kind'), none, middle)).toBe('no')
    expect(findFrame(rest, 0, rest.length)).toBe(20)
  })
})
