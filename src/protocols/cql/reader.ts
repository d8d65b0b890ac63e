import { text } from '../../records/text.js'
import { ByteReader } from '../byte-reader.js'

/** Reads fields of a body, big-endian. */
export class Reader extends ByteReader {
  u16(): number {
    const at = this.take(2)
    return at < 0 ? 0 : this.buf.readUInt16BE(at)
  }

  i32(): number {
    const at = this.take(4)
    return at < 0 ? 0 : this.buf.readInt32BE(at)
  }

  i64(): bigint {
    const at = this.take(8)
    return at < 0 ? 0n : this.buf.readBigInt64BE(at)
  }

  /** [string] */
  string(): string {
    const length = this.u16()
    const at = this.take(length)
    return at < 0 ? '' : this.buf.toString('utf8', at, at + length)
  }

  /** [string]; bytes that are not UTF-8 stay what they are. */
  text(): string {
    const length = this.u16()
    const at = this.take(length)
    return at < 0 ? '' : text(this.buf, at, at + length)
  }

  /** Passes these bytes, if they come next. */
  skip(bytes: Buffer): boolean {
    const end = this.pos + bytes.length
    if (end > this.end || this.buf.compare(bytes, 0, bytes.length, this.pos, end) !== 0) return false
    this.pos = end
    return true
  }

  /** Passes a [string]. */
  skipString(): void {
    this.take(this.u16())
  }

  /** Passes [bytes]. */
  skipBytes(): void {
    this.take(Math.max(0, this.i32()))
  }

  /** [short bytes], in hexadecimal. */
  id(): string {
    const length = this.u16()
    const at = this.take(length)
    return at < 0 ? '' : this.buf.toString('hex', at, at + length)
  }

  /** [uuid] */
  uuid(): string {
    const at = this.take(16)
    return at < 0 ? '' : uuidAt(this.buf, at)
  }
}

/** The UUID at `pos`. */
export function uuidAt(buf: Buffer, pos: number): string {
  const hex = buf.toString('hex', pos, pos + 16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
