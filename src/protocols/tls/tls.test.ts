import {
  alert,
  alpn,
  CHANGE_CIPHER,
  clientHello,
  codes,
  encrypted,
  FINISHED,
  fragments,
  HANDSHAKE,
  message,
  record,
  serverHello,
  serverName,
  uint,
  vector,
} from '../../../test/conformance/tls-bytes.js'
import { ByteCursor } from '../cursor.js'
import type { InferHint, Kind } from '../protocol.js'
import { ja4 } from './fingerprint.js'
import { readClientHello } from './hello.js'
import { tls } from './index.js'
import type { Records, State } from './state.js'
import { suiteName } from './suites.js'
import { HANDSHAKE as END, type TlsRow } from './table.js'

class Talk {
  readonly rows: (TlsRow & { readonly lost: boolean; readonly cut: number })[] = []
  readonly became: string[] = []
  readonly state: State
  readonly #frames: Record<Kind, Records[]> = { request: [], response: [] }

  constructor(bodyBytes = 1024, fromStart = true) {
    const become = (name: string): void => void this.became.push(name)
    const options = { bodyBytes, redact: true }
    this.state = tls.newState({ transport: 'stream', fromStart, options, whole: false, become })
  }

  feed(kind: Kind, ...parts: readonly Buffer[]): this {
    const bytes = new ByteCursor(Buffer.concat(parts))
    while (bytes.pos < bytes.end && this.became.length === 0) {
      const n = tls.parse(kind, bytes, this.state, this.#frames[kind])
      if (n <= 0) throw new Error(`${n} at ${bytes.pos}, want ${bytes.want}`)
      bytes.pos += n
    }
    return this.end(false)
  }

  /** Bytes that are not enough: what `parse` says, and how many it wants. */
  part(kind: Kind, bytes: Buffer): readonly [number, number] {
    const cursor = new ByteCursor(bytes)
    return [tls.parse(kind, cursor, this.state, this.#frames[kind]), cursor.want]
  }

  /** Joined: looks where a record begins. */
  boundary(kind: Kind, bytes: Buffer): this {
    expect(tls.findBoundary(kind, new ByteCursor(bytes), this.state)).toBe(0)
    return this
  }

  gap(kind: Kind, length: number): boolean {
    return tls.gap(kind, length, this.state, true)
  }

  end(ended = true): this {
    tls.stitch(
      this.#frames.request,
      this.#frames.response,
      this.state,
      (request, response, row, cut) =>
        this.rows.push({ ...row, cut, lost: request?.lost === true || response?.lost === true }),
      ended,
    )
    return this
  }
}

const HELLO = record(HANDSHAKE, clientHello([0xc02f], [serverName('a.example')]))
const ANSWER = record(HANDSHAKE, serverHello(0xc02f, []))
const NEW = record(HANDSHAKE, serverHello(0x1301, [[43, codes(0x0304)]]))
const certificate = (size: number): Buffer => message(11, vector(3, vector(3, Buffer.alloc(size, 0x30))))

describe('the handshake', () => {
  test('ends with the Finished messages of both ends, then nothing is decoded', () => {
    const talk = new Talk().feed('request', HELLO)
    talk.feed('response', ANSWER, record(HANDSHAKE, message(14, Buffer.alloc(0))))
    talk.feed('request', record(HANDSHAKE, message(16, Buffer.alloc(66))), CHANGE_CIPHER, FINISHED)
    expect(talk.became).toEqual([])
    talk.feed('response', CHANGE_CIPHER, FINISHED)
    expect(talk.became).toEqual(['opaque'])
    expect(talk.rows).toEqual([expect.objectContaining({ handshake: END.complete, resumed: false, lost: false })])
    expect(talk.end().rows).toHaveLength(1)
  })

  test('a record is waited for as a whole', () => {
    const talk = new Talk()
    expect(talk.part('request', HELLO.subarray(0, 3))).toEqual([0, 5])
    expect(talk.part('request', HELLO.subarray(0, 20))).toEqual([0, HELLO.length])
  })

  test('a chain of certificates that is too long is passed over', () => {
    const talk = new Talk().feed('request', HELLO)
    const flight = Buffer.concat([
      certificate(300_000),
      message(12, Buffer.from([3, 0, 29])),
      message(14, Buffer.alloc(0)),
    ])
    talk.feed('response', ANSWER, fragments(HANDSHAKE, flight, 16_384)).end()
    expect(talk.rows).toEqual([expect.objectContaining({ named_group: 'x25519', resumed: false, cert_subject: null })])
  })

  test('one that does not end is given up', () => {
    const talk = new Talk().feed('request', HELLO)
    for (let i = 0; i < 300 && talk.became.length === 0; i++) talk.feed('response', record(24, Buffer.alloc(30)))
    expect(talk.became).toEqual(['opaque'])
    expect(talk.rows).toEqual([expect.objectContaining({ handshake: null, version: null })])
  })

  test('of a server alone, or a client alone, what is there', () => {
    const server = new Talk().feed('response', NEW, CHANGE_CIPHER, encrypted(900)).end()
    expect(server.rows).toEqual([expect.objectContaining({ req_type: null, version: 0x0304, handshake: null })])
    const client = new Talk()
      .feed('request', HELLO, record(HANDSHAKE, message(16, Buffer.alloc(66))), CHANGE_CIPHER)
      .end()
    expect(client.rows).toEqual([expect.objectContaining({ server_name: 'a.example', handshake: null })])
  })

  test('joined before the hello, nothing of the handshake is missing', () => {
    const talk = new Talk(1024, false).boundary('request', HELLO).feed('request', HELLO).boundary('response', ANSWER)
    talk.feed('response', ANSWER, record(HANDSHAKE, message(14, Buffer.alloc(0))))
    talk.feed('request', CHANGE_CIPHER, encrypted(40)).feed('response', CHANGE_CIPHER, encrypted(40)).end()
    expect(talk.rows).toEqual([expect.objectContaining({ handshake: END.complete, hello_retry: false, lost: false })])
  })

  test('joined after the hello, some of the handshake may be missing', () => {
    const talk = new Talk(1024, false).boundary('response', ANSWER).feed('response', ANSWER).end()
    expect(talk.rows).toEqual([expect.objectContaining({ handshake: null, hello_retry: null, lost: true })])
  })

  test('an alert before any hello is a row', () => {
    const talk = new Talk().feed('request', alert(2, 80)).end()
    expect(talk.rows).toEqual([expect.objectContaining({ req_type: 21, alert: 80, handshake: END.alert })])
    expect(tls.table.error?.(talk.rows[0] as TlsRow)).toBe('internal_error (from the client)')
  })

  test('an encrypted alert instead of the Finished message', () => {
    const talk = new Talk().feed('request', HELLO).feed('response', ANSWER)
    talk.feed('request', CHANGE_CIPHER, FINISHED).feed('response', record(21, Buffer.alloc(26)))
    expect(talk.rows.map((row) => tls.table.error?.(row))).toEqual(['encrypted alert (from the server)'])
  })
})

describe('losses', () => {
  test('within a record: the next one is at a known place', () => {
    const talk = new Talk().feed('request', HELLO)
    expect(talk.part('response', ANSWER.subarray(0, 30))[0]).toBe(0)
    expect(talk.gap('response', ANSWER.length - 10)).toBe(true)
    talk.feed('response', ANSWER.subarray(-10), record(HANDSHAKE, message(14, Buffer.alloc(0)))).end()
    expect(talk.rows).toEqual([expect.objectContaining({ lost: true, version: null, resumed: false })])
  })

  test('beyond it a record is searched for', () => {
    const talk = new Talk().feed('request', HELLO)
    expect(talk.gap('response', 100)).toBe(false)
    const noise = Buffer.concat([Buffer.from([22, 3, 3, 0, 4, 1, 2, 3, 4, 5, 6]), ANSWER])
    expect(tls.findBoundary('response', new ByteCursor(noise), talk.state)).toBe(11)
  })

  test('a connection whose handshake was not seen has no row', () => {
    const talk = new Talk(1024, false).feed('request', encrypted(100)).end()
    expect([talk.rows, talk.became]).toEqual([[], ['opaque']])
  })
})

test('what is long is cut', () => {
  const names = Array.from({ length: 40 }, (_, i) => `protocol-${i}`)
  const suites = Array.from({ length: 150 }, (_, i) => 0xc000 + i)
  const talk = new Talk(200).feed('request', record(HANDSHAKE, clientHello(suites, [alpn(...names)]))).end()
  const [row] = talk.rows
  expect(row?.req_body).toHaveLength(200)
  expect(row?.req_ciphers).toHaveLength(100)
  const cut = tls.table.columns.filter((_, i) => ((row?.cut ?? 0) >> i) & 1).map((column) => column.name)
  expect(cut).toEqual(['req_ciphers', 'req_body'])
})

test('names of suites', () => {
  expect([0x0000, 0x00ff, 0x1301, 0xc02f, 0xc0b3, 0xccae, 0xd005, 0x2a2a, 0xfefe].map(suiteName)).toEqual([
    'TLS_NULL_WITH_NULL_NULL',
    'TLS_EMPTY_RENEGOTIATION_INFO_SCSV',
    'TLS_AES_128_GCM_SHA256',
    'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
    'TLS_ECCPWD_WITH_AES_256_CCM_SHA384',
    'TLS_RSA_PSK_WITH_CHACHA20_POLY1305_SHA256',
    'TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256',
    'GREASE',
    'UNKNOWN_0xfefe',
  ])
})

describe('JA4', () => {
  const of = (hello: Buffer): string => ja4(readClientHello(hello, 4, hello.length))

  test('the example of its authors', () => {
    const suites = '1301 1302 1303 c02b c02f c02c c030 cca9 cca8 c013 c014 009c 009d 002f 0035'.split(' ')
    const extensions = '001b 0033 4469 0017 ff01 0023 0005 000b 0012 002d 0015'.split(' ')
    const signatures = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601]
    const hello = clientHello(
      suites.map((code) => Number.parseInt(code, 16)),
      [
        ...extensions.map((code) => [Number.parseInt(code, 16), Buffer.alloc(0)] as const),
        serverName('a'),
        alpn('h2'),
        [10, Buffer.alloc(0)],
        [13, vector(2, codes(...signatures))],
        [43, vector(1, codes(0x0304, 0x0303))],
      ],
    )
    expect(of(hello)).toBe('t13d1516h2_8daaf6152771_e5627efa2ab1')
  })

  test.each([
    [[], 't12i010000_f06271c2b022_000000000000'],
    [[alpn('\u00ab')], 't12i0101cb_f06271c2b022_000000000000'],
  ])('of little: %#', (extensions, wanted) => {
    expect(of(clientHello([0xc02f], extensions))).toBe(wanted)
  })
})

describe('infer', () => {
  const HINT: InferHint = { role: 'unknown', localPort: 40000, remotePort: 40001, fromStart: true }
  const guess = (sent: Buffer, received: Buffer, hint: Partial<InferHint> = {}): string =>
    tls.infer(new ByteCursor(sent), new ByteCursor(received), { ...HINT, ...hint })
  const none = Buffer.alloc(0)

  test.each([
    ['a ClientHello', HELLO, none, 'client'],
    ['its head', HELLO.subarray(0, 11), none, 'client'],
    ['too little of it', HELLO.subarray(0, 9), none, 'need-more'],
    ['a first record of four bytes', fragments(HANDSHAKE, HELLO.subarray(5), 4).subarray(0, 9), none, 'client'],
    ['a ServerHello alone', none, ANSWER, 'client'],
    ['two of the same kind', HELLO, HELLO, 'no'],
    ['a greeting of another protocol before it', HELLO, Buffer.from('220 ready for TLS\r\n'), 'need-more'],
    ['the wrong version', record(HANDSHAKE, clientHello([1], [], '', 0x0500)), none, 'no'],
    [
      'a session id that is too long',
      Buffer.concat([HELLO.subarray(0, 43), uint(33, 1), HELLO.subarray(44)]),
      none,
      'no',
    ],
    ['application data at the start', encrypted(30), none, 'no'],
    ['text', Buffer.from('GET / HTTP/1.1\r\n\r\n'), none, 'no'],
  ])('%s', (_name, sent, received, answer) => {
    expect(guess(sent, received)).toBe(answer)
    expect(guess(received, sent)).toBe(answer === 'client' ? 'server' : answer)
  })

  test('in the middle: records in a row, and an end that is known', () => {
    const chain = Buffer.concat([encrypted(30), encrypted(40), encrypted(50)])
    const middle = { fromStart: false }
    expect(guess(chain, none, middle)).toBe('no')
    expect(guess(chain, none, { ...middle, role: 'server' })).toBe('server')
    expect(guess(none, chain, { ...middle, remotePort: 443 })).toBe('client')
    expect(guess(chain.subarray(0, 80), none, { ...middle, role: 'client' })).toBe('need-more')
    expect(guess(Buffer.concat([encrypted(30), Buffer.from('text')]), none, { ...middle, role: 'client' })).toBe('no')
  })
})
