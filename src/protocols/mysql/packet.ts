import { ByteReader } from '../byte-reader.js'

/** Bytes of a packet header: 3 of length (little-endian), 1 of sequence id. */
export const HEADER = 4
/** A payload of this length is continued in the next packet. */
export const MAX_PAYLOAD = 0xffffff
/** MariaDB: the id of the statement that was prepared last. */
export const LAST_PREPARED = 0xffffffff

/** Capability flags that change the framing or the text. */
export const CAP = {
  longPassword: 1,
  connectWithDb: 1 << 3,
  compress: 1 << 5,
  protocol41: 1 << 9,
  ssl: 1 << 11,
  secureConnection: 1 << 15,
  lenencAuth: 1 << 21,
  sessionTrack: 1 << 23,
  deprecateEof: 1 << 24,
  optionalMetadata: 1 << 25,
  zstd: 1 << 26,
  queryAttributes: 1 << 27,
} as const

/** Server status flags. */
export const STATUS = { moreResults: 0x08, cursorExists: 0x40, sessionStateChanged: 0x4000 } as const

/** What the first byte of a server packet says. */
export const FIRST = { ok: 0, moreData: 1, nextFactor: 2, localInfile: 0xfb, eof: 0xfe, err: 0xff } as const

/** Whether the packet at `pos` (5 bytes of it are there) is an EOF, which no other packet can be taken for. */
export function isEof(buf: Buffer, pos: number): boolean {
  return u24(buf, pos) === 5 && buf[pos + HEADER] === FIRST.eof
}

/** The little-endian 24-bit number at `pos`. */
export function u24(buf: Buffer, pos: number): number {
  return (buf[pos] as number) | ((buf[pos + 1] as number) << 8) | ((buf[pos + 2] as number) << 16)
}

/** The sequence id after `seq`. */
export function nextSeq(seq: number): number {
  return (seq + 1) & 0xff
}

/** Reads fields of a payload. */
export class Reader extends ByteReader {
  /** An unsigned little-endian number of `n` ≤ 8 bytes; above 2^53 it is rounded. */
  uint(n: number): number {
    const at = this.take(n)
    if (at < 0) return 0
    let value = 0
    for (let i = n - 1; i >= 0; i--) value = value * 256 + (this.buf[at + i] as number)
    return value
  }

  /** A length-encoded integer. */
  lenenc(): number {
    const first = this.uint(1)
    if (first < 0xfb) return first
    if (first === 0xfc) return this.uint(2)
    if (first === 0xfd) return this.uint(3)
    if (first === 0xfe) return this.uint(8)
    this.ok = false
    return 0
  }

  /** The end of the text before the next NUL (or of the payload), which is skipped. */
  untilNul(): number {
    const nul = this.buf.indexOf(0, this.pos)
    const end = nul < 0 || nul >= this.end ? this.end : nul
    this.pos = Math.min(end + 1, this.end)
    return end
  }
}
