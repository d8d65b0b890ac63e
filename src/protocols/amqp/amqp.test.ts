import {
  body,
  frame,
  HEADER,
  header,
  long,
  longlong,
  longstr,
  method,
  octet,
  short,
  shortstr,
} from '../../../test/conformance/amqp-frames.js'
import { Driver } from '../../../test/conformance/driver.js'
import { ByteCursor } from '../cursor.js'
import type { InferHint } from '../protocol.js'
import { FieldReader } from './fields.js'
import { amqp } from './index.js'

const START: InferHint = { role: 'unknown', localPort: 40000, remotePort: 40001, fromStart: true }
const OPEN = method(1, 20, 10, shortstr(''))
const OPENED = method(1, 20, 11, longstr(''))
const SELECT = method(1, 85, 10, octet(0))
const SELECTED = method(1, 85, 11)
const CLOSE = method(1, 20, 40, short(200), shortstr(''), short(0), short(0))
const CLOSE_OK = method(1, 20, 41)

const publish = (key: string): Buffer =>
  Buffer.concat([
    method(1, 60, 40, short(0), shortstr(''), shortstr(key), octet(0)),
    header(1, key.length),
    body(1, key),
  ])
const ack = (tag: number, multiple = 0): Buffer => method(1, 60, 80, longlong(tag), octet(multiple))

type Step = readonly ['c' | 's', ...Buffer[]]

function talk(fromStart: boolean, ...steps: readonly Step[]): Driver {
  const driver = new Driver(amqp as never, fromStart)
  for (const [from, ...bytes] of steps) driver.feed(from === 'c' ? 'request' : 'response', Buffer.concat(bytes))
  driver.end()
  return driver
}

const published = (driver: Driver): unknown[] =>
  driver.emitted
    .filter(({ row }) => row.req_method === 'basic.publish')
    .map(({ row, lost }) => [row.routing_key, row.resp_method, lost])

function guess(sent: Buffer | string, received: Buffer | string, fromStart = true): string {
  const cursor = (bytes: Buffer | string): ByteCursor => new ByteCursor(Buffer.from(bytes as string, 'latin1'))
  return amqp.infer(cursor(sent), cursor(received), { ...START, fromStart })
}

describe('infer', () => {
  test.each<[string, Buffer | string, Buffer | string, string]>([
    ['a protocol header', HEADER, '', 'client'],
    ['a protocol header in part', 'AMQ', '', 'need-more'],
    ['AMQP 1.0', 'AMQP\x03\x01\x00\x00', '', 'client'],
    ['a header that is none', 'AMQP\x07\x00\x00\x00', '', 'no'],
    ['a method of the client', OPEN, '', 'client'],
    ['a method of the server', '', OPENED, 'client'],
    ['a method that nobody has', method(1, 60, 41, long(0)), '', 'no'],
    ['a frame that does not end', Buffer.concat([OPEN.subarray(0, -1), octet(0)]), '', 'no'],
  ])('%s', (_name, sent, received, wanted) => {
    expect(guess(sent, received)).toBe(wanted)
    if (wanted === 'client') expect(guess(received, sent)).toBe('server')
  })

  test('joined in the middle of a body', () => {
    expect(guess(Buffer.concat([Buffer.from('rest\xce', 'latin1'), publish('k')]), '', false)).toBe('client')
    expect(guess(Buffer.alloc(2000, 1), '', false)).toBe('need-more')
  })
})

describe('confirms', () => {
  test('one confirms several', () => {
    const driver = talk(
      true,
      ['c', OPEN],
      ['s', OPENED],
      ['c', SELECT],
      ['s', SELECTED],
      ['c', publish('a'), publish('b'), publish('c')],
      ['s', ack(2, 1), ack(0, 1)],
    )
    expect(published(driver)).toEqual(['a', 'b', 'c'].map((key) => [key, 'basic.ack', false]))
  })

  test('without confirms', () => {
    expect(published(talk(true, ['c', OPEN], ['s', OPENED], ['c', publish('a')]))).toEqual([['a', null, false]])
  })

  test('not confirmed before the channel ends', () => {
    const driver = talk(true, ['c', OPEN, SELECT, publish('a'), CLOSE], ['s', OPENED, SELECTED, CLOSE_OK])
    expect(published(driver)).toEqual([['a', 'unanswered', false]])
  })

  test('a channel that is older than the trace: numbers are learnt from confirmations in turn', () => {
    const steps = [1, 2, 3].flatMap((i): Step[] => [
      ['c', publish(`k${i}`)],
      ['s', ack(100 + i)],
    ])
    expect(published(talk(false, ...steps))).toEqual([
      ['k1', null, true],
      ['k2', null, true],
      ['k3', 'basic.ack', false],
    ])
  })

  test('a channel that is older than the trace, and silent', () => {
    const all = Array.from({ length: 20 }, (_, i) => publish(`k${i}`))
    const lost = published(talk(false, ['c', ...all])).map((row) => (row as unknown[])[2])
    expect(lost).toEqual([...Array(16).fill(true), ...Array(4).fill(false)])
  })

  test('very many at once: bodies are dropped before answers are', () => {
    const all = Array.from({ length: 2000 }, (_, i) => publish(`key-of-some-length-${i}`))
    const login: Step[] = [
      ['c', OPEN, SELECT],
      ['s', OPENED, SELECTED],
    ]
    const driver = talk(true, ...login, ...all.map((each): Step => ['c', each]), ['s', ack(2000, 1)])
    expect(driver.emitted.filter(({ row }) => row.resp_method === 'basic.ack')).toHaveLength(2000)
    expect(driver.emitted.at(-1)).toMatchObject({ row: { req_body: '', req_body_size: 23 } })
  })
})

describe('what does not fit', () => {
  test('a body that is longer than its header says', () => {
    const message = [method(1, 60, 40, short(0), shortstr(''), shortstr('k'), octet(0)), header(1, 1), body(1, 'two')]
    expect(published(talk(true, ['c', OPEN, ...message, publish('next')]))).toEqual([
      ['k', null, true],
      ['next', null, false],
    ])
  })

  test('a message that another one interrupts', () => {
    const begun = method(1, 60, 40, short(0), shortstr(''), shortstr('k'), octet(0))
    expect(published(talk(true, ['c', OPEN, begun, publish('next')]))).toEqual([
      ['k', null, true],
      ['next', null, false],
    ])
  })

  test('frames larger than was agreed on', () => {
    const tune = [short(0), long(4096), short(0)] as const
    const driver = talk(true, ['s', method(0, 10, 30, ...tune)], ['c', method(0, 10, 31, ...tune)])
    driver.feed('request', frame(3, 1, Buffer.alloc(5000)))
    expect(amqp.parse('request', new ByteCursor(frame(1, 1, Buffer.alloc(5000))), driver.state as never, [])).toBe(-1)
  })

  test('tables that nest without an end, and lengths that lead outside', () => {
    let nested = Buffer.alloc(0)
    for (let i = 0; i < 200; i++) nested = Buffer.concat([long(nested.length + 3), Buffer.from('\x01aF'), nested])
    const deep = new FieldReader(Buffer.concat([nested, long(0)]), 0, nested.length + 4, 1000)
    deep.table(0)
    expect([deep.failed, deep.cut]).toContain(true)
    const outside = new FieldReader(long(1000), 0, 4, 1000)
    outside.table(0)
    expect(outside.failed).toBe(true)
  })
})
