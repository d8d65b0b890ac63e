import { ByteCursor } from '../cursor.js'
import { infer } from './infer.js'

const HINT = { role: 'unknown', localPort: 0, remotePort: 0, fromStart: false } as const
const bytes = (text: string): ByteCursor => new ByteCursor(Buffer.from(text, 'latin1'))
const guess = (sent: string, received: string, fromStart = false): string =>
  infer(bytes(sent), bytes(received), { ...HINT, fromStart })

const GREETING = `\x32\0\0\0\x0a5.7.44\0\x01\0\0\0abcdefgh\0\xff\xf7\x21\x02\0\xff\x81\x15${'\0'.repeat(10)}abcdefghij\0\0`
const PING = '\x01\0\0\0\x0e'

test.each([
  ['a greeting', '', GREETING.replace('\x32', String.fromCharCode(GREETING.length - 4)), 'client'],
  ['a part of a greeting', '', '\x50\0\0\0\x0a5.7', 'need-more'],
  ['an error instead of a greeting', '', '\x17\0\0\0\xff\x10\x04Too many connections', 'client'],
  ['a query', '\x09\0\0\0\x03SELECT 1', '', 'client'],
  ['the start of a long statement', '\0\x10\0\0\x03INSERT INTO t VALUES (1, 2', '', 'client'],
  ['an execution', '\x0a\0\0\0\x17\x01\0\0\0\0\x01\0\0\0', '', 'client'],
  ['an execution of what was prepared last', '\x0a\0\0\0\x17\xff\xff\xff\xff\0\x01\0\0\0', '', 'client'],
  ['an empty statement', '\x01\0\0\0\x03', '', 'need-more'],
  ['a ping', PING, '', 'need-more'],
  ['a ping and a query', `${PING}\x09\0\0\0\x03SELECT 1`, '', 'client'],
  ['pings', PING.repeat(20), '', 'need-more'],
  ['a ping and its answer', PING, '\x07\0\0\x01\0\0\0\x02\0\0\0', 'client'],
  ['a ping and something else', PING, 'HTTP/1.1 200 OK', 'no'],
  ['a ping and an error', PING, `\x0f\0\0\x01\xff\x15\x04#28000denied`, 'client'],
  ['a ping and an error without state', PING, '\x0c\0\0\x01\xff\x15\x04#denied!!', 'no'],
  ['a ping and an error of two bytes', PING, '\x02\0\0\x01\xff\x15', 'no'],
  ['a ping and an EOF', PING, '\x05\0\0\x01\xfe\0\0\x02\0', 'client'],
  ['a ping and an EOF with a status that is none', PING, '\x05\0\0\x01\xfe\0\0\x04\0', 'no'],
  ['a ping and a number that is none', PING, '\x07\0\0\x01\0\xfb\0\x02\0\0\0', 'no'],
  ['a change of user and a plugin', '\x05\0\0\0\x11a\0\0\0', '\x09\0\0\x01\xfedialog\0z', 'client'],
  ['a schema', '\x03\0\0\0\x02db', '\x07\0\0\x01\0\0\0\x02\0\0\0', 'client'],
  ['zeros instead of a schema', '\x03\0\0\0\x02\0\0', '\x07\0\0\x01\0\0\0\x02\0\0\0', 'need-more'],
  ['an OK with a text and what has changed', PING, '\x10\0\0\x01\0\0\0\x02\x40\0\0\x02ok\x05\x02\x03\x02a\0', 'client'],
  ['redis', '*1\r\n$4\r\nPING\r\n', '+PONG\r\n', 'no'],
  ['http', 'GET / HTTP/1.1\r\n\r\n', '', 'no'],
  ['a PostgreSQL query', 'Q\0\0\0\x0dSELECT 1\0', '', 'no'],
  ['a PostgreSQL startup', '\0\0\0\x10\0\x03\0\0user\0a\0\0', '', 'no'],
  ['a text that is no SQL', '\x09\0\0\0\x03HELLO 12', '', 'no'],
  ['nothing', '', '', 'need-more'],
])('%s', (_name, sent, received, answer) => {
  expect(guess(sent, received)).toBe(answer)
  const mirrored = answer === 'client' ? 'server' : answer
  expect(guess(received, sent)).toBe(mirrored)
})

test('the client does not begin: without the greeting, the answer tells', () => {
  const query = '\x09\0\0\0\x03SELECT 1'
  expect(guess(query, '', true)).toBe('need-more')
  expect(guess(query, '\x01\0\0\x01\x01\x04\0\0\x02\x03def', true)).toBe('client')
  expect(guess(query, '\x86\0\0\0\x0b\x3e\xf1\xab', true)).toBe('no')
})

test('of a compressed ping, what is answered tells, if it is', () => {
  const packed = `\x05\0\0\0\0\0\0${PING}`
  expect(guess(packed, '')).toBe('client')
  expect(guess(packed, '\x0b\0\0\x01\0\0\0\x07\0\0\x01\0\0\0\x02\0\0\0')).toBe('client')
  expect(guess(packed, '\x26\x04\x49\x51\x7a\x1b\xc8\x70\x19\x26')).toBe('no')
})

test('random bytes are not taken for it', () => {
  let state = 1
  const random = (): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
    return (state >> 8) & 255
  }
  for (let i = 0; i < 20000; i++) {
    const noise = Buffer.from(Array.from({ length: 64 }, random))
    expect(infer(new ByteCursor(noise), new ByteCursor(Buffer.alloc(0)), HINT)).not.toMatch(/client|server/)
  }
})
