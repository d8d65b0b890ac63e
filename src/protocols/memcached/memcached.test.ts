import { ByteCursor } from '../cursor.js'
import { type DecodeOptions, FOREIGN, INVALID, type Kind } from '../protocol.js'
import type { Frame } from './frames.js'
import { memcached } from './index.js'
import { ANSWER, MEMCACHED_EVENTS, type MemcachedRow } from './table.js'

/** A connection, and the rows of what it is fed with. */
class Session {
  readonly rows: MemcachedRow[] = []
  readonly partial: boolean[] = []
  skip = 0
  now = 0
  private readonly frames: Record<Kind, Frame[]> = { request: [], response: [] }
  private readonly state

  constructor(options: Partial<DecodeOptions> = {}, transport: 'stream' | 'datagram' = 'stream', fromStart = true) {
    this.state = memcached.newState({
      transport,
      fromStart,
      options: { bodyBytes: 16, redact: true, ...options },
      whole: false,
      become: () => undefined,
    })
  }

  ask(text: string | Buffer): this {
    return this.feed('request', text)
  }

  answer(text: string | Buffer): this {
    return this.feed('response', text)
  }

  feed(kind: Kind, given: string | Buffer): this {
    const bytes = typeof given === 'string' ? Buffer.from(given, 'latin1') : given
    for (let pos = 0; pos < bytes.length; ) {
      const cursor = new ByteCursor(bytes, pos)
      const eaten = memcached.parse(kind, cursor, this.state, this.frames[kind])
      if (eaten <= 0) throw new Error(`${eaten} at ${pos} of ${JSON.stringify(given)}`)
      this.skip = cursor.skip
      pos += eaten
    }
    return this.stitch(false)
  }

  verdict(kind: Kind, bytes: Buffer): number {
    const verdict = memcached.parse(kind, new ByteCursor(bytes), this.state, this.frames[kind])
    this.stitch(false)
    return verdict
  }

  gap(kind: Kind, length: number, lost = true): boolean {
    const known = memcached.gap(kind, length, this.state, lost)
    if (known) memcached.parse(kind, new ByteCursor(Buffer.alloc(0)), this.state, this.frames[kind])
    this.stitch(false)
    return known
  }

  end(): readonly MemcachedRow[] {
    this.stitch(true)
    return this.rows
  }

  private stitch(ended: boolean): this {
    const { request, response } = this.frames
    for (const frame of [...request, ...response]) frame.startNs = frame.endNs = this.now
    const emit = (from: { lost: boolean } | undefined, _to: unknown, row: MemcachedRow): void => {
      this.rows.push(row)
      this.partial.push(from?.lost === true)
    }
    memcached.stitch(request, response, this.state, emit, ended)
    return this
  }
}

const brief = (rows: readonly MemcachedRow[]): unknown[] => rows.map((row) => [row.req_cmd, row.status, row.resp])

function header(magic: number, opcode: number, body: number, extras = 0): Buffer {
  const bytes = Buffer.alloc(24 + extras)
  bytes[0] = magic
  bytes[1] = opcode
  bytes[4] = extras
  bytes.writeUInt32BE(body + extras, 8)
  return bytes
}

const key = (bytes: Buffer, name: string): Buffer => {
  bytes.writeUInt16BE(name.length, 2)
  bytes.writeUInt32BE(bytes.readUInt32BE(8) + name.length, 8)
  return Buffer.concat([bytes, Buffer.from(name)])
}

