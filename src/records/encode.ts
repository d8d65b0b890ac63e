import { assert } from '../lib/assert.js'
import { ORIGIN } from './columns.js'
import { type Column, type Table, word } from './table.js'
import { escapeBytes } from './text.js'

type Cell = (value: unknown) => string
type Encode = (row: object) => string

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/

/**
 * Compiles a table to a function from a row to its line of NDJSON. The names of columns with bytes that are not UTF-8 are added
 * to the row's `escaped`.
 */
export function rowEncoder(table: Table, columns: readonly Column[] = table.columns): Encode {
  const lossy = new Set<string>()
  const encode = compile(table, columns, lossy)
  return (row) => {
    const line = encode(row)
    if (lossy.size === 0) return line
    // `escaped` may stand before the column that it names: the second pass knows them all.
    const complete = encode(row)
    lossy.clear()
    return complete
  }
}

// Compiled: a line is put together from few pieces, each with its key, and from as few as possible, for the cost is in their number.
function compile(table: Table, columns: readonly Column[], lossy: Set<string>): Encode {
  for (const { name } of [table, ...columns]) assert(IDENTIFIER.test(name), `${name} is not an identifier`)
  const grouped = ORIGIN.every((name) => columns.some((column) => column.name === name))
  const single = grouped ? columns.filter((column) => !ORIGIN.includes(column.name)) : columns
  const cells = new Map(single.map((column) => [column.name, cellOf(column, lossy)]))
  if (grouped)
    cells.set(
      ORIGIN[0] as string,
      originCell(
        columns.filter((column) => ORIGIN.includes(column.name)),
        lossy,
      ),
    )
  const pieces = columns.filter((column) => cells.has(column.name)).map((column, i) => pieceOf(column.name, i, grouped))
  const parameters = [...cells.keys()].map((_, i) => `c${i}`)
  const ordered = columns.flatMap((column) => cells.get(column.name) ?? [])
  const make = new Function(...parameters, `return (row) => \`{"table_":"${table.name}"${pieces.join('')}}\\n\``)
  return make(...ordered)
}

function pieceOf(name: string, i: number, grouped: boolean): string {
  return grouped && name === ORIGIN[0] ? `\${c${i}(row)}` : `\${c${i}(row.${name})}`
}

/** A row that knows what it shares with others of its connection: see `Origin`. */
interface Originated {
  readonly origin?: object
}

// The columns of a connection, encoded once for all its rows.
function originCell(columns: readonly Column[], lossy: Set<string>): Cell {
  const cells = columns.map((column) => cellOf(column, lossy))
  const encode = (row: Readonly<Record<string, unknown>>): string =>
    columns.map((column, i) => (cells[i] as Cell)(row[column.name])).join('')
  const known = new WeakMap<object, string>()
  return (value) => {
    const row = value as Originated & Readonly<Record<string, unknown>>
    const { origin } = row
    const cached = origin === undefined ? undefined : known.get(origin)
    if (cached !== undefined) return cached
    const before = lossy.size
    const text = encode(row)
    if (origin !== undefined && lossy.size === before) known.set(origin, text)
    return text
  }
}

/** A cell with its key: `,"pid":17`. */
function cellOf(column: Column, lossy: Set<string>): Cell {
  const key = `,"${column.name}":`
  const onLossy = () => void lossy.add(column.name)
  if (column.name === 'escaped') return (value) => key + names(value, lossy)
  if (column.name === 'truncated') return cached(key, (value) => names(value, NONE), onLossy)
  if (column.name === 'partial' || column.name === 'batched') return choice(key, 'true', 'false', 'false')
  switch (column.type) {
    case 'time':
      return timeCell(key)
    case 'int':
      return plain(key, int)
    case 'float':
      return plain(key, float)
    case 'bool':
      return choice(key, 'true', 'false', 'null')
    case 'enum':
      return enumCell(key, column)
    case 'json':
      return cached(key, (value, told) => json(value, told, 0), onLossy)
    default:
      return cached(key, (value, told) => (typeof value === 'string' ? string(value, told) : 'null'), onLossy)
  }
}

function plain(key: string, encode: (value: unknown) => string): Cell {
  const none = `${key}null`
  return (value) => (value === null ? none : key + encode(value))
}

function choice(key: string, yes: string, no: string, otherwise: string): Cell {
  return (value) => key + (value === true ? yes : value === false ? no : otherwise)
}

