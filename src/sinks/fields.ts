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
/** Fields from this rank on only come in where the texts have plenty of room. */
export const SPARE = 9

// `method` is enough for req_method.
const AFFIX = /^(req|resp|trace)_|_$/

/** The headings of fields: their names, short where that leaves no doubt. */
export function headingsOf(fields: readonly Field[]): readonly string[] {
  const short = fields.map((field) => field.name.replace(AFFIX, ''))
  return short.map((name, i) => (short.indexOf(name) === short.lastIndexOf(name) ? name : (fields[i] as Field).name))
}

/** The fields of a table: all that it has room for, or exactly the columns that were asked for. */
export function fieldsOf(table: Table, columns: readonly Column[], chosen: boolean): readonly Field[] {
  const main = mainText(table)
  const nameWidth = Math.min(table.name.length, 20)
  const fields = new Map<string, Field>()
  for (const column of columns) {
    const field = pairOf(column, columns) ?? plain(column, column === main, nameWidth)
    if (fields.has(field.name) || (!chosen && isHidden(column, columns))) continue
    fields.set(field.name, chosen ? { ...field, rank: ESSENTIAL } : field)
  }
  return [...fields.values()]
}

// What says what the row is about: the request, else what went wrong.
function mainText(table: Table): Column | undefined {
  if (table.about !== undefined) return table.columns.find((c) => c.name === table.about)
  const texts = table.columns.filter((c) => c.type === 'string' && !isShared(c) && c.semantic !== 'method')
  return texts.find((c) => c.name.startsWith('req_')) ?? texts.find((c) => c.name === 'error')
}

function isShared(column: Column): boolean {
  return column.name === 'comm' || column.semantic === 'ip'
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
      const port = row[`${side}_port`] == null ? '' : `:${row[`${side}_port`]}`
      const head = `${address ?? ''}`
      return cutBefore(port !== '' && head.includes(':') ? `[${head}]` : head, port, width)
    },
  }
}

function shape(name: string, rank: number, min: number, want = min) {
  return { name, rank, min, want, right: false, stretch: false }
}

function plain(column: Column, main: boolean, nameWidth: number): Field {
  const text = (row: Row, width: number) => cellText(column, row[column.name], width)
  if (main) return { ...shape(column.name, 3, 20, 32), stretch: true, text }
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
    case 'json':
      return { ...shape(column.name, 13, 20, 40), text }
    default:
      return { ...string(column), text }
  }
}

function isExchange(column: Column): boolean {
  return /^(req|resp)_/.test(column.name)
}

function string(column: Column): Omit<Field, 'text'> {
  if (column.semantic === 'method') return shape(column.name, 2, 6, 7)
  if (column.name === 'error') return { ...shape(column.name, 5, 12, 16), stretch: true, tone: () => 'red' }
  return shape(column.name, isExchange(column) ? 10 : 6, 10, 14)
}

function words(column: Column): Omit<Field, 'text'> {
  const longest = Math.max(
    column.name.replace(AFFIX, '').length,
    ...Object.values(column.words ?? {}).map((w) => w.length),
  )
  const rank = column.name === 'trace_role' ? 8 : isExchange(column) ? 2 : 9
  return shape(column.name, rank, Math.min(longest, 8), Math.min(longest, 20))
}

function number(column: Column): Omit<Field, 'text'> {
  const want = Math.max(9, Math.min(column.name.length, 14))
  const field = { ...shape(column.name, numberRank(column), Math.min(want, 9), want), right: true }
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

function numberRank(column: Column): number {
  if (isHttpStatus(column)) return 2
  if (isLatency(column)) return 3
  if (column.unit !== undefined) return column.name.startsWith('resp_') ? 4 : 7
  return isExchange(column) ? 9 : 11
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