describe('large values', () => {
  test('of a value nobody needs what is not shown', () => {
    const session = new Session().ask(`set k 0 0 100000\r\n${'x'.repeat(17)}`)
    expect(session.skip).toBe(100_002 - 17)
    expect(session.gap('request', session.skip, false)).toBe(true)
    session
      .answer('STORED\r\n')
      .ask('get k\r\n')
      .answer(`VALUE k 0 100000\r\n${'x'.repeat(17)}`)
    expect(session.gap('response', session.skip, false)).toBe(true)
    session.answer('END\r\n')
    expect(session.rows).toMatchObject([
      { req_value: 'x'.repeat(16), req_value_size: 100_000, status: 'STORED' },
      { resp: 'x'.repeat(16), resp_value_size: 100_000, hits: 1 },
    ])
    expect(session.partial).toEqual([false, false])
  })

  test('binary: a value that ends with what was left out', () => {
    const session = new Session().ask(key(header(0x80, 0, 0), 'k'))
    session.answer(Buffer.concat([header(0x81, 0, 100_000, 4), Buffer.alloc(17, 'x')]))
    expect(session.gap('response', session.skip, false)).toBe(true)
    session.ask(header(0x80, 0x0a, 0)).answer(header(0x81, 0x0a, 0))
    expect(session.rows).toMatchObject([{ resp: 'x'.repeat(16), resp_value_size: 100_000 }, { req_cmd: 'noop' }])
  })

  test.each([
    [4, 'sends one by one', '4'],
    [3, 'is hardly known', null],
  ])('a command that is lost behind %i others, of a client that %s', (before, _who, resp) => {
    const session = new Session()
    for (let i = 0; i < before; i++) session.feed('request', 'incr n 1\r\n').feed('response', `${i}\r\n`)
    session.feed('response', '9\r\n')
    expect(session.gap('request', 20)).toBe(false)
    session.feed('request', 'incr k 1\r\n').feed('response', '4\r\n')
    expect(session.end().at(-1)).toMatchObject({ keys: ['k'], resp })
  })

  test('a gap beyond the end of a value', () => {
    const session = new Session().ask('set k 0 0 100\r\nxx')
    expect(session.gap('request', 200)).toBe(false)
    session.answer('STORED\r\n')
    expect(session.rows).toMatchObject([{ keys: ['k'], status: 'STORED', req_value: null }])
    expect(session.partial).toEqual([true])
  })

  test('a value whose end never came', () => {
    const session = new Session().ask('set k 0 0 100\r\nxx').answer('SERVER_ERROR object too large for cache\r\n')
    expect(session.rows).toEqual([])
    expect(brief(session.end())).toEqual([['set', 'SERVER_ERROR', 'object too large for cache']])
    expect(session.partial).toEqual([true])
  })
})

describe('pairing', () => {
  test('an answer that its command cannot have', () => {
    const session = new Session().ask('get k\r\n').answer('STORED\r\n')
    expect(session.rows).toMatchObject([{ req_cmd: 'get', resp_type: null }])
    session.ask('get l\r\n').answer('VALUE k 0 1\r\nx\r\nEND\r\n').ask('get m\r\n').answer('END\r\n')
    expect(session.end().map((row) => row.resp_type)).toEqual([null, null, ANSWER.values])
  })

  test('an error that may be that of a command without an answer', () => {
    const session = new Session().ask('set k\r\nset k noreply\r\nget k\r\n').answer('ERROR\r\nERROR\r\n')
    expect(session.end().map((row) => [row.req_cmd, row.status, row.resp_type])).toEqual([
      ['set', null, ANSWER.none],
      ['set', 'ERROR', ANSWER.error],
      ['get', null, null],
    ])
  })

  test('quiet commands that cannot be told apart', () => {
    const session = new Session().ask('mg a v q\r\nmg b v q\r\nmn\r\n').answer('VA 1\r\nx\r\nMN\r\n')
    expect(brief(session.rows)).toEqual([
      ['mg', null, null],
      ['mg', null, null],
      ['mn', 'MN', null],
    ])
    expect(session.rows.map((row) => row.resp_type)).toEqual([null, null, ANSWER.status])
  })

  test('after a loss the next command in its turn is believed', () => {
    const session = new Session().ask('get a\r\n')
    expect(session.gap('response', 10)).toBe(false)
    session.answer('END\r\n').ask('get b\r\n').answer('END\r\n')
    expect(session.rows.map((row) => [row.keys, row.status])).toEqual([
      [['a'], null],
      [['b'], 'END'],
    ])
  })
})

