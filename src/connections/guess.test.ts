import { asked, OP, told } from '../../test/conformance/websocket-frames.js'
import { LineProtocol } from '../../test/support/line-protocol.js'
import { PROTOCOLS } from '../protocols/index.js'
import type { Protocol } from '../protocols/protocol.js'
import { Guesser } from './guess.js'
import { Stream } from './stream.js'

const HINT = { role: 'unknown', localPort: 0, remotePort: 0, fromStart: true } as const
const A = new LineProtocol('a', 'QA')
const B = new LineProtocol('b', 'QX')
const PATIENT = new LineProtocol('patient', 'QA', 100)

function streamOf(text: string): Stream {
  const stream = new Stream(0)
  stream.next = 0
  if (text !== '') stream.add(Buffer.from(text), 0, text.length, 0)
  return stream
}

function guess(protocols: Protocol[], sent: string, received: string, excluded: Protocol[] = [], final = false) {
  const result = new Guesser(protocols).guess(streamOf(sent), streamOf(received), HINT, excluded, final)
  return typeof result === 'object' ? `${result.protocol.name} ${result.end}` : result
}

test.each<[string, string | undefined, Parameters<typeof guess>]>([
  ['one says yes', 'a server', [[A], '', 'Q']],
  ['one says yes, another wants more', 'a server', [[PATIENT, A], '', 'Q']],
  ['two say yes', undefined, [[A, B], '', 'Q']],
  ['two say yes and nothing more comes', 'b client', [[B, A], 'Q', '', [], true]],
  ['one of two is excluded', 'b server', [[A, B], '', 'Q', [A]]],
  ['one wants more', undefined, [[PATIENT], 'Q', '']],
  ['one wants more and nothing comes', 'none', [[PATIENT], 'Q', '', [], true]],
  ['all say no', 'none', [[A, B], 'z', 'z']],
  ['nobody is asked', 'none', [[], 'z', 'z']],
  ['datagrams only', 'none', [[Object.assign(new LineProtocol(), { transports: 'datagram' })], 'Q', '']],
])('%s: %s', (_name, expected, args) => {
  expect(guess(...args)).toBe(expected)
})

test.each([
  ['the answers', OP.binary, 'GET /x HTTP/1.1\r\nHost: h\r\n\r\n', 'HTTP/1.1 204 No Content\r\n\r\n', 'client'],
  ['the requests', OP.binary, 'HTTP/1.1 204 No Content\r\n\r\n', 'GET /x HTTP/1.1\r\nHost: h\r\n\r\n', 'client'],
  ['answers as text', OP.text, 'GET /x HTTP/1.1\r\nHost: h\r\n\r\n', 'HTTP/1.1 204 No Content\r\n\r\n', 'client'],
] as const)(
  'a tunnel of WebSocket through which HTTP goes, joined late: %s are not masked',
  (_name, opcode, up, down, end) => {
    const guesser = new Guesser(PROTOCOLS)
    const results: unknown[] = []
    const [sent, received] = [streamOf(''), streamOf('')]
    const say = (stream: Stream, bytes: Buffer): void => {
      stream.add(bytes, 0, bytes.length, 0)
      const guessed = guesser.guess(sent, received, { ...HINT, fromStart: false }, [], false)
      results.push(typeof guessed === 'object' ? `${guessed.protocol.name} ${guessed.end}` : guessed)
    }
    for (let i = 0; i < 4; i++) {
      say(received, told(opcode, down))
      say(sent, asked(opcode, up))
    }
    expect(new Set(results)).toEqual(new Set([...(opcode === OP.text ? [] : [undefined]), `websocket ${end}`]))
  },
)