// Most columns of a row hold what they held in the row before; and rows share an object where a header block repeats.
function cached(key: string, encode: (value: unknown, onLossy: () => void) => string, onLossy: () => void): Cell {
  const known = new WeakMap<object, string>()
  let last: unknown = null
  let lastText = key + encode(null, onLossy)
  return (value) => {
    if (value === last) return lastText
    const shared = typeof value === 'object' && value !== null
    const before = shared ? known.get(value) : undefined
    if (before !== undefined) return before
    let lossy = false
    const text =
      key +
      encode(value, () => {
        lossy = true
      })
    if (lossy) onLossy()
    else if (shared) known.set(value, text)
    else [last, lastText] = [value, text]
    return text
  }
}

function int(value: unknown): string {
  if (typeof value !== 'number') return 'null'
  const whole = Math.trunc(value)
  return Number.isSafeInteger(whole) ? `${whole}` : 'null'
}

function float(value: unknown): string {
  return Number.isFinite(value) ? `${value}` : 'null'
}

function bool(value: unknown): string {
  return typeof value === 'boolean' ? `${value}` : 'null'
}

function enumCell(key: string, column: Column): Cell {
  const known = new Map<unknown, string>()
  for (const code of Object.keys(column.words ?? {})) {
    known.set(Number(code), key + JSON.stringify(word(column, Number(code))))
  }
  return (value) => known.get(value) ?? key + (Number.isFinite(value) ? `"${word(column, value as number)}"` : 'null')
}

// RFC 3339 §5.6: a year has four digits.
const LAST_SECOND = Date.UTC(9999, 11, 31, 23, 59, 59) / 1000

// Rows of one tick share few seconds: the part before the fraction is kept.
function timeCell(key: string): Cell {
  let second = Number.NaN
  let prefix = ''
  return (value) => {
    if (typeof value !== 'number') return `${key}null`
    const now = Math.floor(value / 1e6)
    if (!(now >= 0 && now <= LAST_SECOND)) return `${key}null`
    if (now !== second) {
      prefix = `${key}"${new Date(now * 1000).toISOString().slice(0, 20)}`
      second = now
    }
    const micros = Math.floor(value - now * 1e6)
    return `${prefix}${`${1_000_000 + micros}`.slice(1)}Z"`
  }
}

const NONE: ReadonlySet<string> = new Set()

function names(value: unknown, more: ReadonlySet<string>): string {
  if (value === null && more.size === 0) return '[]'
  const given = Array.isArray(value) ? value : []
  return given.length + more.size === 0 ? '[]' : JSON.stringify([...new Set([...given, ...more])])
}

// RFC 8259 §7: what a string may not hold as it is; and what it may but must not: DEL and C1 controls, which a terminal obeys,
// line separators, and surrogates, which may be bytes of text().
const SPECIAL = /["\\\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff]/
const HARMFUL = /[\u007f-\u009f\u2028\u2029]/g

function string(value: string, onLossy: () => void): string {
  if (!SPECIAL.test(value)) return `"${value}"`
  const escaped = escapeBytes(value)
  if (escaped !== undefined) onLossy()
  const text = JSON.stringify(escaped ?? value)
  return text.replace(HARMFUL, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

// Deeper values come from no decoder; the stack stays bounded all the same.
const MAX_DEPTH = 256

function json(value: unknown, onLossy: () => void, depth: number): string {
  if (typeof value === 'string') return string(value, onLossy)
  if (typeof value === 'number') return float(value)
  if (typeof value !== 'object' || value === null) return bool(value)
  if (depth === MAX_DEPTH) return 'null'
  return Array.isArray(value) ? jsonArray(value, onLossy, depth + 1) : jsonObject(value, onLossy, depth + 1)
}

/** A JSON value as text, safe for a terminal. */
export function jsonText(value: unknown): string {
  return json(value, () => {}, 0)
}

function jsonArray(values: readonly unknown[], onLossy: () => void, depth: number): string {
  let out = ''
  for (const value of values) out += `${out && ','}${json(value, onLossy, depth)}`
  return `[${out}]`
}

function jsonObject(value: object, onLossy: () => void, depth: number): string {
  let out = ''
  for (const key in value) {
    out += `${out && ','}${string(key, onLossy)}:${json((value as Record<string, unknown>)[key], onLossy, depth)}`
  }
  return `{${out}}`
}
