import { BoundedText, quote } from '../../records/bounded.js'
import { REDACTED } from '../../records/redact.js'
import { cutText, text } from '../../records/text.js'
import { isType, MIN_DOCUMENT, nulAt, sizeOf, TYPE } from './bson.js'
import { decimalAt } from './decimal.js'
import { KEYS } from './keys.js'
import { i32 } from './wire.js'

/** Servers refuse more than 100. */
const MAX_DEPTH = 128
const UUID = 4
const LAST_YEAR = 9999
/** What stands before a text that is not just that. */
const OPEN: Readonly<Record<number, string>> = { [TYPE.code]: '{"$code":', [TYPE.symbol]: '{"$symbol":' }

/**
 * BSON as relaxed extended JSON, as far as the bytes and the limit go. Integers that a double cannot hold are `$numberLong`.
 * https://github.com/mongodb/specifications/blob/master/source/extended-json/extended-json.md
 */
export class Json {
  readonly out: BoundedText
  readonly #secrets: ReadonlySet<string>

  constructor(limit: number, secrets: ReadonlySet<string>) {
    this.out = new BoundedText(limit)
    this.#secrets = secrets
  }

  /** The document at `pos` without its last brace, so that more can be added; true: it was all there. */
  openDocument(buf: Buffer, pos: number, end: number): boolean {
    this.out.addAscii('{')
    return this.#elements(buf, pos, end, 0, false)
  }

  /** Documents in a row, as an element that is an array. */
  sequence(comma: boolean, name: string, buf: Buffer, pos: number, end: number): void {
    this.out.add(`${comma ? ',' : ''}${quote(name)}:[`)
    for (let at = pos; at < end; ) {
      if (at > pos) this.out.addAscii(',')
      if (!this.document(buf, at, end)) return
      at += i32(buf, at)
    }
    this.out.addAscii(']')
  }

  /** The document or array at `pos`; true: it was all there. */
  document(buf: Buffer, pos: number, end: number, depth = 0, array = false): boolean {
    this.out.addAscii(array ? '[' : '{')
    const whole = this.#elements(buf, pos, end, depth, array)
    if (whole) this.out.addAscii(array ? ']' : '}')
    return whole
  }

  #elements(buf: Buffer, pos: number, end: number, depth: number, array: boolean): boolean {
    const size = end - pos < 4 ? 0 : i32(buf, pos)
    if (size < MIN_DOCUMENT || depth > MAX_DEPTH) return this.#stop()
    const last = pos + size
    const limit = Math.min(end, last)
    let at = pos + 4
    for (let first = true; at < limit && buf[at] !== 0; first = false) {
      if (!first) this.out.addAscii(',')
      at = this.#element(buf, at, limit, depth, array)
      if (at < 0) return this.#stop()
    }
    return (at === last - 1 && at < limit) || this.#stop()
  }

  #stop(): false {
    this.out.cut = true
    return false
  }

  // → the place after it, or -1: it is not all there, or there is no room for more.
  #element(buf: Buffer, pos: number, end: number, depth: number, array: boolean): number {
    const type = buf[pos] as number
    const nul = nulAt(buf, pos + 1, end)
    if (this.out.full || nul < 0 || !isType(type)) return -1
    const { name, json, ascii } = KEYS.of(buf, pos + 1, cutText(buf, pos + 1, nul, this.out.room))
    if (!array && ascii) this.out.addAscii(json)
    else if (!array) this.out.add(json)
    const at = nul + 1
    const size = sizeOf(type, buf, at, end)
    if (this.#secrets.has(name)) {
      this.out.addAscii(`"${REDACTED}"`)
      return size < 0 || size > end - at ? -1 : at + size
    }
    if (size < 0) return -1
    return this.#value(type, buf, at, Math.min(end, at + size), size <= end - at, depth) ? at + size : -1
  }

  // `whole`: all of the value is in buf[pos, end).
  #value(type: number, buf: Buffer, pos: number, end: number, whole: boolean, depth: number): boolean {
    if (type === TYPE.document || type === TYPE.array)
      return this.document(buf, pos, end, depth + 1, type === TYPE.array)
    if (type === TYPE.string || type === TYPE.symbol || type === TYPE.code) {
      this.out.addJson(OPEN[type] ?? '', this.#text(buf, pos + 4, whole ? end - 1 : end))
      if (type !== TYPE.string) this.out.addAscii('}')
      return whole
    }
    if (!whole) return false
    if (type === TYPE.binary) this.#binary(buf, pos, end)
    else if (type === TYPE.scopedCode) return this.#scopedCode(buf, pos, end, depth)
    else if (type === TYPE.regex || type === TYPE.pointer) this.out.add(named(type, buf, pos, end))
    else this.out.addAscii(fixed(type, buf, pos))
    return true
  }

  #text(buf: Buffer, start: number, end: number): string {
    if (end <= start) return ''
    const shown = cutText(buf, start, end, this.out.room)
    if (shown < end) this.out.cut = true
    return text(buf, start, shown)
  }

  #binary(buf: Buffer, pos: number, end: number): void {
    const subType = buf[pos + 4] as number
    const start = pos + 5
    if (subType === UUID && end - start === 16) {
      this.out.addAscii(
        `{"$uuid":"${buf.toString('hex', start, end).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}"}`,
      )
      return
    }
    const base64 = buf.toString('base64', start, Math.min(end, start + this.out.room))
    this.out.addAscii(`{"$binary":{"base64":"${base64}","subType":"${subType.toString(16).padStart(2, '0')}"}}`)
  }

  // Length of all 4, the code as a string, its scope.
  #scopedCode(buf: Buffer, pos: number, end: number, depth: number): boolean {
    const length = i32(buf, pos + 4)
    const scope = pos + 8 + length
    if (length < 1 || scope > end) return false
    this.out.add(`{"$code":${quote(this.#text(buf, pos + 8, scope - 1))},"$scope":`)
    const whole = this.document(buf, scope, end, depth + 1, false)
    if (whole) this.out.addAscii('}')
    return whole
  }
}

