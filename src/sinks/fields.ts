import { jsonText } from '../records/encode.js'
import { type Column, type Table, word } from '../records/table.js'
import { cut, cutBefore, duration, harmless, size, timeOfDay } from './cells.js'

type Row = Readonly<Record<string, unknown>>
export type Tone = 'green' | 'cyan' | 'yellow' | 'red' | 'dim'

/** What a person sees of one column, or of two that belong together (process, address). */
export interface Field {
  readonly name: string
  /** Fields of a higher rank are left out first; those up to ESSENTIAL are rather made narrow. */
  readonly rank: number
  readonly min: number
  readonly want: number
  readonly right: boolean
  /** Takes what width is left over. */
  readonly stretch: boolean
  text(row: Row, width: number): string
  tone?(row: Row): Tone | undefined
}

export const ESSENTIAL = 4
const GLANCE = 2
/** After the first three of those. */
const LATENCY = 2.25
/** Fields from this rank on only come in where the texts have plenty of room. */
export const SPARE = 9

/** `GET`, `DELETE`. */
const METHOD_CHARS = 7

// `method` is enough for req_method.
const AFFIX = /^(req|resp|trace)_|_$/

function shortName(name: string): string {
  return name.replace(AFFIX, '')
}

/** The headings of fields: their names, short where that leaves no doubt. */
export function headingsOf(fields: readonly Field[]): readonly string[] {
  const short = fields.map((field) => shortName(field.name))
  return short.map((name, i) => (short.indexOf(name) === short.lastIndexOf(name) ? name : (fields[i] as Field).name))
}

/** The fields of a table: all that it has room for, or exactly the columns that were asked for. */
export function fieldsOf(table: Table, columns: readonly Column[], chosen: boolean): readonly Field[] {
  const glance = table.glance ?? []
  const main = glance.find((name) => table.columns.some((column) => column.name === name && isText(column)))
  const nameWidth = Math.min(table.name.length, 20)
  const fields = new Map<string, Field>()
  for (const column of columns) {
    const place = glance.indexOf(column.name)
    const weight = place < 0 ? 'other' : column.name === main ? 'main' : 'glance'
    const field = pairOf(column, columns) ?? plain(column, nameWidth, weight)
    if (fields.has(field.name) || (!chosen && isHidden(column, columns))) continue
    const rank = chosen ? ESSENTIAL : place < 0 ? field.rank : GLANCE + place / 10
    fields.set(field.name, { ...field, rank })
  }
  return [...fields.values()]
}

/** How much is made of a column: it says what a row is about, is one of those that people see first, or neither. */
type Weight = 'main' | 'glance' | 'other'

function isText(column: Column): boolean {
  return (column.type === 'string' || column.type === 'json') && charsOf(column) === undefined
}

function charsOf(column: Column): number | undefined {
  return column.chars ?? (column.semantic === 'method' ? METHOD_CHARS : undefined)
}

/** Of these only programs want to know. */
const ABOUT_THE_ROW = ['truncated', 'escaped', 'batched', 'partial']

function isHidden(column: Column, columns: readonly Column[]): boolean {
  if (column.name === 'upid') return columns.some((c) => c.name === 'pid')
  return ABOUT_THE_ROW.includes(column.name)
}

const PAIRS: Readonly<Record<string, Field>> = {
  comm: processField(),
  remote: addressField('remote', 7),
  local: addressField('local', 12),
}

function pairOf(column: Column, columns: readonly Column[]): Field | undefined {
  if (column.name === 'comm') return PAIRS.comm
  if (column.name === 'pid') return columns.some((c) => c.name === 'comm') ? PAIRS.comm : undefined
  if (column.semantic === 'ip' || column.semantic === 'port') return PAIRS[column.name.replace(/_(addr|port)$/, '')]
  return undefined
}

function processField(): Field {
  return {
    ...shape('process', 1, 12, 18),
    text(row, width) {
      const pid = row.pid == null ? '' : `[${row.pid}]`
      return cutBefore(`${row.comm ?? ''}`, pid, width)
    },
  }
}

function addressField(side: string, rank: number): Field {
  return {
    ...shape(side, rank, 15, 21),
    text(row, width) {
      const address = row[`${side}_addr`]
      // 0: several, or none.
      const port = row[`${side}_port`] ? `:${row[`${side}_port`]}` : ''
      const head = `${address ?? ''}`
      return cutBefore(port !== '' && head.includes(':') ? `[${head}]` : head, port, width)
    },
  }
}

