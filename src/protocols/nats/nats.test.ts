import { Driver } from '../../../test/conformance/driver.js'
import { examples } from '../../../test/conformance/nats.js'
import { ByteCursor } from '../cursor.js'
import type { InferHint } from '../protocol.js'
import { nats } from './index.js'
import { parseOptions } from './options.js'
import { Subscriptions } from './subscriptions.js'
import { ANSWER } from './table.js'

const START: InferHint = { role: 'unknown', localPort: 40000, remotePort: 40001, fromStart: true }
const QUIET = 'CONNECT {"verbose":false}\r\n'

function guess(sent: string, received: string, fromStart = true): string {
  const cursor = (bytes: string): ByteCursor => new ByteCursor(Buffer.from(bytes, 'latin1'))
  return nats.infer(cursor(sent), cursor(received), { ...START, fromStart })
}

function talk(...turns: readonly (readonly ['c' | 's' | 'lost-c' | 'lost-s', string])[]): Driver {
  const driver = new Driver(nats as never, true)
  for (const [from, text] of turns) {
    const kind = from.endsWith('c') ? 'request' : 'response'
    if (from.startsWith('lost')) driver.lose(kind, text.length)
    else driver.feed(kind, Buffer.from(text, 'latin1'))
  }
  driver.end()
  return driver
}

const rowsOf = (driver: Driver, cmd: string) => driver.emitted.filter((each) => each.row.cmd === cmd)

describe('infer', () => {
  const info = examples[0]?.turns[0]?.bytes.toString('latin1') ?? ''
  test.each([
    ['a greeting', '', info, 'client'],
    ['a greeting in part', '', 'INFO {"serv', 'need-more'],
    ['a login', QUIET, '', 'client'],
    ['a message', '', 'MSG a 1 2\r\nhi\r\n', 'client'],
    ['commands that others have too', 'PING\r\n', '', 'need-more'],
    ['Redis', 'PING\r\n', '+PONG\r\n', 'no'],
    ['Redis: INFO', 'INFO\r\n', '$5\r\nredis\r\n', 'no'],
    ['HTTP: CONNECT', 'CONNECT a:443 HTTP/1.1\r\n', '', 'no'],
    ['STOMP: CONNECT', 'CONNECT\nlogin:a\n\n\0', '', 'no'],
    ['SIP: INFO', 'INFO sip:a@b SIP/2.0\r\n', '', 'no'],
    ['MSNP: MSG', '', 'MSG a b 12\r\nMIME-Version: 1.0\r\n', 'no'],
    ['a payload that does not end', 'PUB a 2\r\nhello\r\n', '', 'no'],
  ])('%s', (_name, sent, received, wanted) => {
    expect(guess(sent, received)).toBe(wanted)
    if (wanted === 'client') expect(guess(received, sent)).toBe('server')
  })

  test('joined in the middle of a payload', () => {
    expect(guess('rest of it\r\nPUB a 2\r\nhi\r\nPING\r\n', '', false)).toBe('client')
    expect(guess('', 'rest\r\nMSG a 1 2\r\nhi\r\n', false)).toBe('client')
  })
})

