import * as zlib from 'node:zlib'
import { snappy } from '../../lib/snappy.js'
import { wholeZstd, zstd } from '../../lib/zstd.js'
import { i32 } from './wire.js'

/** Bytes before the compressed ones: opcode 4, length when decompressed 4, method 1. */
export const PACKED_HEADER = 9
const METHOD = { none: 0, snappy: 1, zlib: 2, zstd: 3 } as const
export const MAX_METHOD = METHOD.zstd
/** No more than this of a message is decompressed. */
const MAX_PLAIN = 1 << 22
// Of what would be more, the first bytes are.
const PREFIX = 1 << 16

/** The message inside an OP_COMPRESSED. */
export interface Unpacked {
  readonly op: number
  /** Its body, or the first bytes of it. */
  readonly plain: Buffer
  /** Bytes of the body. */
  readonly total: number
}

/** What is compressed in `buf[pos, end)`, the body of an OP_COMPRESSED or (not `whole`) its first bytes; undefined: it is damaged. */
export function unpack(buf: Buffer, pos: number, end: number, whole: boolean): Unpacked | undefined {
  if (end - pos < PACKED_HEADER) return undefined
  const total = i32(buf, pos + 4)
  const data = buf.subarray(pos + PACKED_HEADER, total > MAX_PLAIN ? Math.min(end, pos + PREFIX) : end)
  const limit = Math.min(total, MAX_PLAIN)
  const plain = limit > 0 ? decompress(buf[pos + 8] as number, data, limit, whole && limit === total) : undefined
  return plain === undefined ? undefined : { op: i32(buf, pos), plain: plain.subarray(0, limit), total }
}

function decompress(method: number, data: Buffer, limit: number, whole: boolean): Buffer | undefined {
  try {
    switch (method) {
      case METHOD.none:
        return data
      case METHOD.snappy:
        return snappy(data, 0, data.length, limit)
      case METHOD.zlib:
        return inflate(data, limit)
      case METHOD.zstd:
        return whole ? wholeZstd(data, limit) : zstd(data, limit)
      default:
        return undefined
    }
  } catch {
    return undefined
  }
}

function inflate(data: Buffer, limit: number): Buffer {
  const chunkSize = Math.max(64, Math.min(limit + 1, 1 << 18))
  return zlib.inflateSync(data, { finishFlush: zlib.constants.Z_SYNC_FLUSH, maxOutputLength: 2 * MAX_PLAIN, chunkSize })
}
