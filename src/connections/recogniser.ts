import { Mode } from '../kernel/intf.gen.js'
import type { Protocol } from '../protocols/protocol.js'
import { ROLE } from '../records/columns.js'
import { Commons } from './commons.js'
import type { Becoming, Connection } from './connection.js'
import { type DecodeCounts, newDecodeCounts } from './counts.js'
import { Decoder, type DecoderHost } from './decoder.js'
import type { Endpoints } from './endpoints.js'
import { Guesser } from './guess.js'
import type { EmitExchange } from './neighbours.js'
import type { Stats } from './stats.js'
import type { Stream } from './stream.js'
import type { Verdicts } from './verdicts.js'
import { Window } from './window.js'

/** Bytes, both directions together, after which a guess is not put off any more. */
const GUESS_BYTES = 16 * 1024
/** How often a connection that nobody knows may start over with fresh bytes before it is left alone. */
const MISSES_MAX = 16
/** Of a connection that was joined in the middle, one turn may be the rest of something as long as this. */
const TURN_BYTES = 64 * 1024 * 1024
/** What is off for so long is tried again, each time after twice as long. */
const REVIVE_NS = 0.5e9

/** A finished exchange, handed to whoever makes a row of it. */
export type TakeExchange = (conn: Connection, protocol: Protocol, ...exchange: Parameters<EmitExchange>) => void

export interface RecogniserSetup {
  readonly protocols: readonly Protocol[]
  /** Those whose exchanges somebody takes. */
  readonly wanted: ReadonlySet<string>
  readonly verdicts: Verdicts
  readonly endpoints: Endpoints
  readonly stats: Stats
  readonly take: TakeExchange
}

/** What a connection speaks: guessed, decoded, taken back where it was wrong, and left for what it turns into. */
export class Recogniser implements DecoderHost {
  readonly window = new Window()
  readonly decodeCounts = new Map<string, DecodeCounts>()
  readonly #guesser: Guesser
  /** Protocols that are decoded: those that are wanted, and those that lead to them. */
  readonly #decoded: ReadonlyMap<string, Protocol>
  readonly #verdicts: Verdicts
  readonly #endpoints: Endpoints
  readonly #stats: Stats
  readonly #commons = new Commons()
  readonly #take: TakeExchange
  #current: Connection | undefined

  constructor(setup: RecogniserSetup) {
    this.#guesser = new Guesser(setup.protocols)
    const leads = (name: string): boolean => setup.wanted.has(name)
    const decoded = setup.protocols.filter(({ name, leadsTo }) => leads(name) || leadsTo?.some(leads))
    this.#decoded = new Map(decoded.map((protocol) => [protocol.name, protocol]))
    this.#verdicts = setup.verdicts
    this.#endpoints = setup.endpoints
    this.#stats = setup.stats
    this.#take = setup.take
  }

  /** Whether the next `length` bytes of `stream` are of use; those that are not are only counted. */
  wants(conn: Connection, stream: Stream, length: number, timeNs: number): boolean {
    if (conn.phase === 'off' && !this.#revived(conn, timeNs)) return false
    if (conn.phase !== 'undecided' || conn.hears(stream)) return true
    const turn = stream.next + length - stream.turnAt
    if (turn > (conn.strange ? GUESS_BYTES : TURN_BYTES)) this.#stop(conn, undefined)
    return false
  }

  // A connection that is off still sends a sample now and then: a wrong `no` can be taken back.
  #revived(conn: Connection, timeNs: number): boolean {
    if (conn.protocol !== undefined || timeNs - conn.offNs < REVIVE_NS * 2 ** conn.revivals) return false
    conn.revivals++
    conn.sent.silenced = conn.received.silenced = true
    conn.fromStart = false
    conn.phase = 'undecided'
    this.#verdicts.add(conn.id, Mode.UNDECIDED, [0, 0])
    return true
  }

  /** Bytes have been added to `stream`. */
  run(conn: Connection, stream: Stream): void {
    if (conn.phase === 'undecided') this.#guess(conn, false)
    else this.#decode(conn, stream)
  }

  /** The next `length` bytes of `stream` are missing; `lost`: not on purpose. */
  gap(conn: Connection, stream: Stream, length: number, lost: boolean, timeNs: number): void {
    if (conn.phase === 'decoding') {
      conn.decoder?.gap(stream, conn.kind(stream), length, lost, timeNs)
      this.#settleBecoming(conn)
      return
    }
    if (conn.phase === 'undecided') {
      stream.drop(stream.length)
      conn.fromStart = false
    }
    stream.skip(length, timeNs)
    stream.frameStartNs = -1
  }