describe('inboxes', () => {
  const sub = `${QUIET}SUB in.* 1\r\n`
  test('nobody here listens to the inbox: no answer is due', () => {
    const [row] = rowsOf(talk(['c', `${QUIET}PUB a elsewhere.1 1\r\nx\r\n`], ['s', '']), 'PUB')
    expect(row?.row.resp_cmd).toBeNull()
  })

  test('no answer', () => {
    const [row] = rowsOf(talk(['c', `${sub}PUB a in.1 1\r\nx\r\n`]), 'PUB')
    expect(row?.row.resp_cmd).toBe(ANSWER.unanswered)
    expect(nats.table.error?.(row?.row as never)).toBe('no response')
  })

  test('one inbox, one request at a time', () => {
    const turns = [1, 2].flatMap((i) => [
      ['c', `PUB a in.1 1\r\n${i}\r\n`] as const,
      ['s', `MSG in.1 1 2\r\nr${i}\r\n`] as const,
    ])
    expect(rowsOf(talk(['c', sub], ...turns), 'PUB').map(({ row }) => row.resp)).toEqual(['r1', 'r2'])
  })

  test('one inbox, several requests at a time: no pairs', () => {
    const asked = 'PUB a in.1 1\r\n1\r\nPUB a in.1 1\r\n2\r\n'
    const driver = talk(['c', sub + asked], ['s', 'MSG in.1 1 2\r\nr2\r\nMSG in.1 1 2\r\nr1\r\n'])
    expect(rowsOf(driver, 'PUB').map(({ row }) => row.resp)).toEqual([null, null])
    expect(rowsOf(driver, 'MSG')).toHaveLength(2)
  })

  test('a pull request is answered by what keeps its own subject', () => {
    const pull = 'PUB $JS.API.CONSUMER.MSG.NEXT.S.C in 11\r\n{"batch":2}\r\n'
    const driver = talk(
      ['c', `${QUIET}SUB in 1\r\n${pull}`],
      ['s', 'MSG s.one 1 $JS.ACK.1 2\r\nm1\r\nMSG s.one 1 $JS.ACK.2 2\r\nm2\r\n'],
      ['c', pull],
      ['s', 'MSG s.one 1 $JS.ACK.3 2\r\nm3\r\n'],
    )
    expect(rowsOf(driver, 'PUB').map(({ row }) => row.resp)).toEqual(['m1', null])
  })
})

describe('verbose mode', () => {
  const login = ['c', 'CONNECT {"verbose":true}\r\n'] as const
  const publish = (i: number) => ['c', `PUB a 1\r\n${i}\r\n`] as const
  const ok = ['s', '+OK\r\n'] as const

  test('after a loss, acknowledgements are believed when the ends have taken turns', () => {
    const turns = [1, 2, 3, 4, 5, 6].flatMap((i) => [publish(i), ok])
    const driver = talk(login, ok, publish(0), ['lost-s', '+OK\r\n'], ...turns)
    const rows = rowsOf(driver, 'PUB').map(({ row, lost }) => [row.resp, lost])
    expect(rows.slice(0, 5)).toEqual(Array.from({ length: 5 }, () => [null, true]))
    expect(rows.slice(5)).toEqual(Array.from({ length: 2 }, () => ['+OK', false]))
  })

  test('a request shows its reply, not that it was acknowledged', () => {
    const asked = ['c', 'SUB in.* 1\r\nPUB a in.1 1\r\nx\r\n'] as const
    const driver = talk(login, ok, asked, ['s', '+OK\r\n+OK\r\nMSG in.1 1 1\r\ny\r\n'])
    expect(rowsOf(driver, 'PUB').map(({ row }) => row.resp)).toEqual(['y'])
  })

  test('without a login', () => {
    expect(rowsOf(talk(publish(1), ok), 'PUB').map(({ row }) => row.resp)).toEqual(['+OK'])
  })
})

test('subscriptions end after as many messages as were agreed', () => {
  const all = new Subscriptions(true)
  all.add('1', 'a.>')
  expect([all.receives('a.b.c'), all.receives('a'), all.receives('b')]).toEqual([true, false, false])
  all.remove('1', 2)
  expect(all.deliver('1')).toBe('a.>')
  expect(all.deliver('1')).toBe('a.>')
  expect(all.deliver('1')).toBeUndefined()
})

describe('options', () => {
  test('credentials in what is no JSON', () => {
    expect(parseOptions('{"pass":"hid","user":"a', 100, true).json).toBe('{"pass":"[REDACTED]","user":"a')
    expect(parseOptions('{"Sig": "hi\\"d', 100, true).json).not.toContain('hi')
  })

  test('deep nesting is not followed', () => {
    expect(typeof parseOptions(`{"a":${'['.repeat(20_000)}}`, 100, true).json).toBe('string')
  })

  test('more than is shown', () => {
    expect(parseOptions(`{"a":1,"b":"${'x'.repeat(200)}"}`, 100, true)).toEqual({
      json: { a: 1 },
      cut: true,
      verbose: true,
    })
  })
})

test('rows are told apart by subject, but not by inbox', () => {
  const row = { ...rowsOf(talk(['c', `${QUIET}PUB _INBOX.a.b 0\r\n\r\n`]), 'PUB')[0]?.row }
  expect(nats.table.endpoint?.(row as never)).toBe('PUB _INBOX.*')
})
