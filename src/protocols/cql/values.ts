import { isoTime } from '../../records/iso-time.js'
import type { JsonBytes } from '../../records/json-bytes.js'
import { Reader, uuidAt } from './reader.js'
import { TYPE, type Type, UNTYPED, VECTOR } from './types.js'

/** A longer number is shown in hexadecimal: to write it in decimal takes the square of its length. */
const MAX_DIGIT_BYTES = 64
const MAX_SCALE = 1000
/** The last time of a Date, as far from the epoch as the first. */
const LAST_MS = 8.64e15

/** Writes the value in `buf[start, end)` as JSON, as far as there is room. */
export function writeValue(out: JsonBytes, type: Type, buf: Buffer, start: number, end: number): void {
  if (out.full) out.cut = true
  else if (isText(type.id)) out.addString(buf, start, end)
  else if (isUuid(type.id) && end - start === 16) writeUuid(out, buf, start)
  else if (!writeNested(out, type, buf, start, end)) out.add(scalarOrHex(out, type.id, buf, start, end))
}

/** Writes [bytes] or [value]: a length, and what is so long; negative: there is no value. */
export function writeBytes(out: JsonBytes, type: Type, r: Reader): void {
  const length = r.i32()
  if (!r.ok) return
  if (length < 0) {
    out.add(length === -2 ? '"<not set>"' : 'null')
    return
  }
  const here = Math.min(length, r.left)
  const start = r.pos
  writeValue(out, type, r.buf, start, start + here)
  r.take(length)
  if (here < length) out.cut = true
}

function writeNested(out: JsonBytes, type: Type, buf: Buffer, start: number, end: number): boolean {
  if (end - start === 0 || type.id < TYPE.list) return false
  const r = new Reader(buf, start, end)
  switch (type.id) {
    case TYPE.list:
    case TYPE.set:
      writeList(out, r, r.i32(), () => type.inner[0] ?? UNTYPED)
      return true
    case TYPE.tuple:
      writeList(out, r, type.inner.length, (i) => type.inner[i] ?? UNTYPED)
      return true
    case TYPE.map:
      writeMap(out, r, type)
      return true
    case TYPE.udt:
      writeFields(out, r, type)
      return true
    case VECTOR:
      return writeVector(out, type.inner[0] ?? UNTYPED, buf, start, end)
    default:
      return false
  }
}

// Where it is longer than what is here, or than there is room, its end is missing.
function writeList(out: JsonBytes, r: Reader, count: number, typeAt: (i: number) => Type): void {
  out.add('[')
  for (let i = 0; i < count && r.left > 0 && !out.full; i++) {
    if (i > 0) out.add(',')
    writeBytes(out, typeAt(i), r)
  }
  out.add(']')
}

function writeMap(out: JsonBytes, r: Reader, type: Type): void {
  const [key = UNTYPED, value = UNTYPED] = type.inner
  out.add('{')
  for (let i = 0, count = r.i32(); i < count && r.left > 0 && !out.full; i++) {
    if (i > 0) out.add(',')
    writeKey(out, key, r)
    writeBytes(out, value, r)
  }
  out.add('}')
}

const ELEMENT_BYTES: Readonly<Record<number, number>> = {
  [TYPE.float]: 4,
  [TYPE.int]: 4,
  [TYPE.double]: 8,
  [TYPE.bigint]: 8,
}

function writeVector(out: JsonBytes, type: Type, buf: Buffer, start: number, end: number): boolean {
  const size = ELEMENT_BYTES[type.id]
  if (size === undefined) return false
  out.add('[')
  for (let at = start; at + size <= end && !out.full; at += size) {
    if (at > start) out.add(',')
    writeValue(out, type, buf, at, at + size)
  }
  out.add(']')
  return true
}

// A key of JSON is text.
function writeKey(out: JsonBytes, type: Type, r: Reader): void {
  const length = Math.min(r.i32(), r.left)
  const start = r.pos
  r.take(Math.max(0, length))
  if (isText(type.id)) {
    out.addKey(r.buf, start, r.pos)
    return
  }
  const shown = scalarOrHex(out, type.id, r.buf, start, r.pos)
  out.add(shown.startsWith('"') ? `${shown}:` : `"${shown}":`)
}

function writeFields(out: JsonBytes, r: Reader, type: Type): void {
  out.add('{')
  for (let i = 0; i < type.inner.length && r.left > 0 && !out.full; i++) {
    if (i > 0) out.add(',')
    out.addName(type.names[i] ?? '')
    writeBytes(out, type.inner[i] ?? UNTYPED, r)
  }
  out.add('}')
}

function hex(out: JsonBytes, buf: Buffer, start: number, end: number): string {
  const last = Math.min(end, start + (out.room >> 1) + 1)
  if (last < end) out.cut = true
  return `"0x${buf.toString('hex', start, last)}"`
}

function isText(type: number): boolean {
  return type === TYPE.ascii || type === TYPE.varchar || type === TYPE.text
}

function isUuid(type: number): boolean {
  return type === TYPE.uuid || type === TYPE.timeuuid
}

function writeUuid(out: JsonBytes, buf: Buffer, start: number): void {
  out.add('"')
  out.addUuid(buf, start)
  out.add('"')
}

function scalarOrHex(out: JsonBytes, type: number, buf: Buffer, start: number, end: number): string {
  return scalar(type, buf, start, end) ?? hex(out, buf, start, end)
}

