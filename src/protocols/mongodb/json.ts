import { isoTime } from '../../records/iso-time.js'
import { JsonBytes } from '../../records/json-bytes.js'
import { REDACTED } from '../../records/redact.js'
import { isType, MIN_DOCUMENT, nulAt, sizeOf, TYPE } from './bson.js'
import { decimalAt } from './decimal.js'
import { isAmong } from './secrets.js'
import { i32 } from './wire.js'

/** Servers refuse more than 100. */
const MAX_DEPTH = 128
const UUID = 4
/** Of the year 9999. */
const LAST_MS = Date.UTC(10_000, 0) - 1
/** What stands before a text that is not just that. */
const OPEN: Readonly<Record<number, string>> = { [TYPE.code]: '{"$code":', [TYPE.symbol]: '{"$symbol":' }

/** Documents in a row, `[from, to)`; their name stands before them from `name` on, with a NUL behind it. */
export interface Sequence {
  readonly name: number
  readonly from: number
  readonly to: number
}

/**
 * BSON as relaxed extended JSON, as far as the bytes and the limit go. Integers that a double cannot hold are `$numberLong`.
 * https://github.com/mongodb/specifications/blob/master/source/extended-json/extended-json.md
 */
export class Json {
  readonly out: JsonBytes
  readonly #secrets: readonly string[]

  constructor(limit: number, secrets: readonly string[]) {
    this.out = new JsonBytes(limit)
    this.#secrets = secrets
  }

  /** The document at `pos` without its last brace, so that more can be added; true: it was all there. */
  openDocument(buf: Buffer, pos: number, end: number): boolean {
    this.out.add('{')
    return this.#elements(buf, pos, end, 0, false)
  }

  /** Documents in a row, as an element that is an array. */
  sequence(comma: boolean, buf: Buffer, { name, from: pos, to: end }: Sequence): void {
    if (comma) this.out.add(',')
    this.out.addKey(buf, name, pos - 1)
    this.out.add('[')
    for (let at = pos; at < end; ) {
      if (at > pos) this.out.add(',')
      if (!this.document(buf, at, end)) return
      at += i32(buf, at)
    }
    this.out.add(']')
  }

  /** The document or array at `pos`; true: it was all there. */
  document(buf: Buffer, pos: number, end: number, depth = 0, array = false): boolean {
    this.out.add(array ? '[' : '{')
    const whole = this.#elements(buf, pos, end, depth, array)
    if (whole) this.out.add(array ? ']' : '}')
    return whole
  }

  #elements(buf: Buffer, pos: number, end: number, depth: number, array: boolean): boolean {
    const size = end - pos < 4 ? 0 : i32(buf, pos)
    if (size < MIN_DOCUMENT || depth > MAX_DEPTH) return this.#stop()
    const last = pos + size
    const limit = Math.min(end, last)
    let at = pos + 4
    for (let first = true; at < limit && buf[at] !== 0; first = false) {
      if (!first) this.out.add(',')
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
    if (!array) this.out.addKey(buf, pos + 1, nul)
    const at = nul + 1
    const size = sizeOf(type, buf, at, end)
    if (isAmong(this.#secrets, buf, pos + 1, nul)) {
      this.out.add(`"${REDACTED}"`)
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
      if (type !== TYPE.string) this.out.add(OPEN[type] as string)
      this.out.addString(buf, pos + 4, whole ? end - 1 : end)
      if (type !== TYPE.string) this.out.add('}')
      return whole
    }
    if (!whole) return false
    if (type === TYPE.binary) this.#binary(buf, pos, end)
    else if (type === TYPE.scopedCode) return this.#scopedCode(buf, pos, end, depth)
    else if (type === TYPE.regex) this.#regex(buf, pos, end)
    else if (type === TYPE.pointer) this.#pointer(buf, pos, end)
    else if (type === TYPE.objectId) this.#objectId(buf, pos)
    else this.out.add(fixed(type, buf, pos))
    return true
  }

  #objectId(buf: Buffer, pos: number): void {
    this.out.add('{"$oid":"')
    this.out.addHex(buf, pos, pos + 12)
    this.out.add('"}')
  }

  #regex(buf: Buffer, pos: number, end: number): void {
    const nul = nulAt(buf, pos, end)
    this.out.add('{"$regularExpression":{"pattern":')
    this.out.addString(buf, pos, nul)
    this.out.add(',"options":')
    this.out.addString(buf, nul + 1, end - 1)
    this.out.add('}}')
  }

  // A string, an ObjectId.
  #pointer(buf: Buffer, pos: number, end: number): void {
    const id = end - 12
    this.out.add('{"$dbPointer":{"$ref":')
    this.out.addString(buf, pos + 4, id - 1)
    this.out.add(',"$id":')
    this.#objectId(buf, id)
    this.out.add('}}')
  }

  #binary(buf: Buffer, pos: number, end: number): void {
    const subType = buf[pos + 4] as number
    const start = pos + 5
    if (subType === UUID && end - start === 16) {
      this.out.add('{"$uuid":"')
      this.out.addUuid(buf, start)
      this.out.add('"}')
      return
    }
    const base64 = buf.toString('base64', start, Math.min(end, start + this.out.room))
    this.out.add(`{"$binary":{"base64":"${base64}","subType":"${subType.toString(16).padStart(2, '0')}"}}`)
  }

  // Length of all 4, the code as a string, its scope.
  #scopedCode(buf: Buffer, pos: number, end: number, depth: number): boolean {
    const length = i32(buf, pos + 4)
    const scope = pos + 8 + length
    if (length < 1 || scope > end) return false
    this.out.add(OPEN[TYPE.code] as string)
    this.out.addString(buf, pos + 8, scope - 1)
    this.out.add(',"$scope":')
    const whole = this.document(buf, scope, end, depth + 1, false)
    if (whole) this.out.add('}')
    return whole
  }
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
  const when = Number(ms)
  if (when < 0 || when > LAST_MS) return `{"$date":{"$numberLong":"${ms}"}}`
  return `{"$date":"${isoTime(when).replace('.000Z', 'Z')}"}`
}
