import { ByteCursor } from '../cursor.js'
import type { InferHint } from '../protocol.js'
import { infer } from './infer.js'

const START: InferHint = { role: 'unknown', localPort: 40000, remotePort: 11211, fromStart: true }
const LATER: InferHint = { ...START, fromStart: false }
const NOOP = '\x80\x0a'.padEnd(24, '\0')
const NOOP_ANSWER = '\x81\x0a'.padEnd(24, '\0')

function guess(sent: string, received: string, hint: InferHint = START): string {
  return infer(new ByteCursor(Buffer.from(sent, 'latin1')), new ByteCursor(Buffer.from(received, 'latin1')), hint)
}

describe('from the start', () => {
  test.each([
    ['a value that ends where it should', 'set k 0 0 1\r\nx\r\n', '', 'client'],
    ['a part of a line', 'set k 0', '', 'need-more'],
    ['a part of a value', 'set k 0 0 10\r\nxx', '', 'need-more'],
    [
      'a part of a value, answered',
      'set k 0 0 10000000\r\nxx',
      'SERVER_ERROR object too large for cache\r\n',
      'client',
    ],
    ['much of a value', `set k 0 0 9999\r\n${'x'.repeat(2000)}`, '', 'client'],
    ['get', 'get k\r\n', '', 'need-more'],
    ['get, answered', 'get k\r\n', 'VALUE k 0 1\r\nx\r\nEND\r\n', 'client'],
    ['get, a miss', 'get k\r\n', 'END\r\n', 'client'],
    ['stats', 'stats\r\n', 'STAT pid 1\r\n', 'client'],
    ['incr', 'incr n 1\r\n', '2\r\n', 'client'],
    ['meta', 'mg k v\r\n', 'VA 1\r\nx\r\n', 'client'],
    ['no answer wanted', 'set k 0 0 1 noreply\r\nx\r\nversion\r\n', 'VERSION 1.6\r\n', 'client'],
    ['binary', NOOP, '', 'client'],
    ['binary, answered', NOOP, NOOP_ANSWER, 'client'],
    ['a part of a binary header', NOOP.slice(0, 10), '', 'need-more'],
  ])('%s', (_name, sent, received, wanted) => {
    expect(guess(sent, received)).toBe(wanted)
    if (wanted === 'client') expect(guess(received, sent)).toBe('server')
  })

  test.each([
    ['Redis', 'get k\r\n', '$1\r\nx\r\n'],
    ['Redis, inline', 'set k v\r\n', '+OK\r\n'],
    ['Redis, a miss', 'get k\r\n', '$-1\r\n'],
    ['POP3', 'quit\r\n', '+OK\r\n'],
    ['SMTP', 'quit\r\n', '221 Bye\r\n'],
    ['beanstalkd', 'stats\r\n', 'OK 5\r\n---\r\n\r\n'],
    ['a value that ends elsewhere', 'set k 0 0 1\r\nxyz\r\n', ''],
    ['upper case', 'GET k\r\n', 'END\r\n'],
    ['HTTP', 'GET / HTTP/1.1\r\n', 'HTTP/1.1 200 OK\r\n'],
    ['binary with other lengths', `\x80\x0a\0\x01${NOOP.slice(4)}`, ''],
    ['UTF-8', '\x80\x0a and so on, some text longer than a header\r\n', ''],
  ])('is not %s', (_name, sent, received) => {
    expect(guess(sent, received)).toBe('no')
    expect(guess(received, sent)).toBe('no')
  })
})

describe('joined in the middle', () => {
  test.each([
    ['a command behind the rest of a value', 'rest\r\nset k 0 0 1\r\nx\r\n', '', 'client'],
    ['a command, behind the rest of an answer', 'get k\r\n', 'END\r\n', 'client'],
    ['binary', `rest${NOOP}`, '', 'client'],
    ['text', 'one line\r\nanother line\r\n', '', 'no'],
  ])('%s', (_name, sent, received, wanted) => {
    expect(guess(sent, received, LATER)).toBe(wanted)
  })
})

describe('of a datagram', () => {
  const one = '\0\x07\0\0\0\x01\0\0'
  test.each([
    ['a command', `${one}get k\r\n`, 'client'],
    ['a value', `${one}set k 0 0 1\r\nx\r\n`, 'client'],
    ['binary', one + NOOP, 'client'],
    ['an answer', `${one}VALUE k 0 1\r\nx\r\nEND\r\n`, 'server'],
    ['the first part of an answer', `\0\x07\0\0\0\x02\0\0VALUE k 0 5000\r\n${'x'.repeat(1000)}`, 'server'],
    ['a first part that is short', '\0\x07\0\0\0\x02\0\0VALUE k 0 5000\r\nx', 'no'],
    ['a command, what is reserved filled in', '\0\x07\0\0\0\x01\xf4\0get k\r\n', 'client'],
    ['an answer, what is reserved filled in', '\0\x07\0\0\0\x01\xf4\0END\r\n', 'no'],
    ['a later part', '\0\x07\0\x01\0\x02\0\0END\r\n', 'no'],
    ['a command of two parts', '\0\x07\0\0\0\x02\0\0get k\r\n', 'no'],
    ['half a command', `${one}get k`, 'no'],
    ['no header', 'get k\r\n', 'no'],
    ['nothing else', one, 'no'],
  ])('%s', (_name, message, wanted) => {
    const hint = { ...START, transport: 'datagram' } as const
    expect(guess(message, '', hint)).toBe(wanted)
    const other = { client: 'server', server: 'client' }[wanted] ?? 'no'
    expect(guess('', message, hint)).toBe(other)
  })
})
