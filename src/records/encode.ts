import { assert } from '../lib/assert.js'
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

// Compiled, for literal keys were a third faster than a loop over the columns.
function compile(table: Table, columns: readonly Column[], lossy: Set<string>): Encode {
  const names = columns.map((column) => column.name)
  for (const name of [table.name, ...names]) assert(IDENTIFIER.test(name), `${name} is not an identifier`)
  const fields = names.map((name, i) => `,"${name}":\${c${i}(row.${name})}`).join('')
  const parameters = names.map((_, i) => `c${i}`)
  const make = new Function(...parameters, `return (row) => \`{"table_":"${table.name}"${fields}}\\n\``)
  return make(...columns.map((column) => cellOf(column, lossy)))
}

function cellOf(column: Column, lossy: Set<string>): Cell {
  if (column.name === 'escaped') return (value) => names(value, lossy)
  if (column.name === 'truncated') return (value) => names(value, NONE)
  if (column.name === 'partial') return (value) => (value === true ? 'true' : 'false')
  const onLossy = () => void lossy.add(column.name)
  switch (column.type) {
    case 'time':
      return timeCell()
    case 'int':
      return int
    case 'float':
      return float
    case 'bool':
      return bool
    case 'enum':
      return enumCell(column)
    case 'json':
      return (value) => json(value, onLossy, 0)
    default:
      return (value) => (typeof value === 'string' ? string(value, onLossy) : 'null')
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

function enumCell(column: Column): Cell {
  const known = new Map<unknown, string>()
  for (const code of Object.keys(column.words ?? {})) {
    known.set(Number(code), JSON.stringify(word(column, Number(code))))
  }
  return (value) => known.get(value) ?? (Number.isFinite(value) ? `"${word(column, value as number)}"` : 'null')
}

// RFC 3339 §5.6: a year has four digits.
const LAST_SECOND = Date.UTC(9999, 11, 31, 23, 59, 59) / 1000

// Rows of one tick share few seconds: the part before the fraction is kept.
function timeCell(): Cell {
  let second = Number.NaN
  let prefix = ''
  return (value) => {
    if (typeof value !== 'number') return 'null'
    const now = Math.floor(value / 1e6)
    if (!(now >= 0 && now <= LAST_SECOND)) return 'null'
    if (now !== second) {
      prefix = `"${new Date(now * 1000).toISOString().slice(0, 20)}`
      second = now
    }
    const micros = Math.floor(value - now * 1e6)
    return `${prefix}${`${1_000_000 + micros}`.slice(1)}Z"`
  }
}

const NONE: ReadonlySet<string> = new Set()

function names(value: unknown, more: ReadonlySet<string>): string {
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
