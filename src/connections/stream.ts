import { Marks } from './marks.js'

const KEEP_BYTES = 64 * 1024
/** From the pool of small buffers: most connections need no more, and memory of their own costs more than all their decoding. */
const FIRST_BYTES = 1024

/**
 * One direction of a connection: the bytes that are not decoded yet, as one window `buf[start, end)`, and when they moved.
 * The window is borrowed from the batch of events where nothing was left over before; what is left then is copied, while a guess
 * is not proven with what was eaten before it.
 */
export class Stream {
  readonly direction: number
  buf: Buffer = EMPTY
  start = 0
  end = 0
  /** Position in the stream after the last byte that was placed; -1 until the first event. */
  next = -1
  /** Position where the last bytes began that moved without a word of the other direction, while nothing is known. */
  turnAt = 0
  /** Nothing follows. */
  closed = false
  /** Position after the last byte, known once the socket is gone; -1 before. */
  final = -1
  /** Bytes that must be in the window before another parse pays. */
  want = 0
  /** Searching for a frame boundary. */
  lostSync = false
  /** When the first byte of the frame under way moved; -1 = none yet. */
  frameStartNs = -1
  /** Were bytes of the frame under way lost? */
  frameLost = false
  /** When the last byte that was eaten moved. */
  eatenNs = 0
  /** Bytes before this position are not needed: the kernel was told. */
  until = 0
  /** The kernel was told to keep still, and may not know yet that this is over: a gap was not lost. */
  silenced = false
  #own: Buffer = EMPTY
  /** Eaten bytes are kept, for another guess; they begin at buf[#first]. */
  #keep = true
  #first = 0
  readonly #marks = new Marks()

  constructor(direction: number) {
    this.direction = direction
  }

  get length(): number {
    return this.end - this.start
  }

  /** Position of the first byte of the window. */
  get position(): number {
    return this.next - this.length
  }

  /** Adds `from[start, end)`, which moved at `timeNs`, to the window. */
  add(from: Buffer, start: number, end: number, timeNs: number): void {
    this.#marks.add(this.next, timeNs)
    this.settle()
    if (this.#keep && this.end > KEEP_BYTES) this.#keep = false
    if (this.#keep ? this.end === 0 : this.start === this.end) {
      this.buf = from
      this.start = start
      this.end = end
      this.#first = start
    } else {
      this.#append(from, start, end)
    }
    this.next += end - start
  }

  /** After the batch is decoded its memory is used again: copies what was borrowed and not eaten. */
  settle(): void {
    const { buf, start, end } = this
    if (buf === this.#own && (start < end || this.#keep)) return
    const first = this.#keep ? this.#first : start
    this.start = start - first
    this.end = 0
    this.buf = this.#own
    this.#first = 0
    if (end > first) this.#append(buf, first, end)
  }

  #append(from: Buffer, start: number, end: number): void {
    const size = end - start
    if (this.end + size > this.#own.length) this.#makeRoom(size)
    from.copy(this.#own, this.end, start, end)
    this.buf = this.#own
    this.end += size
  }

  #makeRoom(size: number): void {
    const from = this.#keep ? 0 : this.start
    const kept = this.end - from
    const target =
      kept + size > this.#own.length ? Buffer.allocUnsafe(Math.max(FIRST_BYTES, 2 * (kept + size))) : this.#own
    this.#own.copy(target, 0, from, this.end)
    this.#own = target
    this.buf = target
    this.start -= from
    this.end = kept
  }

  /** Passes `n` bytes of the window. */
  eat(n: number): void {
    this.eatenNs = this.#marks.at(this.position + n - 1)
    if (this.frameStartNs < 0) this.frameStartNs = this.#marks.at(this.position)
    this.start += n
    this.#forget()
  }

  /** Passes `n` bytes that are not there. */
  skip(n: number, timeNs: number): void {
    this.next += n
    this.eatenNs = timeNs
    if (this.frameStartNs < 0) this.frameStartNs = timeNs
    this.#keep = false
  }

  /** Throws `n` bytes of the window away, and with them the frame under way. */
  drop(n: number): void {
    this.start += n
    this.want = 0
    this.frameStartNs = -1
    this.frameLost = false
    this.#forget()
  }

  /** Back to the first byte of the connection, for another guess. false: they are gone. */
  rewind(): boolean {
    if (!this.#keep) return false
    this.start = this.#first
    this.want = 0
    this.lostSync = false
    this.frameStartNs = -1
    this.frameLost = false
    return true
  }

  /** The next byte is the first of another protocol. */
  begin(): void {
    const { buf, start, end } = this
    this.start = 0
    this.end = 0
    this.buf = this.#own
    this.#first = 0
    if (end > start) this.#append(buf, start, end)
    this.want = 0
    this.frameStartNs = -1
    this.frameLost = false
    this.confirm()
    this.#keep = true
  }

  /** What is at hand begins at `position`, as if that were a connection's first byte. */
  keepFrom(position: number): void {
    if (position > this.position) this.drop(position - this.position)
    this.begin()
  }

  /** The guess is proven: eaten bytes need not be kept any more. */
  confirm(): void {
    this.#keep = false
    this.#forget()
  }

  /** Frees what the window holds. */
  release(): void {
    this.buf = EMPTY
    this.#own = EMPTY
    this.start = 0
    this.end = 0
    this.#keep = false
    this.#marks.clear()
  }

  /** The chunks of the window in the order of arrival: [end position, time] each. */
  chunks(): [number, number][] {
    return this.#marks.chunks(this.next)
  }

  #forget(): void {
    if (this.#keep) return
    if (this.start === this.end) this.#marks.clear()
    else this.#marks.forget(this.position)
  }
}

const EMPTY = Buffer.alloc(0)
