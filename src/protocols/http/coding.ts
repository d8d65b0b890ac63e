import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib'
import { zstd } from '../../lib/zstd.js'
import { itemsOf } from './headers.js'

/** Decompresses the start of a stream, as far as it goes; throws on what is none. */
export type Decoder = (bytes: Buffer, maxOutputLength: number) => Buffer

/** More codings than this on one body are not undone. */
const MAX_CODINGS = 4
const SYNC = constants.Z_SYNC_FLUSH

const gzip: Decoder = (bytes, maxOutputLength) => gunzipSync(bytes, { finishFlush: SYNC, maxOutputLength })
const brotli: Decoder = (bytes, maxOutputLength) =>
  brotliDecompressSync(bytes, { finishFlush: constants.BROTLI_OPERATION_FLUSH, maxOutputLength })
// RFC 9110 §8.4.1.2: "deflate" is the zlib format; some servers send the bare stream.
const deflate: Decoder = (bytes, maxOutputLength) =>
  isZlib(bytes)
    ? inflateSync(bytes, { finishFlush: SYNC, maxOutputLength })
    : inflateRawSync(bytes, { finishFlush: SYNC, maxOutputLength })

// RFC 1950 §2.2: the method is 8, and both bytes together are a multiple of 31.
function isZlib(bytes: Buffer): boolean {
  const [first = 0, second = 0] = bytes
  return (first & 15) === 8 && (bytes.length < 2 || (first * 256 + second) % 31 === 0)
}

const DECODERS: Readonly<Record<string, Decoder>> = { gzip, 'x-gzip': gzip, deflate, br: brotli, zstd }

/** What undoes the codings of a body, in the order in which to do it; undefined where one is not known. */
export function decodersOf(content: string | undefined, transfer: string | undefined): readonly Decoder[] | undefined {
  if (content === undefined && transfer === undefined) return NONE
  // RFC 9110 §8.4, RFC 9112 §6.1: listed in the order in which they were applied; the transfer codings came last.
  const names = [...itemsOf(content ?? ''), ...itemsOf(transfer ?? '')]
    .filter((name) => !PLAIN.includes(name))
    .reverse()
  const decoders = names.map((name) => (Object.hasOwn(DECODERS, name) ? DECODERS[name] : undefined))
  return names.length > MAX_CODINGS || decoders.includes(undefined) ? undefined : (decoders as Decoder[])
}

const NONE: readonly Decoder[] = Object.freeze([])
const PLAIN = ['', 'identity', 'chunked']
