import { Driver } from '../../../test/conformance/driver.js'
import {
  answer,
  ask,
  data,
  entries,
  FLAG,
  frame,
  headers,
  indexed,
  number,
  plain,
  settings,
  TYPE,
} from '../../../test/conformance/http2-frames.js'
import { ByteCursor } from '../cursor.js'
import { http } from '../http/index.js'
import type { Guess } from '../protocol.js'
import { http2 } from './index.js'

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
type Side = 'request' | 'response'
/** Bytes of a direction, or how many are lost. */
type Step = readonly [Side, Buffer | number]

/** `path status`, `!` in front where bytes were lost. */
function rows(steps: readonly Step[], fromStart = true): string[] {
  const driver = new Driver(http2, fromStart)
  for (const [kind, bytes] of steps) {
    if (typeof bytes === 'number') driver.lose(kind, bytes)
    else driver.feed(kind, bytes)
  }
  driver.end()
  return driver.emitted.map(({ row, lost }) => `${lost ? '!' : ''}${row.req_path} ${row.resp_status}`)
}

const get = (id: number, path: string): Step => ['request', headers(id, ask('GET', path), true)]
const ok = (id: number): Step => ['response', headers(id, answer(200), true)]

test.each<[string, readonly Step[], readonly string[]]>([
  ['a response that overtook its request', [ok(1), get(1, '/a'), ok(3), get(3, '/b')], ['/a 200', '/b 200']],
  [
    'a request that was missed',
    [get(1, '/a'), ok(1), ['request', 9], ok(3), get(5, '/c'), ok(5)],
    ['/a 200', '/c 200'],
  ],
  ['a response that was missed', [get(1, '/a'), ['response', 9], get(3, '/b'), ok(3)], ['/b 200', '!/a null']],
  [
    'what is silent between two losses is given up, what is not goes on',
    [
      get(1, '/a'),
      get(3, '/b'),
      ['response', headers(3, answer(200))],
      ['response', 9],
      ['response', data(3, 'x')],
      ['response', 9],
      ['response', data(3, 'y', true)],
    ],
    ['!/a null', '!/b 200'],
  ],
  [
    'two losses with nothing readable between them are one',
    [get(1, '/a'), ['response', 9], ['response', Buffer.alloc(20, 'x')], ['response', 9], ok(1), get(3, '/b'), ok(3)],
    ['/a 200', '/b 200'],
  ],
  [
    'a loss in a body of known length',
    [
      get(1, '/a'),
      ['response', Buffer.concat([headers(1, answer(200)), data(1, 'x'.repeat(50), true).subarray(0, 20)])],
      ['response', 39],
      ok(3),
      get(3, '/b'),
    ],
    ['!/a 200', '/b 200'],
  ],
  ['the same number again is another request', [get(1, '/a'), get(1, '/b'), ok(1)], ['!/a null', '/b 200']],
])('%s', (_name, steps, expected) => {
  expect(rows(steps)).toEqual(expected)
})

test('a loss voids the table of its direction, and never shows a wrong field', () => {
  const driver = new Driver(http2, true)
  driver.feed('request', headers(1, Buffer.concat([ask('GET', '/a'), indexed([['x-one', '1']])]), true))
  driver.feed('response', headers(1, Buffer.concat([answer(200), indexed([['y-one', '1']])]), true))
  driver.lose('request', headers(3, Buffer.concat([ask('GET', '/b'), indexed([['x-two', '2']])]), true).length)
  driver.feed('request', headers(5, Buffer.concat([ask('GET', '/c'), entries(62), indexed([['x-three', '3']])]), true))
  driver.feed('response', headers(5, Buffer.concat([answer(200), entries(62)]), true))
  driver.feed('request', headers(7, Buffer.concat([ask('GET', '/d'), entries(62)]), true))
  driver.feed('response', headers(7, Buffer.concat([answer(200), entries(62)]), true))
  driver.end()
  const shown = driver.emitted.map(({ row, lost }) => {
    const { ':scheme': _scheme, ':authority': _authority, ...fields } = row.req_headers as Record<string, string[]>
    return [row.req_path, lost, fields, row.resp_headers]
  })
  expect(JSON.parse(JSON.stringify(shown))).toEqual([
    ['/a', false, { 'x-one': ['1'] }, { 'y-one': ['1'] }],
    ['/c', true, { '<unknown>': ['<unknown>'], 'x-three': ['3'] }, { 'y-one': ['1'] }],
    ['/d', false, { 'x-three': ['3'] }, { 'y-one': ['1'] }],
  ])
})

test('joined late: a method, path or status that is not known is not made up', () => {
  const driver = new Driver(http2, false)
  driver.feed('request', headers(9, entries(62, 63, 64), true))
  driver.feed('response', headers(9, entries(62), false))
  driver.feed('response', data(9, 'x', true))
  driver.end()
  expect(driver.emitted).toMatchObject([
    { lost: true, row: { req_method: '<unknown>', req_path: '<unknown>', resp_status: null, resp_body: 'x' } },
  ])
})

test('a few bytes that repeat a large entry do not become a large row', () => {
  const driver = new Driver(http2, true)
  const block = Buffer.concat([ask('GET', '/bomb'), indexed([['x', 'y'.repeat(3000)]]), Buffer.alloc(8000, 0xbe)])
  driver.feed('request', headers(1, block, true))
  driver.end()
  expect(driver.emitted).toHaveLength(1)
  expect(driver.emitted[0]?.lost).toBe(true)
  expect(JSON.stringify(driver.emitted[0]?.row).length).toBeLessThan(100_000)
})

