import { TracerError } from '../lib/errors.js'
import { nearest } from '../lib/nearest.js'
import type { Column, Table } from '../records/table.js'

/** Which tables and which of their columns are shown. */
export interface Projection {
  shows(table: Table): boolean
  /** undefined: all of them. */
  columns(table: Table): readonly Column[] | undefined
}

/** `--tables` and `--columns` (a column is `name` or `table.name`); empty lists do not restrict. Throws a usage error for an unknown name. */
export function projection(tables: readonly Table[], names: readonly string[], columns: readonly string[]): Projection {
  const shown = names.length === 0 ? tables : names.map((name) => find(tables, name))
  const wanted = new Map<string, readonly Column[]>()
  for (const table of shown) if (columns.length > 0) wanted.set(table.name, chosen(table, columns))
  for (const column of columns) checkColumn(shown, column)
  return {
    shows: (table) => shown.some(({ name }) => name === table.name) && wanted.get(table.name)?.length !== 0,
    columns: (table) => wanted.get(table.name),
  }
}

// The original calls young tables `x.beta`.
function find(tables: readonly Table[], name: string): Table {
  const plain = name.replace(/\.beta$/, '')
  const found = tables.find((table) => table.name === plain)
  if (found !== undefined) return found
  throw unknown(
    'table',
    name,
    tables.map((table) => table.name),
  )
}

function chosen(table: Table, columns: readonly string[]): readonly Column[] {
  const found: Column[] = []
  for (const name of columns) {
    const column = table.columns.find((column) => column.name === name || `${table.name}.${column.name}` === name)
    if (column !== undefined && !found.includes(column)) found.push(column)
  }
  return found
}

function checkColumn(tables: readonly Table[], name: string): void {
  if (tables.some((table) => chosen(table, [name]).length > 0)) return
  const known = tables.flatMap((table) => table.columns.map((column) => column.name))
  throw unknown('column', name, [...new Set(known)])
}

function unknown(what: string, name: string, known: readonly string[]): TracerError {
  const guess = nearest(name, known)
  const hint = guess === undefined ? '' : `did you mean ${guess}? `
  return new TracerError('usage', `unknown ${what} ${JSON.stringify(name)}`, `${hint}Known are: ${known.join(', ')}`)
}
