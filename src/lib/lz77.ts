/** Output of a decompressor whose input says: take these bytes, or repeat those that were put out a while ago. Never grows over its limit. */
export class Lz77Output {
  length: number
  readonly #buf: Buffer

  constructor(limit: number) {
    this.#buf = Buffer.allocUnsafe(limit)
    this.length = 0
  }

  /** All of the limit is used: what follows is left out. */
  get full(): boolean {
    return this.length === this.#buf.length
  }

  /** Adds `from[start, end)`. */
  literal(from: Buffer, start: number, end: number): void {
    this.length += from.copy(this.#buf, this.length, start, end)
  }

  /** Repeats `count` bytes from `offset` bytes back; false: there are none. */
  repeat(offset: number, count: number): boolean {
    if (offset <= 0 || offset > this.length) return false
    const buf = this.#buf
    const end = Math.min(buf.length, this.length + count)
    // They may overlap what they are added to.
    for (let i = this.length; i < end; i++) buf[i] = buf[i - offset] as number
    this.length = end
    return true
  }

  finish(): Buffer {
    return this.#buf.subarray(0, this.length)
  }
}
