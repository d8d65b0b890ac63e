import { ByteReader } from '../byte-reader.js'
import type { Words } from '../words.js'

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

  /** [string], a name that is known. */
  name<T>(names: Words<T>): T {
    const length = this.u16()
    const at = this.take(length)
    return at < 0 ? names.of(this.buf, 0, 0) : names.of(this.buf, at, at + length)
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