function named(type: number, buf: Buffer, pos: number, end: number): string {
  if (type === TYPE.regex) {
    const nul = buf.indexOf(0, pos)
    const pattern = quote(text(buf, pos, nul))
    return `{"$regularExpression":{"pattern":${pattern},"options":${quote(text(buf, nul + 1, end - 1))}}}`
  }
  const id = end - 12
  return `{"$dbPointer":{"$ref":${quote(text(buf, pos + 4, id - 1))},"$id":{"$oid":"${buf.toString('hex', id, end)}"}}}`
}

function fixed(type: number, buf: Buffer, pos: number): string {
  switch (type) {
    case TYPE.double:
      return double(buf.readDoubleLE(pos))
    case TYPE.int32:
      return String(i32(buf, pos))
    case TYPE.int64: {
      const value = buf.readBigInt64LE(pos)
      return Number.isSafeInteger(Number(value)) ? String(value) : `{"$numberLong":"${value}"}`
    }
    case TYPE.bool:
      return buf[pos] === 0 ? 'false' : 'true'
    case TYPE.date:
      return date(buf.readBigInt64LE(pos))
    case TYPE.objectId:
      return `{"$oid":"${buf.toString('hex', pos, pos + 12)}"}`
    case TYPE.timestamp:
      return `{"$timestamp":{"t":${i32(buf, pos + 4) >>> 0},"i":${i32(buf, pos) >>> 0}}}`
    case TYPE.decimal128:
      return `{"$numberDecimal":"${decimalAt(buf, pos)}"}`
    case TYPE.null:
      return 'null'
    case TYPE.undefined:
      return '{"$undefined":true}'
    default:
      return type === TYPE.minKey ? '{"$minKey":1}' : '{"$maxKey":1}'
  }
}

function double(value: number): string {
  if (!Number.isFinite(value)) return `{"$numberDouble":"${value}"}`
  if (Object.is(value, -0)) return '-0.0'
  const shown = String(value)
  return Number.isInteger(value) && !shown.includes('e') ? `${shown}.0` : shown
}

function date(ms: bigint): string {
  const when = new Date(Number(ms))
  const year = when.getUTCFullYear()
  if (!(ms >= 0n && year <= LAST_YEAR)) return `{"$date":{"$numberLong":"${ms}"}}`
  return `{"$date":"${when.toISOString().replace('.000Z', 'Z')}"}`
}
