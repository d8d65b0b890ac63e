import { ByteCursor } from '../cursor.js'
import type { DecodeOptions, Kind, Span } from '../protocol.js'
import { redis } from './index.js'
import { nameArguments } from './names.js'
import type { Frame } from './state.js'
import { REDIS_EVENTS, type RedisRow, TYPE } from './table.js'

/** A connection, and the rows of what it is fed with. */
class Session {
  readonly rows: RedisRow[] = []
  /** Of each row, whether its reply is not whole. */
  readonly lost: (boolean | undefined)[] = []
  became = ''
  private readonly frames: Record<Kind, Frame[]> = { request: [], response: [] }
  private readonly state

  constructor(options: Partial<DecodeOptions> = {}, fromStart = true) {
    this.state = redis.newState({
      transport: 'stream',
      fromStart,
      options: { bodyBytes: 100, redact: true, ...options },
      whole: false,
      become: (protocol) => {
        this.became = protocol
      },
    })
  }

  feed(kind: Kind, text: string): this {
    const bytes = Buffer.from(text, 'latin1')
    for (let pos = 0; pos < bytes.length && this.became === ''; ) {
      const eaten = redis.parse(kind, new ByteCursor(bytes, pos), this.state, this.frames[kind])
      if (eaten <= 0) throw new Error(`${eaten} at ${pos} of ${JSON.stringify(text)}`)
      pos += eaten
    }
    return this.stitch(false)
  }

  gap(kind: Kind, length: number, lost = true): boolean {
    const known = redis.gap(kind, length, this.state, lost)
    if (known) redis.parse(kind, new ByteCursor(Buffer.alloc(0)), this.state, this.frames[kind])
    this.stitch(false)
    return known
  }

  end(): RedisRow[] {
    this.stitch(true)
    return this.rows
  }

  private stitch(ended: boolean): this {
    const { request, response } = this.frames
    const emit = (_from: unknown, to: Span | undefined, row: RedisRow): void => {
      this.rows.push(row)
      this.lost.push(to?.lost)
    }
    redis.stitch(request, response, this.state, emit, ended)
    return this
  }
}

const words = (...list: readonly string[]): string =>
  `*${list.length}\r\n${list.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`

const pairs = (rows: readonly RedisRow[]): unknown[] => rows.map((row) => [row.req_cmd, row.resp, row.resp_type])

describe('losses', () => {
  test('within a long value, both ways', () => {
    const session = new Session()
    session.feed('request', `*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5000\r\n${'x'.repeat(1000)}`)
    expect(session.gap('request', 3000)).toBe(true)
    session.feed('request', `${'x'.repeat(1000)}\r\n`).feed('response', '+OK\r\n')
    session.feed('request', words('GET', 'k')).feed('response', `$5000\r\n${'x'.repeat(1000)}`)
    expect(session.gap('response', 4002)).toBe(true)
    const [set, get] = session.end()
    expect(set).toMatchObject({ req_cmd: 'SET', req_size: 5029, resp: 'OK' })
    expect(get).toMatchObject({ req_cmd: 'GET', resp: 'x'.repeat(100), resp_size: 5009 })
  })

  test.each([
    [4, 'sends one by one', '4'],
    [3, 'is hardly known', null],
  ])('a command that is lost behind %i others, of a client that %s', (before, _who, resp) => {
    const session = new Session()
    for (let i = 0; i < before; i++) session.feed('request', words('GET', `${i}`)).feed('response', `+${i}\r\n`)
    session.feed('response', '+lost\r\n')
    expect(session.gap('request', 20)).toBe(false)
    session.feed('request', words('GET', 'k')).feed('response', '+4\r\n')
    expect(session.end().at(-1)).toMatchObject({ req_args: { key: 'k' }, resp })
  })

  test('a reply whose end never came is one', () => {
    const session = new Session()
    session.feed('request', words('GET', 'k') + words('GET', 'l')).feed('response', `$5000\r\n${'x'.repeat(1000)}`)
    expect(pairs(session.end())).toEqual([
      ['GET', null, null],
      ['GET', null, TYPE.unanswered],
    ])
  })

  test('a command whose end was lost may have been answered before that shows: it is not paired', () => {
    const session = new Session()
    session.feed('request', `*2\r\n$3\r\nGET\r\n$200\r\n${'k'.repeat(200)}`).feed('response', '+early\r\n')
    expect(session.gap('request', 2)).toBe(true)
    session.feed('request', words('GET', 'b')).feed('response', '+b\r\n')
    session.feed('request', words('GET', 'c')).feed('response', '+c\r\n')
    expect(pairs(session.end())).toEqual([
      ['GET', null, null],
      ['GET', null, null],
      ['GET', 'c', 43],
    ])
  })

  test('a command whose end was left out on purpose is as good as seen', () => {
    const session = new Session().feed('request', `*2\r\n$4\r\nECHO\r\n$5000\r\n${'k'.repeat(200)}`)
    expect(session.gap('request', 4802, false)).toBe(true)
    expect(pairs(session.feed('response', '+k\r\n').end())).toEqual([['ECHO', 'k', 43]])
  })

  test('a subscriber goes on with the next message', () => {
    const message = (text: string): string => words('message', 'c', text)
    const session = new Session({}, false)
    session.feed('response', `ddle of one\r\n${message('two')}${message('three')}`)
    expect(session.gap('response', 10)).toBe(false)
    session.feed('response', `c\r\n$4\r\nfour\r\n${message('five')}`)
    expect(session.end().map((row) => [row.req_cmd, row.resp])).toEqual([
      ['PUSH PUB', '["message","c","two"]'],
      ['PUSH PUB', '["message","c","three"]'],
      ['PUSH PUB', '["message","c","five"]'],
    ])
  })

  test('joined while commands are under way: replies are not believed', () => {
    const session = new Session({}, false)
    session.feed('request', words('GET', 'b') + words('GET', 'c')).feed('response', '+a\r\n+b\r\n')
    session.feed('request', words('GET', 'd')).feed('response', '+d\r\n')
    expect(pairs(session.end())).toEqual([
      ['GET', null, null],
      ['GET', null, null],
      ['GET', 'd', 43],
    ])
  })

  test('joined before a command: what comes next is its reply', () => {
    const session = new Session({}, false).feed('request', words('LINDEX', 'a', '1')).feed('response', '$2\r\nhi\r\n')
    expect(pairs(session.end())).toEqual([['LINDEX', 'hi', 36]])
  })
})

