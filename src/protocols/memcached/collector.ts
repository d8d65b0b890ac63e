import { cutText, text } from '../../records/text.js'

/** Collects the first bytes of a value whose length is known. */
export class Collector {
  /** Bytes of the value, and of what ends it, that are to come. */
  left = 0
  /** The value was longer than what is shown, or has a hole. */
  cut = false
  #value = 0
  #limit = 0
  #full = true
  #kept = 0
  readonly #chunks: Buffer[] = []

  /** Begins a value of `length` bytes with `ending` bytes behind it. */
  begin(length: number, ending: number, limit: number): void {
    this.left = length + ending
    this.cut = length > limit
    this.#value = length
    this.#limit = limit
    // One byte more, to tell whether a character is split.
    this.#full = length === 0
    this.#kept = 0
    this.#chunks.length = 0
  }

  /** Takes what there is of the value and its ending → bytes taken. */
  take(buf: Buffer, start: number, end: number): number {
    const taken = Math.min(end - start, this.left)
    if (!this.#full) {
      const room = Math.min(this.#limit + 1, this.#value) - this.#kept
      const to = Math.min(start + taken, start + room)
      this.#chunks.push(Buffer.from(buf.subarray(start, to)))
      this.#kept += to - start
      this.#full = this.#kept >= Math.min(this.#limit + 1, this.#value)
    }
    this.left -= taken
    return taken
  }

  /** Bytes are missing, all of them within the value. */
  miss(length: number): void {
    this.left -= length
    this.cut = this.cut || !this.#full
    this.#full = true
  }

  /** Bytes that follow and that nobody needs. */
  get needless(): number {
    return this.#full ? this.left : 0
  }

  /** What was collected. */
  bytes(): Buffer {
    const bytes = Buffer.concat(this.#chunks)
    this.#chunks.length = 0
    return bytes
  }

  /** The part of it that is shown, as text. */
  shown(bytes: Buffer = this.bytes()): string {
    return text(bytes, 0, cutText(bytes, 0, bytes.length, this.#limit))
  }
}
