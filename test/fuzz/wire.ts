import { Connection } from '../../src/connections/connection.js'
import { newDecodeCounts } from '../../src/connections/counts.js'
import { Decoder } from '../../src/connections/decoder.js'
import { Window } from '../../src/connections/window.js'
import { Direction, Family } from '../../src/kernel/intf.gen.js'
import type { Conn, DecodeOptions, Kind, Protocol, Span } from '../../src/protocols/protocol.js'
import { ROLE } from '../../src/records/columns.js'
import type { Emitted } from '../conformance/driver.js'

const PROCESS = { pid: 1, upid: '0:1:1', comm: 'x', container: null }

export interface WireSetup {
  readonly transport: Conn['transport']
  readonly fromStart: boolean
  readonly role: keyof typeof ROLE
  /** The port of the server. */
  readonly port: number
  readonly options: DecodeOptions
}

/** One connection through the real decoder, from memory that is overwritten after each call. */
export class Wire {
  readonly conn: Connection
  readonly counts = newDecodeCounts()
  emitted: Emitted[] = []
  state: unknown
  /** Frames that wait for a partner. */
  waiting: readonly (readonly Span[])[] = []
  calls = 0
  fed = 0
  /** It is another protocol's, or was never this one's. */
  over = false
  readonly #decoder: Decoder
  #now = 1

  constructor(protocol: Protocol, { transport, fromStart, role, port, options }: WireSetup) {
    const [localPort, remotePort] = role === 'server' ? [port, 40_000] : [40_000, port]
    const facts = { family: Family.INET, role: ROLE[role], netns: 0, localAddr: null, remoteAddr: null }
    this.conn = new Connection(1, { ...facts, localPort, remotePort }, PROCESS, fromStart, options, transport)
    this.conn.sent.next = this.conn.received.next = 0
    this.conn.sent.lostSync = this.conn.received.lostSync = !fromStart
    const host = { window: new Window(), emit: () => this.#emit, withhold: () => undefined }
    this.#decoder = new Decoder(this.#watched(protocol), this.conn, host, this.counts)
  }

  // The protocol, with what it owes its caller checked at each call.
  #watched(protocol: Protocol): Protocol {
    return Object.assign(Object.create(protocol) as Protocol, {
      newState: (conn: Conn) => {
        this.state = protocol.newState(conn)
        return this.state
      },
      parse: (...[kind, bytes, state, out]: Parameters<Protocol['parse']>) => {
        this.calls++
        const left = bytes.end - bytes.pos
        const n = protocol.parse(kind, bytes, state, out)
        if (!(n <= left)) throw new Error(`ate ${n} of ${left} bytes`)
        return n
      },
      findBoundary: (...[kind, bytes, state]: Parameters<Protocol['findBoundary']>) => {
        const { pos, end } = bytes
        const at = protocol.findBoundary(kind, bytes, state)
        if (at >= 0 && !(at >= pos && at <= end)) throw new Error(`a boundary at ${at}, outside ${pos} to ${end}`)
        return at
      },
      stitch: (...args: Parameters<Protocol['stitch']>) => {
        const orphans = protocol.stitch(...args)
        this.waiting = [args[0], args[1]]
        return orphans
      },
    })
  }

  readonly #emit = (from: Span | undefined, to: Span | undefined, row: object, cut: number): void => {
    const lost = from?.lost === true || to?.lost === true
    if (this.counts.rows++ === 0) {
      this.conn.sent.confirm()
      this.conn.received.confirm()
    }
    this.emitted.push({
      row: row as Emitted['row'],
      cut,
      lost,
      latency: from && to ? to.endNs - from.startNs : undefined,
    })
  }

  feed(kind: Kind, bytes: Buffer): void {
    this.#now++
    this.fed += bytes.length
    const batch = Buffer.concat([POISON, bytes, POISON])
    const [start, end] = [POISON.length, POISON.length + bytes.length]
    if (this.conn.transport === 'datagram') {
      this.calls++
      this.#decoder.message(kind, { buf: batch, start, end, closed: true }, this.#now, false)
    } else if (!this.over && bytes.length > 0) {
      const stream = this.#stream(kind)
      stream.add(batch, start, end, this.#now)
      this.#run(kind)
      stream.settle()
    }
    batch.fill(0xee)
  }

  #stream(kind: Kind): Connection['sent'] {
    return this.conn.stream((kind === 'request') === (this.conn.role === ROLE.server) ? Direction.RECV : Direction.SEND)
  }

  #run(kind: Kind): void {
    const outcome = this.#decoder.run(this.#stream(kind), kind, Number.POSITIVE_INFINITY)
    this.over ||= outcome === 'foreign' || this.conn.becoming !== undefined
  }

  /** `length` bytes are missing. */
  lose(kind: Kind, length: number): void {
    if (this.over || this.conn.transport === 'datagram') return
    this.#decoder.gap(this.#stream(kind), kind, length, true, ++this.#now)
    this.over = this.conn.becoming !== undefined
  }

  end(): void {
    for (const kind of this.over || this.conn.transport === 'datagram' ? [] : (['request', 'response'] as const)) {
      this.#stream(kind).closed = true
      if (!this.over) this.#run(kind)
    }
    this.#decoder.stitch(true)
  }
}

const POISON = Buffer.from('\r\n\r\n*1\r\nHTTP/1.1 200 OK\r\n\r\n')