describe('replication', () => {
  test('joined in the middle: acknowledgements end it', () => {
    const replica = new Session({}, false).feed('request', words('REPLCONF', 'ACK', '52'))
    expect(replica.became).toBe('opaque')
    expect(replica.end()).toMatchObject([{ req_cmd: 'REPLCONF', resp_type: 0 }])
  })

  test('joined in the middle, seen the wrong way round', () => {
    const master = new Session({}, false)
      .feed('request', words('PING'))
      .feed('response', words('REPLCONF', 'ACK', '52'))
    expect(master.became).toBe('opaque')
    expect(pairs(master.end())).toEqual([['PING', null, null]])
  })
})

describe('pairing', () => {
  test('a refused CLIENT REPLY OFF does not silence for long', () => {
    const session = new Session()
    session.feed('request', words('CLIENT', 'REPLY', 'OFF')).feed('response', '-NOAUTH Authentication required.\r\n')
    session.feed('request', words('GET', 'a')).feed('response', '+a\r\n')
    session.feed('request', words('GET', 'b')).feed('response', '+b\r\n')
    expect(pairs(session.end()).at(-1)).toEqual(['GET', 'b', 43])
  })

  test('an unsubscription that is confirmed less often than expected', () => {
    const session = new Session()
    session.feed('request', words('SUBSCRIBE', 'a', 'b')).feed('response', '>3\r\n+subscribe\r\n+a\r\n:1\r\n')
    session.feed('request', words('GET', 'c')).feed('response', '+c\r\n')
    expect(session.end().map((row) => row.resp)).toEqual(['["subscribe","a",1]', 'c'])
  })

  test('joined late, an unsubscription is not unanswered whose confirmations are shown as what they are', () => {
    const session = new Session({}, false)
    session.feed('request', words('UNSUBSCRIBE')).feed('response', '>3\r\n+unsubscribe\r\n+a\r\n:0\r\n')
    session.feed('request', words('UNSUBSCRIBE')).feed('response', '>3\r\n+unsubscribe\r\n+b\r\n:1\r\n')
    expect(session.end()).toMatchObject([
      { req_cmd: 'UNSUBSCRIBE', resp: '["unsubscribe","a",0]' },
      { req_cmd: 'UNSUBSCRIBE', resp: '["unsubscribe","b",1]' },
    ])
  })

  test('subscriptions that are older than the trace: how many confirmations come is not known', () => {
    const session = new Session({}, false)
    const push = (...[word, name, left]: readonly [string, string, number]): string =>
      `>3\r\n+${word}\r\n+${name}\r\n:${left}\r\n`
    session.feed('request', words('SUBSCRIBE', 'c')).feed('response', push('subscribe', 'c', 3))
    session.feed('request', words('PING')).feed('response', '+PONG\r\n')
    session.feed('request', words('UNSUBSCRIBE')).feed('response', push('unsubscribe', 'c', 2))
    session.feed('request', words('PUNSUBSCRIBE')).feed('response', push('punsubscribe', 'p', 0))
    expect(session.end().slice(-2)).toMatchObject([
      { req_cmd: 'UNSUBSCRIBE', resp: '["unsubscribe","c",2]' },
      { req_cmd: 'PUNSUBSCRIBE', resp: '["punsubscribe","p",0]' },
    ])
    expect(session.lost.slice(-2)).toEqual([true, false])
  })

  test('a long pipeline, more of it than is kept', () => {
    const session = new Session({ bodyBytes: 1024 })
    const value = 'v'.repeat(1000)
    for (let i = 0; i < 1000; i++) session.feed('request', words('SET', `k${i}`, value))
    session.feed('response', '+OK\r\n'.repeat(1000))
    const rows = session.end()
    expect(rows.map((row) => row.resp)).toEqual(Array(1000).fill('OK'))
    expect(rows[999]?.req_args).toEqual({ key: 'k999', value: value.slice(0, 64) })
  })
})

