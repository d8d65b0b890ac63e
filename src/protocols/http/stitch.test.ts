import { ByteCursor } from '../cursor.js'
import { type Conn, INVALID, type Kind } from '../protocol.js'
import type { Frame } from './frames.js'
import { http } from './index.js'

type Script = readonly (string | readonly [Kind, number])[]

const conn = (fromStart: boolean): Conn => ({
  transport: 'stream',
  fromStart,
  options: { bodyBytes: 64, redact: true },
  whole: false,
  become: () => {},
})

/** `>a`: request for /a · `>a+`: with a body that follows · `<200`: response · `~x`: the rest x of a body of the client
 * · `[kind, n]`: a gap; → `path status`, with `!` where bytes were lost. */
function pairs(script: Script, fromStart = true): { rows: string[]; early: number; givenUp: number } {
  const state = http.newState(conn(fromStart))
  const requests: Frame[] = []
  const responses: Frame[] = []
  const rows: string[] = []
  let givenUp = 0
  const stitch = (ended: boolean): void => {
    givenUp += http.stitch(
      requests,
      responses,
      state,
      (from, to, row) => rows.push(`${row.req_path} ${row.resp_status}${from?.lost || to?.lost ? '!' : ''}`),
      ended,
    )
  }
  for (const step of script) {
    if (typeof step !== 'string') {
      http.gap(step[0], step[1], state, true)
      continue
    }
    if (step.startsWith('~')) {
      http.findBoundary('request', new ByteCursor(Buffer.from(step.slice(1))), state)
      continue
    }
    const kind = step.startsWith('>') ? 'request' : 'response'
    const bytes = new ByteCursor(Buffer.from(kind === 'request' ? requestsOf(step) : responseOf(step)))
    for (let n = 1; n > 0; bytes.pos += n) {
      n = http.parse(kind, bytes, state, kind === 'request' ? requests : responses)
      if (n === INVALID) throw new Error(`invalid: ${step}`)
      if (bytes.pos + n === bytes.end) n = 0
    }
    stitch(false)
  }
  const early = rows.length
  stitch(true)
  return { rows, early, givenUp }
}

const requestsOf = (step: string): string =>
  step
    .slice(1)
    .split(' ')
    .map((path) =>
      path.endsWith('+')
        ? `PUT ${path.slice(0, -1)} HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n`
        : `GET ${path} HTTP/1.1\r\n\r\n`,
    )
    .join('')
const responseOf = (step: string): string => `HTTP/1.1 ${step.slice(1)} X\r\nContent-Length: 2\r\n\r\nok`

const LOST_REQUEST = ['request', 40] as const
const LOST_RESPONSE = ['response', 40] as const

test.each<[string, Script, string[]]>([
  ['one after the other', ['>a', '<200', '>b', '<201'], ['a 200', 'b 201']],
  ['pipelined', ['>a b', '>c', '<200', '<201', '<202'], ['a 200', 'b 201', 'c 202']],
  ['no response', ['>a'], ['a null']],
  ['a response that overtook its request', ['>a', '<200', '<201', '>b', '>c', '<202'], ['a 200', 'b 201', 'c 202']],
  [
    'requests that were pipelined and lost, but for the last',
    ['>a', '<200', LOST_REQUEST, '>d', '<201', '<202', '<203', '>e', '<206'],
    ['a 200', 'd null!', 'e 206'],
  ],
  ['a lost request', ['>a', '<200', '<201', LOST_REQUEST, '>c', '<202'], ['a 200', 'c 202']],
  [
    'a lost response',
    ['>a', '<200', '>b', '>c', LOST_RESPONSE, '<202', '>d', '<203'],
    ['a 200', 'b null!', 'c 202', 'd 203'],
  ],
  ['a lost exchange', ['>a', '<200', LOST_REQUEST, LOST_RESPONSE, '>c', '<202'], ['a 200', 'c 202']],
  [
    'a burst: the answer to the last request that was lost is not one to the first',
    ['>a', LOST_RESPONSE, '<201', LOST_REQUEST, '>c', '<202'],
    ['a null!', 'c 202'],
  ],
  [
    'a body that is lost in part, and its rest before and behind the answer',
    ['>a+', LOST_REQUEST, '~x', '<200', '~y', '>b', '<201', '>c', '<202'],
    ['a 200!', 'b 201', 'c 202'],
  ],
  [
    'the same, and behind the answer the rest of a request that was lost',
    ['>a+', LOST_REQUEST, '~x', '<200', LOST_REQUEST, '~y', '>c', '<201', '<202', '>d', '<203'],
    ['a 200!', 'c null!', 'd 203'],
  ],
  ['a burst, at the end', ['>a', LOST_RESPONSE, '<200'], ['a 200']],
  ['a lost response among pipelined requests', ['>a b c', LOST_RESPONSE, '<201', '<202', '>d', '<203'], []],
  [
    'requests sent one by one before the answers, and a lost response',
    ['>a', '>b', '>c', LOST_RESPONSE, '<201', '<202', '>d', '<203'],
    ['a null!', 'b null!', 'c null!', 'd 203'],
  ],
])('%s', (_name, script, expected) => {
  expect(pairs(script).rows).toEqual(expected)
})

test('joined late: an answer to what was not seen is given up', () => {
  const { rows, givenUp } = pairs(['<200', '>b', '<201'], false)
  expect(rows).toEqual(['b 201'])
  expect(givenUp).toBe(1)
})

test('a complete exchange does not wait for the next', () => {
  expect(pairs(['>a', '<200', '>b', '<201']).early).toBe(2)
  expect(pairs(['<200', '>b', '<201'], false).early).toBe(1)
  expect(pairs(['>a', '<200', LOST_RESPONSE, '>b', '<201']).early).toBe(2)
})

test.each<[string, Script, string[]]>([
  ['in a body, which is answered first', ['~x', '>b', '<200', '<201', '>c', '<202'], ['b null!', 'c 202']],
  ['in a body, answered before the next request', ['~x', '~y', '<200', '~y', '>b', '<201'], ['b 201']],
  ['amid a pipeline', ['>c d', '<200', '<201', '<202', '<203', '>e', '<206'], ['c null!', 'd null!', 'e 206']],
  ['at one request', ['>b', '<201', '>c d', '<202', '<203'], ['b 201', 'c 202', 'd 203']],
])('joined %s', (_what, script, rows) => {
  expect(pairs(script, false).rows).toEqual(rows)
})

test('joined before the answer to CONNECT: what is taken for its body answers what follows', () => {
  const state = http.newState(conn(false))
  const frames: Frame[] = []
  http.parse('response', new ByteCursor(Buffer.from('HTTP/1.0 200 Connected\r\n\r\n')), state, frames)
  http.parse('request', new ByteCursor(Buffer.from(requestsOf('>a'))), state, frames)
  const lost: (boolean | undefined)[] = []
  http.stitch(frames, [], state, (from) => lost.push(from?.lost), true)
  expect(lost).toEqual([true])
})
