/** Reads numbers and vectors (RFC 8446 §3) from a part of a buffer; what goes beyond its end is zero, and `short` says so. */
export class Fields {
  readonly buf: Buffer
  pos: number
  readonly end: number
  short = false

  constructor(buf: Buffer, pos: number, end: number) {
    this.buf = buf
    this.pos = pos
    this.end = end
  }

  get left(): number {
    return this.end - this.pos
  }

  /** An unsigned number of `size` bytes. */
  uint(size: number): number {
    if (!this.#has(size)) return 0
    let value = 0
    for (const end = this.pos + size; this.pos < end; this.pos++) value = value * 256 + (this.buf[this.pos] as number)
    return value
  }

  /** The next `length` bytes. */
  take(length: number): Fields {
    const from = this.pos
    this.skip(length)
    return new Fields(this.buf, from, this.pos)
  }

  /** Passes the next `length` bytes. */
  skip(length: number): void {
    this.pos += this.#has(length) ? length : this.left
  }

  /** A vector with a length of `size` bytes before it. */
  vector(size: number): Fields {
    return this.take(this.uint(size))
  }

  /** All numbers of two bytes up to the end. */
  codes(): number[] {
    const list: number[] = []
    while (this.left >= 2) list.push(this.uint(2))
    return list
  }

  /** All that is left. */
  bytes(): Buffer {
    return this.buf.subarray(this.pos, this.end)
  }

  /** All that is left, as latin1. */
  latin1(): string {
    return this.buf.toString('latin1', this.pos, this.end)
  }

  #has(size: number): boolean {
    if (size <= this.left) return true
    this.short = true
    return false
  }
}
