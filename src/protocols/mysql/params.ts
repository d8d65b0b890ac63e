import { cutText, text } from '../../records/text.js'
import { COM } from './commands.js'
import { CAP, Reader } from './packet.js'
import { isSensitive } from './sql.js'
import type { Command, State, Statement } from './state.js'

// Column types whose values are not length-encoded strings, and decimals, which are numbers in such a string.
const TYPE = {
  decimal: 0x00,
  tiny: 0x01,
  short: 0x02,
  long: 0x03,
  float: 0x04,
  double: 0x05,
  null: 0x06,
  timestamp: 0x07,
  longlong: 0x08,
  int24: 0x09,
  date: 0x0a,
  time: 0x0b,
  datetime: 0x0c,
  year: 0x0d,
  newDecimal: 0xf6,
} as const
const UNSIGNED = 0x80
/** Flag of an execution: the number of parameters is sent. */
const COUNTED = 0x08
/** Flag of a bulk execution: the types are sent. */
const TYPED = 0x80

/** Where the SQL of a COM_QUERY begins: after the query attributes (MySQL ≥ 8.0.23), if there are any. */
export function sqlStart(buf: Buffer, start: number, end: number, s: State): number {
  // Without the login it is not known whether they were negotiated; no SQL begins with a control character, and the second number is 1.
  const likely = end - start > 2 && (buf[start] as number) < 0x09 && buf[start + 1] === 1
  if (s.capsKnown ? !s.has(CAP.queryAttributes) : !likely) return start
  const r = new Reader(buf, start, end)
  const count = r.lenenc()
  r.lenenc()
  if (count > 0) skipAttributes(r, count)
  return r.ok ? r.pos : end
}

function skipAttributes(r: Reader, count: number): void {
  const nulls = r.take((count + 7) >> 3)
  if (r.uint(1) !== 1) return
  const types: number[] = []
  for (let i = 0; i < count && r.ok; i++) {
    types.push(r.uint(2))
    r.take(r.lenenc())
  }
  for (let i = 0; i < count && r.ok; i++) if (!isNull(r.buf, nulls, i)) value(r, types[i] as number, r.end)
}

function isNull(buf: Buffer, bitmap: number, i: number): boolean {
  return ((buf[bitmap + (i >> 3)] as number) & (1 << (i & 7))) !== 0
}

/** Notes a parameter that is sent ahead of its execution. */
export function noteLongData(command: Command): void {
  const { statement, payload } = command
  if (statement === null || payload === null || payload.length < 6) return
  const param = payload.readUInt16LE(4)
  if (param < statement.params && !statement.ahead.includes(param)) statement.ahead.push(param)
}

/** `query=[SQL] params=['a', 1, NULL]` of an execution; without its statement `Execute stmt_id=N.` */
export function describeExecution(command: Command, s: State): string {
  const { statement } = command
  const payload = command.payload as Buffer
  // Prepared before the trace, or its preparation was lost.
  if (statement === null) command.lost = true
  if (statement === null) return `Execute stmt_id=${payload.readUInt32LE(0)}.`
  command.cut ||= statement.cut
  const values = command.code === COM.execute ? bound(command, statement, s) : bulk(command, statement, s)
  statement.ahead = []
  const hidden = s.conn.options.redact && isSensitive(statement.sql)
  return `query=[${statement.sql}] params=[${hidden && values.length > 0 ? '[REDACTED]' : values.join(', ')}]`
}

// COM_STMT_EXECUTE after the statement id: flags 1, iterations 4, [count], bitmap of NULLs, types (or those of the last time), values.
function bound(command: Command, statement: Statement, s: State): string[] {
  const payload = command.payload as Buffer
  const r = new Reader(payload, 4, payload.length)
  const counted = (!s.capsKnown || s.has(CAP.queryAttributes)) && (r.uint(1) & COUNTED) !== 0
  r.pos = 9
  if (statement.params === 0) return []
  if (statement.params < 0) return unknown(command, statement)
  const count = counted ? r.lenenc() : statement.params
  const nulls = r.take((count + 7) >> 3)
  if (r.uint(1) === 1) statement.types = readTypes(r, count, counted || s.has(CAP.queryAttributes))
  const { types } = statement
  if (types === null || !r.ok || types.length < statement.params * 2) return unknown(command, statement)
  const list = new List(command, s.conn.options.bodyBytes)
  for (let i = 0; i < statement.params && list.open; i++) {
    list.add(r, parameter(r, i, nulls, types.readUInt16LE(i * 2), statement.ahead, list.room))
  }
  return list.values
}

/**
 * COM_STMT_BULK_EXECUTE (MariaDB) after the statement id: flags 2, types, and for each parameter of each row an indicator 1
 * (0: a value follows) and the value.
 */
function bulk(command: Command, statement: Statement, s: State): string[] {
  const payload = command.payload as Buffer
  const r = new Reader(payload, 4, payload.length)
  const { params } = statement
  if (params <= 0) return unknown(command, statement)
  if ((r.uint(2) & TYPED) !== 0) statement.types = readTypes(r, params, false)
  const { types } = statement
  if (types === null || !r.ok || types.length < params * 2) return unknown(command, statement)
  const list = new List(command, s.conn.options.bodyBytes)
  while (r.pos < r.end && list.open) {
    const row: string[] = []
    for (let i = 0; i < params && r.ok; i++) {
      const indicator = r.uint(1)
      row.push(indicator === 0 ? value(r, types.readUInt16LE(i * 2), list.room) : (INDICATORS[indicator] ?? '?'))
    }
    list.add(r, `(${row.join(', ')})`)
  }
  return list.values
}