test('little is shown, all is understood', () => {
  const session = new Session({ bodyBytes: 0 })
  session.feed('request', words('CLIENT', 'REPLY', 'OFF') + words('SET', 'a', 'b') + words('CLIENT', 'REPLY', 'ON'))
  session.feed('response', '+OK\r\n').feed('request', words('SUBSCRIBE', 'a'))
  session.feed('response', '*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nm\r\n')
  expect(session.end().map((row) => [row.req_cmd, row.resp])).toEqual([
    ['CLIENT REPLY', null],
    ['SET', null],
    ['CLIENT REPLY', ''],
    ['SUBSCRIBE', '[]'],
    ['PUSH PUB', '[]'],
  ])
})

test.each([
  ['GET', ['k'], { key: 'k' }],
  ['GET', ['k', 'more'], ['k', 'more']],
  ['BLPOP', ['a', 'b', '5'], { key: ['a', 'b'], timeout: '5' }],
  ['EVAL', ['return 1', '9', 'a'], ['return 1', '9', 'a']],
  ['EVAL', ['return 1', '0'], { script: 'return 1', numkeys: '0' }],
  ['HSET', ['h', 'f', '1', 'odd'], ['h', 'f', '1', 'odd']],
  ['ZADD', ['z', 'NX', 'CH', '1', 'm'], ['z', 'NX', 'CH', '1', 'm']],
  ['ZADD', ['z', '1', 'm'], { key: 'z', 'score member': [{ score: '1', member: 'm' }] }],
  [
    'ZUNIONSTORE',
    ['d', '2', 'a', 'b', 'WEIGHTS', '1', '2'],
    { destination: 'd', numkeys: '2', key: ['a', 'b'], options: ['WEIGHTS 1 2'] },
  ],
  ['JSON.SET', ['k', '$', '{}'], ['k', '$', '{}']],
])('names of the arguments of %s %j', (name, args, wanted) => {
  expect(nameArguments(name, args, args.length)).toEqual(wanted)
})

test('why an exchange failed', () => {
  const row: RedisRow = {
    req_cmd: 'EXEC',
    req_args: [],
    req_size: 1,
    resp: '',
    resp_type: 42,
    resp_size: 1,
    resp_errors: 0,
  }
  const error = (more: Partial<RedisRow>): unknown => REDIS_EVENTS.error?.({ ...row, ...more })
  expect(error({})).toBeNull()
  expect(error({ resp_type: null, resp_errors: null })).toBeNull()
  expect(error({ resp_type: 0, resp_errors: null })).toBeNull()
  expect(error({ resp_type: 1, resp_errors: null })).toBe('no response')
  expect(error({ resp_type: 45, resp: 'ERR no', resp_errors: 1 })).toBe('ERR no')
  expect(error({ resp: '[1,"-5","-ERR \\"x\\""]', resp_errors: 1 })).toBe('ERR "x"')
  expect(error({ resp: '[1,2', resp_errors: 2 })).toBe('2 errors in the reply')
})
