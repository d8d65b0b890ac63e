import { createRequire } from 'node:module'
import * as zlib from 'node:zlib'

/** Bytes of a body worth keeping: Zstandard gives nothing before a block of up to 128 KiB is whole. */
export const ZSTD_BYTES = 64 * 1024
const OUTPUT_BYTES = 128 * 1024
const MAX_BLOCKS = 256
// RFC 9659 §3: in HTTP a window is at most 8 MiB.
const WINDOW_LOG_MAX = 23
// Databases: no message that is decompressed whole is larger.
const WHOLE_WINDOW_LOG_MAX = 24

type Native = (bytes: Buffer, options: object) => Buffer

// Node has it from 22.15 on.
const { zstdDecompressSync: native } = zlib as { zstdDecompressSync?: Native }
const { ZSTD_e_flush, ZSTD_d_windowLogMax } = zlib.constants as unknown as { readonly [name: string]: number }

/** What the whole blocks of a possibly unfinished frame hold; throws on what is no Zstandard. */
export function zstd(bytes: Buffer, maxOutputLength: number): Buffer {
  if (native === undefined) return zstdInScript(bytes, maxOutputLength)
  const params = { [ZSTD_d_windowLogMax as number]: WINDOW_LOG_MAX }
  return native(bytes, { finishFlush: ZSTD_e_flush, params, maxOutputLength: 8 * OUTPUT_BYTES })
}

/** What a whole frame holds, `size` bytes; undefined where it is not so many, throws on what is no Zstandard. */
export function wholeZstd(bytes: Buffer, size: number): Buffer | undefined {
  const params = { [ZSTD_d_windowLogMax as number]: WHOLE_WINDOW_LOG_MAX }
  const out = native?.(bytes, { maxOutputLength: size, params }) ?? fzstd().decompress(bytes, new Uint8Array(size))
  return out.length === size ? Buffer.from(out.buffer, out.byteOffset, size) : undefined
}

/** What is used of `fzstd`. */
interface Fzstd {
  readonly decompress: (bytes: Uint8Array, out: Uint8Array) => Uint8Array
  readonly Decompress: new (take: (chunk: Uint8Array) => void) => { push(chunk: Uint8Array, final: boolean): void }
}

const load = createRequire(import.meta.url)
const fzstd = (): Fzstd => load('fzstd') as Fzstd
class Enough extends Error {}

/** The same without help from Node: whole blocks, until they are enough. */
export function zstdInScript(bytes: Buffer, maxOutputLength: number): Buffer {
  const { Decompress } = fzstd()
  const chunks: Uint8Array[] = []
  let length = 0
  const frame = new Decompress((chunk) => {
    chunks.push(chunk)
    length += chunk.length
    if (length >= Math.min(maxOutputLength, OUTPUT_BYTES)) throw new Enough()
  })
  try {
    frame.push(wholeBlocks(bytes), true)
  } catch (error) {
    if (!(error instanceof Enough)) throw error
  }
  return Buffer.concat(chunks)
}

// A frame of our own: a window that is large enough for what is wanted, however large the sender's, and the blocks that are whole.
const HEAD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, (18 - 10) << 3])
const EMPTY_LAST_BLOCK = Buffer.from([1, 0, 0])

function wholeBlocks(bytes: Buffer): Buffer {
  const start = headerLength(bytes)
  const blocks: Buffer[] = [HEAD]
  for (let at = start, n = 0; n < MAX_BLOCKS && at + 3 <= bytes.length; n++) {
    // RFC 8878 §3.1.1.2: last (1 bit), type (2), size (21); a block of type 1 is one byte, repeated.
    const header = bytes.readUIntLE(at, 3)
    const next = at + 3 + (((header >> 1) & 3) === 1 ? 1 : header >> 3)
    if (next > bytes.length) break
    blocks.push(Buffer.from([header & 0xfe]), bytes.subarray(at + 1, next))
    at = (header & 1) === 1 ? bytes.length : next
  }
  return Buffer.concat([...blocks, EMPTY_LAST_BLOCK])
}

// RFC 8878 §3.1.1.1
function headerLength(bytes: Buffer): number {
  const descriptor = bytes[4] ?? 0
  if (bytes.compare(HEAD, 0, 4, 0, 4) !== 0 || (descriptor & 3) !== 0) throw new TypeError('no frame, or a dictionary')
  const single = (descriptor & 0x20) !== 0
  const size = descriptor >> 6
  return 5 + (single ? 0 : 1) + (size === 0 ? Number(single) : 2 ** size)
}