describe('commands', () => {
  test('bytes that are none', () => {
    expect(new Session().verdict('request', Buffer.from('\x01\x02\x03\r\n'))).toBe(INVALID)
    expect(new Session().verdict('request', Buffer.from('\r\n'))).toBe(INVALID)
    expect(new Session().verdict('request', header(0x80, 0, 5))).toBe(INVALID)
  })

  test('keys that are many are cut, and counted', () => {
    const keys = Array.from({ length: 20 }, (_, i) => `key${i}`)
    const session = new Session().ask(`get ${keys.join(' ')}\r\n`).answer('VALUE key19 0 1\r\nx\r\nEND\r\n')
    expect(session.rows).toMatchObject([{ keys: ['key0', 'key1', 'key2', 'key3'], hits: 1, misses: 19 }])
  })

  test('a key that is too long', () => {
    const session = new Session({ bodyBytes: 1000 }).ask(`get ${'k'.repeat(300)}\r\n`)
    session.answer('CLIENT_ERROR line format\r\n')
    expect(session.rows).toMatchObject([{ keys: ['k'.repeat(250)], status: 'CLIENT_ERROR' }])
  })

  test('a server that says something else at once', () => {
    const session = new Session().ask('get k\r\n')
    expect(session.verdict('response', Buffer.from('hello\r\n'))).toBe(FOREIGN)
    session.ask('get k\r\n').answer('END\r\n').ask('get k\r\n')
    expect(session.verdict('response', Buffer.from('hello\r\n'))).toBe(INVALID)
  })

  test('a login that is refused', () => {
    const session = new Session()
      .ask('set _ 0 0 13\r\ntester secret\r\n')
      .answer('CLIENT_ERROR authentication failure\r\n')
    expect(session.rows).toMatchObject([{ req_value: '[REDACTED]', status: 'CLIENT_ERROR' }])
  })

  test('a stream of the log ends decoding', () => {
    let became = ''
    const state = memcached.newState({
      transport: 'stream',
      fromStart: true,
      options: { bodyBytes: 16, redact: true },
      whole: false,
      become: (name) => {
        became = name
      },
    })
    const out: Frame[] = []
    memcached.parse('request', new ByteCursor(Buffer.from('watch fetchers\r\n')), state, out)
    memcached.parse('response', new ByteCursor(Buffer.from('OK\r\n')), state, out)
    expect(became).toBe('opaque')
  })
})