function shape(name: string, rank: number, min: number, want = min) {
  return { name, rank, min, want, right: false, stretch: false }
}

function plain(column: Column, nameWidth: number, weight: Weight): Field {
  const text = (row: Row, width: number) => cellText(column, row[column.name], width)
  switch (column.type) {
    case 'time':
      if (column.name !== 'time_') return { ...shape(column.name, 6, 12), text }
      return { ...shape(column.name, 0, 12, Math.max(12, nameWidth)), text }
    case 'int':
    case 'float':
      return { ...number(column), text }
    case 'enum':
      return { ...words(column), text }
    case 'bool':
      return { ...shape(column.name, 12, 5, 9), text }
    default:
      return { ...string(column, weight), text }
  }
}

function string(column: Column, weight: Weight): Omit<Field, 'text'> {
  const { name } = column
  const chars = charsOf(column)
  if (chars !== undefined) return shape(name, 10, Math.min(chars, Math.max(6, Math.ceil(chars * 0.7))), chars)
  const tone = name === 'error' ? { tone: (): Tone => 'red' } : {}
  if (weight === 'main') return { ...shape(name, GLANCE, 20, 32), stretch: true, ...tone }
  if (weight === 'glance') return { ...shape(name, GLANCE, 8, 16), stretch: true, ...tone }
  if (name === 'error') return { ...shape(name, 5, 12, 16), stretch: true, ...tone }
  return column.type === 'json' ? shape(name, 13, 20, 40) : shape(name, name === 'container' ? 6 : 10, 10, 14)
}

function words(column: Column): Omit<Field, 'text'> {
  const all = Object.values(column.words ?? {})
  const longest = Math.max(shortName(column.name).length, ...all.map((each) => each.length))
  const rank = column.name === 'trace_role' ? 8 : 9
  const min = Math.min(longest, Math.max(10, Math.min(distinctWidth(all), 12)))
  return shape(column.name, rank, min, Math.min(longest, 20))
}

// What is left of the words, with the sign that they were cut, still tells them apart.
function distinctWidth(all: readonly string[]): number {
  const sorted = [...all].sort()
  const alike = sorted.slice(1).map((each, i) => alikeLength(each, sorted[i] as string))
  return Math.max(0, ...alike) + 2
}

function alikeLength(one: string, other: string): number {
  let length = 0
  while (length < one.length && one[length] === other[length]) length++
  return length
}

function number(column: Column): Omit<Field, 'text'> {
  const want = Math.max(9, Math.min(column.name.length, 14))
  const rank = isLatency(column) ? LATENCY : column.unit === undefined ? 11 : 8
  const min = Math.min(want, Math.max(9, Math.min(shortName(column.name).length, 10)))
  const field = { ...shape(column.name, rank, min, want), right: true }
  if (isHttpStatus(column)) {
    return { ...field, min: 6, want: 6, tone: (row) => statusTone(row[column.name] as number) }
  }
  if (!isLatency(column)) return field
  return { ...field, min: 8, want: 8, tone: (row) => latencyTone(row[column.name] as number) }
}

// `resp_status` is the HTTP number in every table; other numbers of this kind (MySQL's resp_error_code) have no classes.
function isHttpStatus(column: Column): boolean {
  return column.semantic === 'status' && column.name === 'resp_status'
}

function isLatency(column: Column): boolean {
  return column.semantic === 'duration' && column.pattern === 'gauge'
}

function statusTone(status: number): Tone | undefined {
  return ({ 2: 'green', 3: 'cyan', 4: 'yellow', 5: 'red' } as const)[Math.floor(status / 100)]
}

function latencyTone(ns: number): Tone {
  if (ns >= 1e9) return 'red'
  return ns >= 100e6 ? 'yellow' : 'dim'
}

function cellText(column: Column, value: unknown, width: number): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return cut(numberText(column, value), width)
  return harmless(typeof value === 'object' ? jsonText(value) : String(value), width)
}

function numberText(column: Column, value: number): string {
  if (column.type === 'time') return timeOfDay(value)
  if (column.type === 'enum') return word(column, value)
  if (column.unit === 'ns') return duration(value)
  if (column.unit === 'bytes') return size(value)
  if (column.unit === 'percent') return `${value.toFixed(1)} %`
  return `${value}`
}
