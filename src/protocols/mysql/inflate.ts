import * as zlib from 'node:zlib'
import { wholeZstd } from '../../lib/zstd.js'
import { HEADER, u24 } from './packet.js'

/** Bytes of a compressed header: 3 of length, 1 of sequence id, 3 of length when decompressed (0: not compressed). */
export const PACKED_HEADER = 7

/** Whether a compressed packet may begin at `pos`; the first bytes of what it holds are there. */
export function isPackedHeader(buf: Buffer, pos: number): boolean {
  const start = pos + PACKED_HEADER
  const length = u24(buf, pos)
  return u24(buf, pos + HEADER) === 0 ? length > 0 : length > HEADER && (isZlib(buf, start) || isZstd(buf, start))
}

// RFC 1950 §2.2.
function isZlib(buf: Buffer, pos: number): boolean {
  const cmf = buf[pos] as number
  return (cmf & 0x8f) === 0x08 && ((cmf << 8) | (buf[pos + 1] as number)) % 31 === 0
}

// RFC 8878 §3.1.1: a Zstandard frame.
function isZstd(buf: Buffer, pos: number): boolean {
  return u24(buf, pos) === 0x2fb528 && buf[pos + 3] === 0xfd
}

/**
 * What is compressed in `buf[start, end)`, at most `size` bytes: all of it, or with `part` as much as these first bytes of it
 * hold. undefined: it is damaged.
 */
export function decompress(buf: Buffer, start: number, end: number, size: number, part: boolean): Buffer | undefined {
  const data = buf.subarray(start, end)
  try {
    if (isZstd(buf, start)) return part ? EMPTY : wholeZstd(data, size)
    const finishFlush = part ? zlib.constants.Z_SYNC_FLUSH : zlib.constants.Z_FINISH
    const chunkSize = Math.min(Math.max(size, 64), 1 << 20)
    const out = zlib.inflateSync(data, { maxOutputLength: size, chunkSize, finishFlush })
    return part || out.length === size ? out : undefined
  } catch {
    return undefined
  }
}

const EMPTY = Buffer.alloc(0)
