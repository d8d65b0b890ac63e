import { ZSTD_BYTES, zstd } from '../../lib/zstd.js'
import { cutText, text } from '../../records/text.js'
import { type Decoder, decodersOf } from './coding.js'

const TEXT = /^text\/|json|xml|javascript|ecmascript|urlencoded|graphql|yaml|toml|csv/i
const BINARY =
  /^(?:image|audio|video|font|model)\/|^application\/(?:grpc|zip|gzip|pdf|wasm|x-protobuf|protobuf|x-gzip|x-tar|x-7z|x-bzip|zstd|msgpack|x-msgpack|vnd\.ms-|vnd\.openxml|java-archive)/i

/** How a body with certain headers is shown. */
export interface Display {
  /** Bytes worth keeping. */
  readonly useful: number
  /** Bytes of text that are shown. */
  readonly limit: number
  /** How to decompress them, one after the other. */
  readonly decoders: readonly Decoder[]
  /** It is text for sure. */
  readonly textual: boolean
}

export function displayOf(
  type: string | undefined,
  content: string | undefined,
  transfer: string | undefined,
  limit: number,
): Display {
  const textual = type !== undefined && TEXT.test(type)
  const decoders = decodersOf(content, transfer)
  const hidden = limit === 0 || decoders === undefined || (type !== undefined && !textual && BINARY.test(type))
  const useful = decoders?.includes(zstd) ? Math.max(limit, ZSTD_BYTES) : limit
  return { useful: hidden ? 0 : useful, limit, decoders: decoders ?? [], textual }
}

/** What is shown of a body: a text or null, and whether it was shortened. */
export interface Shown {
  readonly text: string | null
  readonly cut: boolean
}

const NOTHING: Shown = { text: null, cut: false }
const NOT_CAPTURED: Shown = { text: null, cut: true }

/** The body of a message: how long it is, and what is shown of it. */
export class Body {
  /** Bytes of the whole body, as transferred (without chunk framing). */
  size: number
  private readonly display: Display
  /** Bytes of the start that were kept; they are in `bytes`, or they have been made to text already. */
  private kept: number
  private bytes: Buffer | undefined
  private shown: Shown | undefined

  constructor(display: Display) {
    this.size = 0
    this.display = display
    this.kept = 0
    this.bytes = undefined
    this.shown = undefined
  }

  /** Counts `buf[start, end)` and keeps what is of use. `left`: what is still to come; -1 = not known. */
  take(buf: Buffer, start: number, end: number, left: number): void {
    const { size } = this
    const { useful } = this.display
    const length = end - start
    this.size = size + length
    if (size === 0 && useful > 0 && (left === 0 || length > useful)) {
      // All of it is here: no copy.
      this.kept = Math.min(length, useful)
      this.shown = show(buf, start, start + this.kept, length <= useful, this.display)
      return
    }
    // After a gap in the start of the body the rest would stand in the wrong place.
    const n = this.kept === size ? Math.min(length, useful - this.kept) : 0
    if (n <= 0) return
    this.reserve(this.kept + n, this.kept + n + left)
    buf.copy(this.bytes as Buffer, this.kept, start, start + n)
    this.kept += n
  }

  /** Counts bytes that are not there. */
  skip(length: number): void {
    this.size += length
  }

  /** Nothing that follows is of use. */
  get sated(): boolean {
    return this.kept >= this.display.useful || this.kept < this.size
  }

  /** The start as text: decompressed, cut to the limit; null where it is not text. */
  show(): Shown {
    if (this.shown !== undefined) return this.shown
    if (this.size === 0 || this.display.useful === 0) return NOTHING
    if (this.bytes === undefined) return NOT_CAPTURED
    return show(this.bytes, 0, this.kept, this.kept === this.size, this.display)
  }

  private reserve(need: number, expected: number): void {
    const old = this.bytes
    if (old !== undefined && old.length >= need) return
    this.bytes = Buffer.allocUnsafe(Math.min(this.display.useful, Math.max(expected, need * 2)))
    if (old !== undefined) old.copy(this.bytes, 0, 0, this.kept)
  }
}

function show(buf: Buffer, start: number, end: number, whole: boolean, display: Display): Shown {
  const { decoders, limit, textual } = display
  if (decoders.length === 0) return showText(buf, start, end, whole, limit, textual)
  let bytes = buf.subarray(start, end)
  for (const decode of decoders) {
    const decoded = inflate(bytes, decode, limit)
    if (decoded === undefined) return whole ? NOTHING : NOT_CAPTURED
    bytes = decoded
  }
  return showText(bytes, 0, bytes.length, whole, limit, textual)
}

function showText(buf: Buffer, start: number, end: number, whole: boolean, limit: number, textual: boolean): Shown {
  if (start === end) return whole ? NOTHING : NOT_CAPTURED
  const stop = whole ? cutText(buf, start, end, limit) : textEnd(buf, start, end, limit)
  if (!textual && hasControls(buf, start, stop)) return NOTHING
  const value = text(buf, start, stop)
  if (!textual && !value.isWellFormed()) return NOTHING
  return { text: value, cut: !whole || stop < end }
}

// The end of the text in a prefix that may have been cut in the middle of a UTF-8 sequence.
function textEnd(buf: Buffer, start: number, end: number, limit: number): number {
  const stop = cutText(buf, start, end, limit)
  if (stop < end) return stop
  for (let back = 1; back <= 3 && start + back <= stop; back++) {
    const byte = buf[stop - back] as number
    if (byte < 0x80) return stop
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? stop - back : stop
  }
  return stop
}

// Others than tab, line ends and form feed: text has none.
function hasControls(buf: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const byte = buf[i] as number
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 12) return true
    if (byte === 127) return true
  }
  return false
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
