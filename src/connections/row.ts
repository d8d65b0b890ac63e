import { LEAD, ORIGIN, type Origin, type Shared, TRAIL } from '../records/columns.js'
import type { Table } from '../records/table.js'

/** The shared columns around a protocol's own → one flat row. */
export type MakeRow = (origin: Origin, shared: Shared, own: object) => object

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/

/** One object literal with all columns of the table, so that all its rows have one shape. Compiled: names are constants of ours. */
export function rowMaker(own: Table): MakeRow {
  const field = (from: string) => (column: { readonly name: string }) => {
    if (!IDENTIFIER.test(column.name)) throw new Error(`not a column name: ${column.name}`)
    return `${column.name}: ${from}.${column.name}`
  }
  const lead = LEAD.map((column) => field(ORIGIN.includes(column.name) ? 'origin' : 'shared')(column))
  const fields = [...lead, ...own.columns.map(field('own')), ...TRAIL.map(field('shared')), 'origin']
  return new Function('origin', 'shared', 'own', `return { ${fields.join(', ')} }`) as MakeRow
}

/** Names of the columns whose bit is set in `cut`; the same list for the same bits. */
export function cutColumns(own: Table): (cut: number) => readonly string[] {
  const known = new Map<number, readonly string[]>()
  return (cut) => {
    let names = known.get(cut)
    if (names === undefined) {
      names = own.columns.filter((_, i) => cut & (1 << i)).map((column) => column.name)
      known.set(cut, names)
    }
    return names
  }
}
