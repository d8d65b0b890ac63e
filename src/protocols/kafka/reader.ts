const EMPTY = Buffer.alloc(0)

/** Reads values at the front of what has come of a frame; 0 bytes read: the value has not come whole. */
export class Reader {
  buf: Buffer = EMPTY
  pos = 0
  /** Where the bytes that have come end, and where the frame ends. */
  end = 0
  frameEnd = 0
  /** How many bytes the value needs that has not come. */
  want = 0
  /** It goes beyond the end of the frame, or makes no sense. */
  failed = false
  /** The number that `varint` or `length` has read. */
  value = 0

  set(buf: Buffer, pos: number, end: number, frameEnd: number): void {
    this.buf = buf
    this.pos = pos
    this.end = end
    this.frameEnd = frameEnd
    this.want = 0
  }

  /** Lets go of the bytes. */
  release(): void {
    this.buf = EMPTY
  }

  /** Have `n` bytes come? */
  has(n: number): boolean {
    if (this.pos + n <= this.end) return true
    if (this.pos + n > this.frameEnd) this.failed = true
    this.want = n
    return false
  }

  /** Reads the variable-length number `ahead` of the front: → its bytes. */
  varint(ahead = 0): number {
    this.value = 0
    for (let i = 0; i < 5; i++) {
      if (!this.has(ahead + i + 1)) return 0
      const byte = this.buf[this.pos + ahead + i] as number
      this.value += (byte & 0x7f) * 2 ** (7 * i)
      if (byte < 0x80) return i + 1
    }
    this.failed = true
    return 0
  }

  /** Reads a length of `size` bytes, or a compact one: → its bytes; -1 stands for null. */
  length(size: number, compact: boolean): number {
    if (compact) {
      const bytes = this.varint()
      this.value--
      return bytes
    }
    if (!this.has(size)) return 0
    this.value = size === 2 ? this.buf.readInt16BE(this.pos) : this.buf.readInt32BE(this.pos)
    if (this.value < -1) this.failed = true
    return this.value < -1 ? 0 : size
  }
}
