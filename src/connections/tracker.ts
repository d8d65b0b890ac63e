import type { EventBatch, EventTaker } from '../kernel/events.js'
import { ConnEvent, DataEvent, DataFlag, Lane, Mode, SAMPLE_BYTES } from '../kernel/intf.gen.js'
import type { DecodeOptions } from '../protocols/protocol.js'
import type { HostFacts } from '../system/host.js'
import { Connection, isLoss } from './connection.js'
import { type DecodeCounts, newTrackerCounts } from './counts.js'
import { Datagrams } from './datagrams.js'
import { endpointOf } from './endpoints.js'
import { type CgroupOf, readFacts, readProcess } from './facts.js'
import { comesNext, type Held } from './held.js'
import { Recogniser, type RecogniserSetup } from './recogniser.js'
import { Stats } from './stats.js'
import type { Stream } from './stream.js'

const SOCK_STREAM = 1
const CONNECTIONS_MAX = 65_536
const EVICT_LOOKS = 64
const HELD_MAX = 256
/** A call that another thread's call has overtaken shows up within this time, or was lost. */
const OVERTAKEN_NS = 20e6
/** Data that a closed connection still lacks after this time was lost. */
const MISSING_NS = 1e9

/** Events → connections → frames → exchanges. */
export class Tracker implements EventTaker {
  readonly stats: Stats
  readonly counts = newTrackerCounts()
  readonly #connections = new Map<number, Connection>()
  readonly #closing = new Set<Connection>()
  /** Connections with bytes that are ahead of their turn. */
  readonly #ahead = new Set<Connection>()
  /** Connections whose streams may point into the batch. */
  readonly #touched: Connection[] = []
  readonly #datagrams: Datagrams
  readonly #recogniser: Recogniser
  readonly #options: DecodeOptions
  readonly #host: HostFacts
  readonly #cgroupOf: CgroupOf

  constructor(
    setup: Omit<RecogniserSetup, 'stats'> & {
      readonly options: DecodeOptions
      readonly host: HostFacts
      readonly cgroupOf: CgroupOf
      /** Totals for conn_stats. */
      readonly wantStats: boolean
    },
  ) {
    this.stats = new Stats(setup.wantStats)
    this.#recogniser = new Recogniser({ ...setup, stats: this.stats })
    this.#options = setup.options
    this.#host = setup.host
    this.#cgroupOf = setup.cgroupOf
    this.#datagrams = new Datagrams({ ...setup, host: this.#recogniser, stats: this.stats, counts: this.counts })
  }

  get decodeCounts(): ReadonlyMap<string, DecodeCounts> {
    return this.#recogniser.decodeCounts
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
    if (end) this.#recogniser.end(conn, stream)
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
      if (held.end) this.#recogniser.end(conn, stream)
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
      if (withheld > 0) this.#recogniser.gap(conn, stream, withheld, false, timeNs)
      if (missing > withheld) this.#recogniser.gap(conn, stream, missing - withheld, true, timeNs)
      if (!off && !stream.silenced) this.counts.missing += missing - withheld
    }
    // A kernel that keeps still sends no more than a sample at a time.
    if (captured > SAMPLE_BYTES) stream.silenced = false
    this.#count(conn, stream, Math.max(missing, 0) + length - seen)
    if (captured > seen) this.#bytes(conn, stream, buf, from + seen, from + captured, timeNs)
    const uncaptured = length - Math.max(captured, seen)
    if (uncaptured > 0) this.#recogniser.gap(conn, stream, uncaptured, isLoss(reason), timeNs)
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
    if (!this.#recogniser.wants(conn, stream, end - start, timeNs)) {
      stream.next += end - start
      return
    }
    stream.add(buf, start, end, timeNs)
    if (!conn.touched) {
      conn.touched = true
      this.#touched.push(conn)
    }
    this.#recogniser.run(conn, stream)
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
        this.#recogniser.gap(conn, stream, missing, withheld < missing, conn.lastNs)
      }
      stream.closed = true
    }
    this.#recogniser.conclude(conn)
    this.stats.close(conn)
    this.#closing.delete(conn)
    this.#connections.delete(conn.id)
    this.#ahead.delete(conn)
  }

  /** The input has ended: what is still open is concluded. `lossy`: its last events may be lost, of a byte each way at least. */
  flush(lossy = false): void {
    this.endBatch()
    for (const conn of this.#ahead) this.#placeHeld(conn, true)
    for (const conn of this.#closing) this.#finish(conn)
    for (const conn of this.#connections.values()) this.#recogniser.conclude(conn, lossy)
    this.#datagrams.flush()
  }
}
