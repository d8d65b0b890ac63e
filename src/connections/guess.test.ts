import { LineProtocol } from '../../test/support/line-protocol.js'
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
