import { ByteCursor } from '../cursor.js'
import { infer } from './infer.js'

const HINT = { role: 'unknown', localPort: 0, remotePort: 0, fromStart: false } as const
const bytes = (text: string): ByteCursor => new ByteCursor(Buffer.from(text, 'latin1'))
const guess = (sent: string, received: string, fromStart = false): string =>
  infer(bytes(sent), bytes(received), { ...HINT, fromStart })

const STARTUP = '\0\0\0\x17\0\x03\0\0user\0postgres\0\0'
const PARSE = 'P\0\0\0\x10\0SELECT 1\0\0\0'
const SYNC = 'S\0\0\0\x04'
const READY = 'Z\0\0\0\x05I'
const ROWS = 'T\0\0\0\x1a\0\x01a\0\0\0\0\0\0\0\0\0\0\x19\xff\xff\xff\xff\xff\xff\0\0'

test.each([
  ['a startup', STARTUP, '', 'client'],
  ['a startup of version 3.2', STARTUP.replace('\x03\0\0', '\x03\0\x02'), '', 'client'],
  ['a part of a startup', STARTUP.slice(0, 12), '', 'need-more'],
  ['whether TLS is spoken', '\0\0\0\x08\x04\xd2\x16\x2f', '', 'client'],
  ['a cancel request', '\0\0\0\x10\x04\xd2\x16\x2e\0\0\0\x01abcd', '', 'client'],
  ['a query', 'Q\0\0\0\x0dSELECT 1\0', '', 'client'],
  ['the start of a long query', 'Q\0\x10\0\0INSERT INTO t VALUES (1, 2', '', 'client'],
  ['a preparation', PARSE, '', 'client'],
  ['the start of a long preparation', 'P\0\x10\0\0name\0select a from', '', 'client'],
  ['parameters', 'B\0\0\0\x0c\0\0\0\0\0\0\0\0', '', 'client'],
  ['a Sync alone', SYNC, '', 'need-more'],
  ['a Sync and its answer', SYNC, READY, 'client'],
  ['an execution and a Sync', `E\0\0\0\x09\0\0\0\0\0${SYNC}`, '', 'client'],
  ['rows of an old connection', '', `${ROWS}D\0\0\0\x0b\0\x01\0\0\0\x01x`, 'client'],
  ['the end of rows of an old connection', '', `C\0\0\0\x0dSELECT 1\0${READY}`, 'client'],
  ['an error of an old connection', '', 'E\0\0\0\x16SERROR\0C42P01\0Mno\0\0', 'client'],
  ['a Metadata request of Kafka', '\0\0\0\x10\0\x03\0\0\0\0\0\x01\0\x02me\0\0\0\0', '', 'no'],
  ['a query of MySQL', '\x09\0\0\0\x03SELECT 1', '', 'no'],
  ['a message of MongoDB', 'Q\0\0\0\0\0\0\x05\0\0\0\0\xdd\x07\0\0\0\0\0\0', '', 'no'],
  ['another message of MongoDB', 'S\0\0\0\x04\0\0\0\0\0\0\0\xdd\x07\0\0\0\0\0\0', '', 'no'],
  ['http', 'POST / HTTP/1.1\r\n\r\n', '', 'no'],
  ['http/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', '', 'no'],
  ['redis', '*1\r\n$4\r\nPING\r\n', '+PONG\r\n', 'no'],
  ['a query with a NUL in it', 'Q\0\0\0\x0dSELE\0T 1\0', '', 'no'],
  ['nothing', '', '', 'need-more'],
])('%s', (_name, sent, received, answer) => {
  expect(guess(sent, received)).toBe(answer)
  const mirrored = answer === 'client' ? 'server' : answer
  expect(guess(received, sent)).toBe(mirrored)
})

test('the server does not speak first', () => {
  expect(guess('', `C\0\0\0\x0dSELECT 1\0${READY}`, true)).toBe('no')
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
