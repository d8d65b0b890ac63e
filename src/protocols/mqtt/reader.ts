import { cutText, text } from '../../records/text.js'

/** Reads the fields of a packet; behind the end all are empty, and `ok` is false. */
export class Reader {
  readonly buf: Buffer
  pos: number
  end: number
  ok = true
  /** A text was longer than the limit. */
  cut = false
  readonly #limit: number

  constructor(buf: Buffer, pos: number, end: number, limit: number) {
    this.buf = buf
    this.pos = pos
    this.end = end
    this.#limit = limit
  }

  get left(): number {
    return this.end - this.pos
  }

  byte(): number {
    return this.#take(1) ? (this.buf[this.pos - 1] as number) : 0
  }

  uint16(): number {
    return this.#take(2) ? this.buf.readUInt16BE(this.pos - 2) : 0
  }

  uint32(): number {
    return this.#take(4) ? this.buf.readUInt32BE(this.pos - 4) : 0
  }

  /** MQTT 5 §1.5.5: seven bits a byte, at most four bytes. */
  variable(): number {
    let value = 0
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte()
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    this.ok = false
    return 0
  }

  /** A string, or binary data: a length of two bytes before it. */
  string(): string {
    const length = this.uint16()
    if (!this.#take(length)) return ''
    const start = this.pos - length
    const shown = cutText(this.buf, start, this.pos, this.#limit)
    this.cut = this.cut || shown < this.pos
    return text(this.buf, start, shown)
  }

  /** Passes over a string → its length. */
  pass(): number {
    const length = this.uint16()
    return this.#take(length) ? length : 0
  }

  #take(length: number): boolean {
    if (!this.ok || this.pos + length > this.end) {
      this.ok = false
      return false
    }
    this.pos += length
    return true
  }
}
