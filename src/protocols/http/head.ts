import { redactUrl } from '../../records/redact.js'
import { text } from '../../records/text.js'
import { type DecodeOptions, FOREIGN, INVALID, NEED_MORE } from '../protocol.js'
import { FieldReader, type Fields, lineEnd } from './fields.js'
import { Remembered } from './remembered.js'
import { afterSpaces } from './start.js'

/** The longest head that is believed. */
export const HEAD_MAX = 64 * 1024
/** Characters of a target that are shown. */
const TARGET_MAX = 8 * 1024

/** Versions of HTTP: ten times the major version, plus the minor one. */
export const HTTP_0_9 = 9
const HTTP_1_0 = 10

/** The head of a request. */
export interface RequestHead {
  readonly method: string
  readonly target: string
  /** The target is longer than what is shown. */
  readonly cut: boolean
  readonly version: number
  readonly fields: Fields
}

/** The head of a response. */
export interface ResponseHead {
  /** 0: there is none, in HTTP/0.9. */
  readonly status: number
  readonly reason: string
  readonly version: number
  readonly fields: Fields
}

/** Makes a head of its first line, `buf[pos, end)`, and its fields; or INVALID, FOREIGN. */
type MakeHead<H> = (buf: Buffer, pos: number, end: number, fields: Fields, options: DecodeOptions) => H | number

/** Reads the heads of one direction. One with the same bytes as the last is the same object. */
export class HeadReader<H extends object> {
  /** The head that was read last. */
  last: H | undefined
  private readonly options: DecodeOptions
  private readonly make: MakeHead<H>
  private readonly fields: FieldReader
  private readonly line: Remembered
  /** Bytes of an unfinished head that were searched for its end. */
  private searched: number

  constructor(options: DecodeOptions, make: MakeHead<H>) {
    this.last = undefined
    this.options = options
    this.make = make
    this.fields = new FieldReader(options)
    this.line = new Remembered()
    this.searched = 0
  }

  /** The end of the head at `pos` if that is the last one again, else NEED_MORE. */
  repeats(buf: Buffer, pos: number, end: number): number {
    const { fields, line } = this
    const { length } = line
    if (this.last === undefined || end - pos <= length || !line.stand(buf, pos, 0, length)) return NEED_MORE
    return fields.again(buf, pos + length, end) === undefined ? NEED_MORE : pos + length + fields.size
  }

  /** Reads the head at `pos` → its end · NEED_MORE · INVALID · FOREIGN. */
  read(buf: Buffer, pos: number, end: number): number {
    // What was not whole is searched for its end before it is read again.
    if (this.searched > 0 && !this.isWhole(buf, pos, end)) return end - pos > HEAD_MAX ? INVALID : NEED_MORE
    this.searched = 0
    const second = lineFeed(buf, pos, end) + 1
    const fields = second === 0 ? undefined : this.readFields(buf, second, end)
    if (fields === undefined) {
      this.searched = Math.max(1, end - pos - 2)
      return end - pos > HEAD_MAX ? INVALID : NEED_MORE
    }
    const to = second + this.fields.size
    const head =
      to - pos > HEAD_MAX ? INVALID : this.make(buf, pos, lineEnd(buf, pos, second - 1), fields, this.options)
    this.last = typeof head === 'number' ? undefined : head
    if (typeof head === 'number') return head
    this.line.keep(buf, pos, second)
    return to
  }

  private readFields(buf: Buffer, start: number, end: number): Fields | undefined {
    return this.fields.again(buf, start, end) ?? this.fields.read(buf, start, end)
  }

  private isWhole(buf: Buffer, pos: number, end: number): boolean {
    if (headEnd(buf, pos + Math.min(this.searched, end - pos), end) !== NEED_MORE) return true
    this.searched = Math.max(1, end - pos - 2)
    return false
  }

  /** The next byte is the first of a head. */
  reset(): void {
    this.searched = 0
  }
}

