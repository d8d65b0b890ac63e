import { ByteCursor } from '../cursor.js'
import type { InferHint } from '../protocol.js'
import { infer } from './infer.js'

const START: InferHint = { role: 'unknown', localPort: 40000, remotePort: 40001, fromStart: true }
const LATER: InferHint = { ...START, fromStart: false }
const GET = '*2\r\n$3\r\nGET\r\n$1\r\nk\r\n'
const UNKNOWN = '*2\r\n$6\r\nX.READ\r\n$1\r\nk\r\n'
const MESSAGE = '*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nm\r\n'
const ACK = '*3\r\n$8\r\nREPLCONF\r\n$3\r\nACK\r\n$2\r\n52\r\n'

function guess(sent: string, received: string, hint: InferHint = START): string {
  return infer(new ByteCursor(Buffer.from(sent, 'latin1')), new ByteCursor(Buffer.from(received, 'latin1')), hint)
}

describe('from the start', () => {
  test.each([
    ['a known command', GET, '', 'client'],
    ['a known command, in part', '*2\r\n$3\r\nGE', '', 'need-more'],
    ['an unknown command', UNKNOWN, '', 'need-more'],
    ['an unknown command, answered', UNKNOWN, ':1\r\n', 'client'],
    ['an inline command', 'PING\r\n', '', 'need-more'],
    ['an inline command, answered', 'PING\r\n', '+PONG\r\n', 'client'],
    ['COMMAND DOCS', '*2\r\n$7\r\nCOMMAND\r\n$4\r\nDOCS\r\n', '*4\r\n$3\r\nget\r\n*0\r\n', 'client'],
    ['a refusal', '', '-DENIED Redis is running in protected mode\r\n', 'client'],
    ['a reply alone', '', '+OK\r\n', 'need-more'],
  ])('%s', (_name, sent, received, wanted) => {
    expect(guess(sent, received)).toBe(wanted)
    if (wanted === 'client') expect(guess(received, sent)).toBe('server')
  })

  test.each([
    ['HTTP', 'GET / HTTP/1.1\r\nHost: x\r\n', ''],
    ['HTTP, refused by Redis', 'POST / HTTP/1.1\r\n', '-ERR unknown command\r\n'],
    ['NATS', 'PING\r\n', 'PONG\r\n'],
    ['NATS', 'CONNECT {"verbose":true}\r\nPUB a 2\r\nhi\r\n', '+OK\r\n'],
    ['NATS', 'SUB a 1\r\n', "-ERR 'Unknown Protocol Operation'\r\n"],
    ['POP3', 'USER bob\r\n', '+OK ready\r\n+OK\r\n'],
    ['SMTP', 'QUIT\r\n', '221 Bye\r\n'],
    ['FTP', 'TYPE I\r\n', '200 ok\r\n'],
    ['memcached', 'get foo\r\n', 'VALUE foo 0 1\r\nx\r\nEND\r\n'],
    ['IRC', 'PING :a\r\n', ':a PONG\r\n'],
    ['IMAP', 'a1 SELECT inbox\r\n', '* 3 EXISTS\r\n'],
    ['markdown', '* one\r\n* two\r\n', ''],
    ['a number line', ':x\r\n', ''],
  ])('is not %s', (_name, sent, received) => {
    expect(guess(sent, received)).toBe('no')
    expect(guess(received, sent)).toBe('no')
  })

  test('two that could both be commands: who has connected is the client', () => {
    const list = '*2\r\n$3\r\nget\r\n$3\r\nset\r\n'
    expect(guess(GET, list)).toBe('need-more')
    expect(guess(GET, list, { ...START, role: 'client' })).toBe('client')
    expect(guess(list, GET, { ...START, role: 'server' })).toBe('server')
  })

  test('POP3 is not taken for Redis by words that both have', () => {
    expect(guess('QUIT\r\n', '+OK bye\r\n')).toBe('no')
    expect(guess('AUTH PLAIN\r\n', '+OK\r\n')).toBe('no')
  })
})

describe('joined in the middle', () => {
  test.each([
    ['of a value', `rest of a value\r\n${GET}`, '', 'client'],
    ['of replies', GET, 'lf of a value\r\n', 'client'],
    ['of messages', '', MESSAGE, 'client'],
    ['of a message', '', `llo\r\n${MESSAGE}`, 'client'],
    ['of MONITOR', '', '+1339518083.107412 [0 127.0.0.1:60866] "keys" "*"\r\n', 'client'],
    ['of replication', ACK, '*1\r\n$4\r\nPING\r\n', 'need-more'],
  ])('%s', (_name, sent, received, wanted) => {
    expect(guess(sent, received, LATER)).toBe(wanted)
    if (wanted === 'client') expect(guess(received, sent, LATER)).toBe('server')
  })

  test('text without the end of a line is not looked through for ever', () => {
    expect(guess('{"name": "x"}', '', LATER)).toBe('no')
  })

  test('who sends commands but did not connect may be a master', () => {
    expect(guess(GET, '', { ...LATER, role: 'server' })).toBe('need-more')
    expect(guess(GET, '+OK\r\n', { ...LATER, role: 'server' })).toBe('client')
  })
})
