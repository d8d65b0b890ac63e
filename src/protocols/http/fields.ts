import { isSecretHeader, REDACTED, redactUrl } from '../../records/redact.js'
import { text } from '../../records/text.js'
import type { DecodeOptions } from '../protocol.js'
import { type Display, displayOf } from './body.js'
import { addValue, contentLength, Headers, itemsOf, joined } from './headers.js'
import { Remembered } from './remembered.js'
import { CONTENT } from './table.js'

/** What fields say of a body besides its length. */
class Format {
  /** Is `chunked` the last transfer coding? undefined without one. */
  readonly chunked: boolean | undefined
  readonly display: Display
  /** Code of the column `content_type`. */
  readonly content: number
  /** The body is an HTML form. */
  readonly form: boolean
  private readonly type: string | undefined
  private readonly coding: string | undefined
  private readonly transfer: string | undefined

  constructor(headers: Headers, limit: number) {
    this.type = joined(headers, 'content-type')
    this.coding = joined(headers, 'content-encoding')
    this.transfer = joined(headers, 'transfer-encoding')
    this.chunked = isChunked(this.transfer)
    this.display = displayOf(this.type, this.coding, this.transfer, limit)
    const type = this.type?.toLowerCase() ?? ''
    this.content = contentOf(type)
    this.form = type.startsWith('application/x-www-form-urlencoded')
  }

  /** Do these fields say the same? */
  fits(headers: Headers): boolean {
    const same = joined(headers, 'content-type') === this.type && joined(headers, 'content-encoding') === this.coding
    return same && joined(headers, 'transfer-encoding') === this.transfer
  }
}

function isChunked(transfer: string | undefined): boolean | undefined {
  if (transfer === undefined || transfer === 'identity') return undefined
  return itemsOf(transfer).at(-1) === 'chunked'
}

function contentOf(type: string): number {
  if (type.startsWith('application/grpc')) return CONTENT.grpc
  return type.includes('json') ? CONTENT.json : CONTENT.unknown
}

/** The fields of a head, and what they say of its body. */
export class Fields {
  readonly headers: Headers
  /** Content-Length; -1 without, NaN where it is not a length. */
  readonly length: number
  readonly format: Format

  /** `like`: fields that may describe the same kind of body. */
  constructor(headers: Headers, limit: number, like?: Fields) {
    this.headers = headers
    this.length = contentLength(headers)
    this.format = like?.format.fits(headers) === true ? like.format : new Format(headers, limit)
  }
}

const MAX_REMEMBERED = 2048

/** A line of the last block of fields: most heads of a connection are alike, line by line. */
class Line {
  start: number
  readonly length: number
  /** The line that ends the head. */
  readonly empty: boolean
  /** Where its colon is, from `start`; 0: the line is no field. */
  readonly colon: number
  readonly name: string
  readonly value: string

  constructor(length: number, empty: boolean, colon: number, name: string, value: string) {
    this.start = 0
    this.length = length
    this.empty = empty
    this.colon = colon
    this.name = name
    this.value = value
  }
}

/** Reads the fields of the heads of one direction; a line that stands there as it stood in the last head is not read again. */
export class FieldReader {
  /** How long the fields were that were read last, with the empty line. */
  size: number
  private readonly options: DecodeOptions
  /** Of the last head; undefined where a line continues the one before it. */
  private readonly lines: (Line | undefined)[]
  private readonly block: Remembered
  private fields: Fields | undefined

  constructor(options: DecodeOptions) {
    this.size = 0
    this.options = options
    this.lines = []
    this.block = new Remembered()
    this.fields = undefined
  }

  /** The fields of the last head if `start` is where they stand again, with the empty line; else undefined. */
  again(buf: Buffer, start: number, end: number): Fields | undefined {
    const { block, fields } = this
    if (fields === undefined || end - start < block.length) return undefined
    return block.stand(buf, start, 0, block.length) ? fields : undefined
  }

