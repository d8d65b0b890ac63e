import { createRequire } from 'node:module'
import * as zlib from 'node:zlib'
import { HEADER, u24 } from './packet.js'

/** Bytes of a compressed header: 3 of length, 1 of sequence id, 3 of length when decompressed (0: not compressed). */
export const PACKED_HEADER = 7

/** No packet is longer than 16 MiB, so no window need be. */
const WINDOW_LOG_MAX = 24

type Unzstd = (data: Uint8Array, size: number) => Uint8Array | undefined

const require = createRequire(import.meta.url)

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

/** Whether bytes begin a Zstandard frame (RFC 8878 §3.1.1). */
export function isZstd(buf: Buffer, pos: number): boolean {
  return u24(buf, pos) === 0x2fb528 && buf[pos + 3] === 0xfd
}

/**
 * What is compressed in `buf[start, end)`, at most `size` bytes: all of it, or with `part` as much as these first bytes of it
 * hold. undefined: it is damaged, or this Node cannot read it.
 */
export function decompress(buf: Buffer, start: number, end: number, size: number, part: boolean): Buffer | undefined {
  const data = buf.subarray(start, end)
  try {
    if (isZstd(buf, start)) return part ? EMPTY : exactly(unzstd()?.(data, size), size)
    const finishFlush = part ? zlib.constants.Z_SYNC_FLUSH : zlib.constants.Z_FINISH
    const chunkSize = Math.min(Math.max(size, 64), 1 << 20)
    const out = zlib.inflateSync(data, { maxOutputLength: size, chunkSize, finishFlush })
    return part ? out : exactly(out, size)
  } catch {
    return undefined
  }
}

const EMPTY = Buffer.alloc(0)

function exactly(out: Uint8Array | undefined, size: number): Buffer | undefined {
  return out === undefined || out.length !== size ? undefined : Buffer.from(out.buffer, out.byteOffset, out.length)
}

/** What decompresses Zstandard here: Node itself (≥ 22.15), else the package fzstd. */
export function unzstd(): Unzstd | undefined {
  const native = (zlib as { zstdDecompressSync?: (data: Uint8Array, options: object) => Buffer }).zstdDecompressSync
  if (native !== undefined) {
    const { ZSTD_d_windowLogMax } = zlib.constants as unknown as { readonly ZSTD_d_windowLogMax: number }
    const params = { [ZSTD_d_windowLogMax]: WINDOW_LOG_MAX }
    return (data, size) => native(data, { maxOutputLength: size, params })
  }
  try {
    const { decompress } = require('fzstd') as { decompress: (data: Uint8Array, out: Uint8Array) => Uint8Array }
    return (data, size) => decompress(data, new Uint8Array(size))
  } catch {
    return undefined
  }
}
