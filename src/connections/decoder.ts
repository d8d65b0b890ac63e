import { FOREIGN, INVALID, type Kind, type Protocol, type Span } from '../protocols/protocol.js'
import type { Connection } from './connection.js'
import type { DecodeCounts } from './counts.js'
import type { Bytes } from './guess.js'
import { type EmitExchange, Neighbours } from './neighbours.js'
import type { Stream } from './stream.js'
import type { Window } from './window.js'

/** A frame that does not fit into this many buffered bytes is given up; protocols eat long bodies piece by piece. */
const WINDOW_BYTES_MAX = 1024 * 1024
/** Without a boundary in this many bytes, the older part of them is thrown away. */
const SEARCH_BYTES = 4096
const SEARCH_KEEP = 1024
/** Below this, telling the kernel not to ship bytes costs more than the bytes. */
const SKIP_BYTES_MIN = 32 * 1024

export type Outcome = 'fine' | 'foreign'

/** What the decoder asks of the room around it. */
export interface DecoderHost {
  readonly window: Window
  emit(conn: Connection): EmitExchange
  /** Bytes of `stream` before `until` are not needed. */
  withhold(conn: Connection, stream: Stream, until: number): void
}

/** One protocol on one connection: both streams → frames → rows. */
export class Decoder {
  readonly protocol: Protocol
  readonly counts: DecodeCounts
  readonly #conn: Connection
  readonly #host: DecoderHost
  readonly #state: unknown
  readonly #requests: Span[] = []
  readonly #responses: Span[] = []
  readonly #neighbours = new Neighbours()
  /** A frame has been read: the guess was not altogether wrong. */
  #begun = false

  /** `legacy`: what the protocol before it leaves. */
  constructor(protocol: Protocol, conn: Connection, host: DecoderHost, counts: DecodeCounts, legacy?: unknown) {
    this.protocol = protocol
    this.counts = counts
    this.#conn = conn
    this.#host = host
    this.#state = protocol.newState(conn, legacy)
  }

  /** Decodes what the window of `stream` holds before position `until`. */
  run(stream: Stream, kind: Kind, until: number): Outcome {
    const { window } = this.#host
    const out = kind === 'request' ? this.#requests : this.#responses
    const closed = stream.closed && until >= stream.next
    const frames = this.counts.frames
    let outcome: Outcome = 'fine'
    while (this.#conn.becoming === undefined) {
      const end = until < stream.next ? stream.start + until - stream.position : stream.end
      if (!closed && end - stream.start < Math.max(stream.want, 1)) break
      window.set(stream.buf, stream.start, end, closed)
      if (stream.lostSync) {
        if (!this.#findBoundary(stream, kind, window)) break
        window.set(stream.buf, stream.start, end, closed)
      }
      const left = end - stream.start
      const before = out.length
      const n = this.protocol.parse(kind, window, this.#state, out)
      if (n > 0) this.#eat(stream, n, window.skip)
      if (out.length > before) this.#finish(stream, out, before)
      if (n === FOREIGN || (n === INVALID && !this.#begun)) {
        this.counts.invalid++
        outcome = 'foreign'
        break
      }
      if (n === INVALID) this.#resync(stream, left)
      else if (n <= 0 && !this.#needMore(stream, window.want, left)) break
      if (left <= 0) break
    }
    if (this.counts.frames > frames) this.stitch(false)
    return outcome
  }

  /** Decodes a datagram, which is one message; `lost`: not all of it is at hand. false: it is not the protocol's. */
  message(kind: Kind, { buf, start, end }: Bytes, timeNs: number, lost: boolean): boolean {
    const out = kind === 'request' ? this.#requests : this.#responses
    const before = out.length
    const n = this.protocol.parse(kind, this.#host.window.set(buf, start, end, true), this.#state, out)
    if (n <= 0) return false
    for (let i = before; i < out.length; i++) {
      const frame = out[i] as Span
      frame.startNs = frame.endNs = timeNs
      frame.lost = frame.lost || lost
    }
    this.counts.bytes += end - start
    this.counts.frames += out.length - before
    this.stitch(false)
    return true
  }

  #eat(stream: Stream, n: number, skip: number): void {
    stream.eat(n)
    stream.want = 0
    this.counts.bytes += n
    if (skip >= SKIP_BYTES_MIN) this.#host.withhold(this.#conn, stream, stream.position + skip)
  }

  #finish(stream: Stream, out: Span[], from: number): void {
    for (let i = from; i < out.length; i++) {
      const frame = out[i] as Span
      frame.startNs = stream.frameStartNs
      frame.endNs = stream.eatenNs
      frame.lost = frame.lost || stream.frameLost
    }
    this.counts.frames += out.length - from
    this.#begun = true
    stream.frameStartNs = -1
    stream.frameLost = false
  }

  // → true: bytes were thrown away, look again.
  #needMore(stream: Stream, want: number, left: number): boolean {
    if (left < WINDOW_BYTES_MAX && want <= WINDOW_BYTES_MAX) {
      stream.want = want
      return false
    }
    this.#resync(stream, left)
    return left > 0
  }

  #resync(stream: Stream, left: number): void {
    this.counts.invalid++
    stream.lostSync = true
    if (left > 0) this.#drop(stream, 1)
  }

  #drop(stream: Stream, n: number): void {
    this.counts.dropped += n
    stream.drop(n)
  }

  #findBoundary(stream: Stream, kind: Kind, window: Window): boolean {
    const at = this.protocol.findBoundary(kind, window, this.#state)
    if (at >= 0) {
      if (at > stream.start) this.#drop(stream, at - stream.start)
      stream.lostSync = false
      stream.frameLost = false
      stream.frameStartNs = -1
      return true
    }
    const left = window.end - window.pos
    if (left > SEARCH_BYTES) this.#drop(stream, left - SEARCH_KEEP)
    return false
  }

  /** `length` bytes of `stream` are missing; `lost`: not on purpose. */
  gap(stream: Stream, kind: Kind, length: number, lost: boolean, timeNs: number): Outcome {
    const leftover = stream.length
    if (leftover > 0) {
      this.counts.dropped += leftover
      stream.start = stream.end
    }
    stream.want = 0
    stream.skip(length, timeNs)
    stream.frameLost = stream.frameLost || lost || leftover > 0
    const known = this.protocol.gap(kind, length + leftover, this.#state, lost || leftover > 0)
    if (known && !stream.lostSync) return this.#afterGap(stream, kind)
    stream.lostSync = true
    this.stitch(false)
    return 'fine'
  }

  // A frame may end with the bytes that are missing: it is finished by a call on an empty window.
  #afterGap(stream: Stream, kind: Kind): Outcome {
    const { window } = this.#host
    const out = kind === 'request' ? this.#requests : this.#responses
    const before = out.length
    this.protocol.parse(kind, window.set(stream.buf, stream.start, stream.start, false), this.#state, out)
    if (out.length > before) this.#finish(stream, out, before)
    this.stitch(false)
    return 'fine'
  }

  /** Pairs what is there; `ended`: nothing follows. */
  stitch(ended: boolean): void {
    const neighbours = this.#neighbours.emitTo(this.#host.emit(this.#conn))
    const { protocol } = this
    this.counts.orphans += protocol.stitch(this.#requests, this.#responses, this.#state, neighbours.add, ended)
    neighbours.flush()
  }
}
