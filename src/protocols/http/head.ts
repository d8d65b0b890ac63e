import { isSecretHeader, REDACTED, redactUrl } from '../../records/redact.js'
import { text } from '../../records/text.js'
import { type DecodeOptions, NEED_MORE } from '../protocol.js'
import { type Display, displayOf } from './body.js'
import { Headers } from './headers.js'
import { CONTENT } from './table.js'

/** The offset after the empty line that ends a head, or NEED_MORE; `from`: where to go on looking. */
export function headEnd(buf: Buffer, from: number, end: number): number {
  for (let lf = buf.indexOf(10, from); lf >= 0 && lf + 1 < end; lf = buf.indexOf(10, lf + 1)) {
    const next = buf[lf + 1]
    // RFC 9112 §2.2: a recipient may recognise a single LF as a line terminator.
    if (next === 10) return lf + 2
    if (next === 13 && lf + 2 < end && buf[lf + 2] === 10) return lf + 3
  }
  return NEED_MORE
}

/** A part of a head as text: one character a byte, so that offsets agree; `value` decodes. */
export class HeadText {
  readonly chars: string
  private readonly ascii: boolean
  private readonly buf: Buffer
  private readonly base: number

  constructor(buf: Buffer, start: number, end: number) {
    const utf8 = buf.toString('utf8', start, end)
    this.ascii = utf8.length === end - start && !utf8.includes('\ufffd')
    this.chars = this.ascii ? utf8 : buf.toString('latin1', start, end)
    this.buf = buf
    this.base = start
  }

  value(start: number, end: number): string {
    return this.ascii ? this.chars.slice(start, end) : text(this.buf, this.base + start, this.base + end)
  }
}

/** The end of the line that starts at `at`, without its CR; the head always ends in LF. */
export function lineEnd(chars: string, lf: number): number {
  return lf > 0 && chars.charCodeAt(lf - 1) === 13 ? lf - 1 : lf
}

/** The fields of a head, and what they say of its body. */
export class Fields {
  readonly headers: Headers
  /** Content-Length; -1 without, NaN where it is not a length. */
  readonly length: number
  /** Is `chunked` the last transfer coding? undefined without one. */
  readonly chunked: boolean | undefined
  readonly display: Display
  /** Code of the column `content_type`. */
  readonly content: number
  /** The body is an HTML form. */
  readonly form: boolean

  constructor(headers: Headers, limit: number) {
    this.headers = headers
    this.length = contentLength(headers)
    this.chunked = isChunked(headers)
    this.display = displayOf(headers, limit)
    const type = headers['content-type']?.[0]?.toLowerCase() ?? ''
    this.content = type.startsWith('application/grpc')
      ? CONTENT.grpc
      : type.includes('json')
        ? CONTENT.json
        : CONTENT.unknown
    this.form = type.startsWith('application/x-www-form-urlencoded')
  }
}

const MAX_REMEMBERED = 2048

/** A line of the last head: most heads of a connection are alike, line by line. */
class Line {
  start: number
  readonly length: number
  readonly name: string
  readonly value: string

  constructor(start: number, length: number, name: string, value: string) {
    this.start = start
    this.length = length
    this.name = name
    this.value = value
  }
}

/** Reads the fields of the heads of one direction; what stands there as it stood in the last head is not read again. */
export class FieldReader {
  private readonly options: DecodeOptions
  private readonly lines: (Line | undefined)[]
  private block: Buffer
  private length: number
  private fields: Fields | undefined

  constructor(options: DecodeOptions) {
    this.options = options
    this.lines = []
    this.block = Buffer.alloc(0)
    this.length = 0
    this.fields = undefined
  }

  /** `buf[start, end)`: from the second line to the empty one; undefined where a line is not a field. */
  read(buf: Buffer, start: number, end: number): Fields | undefined {
    const { length, fields } = this
    if (fields !== undefined && end - start === length && sameBytes(this.block, 0, buf, start, length)) return fields
    const headers = this.readLines(buf, start, end)
    const fresh = headers === undefined ? undefined : new Fields(headers, this.options.bodyBytes)
    this.remember(buf, start, end, fresh)
    return fresh
  }

