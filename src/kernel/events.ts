import { text } from '../records/text.js'
import { CloseEvent, ConnEvent, DataEvent, EventKind } from './intf.gen.js'

const TWO_32 = 0x1_0000_0000

/** What takes the events of a batch. `at` is the offset of the event in `batch.buf`; nothing may be kept after the call. */
export interface EventTaker {
  data(batch: EventBatch, at: number): void
  conn(batch: EventBatch, at: number): void
  closed(batch: EventBatch, at: number): void
}

/** A buffer of events back to back, read by offset. */
export class EventBatch {
  readonly buf: Buffer
  readonly #view: DataView

  constructor(buf: Buffer) {
    this.buf = buf
    this.#view = new DataView(buf.buffer, buf.byteOffset, buf.byteLength)
  }

  /** Hands the events of the first `length` bytes to `taker`, in order; → how many. */
  walk(length: number, taker: EventTaker): number {
    let events = 0
    for (let at = 0; at < length; events++) {
      const kind = this.buf[at]
      if (kind === EventKind.DATA) taker.data(this, at)
      else if (kind === EventKind.CONN) taker.conn(this, at)
      else if (kind === EventKind.CLOSE) taker.closed(this, at)
      at += this.size(at)
    }
    return events
  }

  /** Are the first `length` bytes whole events that stay within themselves? Of a file that may not be believed. */
  wellFormed(length: number): boolean {
    let at = 0
    while (at + CloseEvent.SIZE <= length) {
      const size = this.size(at)
      const kind = this.buf[at]
      const head = kind === EventKind.DATA ? DataEvent.SIZE : kind === EventKind.CONN ? ConnEvent.SIZE : CloseEvent.SIZE
      if (size % 8 !== 0 || size < head || at + size > length) return false
      if (kind === EventKind.DATA && this.u32(at + DataEvent.captured) > size - head) return false
      at += size
    }
    return at === length
  }

  u8(at: number): number {
    return this.buf[at] as number
  }

  u16(at: number): number {
    return this.#view.getUint16(at, true)
  }

  u32(at: number): number {
    return this.#view.getUint32(at, true)
  }

  /** A u64 below 2^53. */
  u64(at: number): number {
    return this.#view.getUint32(at + 4, true) * TWO_32 + this.#view.getUint32(at, true)
  }

  size(at: number): number {
    return Math.max(this.u32(at + DataEvent.size), 8)
  }

  connId(at: number): number {
    return this.u64(at + DataEvent.conn)
  }

  /** ns since the host's startNs. */
  timeNs(at: number): number {
    return this.u64(at + DataEvent.time)
  }

  /** `position` of a conn or close event, by direction. */
  position(at: number, direction: number): number {
    const field = this.buf[at] === EventKind.CONN ? ConnEvent.position : CloseEvent.position
    return this.u64(at + field + 8 * direction)
  }

  /** NUL-terminated text. */
  chars(at: number, capacity: number): string {
    const nul = this.buf.indexOf(0, at)
    const end = nul < 0 || nul > at + capacity ? at + capacity : nul
    return text(this.buf, at, end)
  }
}
