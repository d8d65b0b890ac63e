import { lz4Block } from '../../lib/lz4.js'
import { crc24 } from './crc.js'

const CRC24 = 3
/** Bytes of the checksum behind the payload. */
export const TAIL = 4
/** Bytes before the payload: lengths and a bit, little-endian, and their checksum. */
export const SEGMENT_HEADER = { plain: 3 + CRC24, lz4: 5 + CRC24 } as const
export const MAX_PAYLOAD = 0x1ffff

/** The header of a segment (CQL v5, "2. Framing"). */
export interface Segment {
  readonly header: number
  /** Bytes of the payload as transferred, and what they are decompressed (0: they are not compressed). */
  readonly length: number
  readonly plainLength: number
  /** Envelopes are whole in it; else it is a part of one. */
  readonly selfContained: boolean
}

/** The header at `pos`, all of which is there; undefined: its checksum is wrong. */
export function segmentAt(framing: 'plain' | 'lz4', buf: Buffer, pos: number): Segment | undefined {
  const header = SEGMENT_HEADER[framing]
  const size = header - CRC24
  // The zeros, which most bytes are not.
  if ((buf[pos + size - 1] as number) >= (framing === 'plain' ? 4 : 8)) return undefined
  const bits = buf.readUIntLE(pos, size)
  // 17 bits of length, in a compressed segment 17 more; then the bit, and zeros.
  const shift = framing === 'plain' ? 2 ** 17 : 2 ** 34
  if (buf.readUIntLE(pos + size, CRC24) !== crc24(buf, pos, size)) return undefined
  const plainLength = framing === 'plain' ? 0 : Math.floor(bits / 2 ** 17) % 2 ** 17
  return { header, length: bits % 2 ** 17, plainLength, selfContained: bits >= shift }
}

/** The payload of a compressed segment, all of which is at `pos`; undefined: it is damaged. */
export function unpackSegment({ length, plainLength }: Segment, buf: Buffer, pos: number): Buffer | undefined {
  if (plainLength === 0) return buf.subarray(pos, pos + length)
  const plain = lz4Block(buf, pos, pos + length, plainLength)
  return plain?.length === plainLength ? plain : undefined
}