  private readLines(buf: Buffer, start: number, end: number): Headers | undefined {
    const { lines, block } = this
    const headers = new Headers()
    let last: string[] | undefined
    for (let at = start, nth = 0; at < end; nth++) {
      let line = lines[nth]
      if (line === undefined || line.length > end - at || !sameBytes(block, line.start, buf, at, line.length)) {
        const head = new HeadText(buf, at, buf.indexOf(10, at) + 1)
        const { length } = head.chars
        if (length <= 2 && lineEnd(head.chars, length - 1) === 0) {
          lines.length = nth
          return headers
        }
        line = readLine(head, this.options.redact, last)
        if (line === undefined && !isFold(head)) return undefined
        if (line === undefined) at += length
      }
      lines[nth] = line
      if (line === undefined) continue
      line.start = at - start
      last = addField(headers, line.name, line.value)
      at += line.length
    }
    return headers
  }

  private remember(buf: Buffer, start: number, end: number, fields: Fields | undefined): void {
    this.length = end - start
    this.fields = fields
    if (fields === undefined || this.length > MAX_REMEMBERED) {
      this.fields = undefined
      this.lines.length = 0
      return
    }
    if (this.block.length < this.length) this.block = Buffer.allocUnsafe(this.length * 2)
    buf.copy(this.block, 0, start, end)
  }
}

// A loop: on these few bytes it beats the way to `Buffer.compare`.
function sameBytes(a: Buffer, aStart: number, b: Buffer, bStart: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (a[aStart + i] !== b[bStart + i]) return false
  return true
}

function isFold(line: HeadText): boolean {
  const first = line.chars.charCodeAt(0)
  return first === 32 || first === 9
}

// A field, or undefined: a fold, which belongs to the values before it, or nonsense.
function readLine(head: HeadText, redact: boolean, last: string[] | undefined): Line | undefined {
  const { chars } = head
  const end = lineEnd(chars, chars.length - 1)
  // RFC 9112 §5.2: an obsolete fold is one space.
  if (isFold(head)) {
    fold(last, head, 0, end)
    return undefined
  }
  const colon = chars.indexOf(':')
  if (colon <= 0 || colon >= end) return undefined
  const name = chars.slice(0, trimEnd(chars, 0, colon)).toLowerCase()
  const start = trimStart(chars, colon + 1, end)
  let value = redact && isSecretHeader(name) ? REDACTED : head.value(start, trimEnd(chars, start, end))
  if (redact && (name === 'location' || name === 'referer')) value = redactUrl(value)
  return new Line(0, chars.length, name, value)
}

function addField(headers: Headers, name: string, value: string): string[] {
  const values = headers[name]
  if (values !== undefined) {
    values.push(value)
    return values
  }
  const fresh = [value]
  headers[name] = fresh
  return fresh
}

function fold(values: string[] | undefined, head: HeadText, at: number, end: number): void {
  if (values === undefined || values[values.length - 1] === REDACTED) return
  const start = trimStart(head.chars, at, end)
  values.push(`${values.pop()} ${head.value(start, trimEnd(head.chars, start, end))}`)
}

function trimStart(chars: string, start: number, end: number): number {
  let at = start
  while (at < end && (chars.charCodeAt(at) === 32 || chars.charCodeAt(at) === 9)) at++
  return at
}

function trimEnd(chars: string, start: number, end: number): number {
  let at = end
  while (at > start && (chars.charCodeAt(at - 1) === 32 || chars.charCodeAt(at - 1) === 9)) at--
  return at
}

function contentLength(headers: Headers): number {
  const values = headers['content-length']
  if (values === undefined) return -1
  // RFC 9112 §6.3: a list of the same number is that number; anything else is an error.
  let length = -1
  for (const item of values.length === 1 && isDigits(values[0] as string) ? values : values.join(',').split(',')) {
    const digits = item.trim()
    if (!isDigits(digits)) return Number.NaN
    const value = Number(digits)
    if (!Number.isSafeInteger(value) || (length >= 0 && value !== length)) return Number.NaN
    length = value
  }
  return length
}

function isDigits(value: string): boolean {
  if (value.length === 0 || value.length > 32) return false
  for (let i = 0; i < value.length; i++) {
    const c = value.charCodeAt(i)
    if (c < 48 || c > 57) return false
  }
  return true
}

function isChunked(headers: Headers): boolean | undefined {
  const values = headers['transfer-encoding']
  if (values === undefined) return undefined
  const codings = values.join(',').toLowerCase()
  if (codings === 'identity') return undefined
  return codings.slice(codings.lastIndexOf(',') + 1).trim() === 'chunked'
}
