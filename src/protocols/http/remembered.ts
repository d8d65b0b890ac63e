const EMPTY = Buffer.alloc(0)

const viewOf = (buf: Buffer): DataView => new DataView(buf.buffer, buf.byteOffset, buf.length)

/** Bytes that are kept for being compared with those that come: four at a time, which beats `Buffer.compare` on so few. */
export class Remembered {
  length: number
  private bytes: Buffer
  private own: DataView
  /** The buffer of the last comparison: mostly that of the next one. */
  private other: Buffer
  private theirs: DataView

  constructor() {
    this.length = 0
    this.bytes = EMPTY
    this.own = viewOf(EMPTY)
    this.other = EMPTY
    this.theirs = this.own
  }

  /** Keeps `buf[start, end)` in place of what it kept before. */
  keep(buf: Buffer, start: number, end: number): void {
    this.length = end - start
    if (this.bytes.length < this.length) {
      this.bytes = Buffer.allocUnsafe(this.length * 2)
      this.own = viewOf(this.bytes)
    }
    buf.copy(this.bytes, 0, start, end)
  }

  /** Do `length` of its bytes, from `from` on, stand at `buf[at]`? They must be in the buffer. */
  stand(buf: Buffer, at: number, from: number, length: number): boolean {
    if (this.other !== buf) {
      this.other = buf
      this.theirs = viewOf(buf)
    }
    const { own, theirs } = this
    const words = length - 3
    let i = 0
    for (; i < words; i += 4) if (own.getInt32(from + i) !== theirs.getInt32(at + i)) return false
    for (; i < length; i++) if (own.getUint8(from + i) !== theirs.getUint8(at + i)) return false
    return true
  }
}
