import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib'
import { cutText, text } from '../../records/text.js'
import type { Fields } from './head.js'
import type { Headers } from './headers.js'

/** The body of a message: how long it is, and a copy of its start. */
export class Body {
  /** Bytes of the whole body, as transferred (without chunk framing). */
  size: number
  /** Bytes of the start that are of use. */
  limit: number
  kept: number
  bytes: Buffer | undefined

  constructor(limit: number) {
    this.size = 0
    this.limit = limit
    this.kept = 0
    this.bytes = undefined
  }

  /** Counts `buf[start, end)` and keeps what is below the limit. `left`: what is still to come, as far as known. */
  take(buf: Buffer, start: number, end: number, left: number): void {
    // After a gap in the start of the body the rest would stand in the wrong place.
    const n = this.kept === this.size ? Math.min(end - start, this.limit - this.kept) : 0
    if (n > 0) {
      this.reserve(this.kept + n, this.kept + n + left)
      buf.copy(this.bytes as Buffer, this.kept, start, start + n)
      this.kept += n
    }
    this.size += end - start
  }

  /** Nothing that follows is of use. */
  get sated(): boolean {
    return this.kept >= this.limit || this.kept < this.size
  }

  private reserve(need: number, expected: number): void {
    const old = this.bytes
    if (old !== undefined && old.length >= need) return
    this.bytes = Buffer.allocUnsafe(Math.min(this.limit, Math.max(expected, need * 2)))
    if (old !== undefined) old.copy(this.bytes, 0, 0, this.kept)
  }
}

const TEXT = /^text\/|json|xml|javascript|ecmascript|urlencoded|graphql|yaml|toml|csv/i
const BINARY =
  /^(?:image|audio|video|font|model)\/|^application\/(?:grpc|zip|gzip|pdf|wasm|x-protobuf|protobuf|x-gzip|x-tar|x-7z|x-bzip|zstd|msgpack|x-msgpack|vnd\.ms-|vnd\.openxml|java-archive)/i

/** How a body with certain headers is shown: the bytes worth keeping, how to decompress them, is it text for sure. */
export interface Display {
  readonly useful: number
  readonly decode: Decoder | undefined
  readonly textual: boolean
}

export function displayOf(headers: Headers, limit: number): Display {
  const type = headers['content-type']?.[0]
  const coding = headers['content-encoding']?.[0]
  const textual = type !== undefined && TEXT.test(type)
  const decode = coding === undefined ? plain : decoderOf(coding)
  const hidden = decode === undefined || (type !== undefined && !textual && BINARY.test(type))
  return { useful: hidden ? 0 : limit, decode, textual }
}

/** What is shown of a body: a text or null, and whether it was shortened. */
export interface Shown {
  readonly text: string | null
  readonly cut: boolean
}

const NOTHING: Shown = { text: null, cut: false }
const NOT_CAPTURED: Shown = { text: null, cut: true }

/** The start of a body as text: decompressed, cut to the limit; null where it is not text. */
export function showBody(body: Body | undefined, fields: Fields): Shown {
  if (body === undefined || body.size === 0 || body.limit === 0) return NOTHING
  if (body.bytes === undefined) return NOT_CAPTURED
  const { decode, textual } = fields.display
  if (decode === undefined) return NOTHING
  const whole = body.kept === body.size
  if (decode === plain) return showText(body.bytes, body.kept, whole, body.limit, textual)
  const bytes = inflate(body.bytes.subarray(0, body.kept), decode, body.limit)
  return bytes === undefined ? NOTHING : showText(bytes, bytes.length, whole, body.limit, textual)
}

function showText(bytes: Buffer, length: number, whole: boolean, limit: number, textual: boolean): Shown {
  if (length === 0) return NOTHING
  const end = whole ? cutText(bytes, 0, length, limit) : textEnd(bytes, length, limit)
  if (!textual && !looksLikeText(bytes, end)) return NOTHING
  return { text: text(bytes, 0, end), cut: !whole || end < length }
}

// The end of the text in a prefix that may have been cut in the middle of a UTF-8 sequence.
function textEnd(bytes: Buffer, length: number, limit: number): number {
  const end = cutText(bytes, 0, length, limit)
  if (end < length) return end
  for (let back = 1; back <= 3 && back <= end; back++) {
    const byte = bytes[end - back] as number
    if (byte < 0x80) return end
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? end - back : end
  }
  return end
}

function looksLikeText(bytes: Buffer, end: number): boolean {
  for (let i = 0; i < end; i++) {
    const byte = bytes[i] as number
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 12) return false
    if (byte === 127) return false
  }
  return !bytes.toString('utf8', 0, end).includes('\ufffd')
}

export type Decoder = (bytes: Buffer, maxOutputLength: number) => Buffer

const SYNC = constants.Z_SYNC_FLUSH
const plain: Decoder = (bytes) => bytes
const gzip: Decoder = (bytes, maxOutputLength) => gunzipSync(bytes, { finishFlush: SYNC, maxOutputLength })
const brotli: Decoder = (bytes, maxOutputLength) =>
  brotliDecompressSync(bytes, { finishFlush: constants.BROTLI_OPERATION_FLUSH, maxOutputLength })
// RFC 9110 §8.4.1.2: "deflate" is the zlib format; some servers send the bare stream.
const deflate: Decoder = (bytes, maxOutputLength) =>
  ((bytes[0] as number) & 15) === 8
    ? inflateSync(bytes, { finishFlush: SYNC, maxOutputLength })
    : inflateRawSync(bytes, { finishFlush: SYNC, maxOutputLength })

function decoderOf(coding: string): Decoder | undefined {
  switch (coding.toLowerCase()) {
    case 'identity':
      return plain
    case 'gzip':
    case 'x-gzip':
      return gzip
    case 'deflate':
      return deflate
    case 'br':
      return brotli
    default:
      return undefined
  }
}

const MAX_RATIO = 32

// Hostile input may inflate without end: less and less of it is read until the output fits.
function inflate(raw: Buffer, decode: Decoder, limit: number): Buffer | undefined {
  for (let length = raw.length; length > 0; length >>= 2) {
    try {
      return decode(raw.subarray(0, length), limit * MAX_RATIO)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') return undefined
    }
  }
  return undefined
}