function scalar(type: number, buf: Buffer, start: number, end: number): string | undefined {
  switch (type) {
    case TYPE.varint:
      return integer(buf, start, end)
    case TYPE.decimal:
      return decimal(buf, start, end)
    case TYPE.inet:
      return inet(buf, start, end)
    case TYPE.duration:
      return duration(buf, start, end)
    default:
      return sized(type, buf, start, end - start)
  }
}

function sized(type: number, buf: Buffer, at: number, size: number): string | undefined {
  if (size === 16 && isUuid(type)) return `"${uuidAt(buf, at)}"`
  if (size === 8) return eightBytes(type, buf, at)
  if (size === 4) return fourBytes(type, buf, at)
  if (size === 2 && type === TYPE.smallint) return String(buf.readInt16BE(at))
  if (size === 1 && type === TYPE.tinyint) return String(buf.readInt8(at))
  if (size === 1 && type === TYPE.boolean) return buf[at] === 0 ? 'false' : 'true'
  return undefined
}

function eightBytes(type: number, buf: Buffer, at: number): string | undefined {
  switch (type) {
    case TYPE.bigint:
    case TYPE.counter:
      return String(buf.readBigInt64BE(at))
    case TYPE.double:
      return float(buf.readDoubleBE(at))
    case TYPE.timestamp:
      return timestamp(buf.readBigInt64BE(at))
    case TYPE.time:
      return time(buf.readBigInt64BE(at))
    default:
      return undefined
  }
}

function fourBytes(type: number, buf: Buffer, at: number): string | undefined {
  if (type === TYPE.int) return String(buf.readInt32BE(at))
  // A float has seven digits; the rest would be noise.
  if (type === TYPE.float) return float(Number(buf.readFloatBE(at).toPrecision(7)))
  return type === TYPE.date ? date(buf.readUInt32BE(at)) : undefined
}

function float(value: number): string {
  return Number.isFinite(value) ? String(value) : `"${value}"`
}

function timestamp(ms: bigint): string | undefined {
  const when = Number(ms)
  return Math.abs(when) > LAST_MS ? undefined : `"${isoTime(when)}"`
}

const DAY_MS = 86_400_000
const DAY_NS = 86_400_000_000_000n

// Days; the epoch is 2^31.
function date(days: number): string | undefined {
  const when = new Date((days - 2 ** 31) * DAY_MS)
  return Number.isNaN(when.getTime()) ? undefined : `"${when.toISOString().replace(/T.*/, '')}"`
}

function time(ns: bigint): string | undefined {
  if (ns < 0n || ns >= DAY_NS) return undefined
  const clock = new Date(Number(ns / 1_000_000n)).toISOString().slice(11, 19)
  const fraction = String(ns % 1_000_000_000n).padStart(9, '0')
  return `"${clock}.${fraction}"`
}

// Big-endian, two's complement, of any length.
function integer(buf: Buffer, start: number, end: number): string | undefined {
  const size = end - start
  return size === 0 || size > MAX_DIGIT_BYTES ? undefined : String(unscaled(buf, start, end))
}

function unscaled(buf: Buffer, start: number, end: number): bigint {
  return BigInt.asIntN(8 * (end - start), BigInt(`0x${buf.toString('hex', start, end)}`))
}

// Scale 4: digits after the point; then an integer.
function decimal(buf: Buffer, start: number, end: number): string | undefined {
  if (end - start < 5 || end - start > MAX_DIGIT_BYTES + 4) return undefined
  const scale = buf.readInt32BE(start)
  const value = unscaled(buf, start + 4, end)
  if (scale === 0) return String(value)
  if (scale < 0 || scale > MAX_SCALE) return `${value}E${-scale}`
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0')
  return `${value < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

function inet(buf: Buffer, start: number, end: number): string | undefined {
  const size = end - start
  if (size === 4) return `"${buf[start]}.${buf[start + 1]}.${buf[start + 2]}.${buf[start + 3]}"`
  return size === 16 ? `"${address(buf.subarray(start, end))}"` : undefined
}

/** An IPv6 address, its longest run of zeros as `::`. */
function address(bytes: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16))
  const runs = groups.join(':').match(/\b0(?::0)+\b/g) ?? []
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '')
  return longest === '' ? groups.join(':') : groups.join(':').replace(new RegExp(`:?\\b${longest}\\b:?`), '::')
}

// Months, days, nanoseconds, each a [vint] in zigzag.
function duration(buf: Buffer, start: number, end: number): string | undefined {
  const parts: bigint[] = []
  for (let pos = start; pos < end && parts.length < 3; ) {
    const extra = Math.clz32(~((buf[pos] as number) << 24))
    if (extra > 8 || pos + 1 + extra > end) return undefined
    const head = extra >= 7 ? 0n : BigInt((buf[pos] as number) & (0xff >> (extra + 1)))
    const rest =
      extra === 0 ? head : (head << BigInt(8 * extra)) | BigInt(`0x${buf.toString('hex', pos + 1, pos + 1 + extra)}`)
    parts.push((rest >> 1n) ^ -(rest & 1n))
    pos += 1 + extra
  }
  const [months, days, ns] = parts
  return ns === undefined ? undefined : `"${months}mo${days}d${ns}ns"`
}
