import type { EventBatch, EventTaker } from '../kernel/events.js'
import { ConnEvent, DataEvent, DataFlag, Lane, Mode, SAMPLE_BYTES } from '../kernel/intf.gen.js'
import type { DecodeOptions, Protocol } from '../protocols/protocol.js'
import { ROLE } from '../records/columns.js'
import type { HostFacts } from '../system/host.js'
import { type Becoming, Connection, isLoss } from './connection.js'
import { type DecodeCounts, newDecodeCounts, newTrackerCounts } from './counts.js'
import { type DatagramHost, Datagrams } from './datagrams.js'
import { Decoder } from './decoder.js'
import { type Endpoints, endpointOf } from './endpoints.js'
import { type CgroupOf, readFacts, readProcess } from './facts.js'
import { Guesser } from './guess.js'
import { comesNext, type Held } from './held.js'
import type { EmitExchange } from './neighbours.js'
import { Stats } from './stats.js'
import type { Stream } from './stream.js'
import type { Verdicts } from './verdicts.js'
import { Window } from './window.js'

const SOCK_STREAM = 1
const CONNECTIONS_MAX = 65_536
const EVICT_LOOKS = 64
const HELD_MAX = 256
/** Bytes, both directions together, after which a guess is not put off any more. */
const GUESS_BYTES = 16 * 1024
/** How often a connection that nobody knows may start over with fresh bytes before it is left alone. */
const MISSES_MAX = 16
/** Of a connection that was joined in the middle, one turn may be the rest of something as long as this. */
const TURN_BYTES = 64 * 1024 * 1024
/** What is off for so long is tried again, each time after twice as long. */
const REVIVE_NS = 0.5e9
/** A call that another thread's call has overtaken shows up within this time, or was lost. */
const OVERTAKEN_NS = 20e6
/** Data that a closed connection still lacks after this time was lost. */
const MISSING_NS = 1e9

/** A finished exchange, handed to whoever makes a row of it. */
export type TakeExchange = (conn: Connection, protocol: Protocol, ...exchange: Parameters<EmitExchange>) => void

/** Events → connections → frames → exchanges. */
export class Tracker implements EventTaker, DatagramHost {
  readonly window = new Window()
  readonly stats: Stats
  readonly counts = newTrackerCounts()
  readonly decodeCounts = new Map<string, DecodeCounts>()
  readonly #connections = new Map<number, Connection>()
  readonly #closing = new Set<Connection>()
  /** Connections with bytes that are ahead of their turn. */
  readonly #ahead = new Set<Connection>()
  /** Connections whose streams may point into the batch. */
  readonly #touched: Connection[] = []
  readonly #datagrams: Datagrams
  readonly #guesser: Guesser
  /** Protocols that are decoded: those that are wanted, and those that lead to them. */
  readonly #decoded: ReadonlyMap<string, Protocol>
  readonly #verdicts: Verdicts
  readonly #endpoints: Endpoints
  readonly #options: DecodeOptions
  readonly #host: HostFacts
  readonly #cgroupOf: CgroupOf
  readonly #take: TakeExchange
  #current: Connection | undefined

  constructor(setup: {
    readonly protocols: readonly Protocol[]
    /** Those whose exchanges somebody takes. */
    readonly wanted: ReadonlySet<string>
    readonly verdicts: Verdicts
    readonly endpoints: Endpoints
    readonly options: DecodeOptions
    readonly host: HostFacts
    readonly cgroupOf: CgroupOf
    readonly take: TakeExchange
    /** Totals for conn_stats. */
    readonly wantStats: boolean
  }) {
    this.stats = new Stats(setup.wantStats)
    this.#guesser = new Guesser(setup.protocols)
    const leads = (name: string): boolean => setup.wanted.has(name)
    const decoded = setup.protocols.filter(({ name, leadsTo }) => leads(name) || leadsTo?.some(leads))
    this.#decoded = new Map(decoded.map((protocol) => [protocol.name, protocol]))
    this.#verdicts = setup.verdicts
    this.#endpoints = setup.endpoints
    this.#options = setup.options
    this.#host = setup.host
    this.#cgroupOf = setup.cgroupOf
    this.#take = setup.take
    this.#datagrams = new Datagrams({ ...setup, host: this })
  }

  get size(): number {
    return this.#connections.size + this.#datagrams.size
  }

