/** Reads fields of `buf[pos, end)`; past the end `ok` turns false and everything is 0. */
export class ByteReader {
  readonly buf: Buffer
  pos: number
  readonly end: number
  ok: boolean

  constructor(buf: Buffer, pos: number, end: number) {
    this.buf = buf
    this.pos = pos
    this.end = end
    this.ok = true
  }

  /** Bytes that are left. */
  get left(): number {
    return this.end - this.pos
  }

  /** The position before the next `n` bytes, or -1. */
  take(n: number): number {
    const at = this.pos
    if (n < 0 || n > this.end - at) {
      this.ok = false
      this.pos = this.end
      return -1
    }
    this.pos = at + n
    return at
  }

  byte(): number {
    const at = this.take(1)
    return at < 0 ? 0 : (this.buf[at] as number)
  }
}

/** The big-endian 16-bit number at `at`, unsigned; who asks knows that it is there, which a Buffer would look up each time. */
export function u16(buf: Buffer, at: number): number {
  return ((buf[at] as number) << 8) | (buf[at + 1] as number)
}

/** The big-endian 32-bit number at `at`, unsigned. */
export function u32(buf: Buffer, at: number): number {
  return (u16(buf, at) * 65536 + u16(buf, at + 2)) >>> 0
}