/** The offset after the empty line that ends a head, or NEED_MORE; `from`: where to go on looking. */
export function headEnd(buf: Buffer, from: number, end: number): number {
  for (let lf = lineFeed(buf, from, end); lf >= 0 && lf + 1 < end; lf = lineFeed(buf, lf + 1, end)) {
    const next = buf[lf + 1]
    // RFC 9112 §2.2: a recipient may recognise a single LF as a line terminator.
    if (next === 10) return lf + 2
    if (next === 13 && lf + 2 < end && buf[lf + 2] === 10) return lf + 3
  }
  return NEED_MORE
}

// A loop: lines are short.
function lineFeed(buf: Buffer, from: number, end: number): number {
  for (let at = from; at < end; at++) if (buf[at] === 10) return at
  return -1
}

/** RFC 9112 §3: `method target version`. What stands between the first and the last space is the target. */
export function requestHead(
  buf: Buffer,
  pos: number,
  end: number,
  fields: Fields,
  options: DecodeOptions,
): RequestHead | number {
  const version = end - 8
  const space = buf.indexOf(32, pos)
  if (space < 0 || version <= space || buf[version - 1] !== 32) return INVALID
  const minor = httpMinor(buf, version)
  if (minor < 0) return buf.toString('latin1', version, version + 6) === 'HTTP/2' ? FOREIGN : INVALID
  const stop = Math.max(version - 1, space + 1)
  return newRequestHead(buf, pos, space, stop, HTTP_1_0 + minor, fields, options)
}

/** RFC 1945 §4.1: a simple request is a method and a target, without fields; a version that is none is passed over. */
export function simpleRequestHead(
  buf: Buffer,
  pos: number,
  end: number,
  fields: Fields,
  options: DecodeOptions,
): RequestHead {
  const space = buf.indexOf(32, pos)
  const second = buf.indexOf(32, space + 1)
  const stop = second > 0 && second < end ? second : end
  return newRequestHead(buf, pos, space, stop, HTTP_0_9, fields, options)
}

function newRequestHead(
  buf: Buffer,
  pos: number,
  space: number,
  end: number,
  version: number,
  fields: Fields,
  options: DecodeOptions,
): RequestHead {
  const start = afterSpaces(buf, space, end)
  let stop = end
  while (stop > start && buf[stop - 1] === 32) stop--
  const sent = text(buf, start, stop)
  const clean = options.redact ? redactUrl(sent) : sent
  const cut = clean.length > TARGET_MAX
  const target = cut ? clean.slice(0, TARGET_MAX) : clean
  return { method: methodOf(buf, pos, space), target, cut, version, fields }
}

// The two that are most frequent need no new string.
function methodOf(buf: Buffer, pos: number, end: number): string {
  if (end - pos === 3 && buf[pos] === 71 && buf[pos + 1] === 69 && buf[pos + 2] === 84) return 'GET'
  const post = end - pos === 4 && buf[pos] === 80 && buf[pos + 1] === 79 && buf[pos + 2] === 83 && buf[pos + 3] === 84
  return post ? 'POST' : buf.toString('latin1', pos, end)
}

/** RFC 9112 §4: `version status reason`. */
export function responseHead(buf: Buffer, pos: number, end: number, fields: Fields): ResponseHead | number {
  const minor = httpMinor(buf, pos)
  const status = digit(buf, pos + 9) * 100 + digit(buf, pos + 10) * 10 + digit(buf, pos + 11)
  if (end - pos < 12 || minor < 0 || !(status >= 100)) return INVALID
  const reason = end - pos > 13 ? text(buf, pos + 13, end) : ''
  return { status, reason, version: HTTP_1_0 + minor, fields }
}

// `HTTP/1.x` at `at` → x, or -1.
function httpMinor(buf: Buffer, at: number): number {
  const http = buf[at] === 72 && buf[at + 1] === 84 && buf[at + 2] === 84 && buf[at + 3] === 80
  if (!http || buf[at + 4] !== 47 || buf[at + 5] !== 49 || buf[at + 6] !== 46) return -1
  const minor = digit(buf, at + 7)
  return minor >= 0 ? minor : -1
}

// NaN where it is none.
function digit(buf: Buffer, at: number): number {
  const value = (buf[at] as number) - 48
  return value >= 0 && value <= 9 ? value : Number.NaN
}