describe('datagrams', () => {
  const frame = (id: number, part: number, parts: number, text: string): Buffer => {
    const head = Buffer.alloc(8)
    head.writeUInt16BE(id, 0)
    head.writeUInt16BE(part, 2)
    head.writeUInt16BE(parts, 4)
    return Buffer.concat([head, Buffer.from(text)])
  }
  const session = (): Session => new Session({}, 'datagram')

  test('answers are told apart by the number of the request', () => {
    const udp = session()
      .ask(frame(7, 0, 1, 'get a\r\n'))
      .ask(frame(8, 0, 1, 'set b 0 0 1\r\nx\r\n'))
    udp.answer(frame(8, 0, 1, 'STORED\r\n')).answer(frame(7, 0, 1, 'VALUE a 0 1\r\ny\r\nEND\r\n'))
    expect(brief(udp.rows)).toEqual([
      ['set', 'STORED', null],
      ['get', 'END', 'y'],
    ])
  })

  test('an answer of several datagrams', () => {
    const udp = session().ask(frame(1, 0, 1, 'get a\r\n'))
    udp.answer(frame(1, 0, 3, 'VALUE a 0 6\r\nab')).answer(frame(1, 1, 3, 'cdef\r\n'))
    expect(udp.rows).toEqual([])
    expect(brief(udp.answer(frame(1, 2, 3, 'END\r\n')).rows)).toEqual([['get', 'END', 'abcdef']])
  })

  test('parts in another order', () => {
    const udp = session().ask(frame(1, 0, 1, 'get a\r\n'))
    udp.answer(frame(1, 2, 3, 'END\r\n')).answer(frame(1, 0, 3, 'VALUE a 0 6\r\nab'))
    expect(brief(udp.answer(frame(1, 1, 3, 'cdef\r\n')).rows)).toEqual([['get', 'END', 'abcdef']])
  })

  test('an answer of several messages, cut within a line', () => {
    const udp = session().ask(frame(1, 0, 1, 'get a b\r\n'))
    udp.answer(frame(1, 0, 1, 'VALUE a 0 1\r\nx\r\n')).answer(frame(1, 0, 2, 'VALUE b'))
    udp.answer(frame(1, 1, 2, ' 0 1\r\ny\r\nEND\r\n'))
    expect(brief(udp.rows)).toEqual([['get', 'END', '{"a":"x","b":"y"}']])
  })

  test.each([
    ['did not come', [frame(1, 0, 3, 'VALUE a 0 6\r\nab'), frame(1, 2, 3, 'END\r\n')]],
    ['came first', [frame(1, 1, 3, 'cdef\r\n')]],
    ['came twice', [frame(1, 0, 3, 'VALUE a 0 6\r\nab'), frame(1, 0, 3, 'VALUE a 0 6\r\nab')]],
    ['is no answer', [frame(1, 0, 1, 'whatever\r\n')]],
  ])('a part that %s', (_name, parts) => {
    const udp = session().ask(frame(1, 0, 1, 'get a\r\n'))
    for (const part of parts) udp.answer(part)
    expect(udp.end()).toMatchObject([{ keys: ['a'], resp_type: null }])
  })

  test('what waits for its turn is bounded', () => {
    const udp = session()
      .ask(frame(1, 0, 1, 'get a\r\n'))
      .ask(frame(2, 0, 1, 'get b\r\n'))
    for (let part = 1; part < 400; part++) udp.answer(frame(1, part, 500, 'x'.repeat(1392)))
    expect(udp.rows).toMatchObject([{ keys: ['a'], resp_type: null }])
    expect(udp.answer(frame(2, 0, 1, 'END\r\n')).rows).toHaveLength(2)
  })

  test('what is not answered', () => {
    const udp = session()
      .ask(frame(1, 0, 1, 'get a\r\n'))
      .ask(frame(1, 0, 1, 'get b\r\n'))
    expect(udp.rows).toMatchObject([{ keys: ['a'], resp_type: ANSWER.unanswered }])
    expect(udp.end()).toMatchObject([{ keys: ['a'] }, { keys: ['b'], resp_type: ANSWER.unanswered }])
  })

  test('a quiet command needs no answer', () => {
    const udp = session().ask(frame(1, 0, 1, 'ms a 1 q\r\nx\r\n'))
    expect(udp.end()).toMatchObject([{ keys: ['a'], resp_type: ANSWER.none }])
  })

  test('what is unanswered for long, when others come', () => {
    const udp = session().ask(frame(1, 0, 1, 'get a\r\n'))
    udp.now += 11e9
    expect(udp.ask(frame(2, 0, 1, 'get b\r\n')).rows).toMatchObject([{ keys: ['a'], resp_type: ANSWER.unanswered }])
  })

  test('nothing of a datagram that is not all commands', () => {
    const udp = session()
    expect(udp.verdict('request', frame(1, 0, 1, 'delete a noreply\r\n\x00\r\n'))).toBe(INVALID)
    expect(udp.end()).toEqual([])
  })

  test('no datagrams answer a quit', () => {
    const udp = session()
      .ask(frame(1, 0, 1, 'quit\r\n'))
      .answer(frame(1, 0, 0, ''))
    expect(udp.rows).toMatchObject([{ req_cmd: 'quit', resp_type: ANSWER.none }])
  })

  test.each([
    ['too short', Buffer.alloc(4)],
    ['a request of two datagrams', frame(1, 0, 2, 'get a\r\n')],
    ['a part beyond the last', frame(1, 3, 1, 'END\r\n')],
    ['no zeros', Buffer.concat([Buffer.alloc(6, 1), Buffer.from('\x00\x01get a\r\n')])],
    ['no command', frame(1, 0, 1, 'get a')],
  ])('%s', (_name, bytes) => {
    expect(session().verdict('request', bytes)).toBe(INVALID)
  })
})

describe('error', () => {
  test.each<[string, Partial<MemcachedRow>, string | null]>([
    ['a miss', { resp_type: ANSWER.status, status: 'NOT_FOUND' }, null],
    ['an error', { resp_type: ANSWER.error, status: 'ERROR', resp: null }, 'ERROR'],
    ['a message', { resp_type: ANSWER.error, status: 'SERVER_ERROR', resp: 'full' }, 'SERVER_ERROR: full'],
    ['silence', { resp_type: ANSWER.unanswered }, 'no response'],
  ])('%s', (_name, row, wanted) => {
    expect(MEMCACHED_EVENTS.error?.(row as MemcachedRow)).toBe(wanted)
  })
})
