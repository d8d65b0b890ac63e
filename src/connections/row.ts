import { LEAD, type Shared, TRAIL } from '../records/columns.js'
import type { Table } from '../records/table.js'

/** The shared columns around a protocol's own → one flat row. */
export type MakeRow = (shared: Shared, own: object) => object

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/

/** One object literal with all columns of the table, so that all its rows have one shape. Compiled: names are constants of ours. */
export function rowMaker(own: Table): MakeRow {
  const field = (from: string) => (column: { readonly name: string }) => {
    if (!IDENTIFIER.test(column.name)) throw new Error(`not a column name: ${column.name}`)
    return `${column.name}: ${from}.${column.name}`
  }
  const fields = [...LEAD.map(field('shared')), ...own.columns.map(field('own')), ...TRAIL.map(field('shared'))]
  return new Function('shared', 'own', `return { ${fields.join(', ')} }`) as MakeRow
}

/** Names of the columns whose bit is set in `cut`. */
export function cutColumns(own: Table, cut: number): string[] {
  return own.columns.filter((_, i) => cut & (1 << i)).map((column) => column.name)
}
