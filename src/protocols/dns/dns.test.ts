import { hex, message, name, prefixed, u16 } from '../../../test/support/dns-bytes.js'
import { ByteCursor } from '../cursor.js'
import type { Conn, Emit, InferHint, Span } from '../protocol.js'
import { dns } from './index.js'
import { readName } from './name.js'
import type { DnsRow } from './table.js'

const [A, AAAA, OPT] = [1, 28, 41]
const HINT: InferHint = {
  role: 'unknown',
  localPort: 40_000,
  remotePort: 40_001,
  fromStart: true,
  transport: 'datagram',
}
const port = (remotePort: number): InferHint => ({ ...HINT, remotePort })

describe('names', () => {
  const at = (text: string, from = 0) => {
    const buf = hex(text)
    return readName({ buf, start: 0, end: buf.length }, from)
  }

  test.each([
    ['plain', '03777777 04746573 7400', 0, 'www.test', 10],
    ['the root', '00', 0, '', 1],
    ['a pointer back', '0474657374 00 03777777 c000', 6, 'www.test', 12],
    ['pointers in a row', '0161 00 0162 c000 0163 c003', 7, 'c.b.a', 11],
    ['a dot, a blank and a byte in a label', '04 612e20ff 00', 0, 'a\\.\\032\\255', 6],
    ['no letters', '02 5f2a 00', 0, '_*', 4],
  ])('%s', (_name, text, from, shown, after) => {
    expect(at(text, from)).toEqual({ text: shown, after })
  })

  test.each([
    ['a pointer to itself', '0161 c002', 2],
    ['a loop', '0161 c002', 0],
    ['a pointer forward', 'c002 0161 00', 0],
    ['a pointer beyond the end', 'c0ff', 0],
    ['half a pointer', '0161 c0', 0],
    ['a label beyond the end', '05616263', 0],
    ['no end', '0161', 0],
    ['a label of a reserved kind', '41 61 00', 0],
    ['nothing', '', 0],
  ])('%s is none', (_name, text, from) => {
    expect(at(text, from)).toBeUndefined()
  })

  test('255 bytes, and one more', () => {
    const label = `3f${'61'.repeat(63)}`
    expect(at(`${label.repeat(3)}3d${'61'.repeat(61)}00`)).toMatchObject({ after: 255 })
    expect(at(`${label.repeat(3)}3e${'61'.repeat(62)}00`)).toBeUndefined()
  })

  test('a thousand names that each point at the one before take no more than their length allows', () => {
    let text = '0000'
    for (let i = 0; i < 1000; i++) text += `0161${(0xc000 + (i === 0 ? 0 : 2 + 4 * (i - 1))).toString(16)}`
    expect(at(text, 2 + 4 * 999)).toBeUndefined()
    expect(at(text, 2 + 4 * 100)?.text).toHaveLength(201)
  })
})

describe('infer', () => {
  const query = message({ questions: [['a.test', A]] })
  const response = message({ flags: 0x8180, questions: [['a.test', A]] })
  const guess = (sent: Buffer, received: Buffer, hint = HINT) =>
    dns.infer(new ByteCursor(sent), new ByteCursor(received), hint)
  const nothing = Buffer.alloc(0)

  test.each<[string, Buffer, InferHint, string]>([
    ['a query', query, HINT, 'client'],
    ['a response', response, HINT, 'server'],
    ['with bytes behind it', Buffer.concat([query, nothing, Buffer.from('x')]), HINT, 'no'],
    ['… on the port of DNS', Buffer.concat([query, Buffer.from('x')]), port(53), 'client'],
    ['a header alone', message({ flags: 0x8001 }), HINT, 'no'],
    ['… on the port of DNS', message({ flags: 0x8001 }), port(53), 'server'],
    ['a name that loops', Buffer.concat([message({}).fill(1, 5, 6), hex('c00c00010001')]), HINT, 'no'],
    ['… on the port of DNS', Buffer.concat([message({}).fill(1, 5, 6), hex('c00c00010001')]), port(53), 'client'],
    ['noise on the port of DNS', Buffer.from('a datagram of another kind'), port(53), 'no'],
    ['a question about no type', message({ questions: [['a.test', 0]] }), HINT, 'no'],
    ['a question of no class', message({ questions: [['a.test', A, 7]] }), HINT, 'no'],
    ['a query with a response code', message({ flags: 0x0103, questions: [['a.test', A]] }), HINT, 'no'],
    ['multicast DNS', message({ id: 0, flags: 0, questions: [['x._tcp.local', 12, 0x8001]] }), port(5353), 'client'],
    ['NetBIOS', message({ flags: 0x0110, questions: [[`CK${'A'.repeat(30)}`, 32]] }), port(53), 'no'],
    ['its answer', message({ flags: 0x8500, answers: [[`CK${'A'.repeat(30)}`, 32, hex('00000a000001')]] }), HINT, 'no'],
    ['zeros', Buffer.alloc(48), HINT, 'no'],
  ])('%s', (_name, bytes, hint, expected) => {
    expect(guess(bytes, nothing, hint)).toBe(expected)
    const other = { client: 'server', server: 'client' }[expected] ?? expected
    expect(guess(nothing, bytes, hint)).toBe(other)
  })

  test('of a stream, as soon as it is certain', () => {
    const { transport: _, ...hint } = HINT
    const bytes = prefixed(query)
    for (let i = 0; i < bytes.length; i++) expect(guess(bytes.subarray(0, i), nothing, hint)).toBe('need-more')
    expect(guess(bytes, nothing, hint)).toBe('client')
    expect(guess(nothing, bytes, hint)).toBe('server')
    expect(guess(nothing, prefixed(response), hint)).toBe('client')
    // A mark of some clients behind the question.
    expect(guess(prefixed(Buffer.concat([query, Buffer.from('MS')])), nothing, hint)).toBe('client')
    expect(guess(query, nothing, hint)).toBe('no')
  })
})