  conn(batch: EventBatch, at: number): void {
    const id = batch.connId(at)
    const process = readProcess(batch, at, this.#host, this.#cgroupOf)
    if (batch.u8(at + ConnEvent.type) !== SOCK_STREAM) {
      this.#datagrams.open(id, batch, at, process)
      return
    }
    const known = this.#connections.get(id)
    if (known !== undefined) {
      known.addProcess(process)
      return
    }
    const sent = batch.position(at, 0)
    const received = batch.position(at, 1)
    const conn = new Connection(id, readFacts(batch, at), process, sent === 0 && received === 0, this.#options)
    conn.sent.next = sent
    conn.received.next = received
    conn.lastNs = batch.timeNs(at)
    conn.endpoint = endpointOf(batch, at)
    this.#connections.set(id, conn)
    if (batch.u16(at + ConnEvent.mode) === Mode.OFF) conn.stop(undefined)
    this.stats.open(conn)
    if (this.#connections.size > CONNECTIONS_MAX) this.#evict()
  }

  // Of those that were opened first, the one that has been silent longest goes.
  #evict(): void {
    let idlest: Connection | undefined
    let looked = 0
    for (const conn of this.#connections.values()) {
      if (idlest === undefined || conn.lastNs < idlest.lastNs) idlest = conn
      if (++looked === EVICT_LOOKS) break
    }
    if (idlest === undefined) return
    this.counts.evicted++
    this.#finish(idlest)
  }

  data(batch: EventBatch, at: number): void {
    this.counts.events++
    const end = (batch.u8(at + DataEvent.flags) & DataFlag.END) !== 0
    const conn = this.#connections.get(batch.connId(at))
    if (conn === undefined) {
      // Of one that has closed, its end is no news.
      if (!this.#datagrams.data(batch, at) && !end) this.counts.unknown++
      return
    }
    const stream = conn.stream(batch.u8(at + DataEvent.direction))
    const timeNs = batch.timeNs(at)
    const length = batch.u32(at + DataEvent.length)
    conn.lastNs = timeNs
    conn.encrypted = batch.u8(at + DataEvent.lane) === Lane.PLAIN
    const position = batch.u64(at + DataEvent.position)
    const from = at + DataEvent.SIZE
    const captured = batch.u32(at + DataEvent.captured)
    const reason = batch.u16(at + DataEvent.reason)
    const pid = batch.u32(at + DataEvent.tgid)
    if (conn.waiting.length > 0 || !comesNext(stream, position)) {
      const bytes = Buffer.from(batch.buf.subarray(from, from + captured))
      this.#hold(conn, { stream, position, length, bytes, timeNs, reason, pid, end })
      return
    }
    conn.usedBy(pid)
    this.#place(conn, stream, position, length, batch.buf, from, captured, timeNs, reason)
    if (end) this.#end(conn, stream)
  }

  // Its turn may still come; what the other direction says meanwhile waits too, or an answer would precede its question.
  #hold(conn: Connection, held: Held): void {
    conn.waiting.add(held)
    this.#ahead.add(conn)
    this.#placeHeld(conn, conn.waiting.length > HELD_MAX)
  }

  #placeHeld(conn: Connection, all: boolean): void {
    for (let held = conn.waiting.take(all); held !== undefined; held = conn.waiting.take(all)) {
      const { stream, bytes } = held
      conn.usedBy(held.pid)
      this.#place(conn, stream, held.position, held.length, bytes, 0, bytes.length, held.timeNs, held.reason)
      if (held.end) this.#end(conn, stream)
      stream.settle()
    }
    if (conn.waiting.length === 0) this.#ahead.delete(conn)
  }

  // [position, position + length) moved; `captured` of them are in buf from `from`.
  #place(
    conn: Connection,
    stream: Stream,
    position: number,
    length: number,
    buf: Buffer,
    from: number,
    captured: number,
    timeNs: number,
    reason: number,
  ): void {
    const seen = Math.min(Math.max(stream.next - position, 0), length)
    this.counts.late += seen
    const missing = position - stream.next
    const off = conn.phase === 'off'
    if (missing > 0) {
      const withheld = Math.min(missing, Math.max(stream.until - stream.next, 0))
      if (withheld > 0) this.#gap(conn, stream, withheld, false, timeNs)
      if (missing > withheld) this.#gap(conn, stream, missing - withheld, true, timeNs)
      if (!off && !stream.silenced) this.counts.missing += missing - withheld
    }
    // A kernel that keeps still sends no more than a sample at a time.
    if (captured > SAMPLE_BYTES) stream.silenced = false
    this.#count(conn, stream, Math.max(missing, 0) + length - seen)
    if (captured > seen) this.#bytes(conn, stream, buf, from + seen, from + captured, timeNs)
    const uncaptured = length - Math.max(captured, seen)
    if (uncaptured > 0) this.#gap(conn, stream, uncaptured, isLoss(reason), timeNs)
  }

