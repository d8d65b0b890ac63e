import { cutText, text } from '../../records/text.js'
import { u16, u32 } from '../byte-reader.js'
import { Reader } from './messages.js'

// Object ids of built-in types.
const TYPE = {
  bool: 16,
  bytea: 17,
  char: 18,
  name: 19,
  int8: 20,
  int2: 21,
  int4: 23,
  text: 25,
  oid: 26,
  json: 114,
  xml: 142,
  float4: 700,
  float8: 701,
  unknown: 705,
  bpchar: 1042,
  varchar: 1043,
  date: 1082,
  time: 1083,
  timestamp: 1114,
  timestamptz: 1184,
  numeric: 1700,
  uuid: 2950,
  jsonb: 3802,
} as const

const NAMES = new Map<number, string>(Object.entries(TYPE).map(([name, oid]) => [oid, name]))

/** What a type is called; `oid=N` where it is not built in. */
export function typeName(oid: number): string {
  return NAMES.get(oid) ?? `oid=${oid}`
}

/** A value in binary form, as the server would print it; `\x…` where the type is not known. At most about `limit` characters. */
export function binaryValue(buf: Buffer, start: number, end: number, type: number, limit: number): string {
  return known(buf, start, end, type, limit) ?? hex(buf, start, end, limit)
}

function known(buf: Buffer, start: number, end: number, type: number, limit: number): string | undefined {
  switch (type) {
    case TYPE.text:
    case TYPE.varchar:
    case TYPE.bpchar:
    case TYPE.name:
    case TYPE.char:
    case TYPE.json:
    case TYPE.xml:
    case TYPE.unknown:
      return text(buf, start, cutText(buf, start, end, limit))
    case TYPE.jsonb:
      return buf[start] === 1 ? text(buf, start + 1, cutText(buf, start + 1, end, limit)) : undefined
    case TYPE.numeric:
      return numeric(buf, start, end)
    case TYPE.uuid:
      return end - start === 16 ? uuid(buf.toString('hex', start, end)) : undefined
    default:
      return sized(buf, start, end - start, type)
  }
}

function sized(buf: Buffer, at: number, size: number, type: number): string | undefined {
  if (size === 1 && type === TYPE.bool) return buf[at] === 0 ? 'f' : 't'
  if (size === 2 && type === TYPE.int2) return String(buf.readInt16BE(at))
  if (size === 4) return fourBytes(buf, at, type)
  if (size === 8) return eightBytes(buf, at, type)
  return undefined
}

function fourBytes(buf: Buffer, at: number, type: number): string | undefined {
  switch (type) {
    case TYPE.int4:
      return String(u32(buf, at) | 0)
    case TYPE.oid:
      return String(u32(buf, at))
    case TYPE.float4:
      // A float has seven digits; the rest would be noise.
      return String(Number(buf.readFloatBE(at).toPrecision(7)))
    case TYPE.date:
      return date(u32(buf, at) | 0)
    default:
      return undefined
  }
}

function eightBytes(buf: Buffer, at: number, type: number): string | undefined {
  switch (type) {
    case TYPE.int8:
      return String(buf.readBigInt64BE(at))
    case TYPE.float8:
      return String(buf.readDoubleBE(at))
    case TYPE.timestamp:
      return timestamp(buf.readBigInt64BE(at))
    case TYPE.timestamptz:
      return zoned(timestamp(buf.readBigInt64BE(at)))
    case TYPE.time:
      return timeOfDay(buf.readBigInt64BE(at))
    default:
      return undefined
  }
}

function hex(buf: Buffer, start: number, end: number, limit: number): string {
  return `\\x${buf.toString('hex', start, Math.min(end, start + (limit >> 1) + 1))}`
}

function uuid(digits: string): string {
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

const DAY_MS = 86_400_000
const EPOCH_MS = Date.UTC(2000, 0, 1)
const DAY_US = 86_400_000_000n
const FOREVER = 2n ** 63n - 1n

// Days since 2000-01-01.
function date(days: number): string | undefined {
  if (days === 0x7fffffff) return 'infinity'
  if (days === -0x80000000) return '-infinity'
  const ms = EPOCH_MS + days * DAY_MS
  return Math.abs(ms) > 8.64e15 ? undefined : day(new Date(ms))
}

// The year before 1 is 1 BC.
function day(when: Date): string {
  const year = when.getUTCFullYear()
  const rest = `-${digits(when.getUTCMonth() + 1, 2)}-${digits(when.getUTCDate(), 2)}`
  return year > 0 ? digits(year, 4) + rest : `${digits(1 - year, 4)}${rest} BC`
}

function digits(value: number, width: number): string {
  return String(value).padStart(width, '0')
}

// Microseconds since 2000-01-01.
function timestamp(us: bigint): string | undefined {
  if (us === FOREVER) return 'infinity'
  if (us === -FOREVER - 1n) return '-infinity'
  const rest = ((us % DAY_US) + DAY_US) % DAY_US
  const days = date(Number((us - rest) / DAY_US))
  return days?.replace(/^[\d-]+/, `$& ${timeOfDay(rest)}`)
}

function zoned(when: string | undefined): string | undefined {
  return when?.replace(/:[\d.]+(?= BC|$)/, '$&+00')
}

function timeOfDay(us: bigint): string | undefined {
  if (us < 0n || us > DAY_US) return undefined
  const seconds = Number(us / 1_000_000n)
  const fraction = Number(us % 1_000_000n)
  const clock = `${digits(Math.floor(seconds / 3600), 2)}:${digits(Math.floor(seconds / 60) % 60, 2)}:${digits(seconds % 60, 2)}`
  return fraction === 0 ? clock : `${clock}.${digits(fraction, 6).replace(/0+$/, '')}`
}

const SIGN = { positive: 0, negative: 0x4000, nan: 0xc000, infinity: 0xd000, minusInfinity: 0xf000 } as const
/** More than any number of use has; a hostile one could ask for 100 000 zeros. */
const MAX_DIGITS = 1000

// Count of groups, weight of the first, sign, digits after the point; then groups of four digits.
function numeric(buf: Buffer, start: number, end: number): string | undefined {
  const r = new Reader(buf, start, end)
  const count = r.u16()
  const weight = (r.u16() << 16) >> 16
  const sign = r.u16()
  const scale = r.u16()
  if (!r.ok || end - r.pos !== count * 2) return undefined
  if (sign === SIGN.nan) return 'NaN'
  if (sign === SIGN.infinity || sign === SIGN.minusInfinity) return sign === SIGN.infinity ? 'Infinity' : '-Infinity'
  if ((sign !== SIGN.positive && sign !== SIGN.negative) || Math.abs(weight) > MAX_DIGITS / 4 || scale > MAX_DIGITS)
    return undefined
  const group = (i: number): string => digits(i >= 0 && i < count ? u16(buf, r.pos + i * 2) : 0, 4)
  let whole = ''
  for (let i = 0; i <= weight; i++) whole += group(i)
  let fraction = ''
  for (let i = weight + 1; fraction.length < scale; i++) fraction += group(i)
  whole = whole.replace(/^0+(?=\d)/, '') || '0'
  return `${sign === SIGN.negative ? '-' : ''}${whole}${scale > 0 ? `.${fraction.slice(0, scale)}` : ''}`
}