const INDICATORS: readonly string[] = ['', 'NULL', 'DEFAULT', 'IGNORE']

// Their types came with an execution that was lost, or their number with the answer to the preparation.
function unknown(command: Command, statement: Statement): string[] {
  command.lost = true
  return Array.from({ length: Math.min(statement.params, 64) }, () => '?')
}

/** Values up to a limit of characters. */
class List {
  readonly values: string[] = []
  room: number
  readonly #command: Command

  constructor(command: Command, limit: number) {
    this.#command = command
    this.room = limit
  }

  get open(): boolean {
    return this.room >= 0
  }

  /** Adds what was read from `r`, unless its bytes were not all there. */
  add(r: Reader, shown: string): void {
    this.room = r.ok ? this.room - shown.length - 2 : -1
    if (!this.open) this.#command.cut = true
    this.values.push(shown)
  }
}

function readTypes(r: Reader, count: number, named: boolean): Buffer | null {
  if (!named) {
    const at = r.take(count * 2)
    return at < 0 ? null : Buffer.from(r.buf.subarray(at, at + count * 2))
  }
  const types = Buffer.alloc(Math.min(count, 65535) * 2)
  for (let i = 0; i * 2 < types.length && r.ok; i++) {
    types.writeUInt16LE(r.uint(2), i * 2)
    r.take(r.lenenc())
  }
  return types
}

function parameter(r: Reader, i: number, nulls: number, type: number, ahead: number[], limit: number): string {
  // Servers do not ask whether a value that they have is NULL.
  if (ahead.includes(i)) return '<long data>'
  return isNull(r.buf, nulls, i) ? 'NULL' : value(r, type, limit)
}

function value(r: Reader, type: number, limit: number): string {
  const unsigned = type >> 8 === UNSIGNED
  switch (type & 0xff) {
    case TYPE.null:
      return 'NULL'
    case TYPE.tiny:
      return integer(r, 1, unsigned)
    case TYPE.short:
    case TYPE.year:
      return integer(r, 2, unsigned)
    case TYPE.long:
    case TYPE.int24:
      return integer(r, 4, unsigned)
    case TYPE.longlong:
      return integer(r, 8, unsigned)
    case TYPE.float:
      return real(r, 4)
    case TYPE.double:
      return real(r, 8)
    case TYPE.date:
      return temporal(r, datetime(r, 4))
    case TYPE.datetime:
    case TYPE.timestamp:
      return temporal(r, datetime(r, 7))
    case TYPE.time:
      return temporal(r, time(r))
    case TYPE.decimal:
    case TYPE.newDecimal:
      return decimal(r, limit)
    default:
      return quote(string(r, limit))
  }
}

function integer(r: Reader, size: 1 | 2 | 4 | 8, unsigned: boolean): string {
  const at = r.take(size)
  if (at < 0) return '?'
  if (size === 8) return String(unsigned ? r.buf.readBigUInt64LE(at) : r.buf.readBigInt64LE(at))
  return String(unsigned ? r.buf.readUIntLE(at, size) : r.buf.readIntLE(at, size))
}

function real(r: Reader, size: 4 | 8): string {
  const at = r.take(size)
  if (at < 0) return '?'
  // A float has seven digits; the rest would be noise.
  return size === 8 ? String(r.buf.readDoubleLE(at)) : String(Number(r.buf.readFloatLE(at).toPrecision(7)))
}

// What does not fit into the limit counts as not there.
function string(r: Reader, limit: number): string {
  const length = r.lenenc()
  const start = r.pos
  r.take(length)
  const end = cutText(r.buf, start, Math.min(start + length, r.end), limit)
  if (end < start + length) r.ok = false
  return text(r.buf, start, end)
}

const NUMBER = /^[-+]?[\d.]+$/

function decimal(r: Reader, limit: number): string {
  const shown = string(r, limit)
  return NUMBER.test(shown) ? shown : quote(shown)
}

function quote(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}

function temporal(r: Reader, shown: string): string {
  return r.ok ? `'${shown}'` : '?'
}

function digits(value: number, width: number): string {
  return String(value).padStart(width, '0')
}

// Microseconds, where there are any.
function fraction(r: Reader): string {
  const micros = r.uint(4)
  return micros === 0 ? '' : `.${digits(micros, 6)}`
}

// Length 0, 4 (date), 7 (and time), 11 (and µs); zeros at the end are left out.
function datetime(r: Reader, least: number): string {
  const length = r.uint(1)
  const date = length < 4 ? '0000-00-00' : `${digits(r.uint(2), 4)}-${digits(r.uint(1), 2)}-${digits(r.uint(1), 2)}`
  if (Math.max(length, least) < 7) return date
  const clock = length < 7 ? '00:00:00' : [r.uint(1), r.uint(1), r.uint(1)].map((part) => digits(part, 2)).join(':')
  return `${date} ${clock}${length < 11 ? '' : fraction(r)}`
}

// Length 0, 8 or 12: sign 1, days 4, hours, minutes, seconds, µs.
function time(r: Reader): string {
  const length = r.uint(1)
  if (length === 0) return '00:00:00'
  const sign = r.uint(1) === 1 ? '-' : ''
  const hours = r.uint(4) * 24 + r.uint(1)
  const rest = `${digits(hours, 2)}:${digits(r.uint(1), 2)}:${digits(r.uint(1), 2)}`
  return sign + rest + (length > 8 ? fraction(r) : '')
}