  #count(conn: Connection, stream: Stream, bytes: number): void {
    if (stream === conn.sent) conn.bytesSent += bytes
    else conn.bytesReceived += bytes
    const entry = conn.stats
    if (entry === undefined) return
    if (stream === conn.sent) entry.bytesSent += bytes
    else entry.bytesReceived += bytes
    entry.active = true
  }

  #bytes(conn: Connection, stream: Stream, buf: Buffer, start: number, end: number, timeNs: number): void {
    this.counts.bytes += end - start
    if (conn.phase === 'off' && !this.#revived(conn, timeNs)) {
      stream.next += end - start
      return
    }
    if (conn.phase === 'undecided' && !conn.hears(stream)) {
      stream.next += end - start
      if (stream.next - stream.turnAt > (conn.strange ? GUESS_BYTES : TURN_BYTES)) this.#stop(conn, undefined)
      return
    }
    stream.add(buf, start, end, timeNs)
    if (!conn.touched) {
      conn.touched = true
      this.#touched.push(conn)
    }
    if (conn.phase === 'undecided') this.#guess(conn, false)
    else this.#decode(conn, stream)
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

  #gap(conn: Connection, stream: Stream, length: number, lost: boolean, timeNs: number): void {
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
    this.stats.open(conn)
    conn.decoder = new Decoder(protocol, conn, this, this.countsOf(protocol.name), legacy)
    this.#decide(conn)
    this.#catchUp(conn)
  }

  #stop(conn: Connection, protocol: string | undefined): void {
    conn.stop(protocol)
    this.stats.open(conn)
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
    this.stats.open(conn)
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

  // The other end has closed its direction: what is there is all there will be.
  #end(conn: Connection, stream: Stream): void {
    stream.closed = true
    if (conn.phase === 'undecided') this.#guess(conn, conn.sent.closed && conn.received.closed)
    if (conn.phase === 'decoding') this.#decode(conn, stream)
  }

  closed(batch: EventBatch, at: number): void {
    const conn = this.#connections.get(batch.connId(at))
    if (conn === undefined) {
      this.#datagrams.closed(batch, at)
      return
    }
    conn.sent.final = batch.position(at, 0)
    conn.received.final = batch.position(at, 1)
    conn.closedNs = batch.timeNs(at)
    this.#closing.add(conn)
  }

  /** The batch's memory will be used again: nothing may point into it. */
  endBatch(): void {
    for (const conn of this.#touched) {
      conn.touched = false
      conn.sent.settle()
      conn.received.settle()
    }
    this.#touched.length = 0
    // A close overtakes the data in the other ring: it counts once the data is there.
    for (const conn of this.#closing) if (this.#complete(conn)) this.#finish(conn)
  }

  /** A tick has ended, all that was in the rings at its start has been taken: what is missing for long will not come. */
  endTick(nowNs: number): void {
    for (const conn of this.#ahead) if (nowNs - conn.waiting.oldestNs > OVERTAKEN_NS) this.#placeHeld(conn, true)
    for (const conn of this.#closing) if (nowNs - conn.closedNs > MISSING_NS) this.#finish(conn)
    this.#datagrams.endTick(nowNs)
  }

  #complete(conn: Connection): boolean {
    return conn.sent.next >= conn.sent.final && conn.received.next >= conn.received.final
  }

  #finish(conn: Connection): void {
    this.#placeHeld(conn, true)
    for (const stream of [conn.sent, conn.received]) {
      const missing = stream.final - stream.next
      const withheld = Math.min(missing, Math.max(stream.until - stream.next, 0))
      if (missing > 0) {
        this.#count(conn, stream, missing)
        if (conn.phase !== 'off' && !stream.silenced) this.counts.missing += missing - withheld
        this.#gap(conn, stream, missing, withheld < missing, conn.lastNs)
      }
      stream.closed = true
    }
    this.#conclude(conn)
    this.stats.close(conn)
    this.#closing.delete(conn)
    this.#connections.delete(conn.id)
    this.#ahead.delete(conn)
  }

  #conclude(conn: Connection, lossy = false): void {
    if (conn.phase === 'undecided') this.#guess(conn, true)
    if (conn.phase !== 'decoding') return
    const streams = [conn.requests, conn.responses]
    if (lossy) for (const stream of streams) this.#gap(conn, stream, 1, true, conn.lastNs)
    for (const stream of streams) if (conn.run(stream) === 'foreign') return
    conn.decoder?.stitch(true)
  }

  /** The input has ended: what is still open is concluded. `lossy`: its last events may be lost, of a byte each way at least. */
  flush(lossy = false): void {
    this.endBatch()
    for (const conn of this.#ahead) this.#placeHeld(conn, true)
    for (const conn of this.#closing) this.#finish(conn)
    for (const conn of this.#connections.values()) this.#conclude(conn, lossy)
    this.#datagrams.flush()
  }
}