  /** From `buf[start]`, the second line, to the empty one; undefined without an empty one. A line that is no field is passed over. */
  read(buf: Buffer, start: number, end: number): Fields | undefined {
    const headers = new Headers()
    const to = this.readLines(buf, start, end, headers)
    const fields = to < 0 ? undefined : new Fields(headers, this.options.bodyBytes, this.fields)
    this.size = to - start
    const fits = fields !== undefined && this.size <= MAX_REMEMBERED
    this.fields = fits ? fields : undefined
    if (fits) this.block.keep(buf, start, to)
    else this.lines.length = 0
    return fields
  }

  // → the offset after the empty line, or -1.
  private readLines(buf: Buffer, start: number, end: number, headers: Headers): number {
    const { lines, block } = this
    let last: string[] | undefined
    for (let at = start, nth = 0; at < end; nth++) {
      let line = lines[nth]
      if (line === undefined || line.length > end - at || !block.stand(buf, at, line.start, line.length)) {
        const next = buf.indexOf(10, at) + 1
        if (next <= 0 || next > end) return -1
        line = this.readLine(buf, at, next, last, line)
        if (line === undefined) at = next
      }
      lines[nth] = line
      if (line === undefined) continue
      line.start = at - start
      at += line.length
      if (line.empty) return this.endAt(nth, at)
      last = line.colon === 0 ? undefined : addValue(headers, line.name, line.value)
    }
    return -1
  }

  private endAt(nth: number, at: number): number {
    if (this.lines.length > nth + 1) this.lines.length = nth + 1
    return at
  }

  // A fold changes the value before it and is not remembered: undefined. `old`: the line that stood there in the last head.
  private readLine(
    buf: Buffer,
    start: number,
    next: number,
    last: string[] | undefined,
    old: Line | undefined,
  ): Line | undefined {
    const end = lineEnd(buf, start, next - 1)
    const first = buf[start]
    // RFC 9112 §5.2: an obsolete fold is one space.
    if (first === 32 || first === 9) {
      fold(last, buf, start, end)
      return undefined
    }
    let colon = start
    while (colon < end && buf[colon] !== 58) colon++
    if (colon === start || colon === end) return new Line(next - start, start === end, 0, '', '')
    const name = this.readName(buf, start, colon, old)
    const from = trimStart(buf, colon + 1, end)
    const value = this.readValue(name, buf, from, trimEnd(buf, from, end))
    return new Line(next - start, false, colon - start, name, value)
  }

  private readName(buf: Buffer, start: number, colon: number, old: Line | undefined): string {
    const length = colon - start
    if (old?.colon === length && this.block.stand(buf, start, old.start, length)) return old.name
    return buf.toString('latin1', start, trimEnd(buf, start, colon)).toLowerCase()
  }

  private readValue(name: string, buf: Buffer, start: number, end: number): string {
    if (!this.options.redact) return text(buf, start, end)
    if (isSecretHeader(name)) return REDACTED
    const value = text(buf, start, end)
    return name === 'location' || name === 'referer' ? redactUrl(value) : value
  }
}

/** The end of the line that starts at `start` and whose LF is at `lf`, without its CR. */
export function lineEnd(buf: Buffer, start: number, lf: number): number {
  return lf > start && buf[lf - 1] === 13 ? lf - 1 : lf
}

function fold(values: string[] | undefined, buf: Buffer, at: number, end: number): void {
  if (values === undefined || values[values.length - 1] === REDACTED) return
  const start = trimStart(buf, at, end)
  const more = text(buf, start, trimEnd(buf, start, end))
  const before = values.pop() as string
  values.push(before === '' || more === '' ? before + more : `${before} ${more}`)
}

function trimStart(buf: Buffer, start: number, end: number): number {
  let at = start
  while (at < end && (buf[at] === 32 || buf[at] === 9)) at++
  return at
}

function trimEnd(buf: Buffer, start: number, end: number): number {
  let at = end
  while (at > start && (buf[at - 1] === 32 || buf[at - 1] === 9)) at--
  return at
}