/** One connection, message by message: rows with their error. */
class Talk {
  readonly rows: DnsRow[] = []
  readonly cuts: number[] = []
  readonly #state
  readonly #frames: Record<'request' | 'response', Parameters<typeof dns.parse>[3]> = { request: [], response: [] }
  #nowNs = 0

  constructor(conn: Partial<Conn> = {}) {
    this.#state = dns.newState({
      transport: 'datagram',
      fromStart: true,
      options: { bodyBytes: 1024, redact: true },
      hint: HINT,
      whole: false,
      become: () => undefined,
      ...conn,
    })
  }

  at(seconds: number): this {
    this.#nowNs = seconds * 1e9
    return this
  }

  say(kind: 'request' | 'response', bytes: Buffer, lost = false): this {
    const frames = this.#frames[kind]
    const before = frames.length
    dns.parse(kind, new ByteCursor(bytes, 0, bytes.length, true), this.#state, frames)
    for (const frame of frames.slice(before) as Span[]) {
      frame.startNs = frame.endNs = this.#nowNs
      frame.lost = lost
    }
    return this.stitch(false)
  }

  stitch(ended: boolean): this {
    const { request, response } = this.#frames
    const emit: Emit<DnsRow> = (_query, _response, row, cut) => {
      this.rows.push(row)
      this.cuts.push(cut)
    }
    dns.stitch(request, response, this.#state, emit, ended)
    return this
  }

  get said(): string[] {
    return this.rows.map((row) => `${dns.table.endpoint?.(row)}: ${dns.table.error?.(row)}`)
  }
}

const query = (id: number, owner = 'a.test', type = A) => message({ id, questions: [[owner, type]] })
const response = (id: number, rcode = 0, owner = 'a.test', type = A) =>
  message({ id, flags: 0x8180 | rcode, questions: [[owner, type]] })

describe('rows', () => {
  test.each([
    [0, null],
    [2, 'SERVFAIL'],
    [3, 'NXDOMAIN'],
    [5, 'REFUSED'],
    [11, 'DSOTYPENI'],
    [14, 'UNKNOWN_14'],
  ])('response code %i is the error %p', (rcode, error) => {
    expect(new Talk().say('request', query(1)).say('response', response(1, rcode)).said).toEqual([`A a.test: ${error}`])
  })

  test('the error has the reasons that EDNS gives', () => {
    const option = Buffer.concat([u16(15, 2, 6, 15, 10, 23), Buffer.from('no route')])
    const bytes = message({ flags: 0x8182, questions: [['a.test', A]], additionals: [['', OPT, option, 0, 1232]] })
    const { said } = new Talk().say('request', query(1)).say('response', bytes)
    expect(said).toEqual(['A a.test: SERVFAIL: DNSSEC Bogus: Network Error: no route'])
  })

  test('an id is used again for another question', () => {
    const talk = new Talk().say('request', query(1)).say('request', query(1, 'b.test', AAAA))
    talk.say('response', response(1, 0, 'B.TEST', AAAA)).say('response', response(1, 3))
    expect(talk.said).toEqual(['AAAA b.test: null', 'A a.test: NXDOMAIN'])
  })

  test('a response without a question: only if one query has its id', () => {
    const bare = message({ id: 1, flags: 0x8001 })
    expect(new Talk().say('request', query(1)).say('response', bare).said).toEqual(['A a.test: FORMERR'])
    const talk = new Talk().say('request', query(1)).say('request', query(1, 'b.test')).say('response', bare)
    expect(talk.said).toEqual(['UNKNOWN: FORMERR'])
  })

  test('a query that is not answered for ten seconds', () => {
    const talk = new Talk().at(1).say('request', query(1)).at(10.9).say('request', query(2))
    expect(talk.said).toEqual([])
    talk.at(11.1).say('response', response(2))
    expect(talk.said).toEqual(['A a.test: null', 'A a.test: no response'])
  })

  test('an answer that was told before its query', () => {
    const early = new Talk().at(1).say('response', response(1)).at(1.01).say('request', query(1)).stitch(false)
    expect(early.rows).toMatchObject([{ rcode: 0, req_size: 24 }])
    const tooEarly = new Talk().at(1).say('response', response(1)).at(1.2).say('request', query(1)).stitch(true)
    expect(tooEarly.rows).toMatchObject([{ req_size: null }, { rcode: null }])
  })

  test('a second answer is not for the next query', () => {
    const talk = new Talk().say('request', query(1)).say('response', response(1)).say('response', response(1, 3))
    talk.say('request', query(1)).stitch(true)
    expect(talk.rows.map(({ rcode, req_size }) => [rcode, req_size])).toEqual([
      [0, 24],
      [3, null],
      [null, 24],
    ])
  })

  test('multicast: nobody need answer, and nobody need ask', () => {
    const hint = port(5353)
    const talk = new Talk({ hint }).say('request', message({ id: 0, flags: 0, questions: [['h.local', A, 0x8001]] }))
    talk.say('response', message({ id: 0, flags: 0x8400, answers: [['h.local', A, 'c0000201', 120, 0x8001]] }))
    talk.stitch(true)
    expect(talk.said).toEqual(['UNKNOWN: null', 'A h.local: null'])
    expect(talk.rows).toMatchObject([
      {
        transport: 3,
        resp_body: '{"answers":[{"name":"h.local","type":"A","cache_flush":true,"ttl":120,"addr":"192.0.2.1"}]}',
      },
      {
        transport: 3,
        query_class: 'IN',
        req_body: '{"queries":[{"name":"h.local","type":"A","unicast_response":true}]}',
      },
    ])
  })

  test('a message that breaks off: what was before is shown', () => {
    const cut = message({
      flags: 0x8180,
      questions: [['a.test', A]],
      answers: [
        ['a.test', A, 'c0000201'],
        ['a.test', A, 'c0000202'],
      ],
    })
    const talk = new Talk().say('request', query(1)).say('response', cut.subarray(0, -6))
    expect(talk.rows).toMatchObject([{ answers: ['A 192.0.2.1'], malformed: true }])
    expect(talk.said).toEqual(['A a.test: malformed message'])
    const lost = new Talk().say('request', query(1)).say('response', cut.subarray(0, -6), true)
    expect(lost.rows).toMatchObject([{ answers: ['A 192.0.2.1'], malformed: false }])
  })

  test('truncated, then again over TCP: two rows', () => {
    const udp = new Talk()
      .say('request', query(1))
      .say('response', message({ flags: 0x8380, questions: [['a.test', A]] }))
    expect(udp.rows).toMatchObject([{ transport: 1, resp_header: { tc: 1 }, answers: [] }])
    const tcp = new Talk({ transport: 'stream' })
      .say('request', prefixed(query(1)))
      .say('response', prefixed(response(1)))
    expect(tcp.rows).toMatchObject([{ transport: 2, resp_header: { tc: 0 } }])
  })

  test('a client subnet that is not one', () => {
    const bytes = message({ questions: [['a.test', A]], additionals: [['', OPT, '00080005 0001 ff 00 0a', 0, 512]] })
    expect(new Talk().say('request', bytes).stitch(true).rows).toMatchObject([
      { malformed: true, req_edns: { options: [{ name: 'ECS', data: '0001ff000a' }] } },
    ])
  })

  test('no bodies', () => {
    const talk = new Talk({ options: { bodyBytes: 0, redact: true } }).say('request', query(1))
    talk.say('response', message({ flags: 0x8180, questions: [['a.test', A]], answers: [['a.test', A, 'c0000201']] }))
    expect(talk.rows).toMatchObject([
      { query_name: 'a.test', answers: [], req_body: '{"queries":[]}', resp_body: '{"answers":[]}' },
    ])
    expect(talk.cuts[0]).toBeGreaterThan(0)
  })

  test('names are compared without case, and shown with it', () => {
    const talk = new Talk().say('request', query(1, 'wWw.TeSt')).say('response', response(1, 0, 'www.test'))
    expect(talk.said).toEqual(['A wWw.TeSt: null'])
  })

  test('an update says what it changes', () => {
    const bytes = message({
      flags: 5 << 11,
      questions: [['test', 6]],
      authorities: [['x.test', 16, Buffer.concat([name('')]), 5]],
    })
    const { rows } = new Talk().say('request', bytes).stitch(true)
    expect(rows[0]?.req_body).toContain('"updates":[{"name":"x.test","type":"TXT","ttl":5,"data":"\\"\\""}]')
  })
})