  #decode(conn: Connection, stream: Stream): void {
    if (conn.run(stream) === 'foreign') this.#wrongGuess(conn)
    else this.#settleBecoming(conn)
  }

  #settleBecoming(conn: Connection): void {
    if (conn.phase !== 'decoding') return
    if (conn.becoming !== undefined) this.#turn(conn, conn.becoming)
    else if (conn.whole !== conn.decidedWhole) this.#decide(conn)
  }

  #turn(conn: Connection, { protocol: name, legacy }: Becoming): void {
    conn.decoder?.stitch(false)
    const protocol = this.#decoded.get(name)
    if (protocol === undefined && name !== 'any') {
      this.#stop(conn, name === 'opaque' ? undefined : name)
      return
    }
    conn.turn()
    if (protocol !== undefined) this.#decodeAs(conn, protocol, legacy)
    else if (conn.sent.length + conn.received.length > 0) this.#guess(conn, false)
  }

  #decodeAs(conn: Connection, protocol: Protocol, legacy?: unknown): void {
    conn.phase = 'decoding'
    conn.protocol = protocol.name
    this.#endpoints.useful(conn)
    this.#stats.open(conn)
    conn.commons = this.#commons
    conn.decoder = new Decoder(protocol, conn, this, this.countsOf(protocol.name), legacy)
    this.#decide(conn)
    this.#catchUp(conn)
  }

  #stop(conn: Connection, protocol: string | undefined): void {
    conn.stop(protocol)
    this.#stats.open(conn)
    this.#verdicts.add(conn.id, Mode.OFF, [0, 0])
  }

  #guess(conn: Connection, final: boolean): void {
    const { sent, received } = conn
    // Within another protocol one begins where its question is answered.
    if (conn.strange && !final && (sent.length === 0 || received.length === 0)) return
    const enough = sent.length + received.length >= GUESS_BYTES
    const result = this.#guesser.guess(sent, received, conn.hint, conn.excluded, final || enough)
    if (result === undefined) return
    if (result === 'none') {
      this.#knownByNone(conn)
      return
    }
    conn.role = result.end === 'server' ? ROLE.server : ROLE.client
    if (!this.#decoded.has(result.protocol.name)) {
      if (conn.misses === 0) this.#endpoints.useless(conn)
      this.#stop(conn, result.protocol.name)
      return
    }
    // Joined in the middle, the first bytes may belong to a message that began before.
    conn.sent.lostSync = conn.received.lostSync = !conn.fromStart
    this.#decodeAs(conn, result.protocol)
  }

  // Joined in the middle, the next call may begin with a message: start over with it. Else a protocol begins with a turn.
  #knownByNone(conn: Connection): void {
    const isLong = conn.sent.length + conn.received.length >= GUESS_BYTES
    conn.miss(isLong)
    if (conn.misses === 1) this.#endpoints.useless(conn)
    if (conn.misses > MISSES_MAX || (conn.fromStart && isLong)) this.#stop(conn, undefined)
    else if (!conn.fromStart) this.#startOver(conn)
    else if (conn.misses === 1 && conn.keepTurns()) this.#guess(conn, false)
  }

  #startOver(conn: Connection): void {
    conn.sent.drop(conn.sent.length)
    conn.received.drop(conn.received.length)
    conn.fromStart = false
    conn.phase = 'undecided'
  }

  // What came while nothing was decided is decoded in the order in which it moved, requests first on a tie.
  #catchUp(conn: Connection): void {
    const chunks: { stream: Stream; until: number; ns: number; request: boolean }[] = []
    for (const stream of [conn.sent, conn.received]) {
      const request = conn.kind(stream) === 'request'
      for (const [until, ns] of stream.chunks()) chunks.push({ stream, until, ns, request })
    }
    if (chunks.length > 1) chunks.sort((a, b) => a.ns - b.ns || Number(b.request) - Number(a.request))
    const { decoder } = conn
    for (const { stream, until } of chunks) {
      if (conn.run(stream, until) === 'foreign') {
        this.#wrongGuess(conn)
        return
      }
      this.#settleBecoming(conn)
      if (conn.decoder !== decoder) return
    }
  }

  #wrongGuess(conn: Connection): void {
    const { decoder } = conn
    if (decoder === undefined) return
    if (conn.proven) decoder.stitch(true)
    conn.decoder = undefined
    conn.whole = false
    conn.phase = 'undecided'
    conn.protocol = undefined
    conn.role = conn.facts.role
    conn.becoming = undefined
    this.#stats.open(conn)
    const rewound = conn.fromStart && conn.sent.rewind() && conn.received.rewind()
    if (rewound && conn.strange) {
      // A question whose answer is still to come, behind the turn of another protocol.
      if (++conn.misses > MISSES_MAX) this.#stop(conn, undefined)
    } else if (rewound) {
      conn.excluded.push(decoder.protocol)
      this.#guess(conn, conn.sent.closed && conn.received.closed)
    } else {
      conn.fromStart = false
      this.#knownByNone(conn)
    }
  }

  countsOf(protocol: string): DecodeCounts {
    let counts = this.decodeCounts.get(protocol)
    if (counts === undefined) {
      counts = newDecodeCounts()
      this.decodeCounts.set(protocol, counts)
    }
    return counts
  }

  emit(conn: Connection): EmitExchange {
    this.#current = conn
    return this.#emit
  }

  readonly #emit: EmitExchange = (request, response, row, cut, batched) => {
    const conn = this.#current
    if (conn?.decoder === undefined) return
    conn.prove()
    conn.decoder.counts.rows++
    this.#take(conn, conn.decoder.protocol, request, response, row, cut, batched)
  }

  #decide(conn: Connection): void {
    conn.decidedWhole = conn.whole
    this.#verdicts.add(conn.id, conn.whole ? Mode.WHOLE : Mode.FULL, [conn.sent.until, conn.received.until])
  }

  withhold(conn: Connection, stream: Stream, until: number): void {
    stream.until = until
    this.#decide(conn)
  }

  /** The other end has closed its direction: what is there is all there will be. */
  end(conn: Connection, stream: Stream): void {
    stream.closed = true
    if (conn.phase === 'undecided') this.#guess(conn, conn.sent.closed && conn.received.closed)
    if (conn.phase === 'decoding') this.#decode(conn, stream)
  }

  /** Nothing follows. `lossy`: but for what was lost, of a byte each way at least. */
  conclude(conn: Connection, lossy = false): void {
    if (conn.phase === 'undecided') this.#guess(conn, true)
    if (conn.phase !== 'decoding') return
    const streams = [conn.requests, conn.responses]
    if (lossy) for (const stream of streams) this.gap(conn, stream, 1, true, conn.lastNs)
    for (const stream of streams) if (conn.run(stream) === 'foreign') return
    conn.decoder?.stitch(true)
  }
}
