import { ByteCursor } from '../cursor.js'
import type { InferHint } from '../protocol.js'
import { infer } from './infer.js'

const START: InferHint = { role: 'unknown', localPort: 40000, remotePort: 1883, fromStart: true }
const LATER: InferHint = { ...START, fromStart: false }
const CONNECT = '100d00044d5154540402003c000161'
const OLD = '100f00064d51497364700302003c000161'
const PUBLISH = '3206000161000778'
const PUBACK = '40020007'

function guess(sent: string, received: string, hint: InferHint = START): string {
  const cursor = (hex: string): ByteCursor => new ByteCursor(Buffer.from(hex, 'hex'))
  return infer(cursor(sent), cursor(received), hint)
}

describe('from the start', () => {
  test.each([
    ['CONNECT', CONNECT, '', 'client'],
    ['CONNECT of version 3.1', OLD, '', 'client'],
    ['CONNECT and CONNACK', CONNECT, '20020000', 'client'],
    ['a part of a CONNECT', CONNECT.slice(0, 14), '', 'need-more'],
    ['a CONNACK whose CONNECT was lost', '', '20020000', 'need-more'],
    ['what follows a CONNECT that was lost', '8206000100016100', '200200009003000100', 'client'],
  ])('%s', (_name, sent, received, wanted) => {
    expect(guess(sent, received)).toBe(wanted)
    if (wanted === 'client') expect(guess(received, sent)).toBe('server')
  })

  test.each([
    ['LDAP', '300c020101600702010304008000', '300c02010161070a010004000400'],
    ['CONNECT that is answered with something else', CONNECT, '485454502f312e31'],
    ['another name', '100c00044d5154580402003c0000', ''],
    ['text', Buffer.from('10 times 0x20\r\n').toString('hex'), ''],
    ['zeros', '00'.repeat(64), '00'.repeat(64)],
  ])('is not %s', (_name, sent, received) => {
    expect(guess(sent, received)).toBe('no')
    expect(guess(received, sent)).toBe('no')
  })
})

describe('joined in the middle', () => {
  test.each([
    ['a PUBLISH and its PUBACK', PUBLISH, PUBACK, 'unknown', 'need-more'],
    ['a PUBLISH and its PUBACK, of who has connected', PUBLISH, PUBACK, 'client', 'client'],
    ['a PUBLISH and its PUBACK, of who was connected to', PUBLISH, PUBACK, 'server', 'server'],
    ['a ping', 'c000', 'd000', 'unknown', 'client'],
    ['half a ping', 'c000', '', 'unknown', 'need-more'],
    ['a subscription', '8206000100016100', '9003000100', 'unknown', 'client'],
    ['packets behind the rest of a payload', `78787878${PUBLISH}${PUBLISH}`, '', 'client', 'client'],
    ['the same ping again and again', 'c000c000c000c000', '', 'client', 'need-more'],
    ['numbers that look like AUTH', 'f0020000f0020100f0020200f0020300', '', 'client', 'no'],
    ['what follows a DISCONNECT', `e000${PUBLISH}${PUBLISH}`, '', 'client', 'client'],
    ['acknowledgements behind other bytes', '7878787840020001400200024002000340020004', '', 'client', 'need-more'],
    ['text', Buffer.from('GET / HTTP/1.1\r\nHost: 00\r\n\r\n').toString('hex'), '', 'unknown', 'no'],
    ['zeros', '00'.repeat(64), '', 'unknown', 'no'],
  ] as const)('%s', (_name, sent, received, role, wanted) => {
    expect(guess(sent, received, { ...LATER, role })).toBe(wanted)
  })
})

test('random bytes are not MQTT', () => {
  let seed = 1
  const next = (): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
    return seed >>> 24
  }
  const random = (): string => Buffer.from(Array.from({ length: 200 }, next)).toString('hex')
  for (let i = 0; i < 2000; i++) {
    for (const hint of [START, LATER]) expect(guess(random(), random(), hint)).not.toMatch(/client|server/)
  }
})