test('streams that are never answered are bounded', () => {
  const steps = Array.from({ length: 3000 }, (_, i) => get(2 * i + 1, `/${i}`))
  const driver = new Driver(http2, true)
  for (const [kind, bytes] of steps) driver.feed(kind, bytes as Buffer)
  expect(driver.emitted.length).toBe(3000 - 1024)
  driver.end()
  expect(driver.emitted.length).toBe(3000)
})

test('the latency of a stream is its own', () => {
  const driver = new Driver(http2, true)
  driver.feed('request', headers(1, ask('GET', '/slow'), true))
  driver.feed('request', headers(3, ask('GET', '/quick'), true))
  driver.feed('response', headers(3, answer(200), true))
  driver.feed('response', headers(1, answer(200)))
  driver.feed('response', data(1, 'a'))
  driver.feed('response', frame(TYPE.ping, 0, 0, 'pingping'))
  driver.feed('response', data(1, 'b', true))
  driver.end()
  expect(driver.emitted.map(({ row, latency }) => [row.req_path, latency])).toEqual([
    ['/quick', 1],
    ['/slow', 6],
  ])
})

describe('infer', () => {
  const guess = (sent: Buffer, received: Buffer, fromStart = true, role: 'client' | 'unknown' = 'unknown'): Guess =>
    http2.infer(new ByteCursor(sent), new ByteCursor(received), { role, localPort: 1, remotePort: 2, fromStart })
  const none = Buffer.alloc(0)
  const request = headers(5, plain([[':path', '/']]), true)
  const windows = Buffer.concat([1, 2, 3, 4].map((n) => number(TYPE.window, 0, n)))

  test.each<[string, Guess, Guess]>([
    ['the preface, sent', guess(PREFACE, none), 'client'],
    ['the preface, received', guess(settings(), PREFACE), 'server'],
    ['a part of it', guess(PREFACE.subarray(0, 5), settings()), 'need-more'],
    ['the server first', guess(none, settings([3, 100])), 'need-more'],
    ['something else', guess(Buffer.from('PRIVATE stuff'), none), 'no'],
    ['joined late: a request', guess(Buffer.concat([windows, request]), none, false), 'client'],
    [
      'joined late: a response in the middle of a body',
      guess(none, Buffer.concat([Buffer.from('text'), windows, headers(5, answer(200))]), false),
      'client',
    ],
    [
      'joined late: a request, and the start of a body',
      guess(
        Buffer.concat([headers(5, plain([[':path', '/']])), data(5, 'x'.repeat(2000)).subarray(0, 9)]),
        none,
        false,
      ),
      'client',
    ],
    ['joined late: no header block', guess(windows, none, false), 'need-more'],
    ['joined late: no header block, but the role is known', guess(windows, none, false, 'client'), 'client'],
    ['joined late: nothing of the kind', guess(Buffer.from('a text that goes on'), none, false), 'no'],
  ])('%s', (_name, actual, expected) => {
    expect(actual).toBe(expected)
  })

  test('HTTP/1 is not, and the preface is not HTTP/1', () => {
    expect(guess(Buffer.from('GET / HTTP/1.1\r\n\r\n'), Buffer.from('HTTP/1.1 200 OK\r\n\r\n'))).toBe('no')
    for (let n = 15; n <= PREFACE.length; n++) {
      const hint = { role: 'unknown', localPort: 1, remotePort: 2, fromStart: true } as const
      const start = PREFACE.subarray(0, n)
      expect(http.infer(new ByteCursor(start), new ByteCursor(none), hint)).toMatch(n < 16 ? /no|need-more/ : /no/)
    }
  })
})

test('a long header block: what is shown of it has a limit, what later blocks refer to is known', () => {
  const block = Buffer.concat([
    ask(
      'GET',
      '/long',
      Array.from({ length: 90 }, (_, i) => [`x-${i}`, 'x'.repeat(4000)] as const),
    ),
    indexed([['x-last', 'known']]),
  ])
  const pieces: Step[] = []
  for (let at = 0; at < block.length; at += 16_384) {
    const flags = at === 0 ? FLAG.end : at + 16_384 < block.length ? 0 : FLAG.whole
    pieces.push(['request', frame(at === 0 ? TYPE.headers : TYPE.more, flags, 1, block.subarray(at, at + 16_384))])
  }
  const next: Step = ['request', headers(3, Buffer.concat([ask('GET', '/next'), entries(62)]), true)]
  expect(rows([...pieces, ok(1), next, ok(3)])).toEqual(['!/long 200', '/next 200'])
})

test('frames that break the rules end the place, not the connection', () => {
  const bad = [
    frame(TYPE.data, 0, 0, 'x'),
    frame(TYPE.ping, 0, 0, 'short'),
    frame(TYPE.settings, 0, 0, 'x'),
    frame(TYPE.data, FLAG.padded, 1, Buffer.from([9, 1])),
    frame(TYPE.data, FLAG.padded, 1),
    frame(TYPE.headers, FLAG.padded | FLAG.whole, 1),
    frame(TYPE.more, FLAG.whole, 1, ''),
    frame(TYPE.push, FLAG.whole, 1, 'abcd'),
  ]
  for (const bytes of bad) expect(rows([['request', bytes], get(3, '/b'), ok(3)])).toEqual(['/b 200'])
})
