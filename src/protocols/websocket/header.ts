import type { Kind } from '../protocol.js'
import { isControl } from './frames.js'
import { BINARY, PONG } from './table.js'

/** Bits of the first two bytes of a frame. RFC 6455 §5.2. */
const FIN = 0x80
const COMPRESSED = 0x40
const RESERVED = 0x30
export const MASKED = 0x80
/** A frame as long as this is noise: nobody would see what follows. */
const LENGTH_MAX = 2 ** 40
/** A control frame is no longer. */
const CONTROL_MAX = 125

/** The header of a frame; one object for all of a reader's. */
export class Header {
  final = false
  compressed = false
  opcode = 0
  masked = false
  mask = 0
  length = 0
  /** Bytes of the header itself. */
  size = 0

  /** Reads `buf[pos, end)`. → false: these bytes begin no frame; `size` is then 0. With `size` > end - pos, more is needed. */
  read(buf: Buffer, pos: number, end: number): boolean {
    const first = buf[pos] as number
    this.size = 2
    this.final = (first & FIN) !== 0
    this.compressed = (first & COMPRESSED) !== 0
    this.opcode = first & 0x0f
    if ((first & RESERVED) !== 0 || !this.isPossible()) return false
    if (end - pos < 2) return true
    const second = buf[pos + 1] as number
    this.masked = (second & MASKED) !== 0
    this.length = second & 0x7f
    const wide = this.length === 126 ? 2 : this.length === 127 ? 8 : 0
    this.size = 2 + wide + (this.masked ? 4 : 0)
    if (end - pos < this.size) return true
    if (wide === 2) this.length = buf.readUInt16BE(pos + 2)
    if (wide === 8) this.length = buf.readUInt32BE(pos + 2) * 2 ** 32 + buf.readUInt32BE(pos + 6)
    this.mask = this.masked ? buf.readUInt32BE(pos + 2 + wide) : 0
    return this.length < LENGTH_MAX
  }

  // RFC 7692 §6: only the first frame of a message says that it is compressed.
  private isPossible(): boolean {
    if (isControl(this.opcode)) return this.opcode <= PONG && this.final && !this.compressed
    return this.opcode <= BINARY && (!this.compressed || this.opcode !== 0)
  }

  /** Is it as an ordinary peer sends it? RFC 6455 §5.1, §5.2, §5.5. */
  isOrdinary(kind: Kind): boolean {
    const { opcode, length, masked, size } = this
    if (masked !== (kind === 'request') || (isControl(opcode) && length > CONTROL_MAX)) return false
    if (!this.final && length === 0) return false
    // The shortest form is used.
    const wide = size - (masked ? 6 : 2)
    return length >= (wide === 8 ? 65_536 : wide === 2 ? 126 : 0)
  }
}

/** May a peer give this code for closing? RFC 6455 §7.4. */
export function isCloseCode(code: number): boolean {
  return (
    (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006) || (code >= 3000 && code < 5000)
  )
}
