import { CONNECTORS, GROUPS, tablesOf } from '../connectors/index.js'
import { StirlingErrors } from '../connectors/stirling_error/index.js'
import { aligned } from '../lib/aligned.js'
import { PROTOCOLS } from '../protocols/index.js'
import type { Table } from '../records/table.js'
import { projection } from './projection.js'

const OWN = new StirlingErrors(() => [])

/** Tables by the connector that fills them; those of the tracer itself come last. */
function tablesByConnector(): { readonly connector: string; readonly table: Table }[] {
  const sources = [...CONNECTORS.map((entry) => ({ name: entry.name, tables: tablesOf(entry) })), OWN]
  return sources.flatMap(({ name, tables }) => tables.map((table) => ({ connector: name, table })))
}

/** All tables there are. */
export function allTables(): Table[] {
  return tablesByConnector().map(({ table }) => table)
}

function groups(): { name: string; connectors: string[] }[] {
  const all = GROUPS.map((name) => ({
    name,
    connectors: CONNECTORS.filter((entry) => entry.groups.includes(name)).map((entry) => entry.name),
  }))
  return all.filter((group) => group.connectors.length > 0)
}

function connectorRows(): string[][] {
  return CONNECTORS.map(({ name, desc }) => [name, desc])
}

function tableRows(): string[][] {
  return tablesByConnector().map(({ connector, table }) => [table.name, connector, table.desc])
}

function connectorsText(): string {
  const protocols = PROTOCOLS.map(({ name, table }) => [name, table.desc])
  const members = groups().map(({ name, connectors }) => [name, connectors.join(', ')])
  const sections = [
    ['Connectors', connectorRows()],
    ['Protocols of socket_tracer', protocols],
    ['Groups', members],
  ] as const
  return sections.map(([title, rows]) => `${title}\n${aligned(rows, '  ')}`).join('\n')
}

function tablesText(): string {
  return `Tables, and the connectors that fill them\n${aligned(tableRows(), '  ')}`
}

function columnsText(tables: readonly Table[]): string {
  return tables
    .map(({ name, desc, columns }) => {
      const rows = columns.map((column) => [column.name, column.type, column.unit ?? '', column.desc])
      return `${name}: ${desc}\n${aligned(rows, '  ')}`
    })
    .join('\n')
}

export const TOPICS = ['connectors', 'tables', 'columns'] as const
export type Topic = (typeof TOPICS)[number]

/** What there is, for a person. `names`: only these tables; throws a usage error for an unknown one. */
export function listText(topic: Topic | undefined, names: readonly string[]): string {
  if (topic === 'connectors') return connectorsText()
  if (topic === 'tables') return tablesText()
  if (topic === 'columns') return columnsText(chosen(names))
  return `${connectorsText()}\n${tablesText()}`
}

/** The same for a program: an object with a list for each kind of thing. */
export function listJson(topic: Topic | undefined, names: readonly string[]): object {
  if (topic === 'columns') return { columns: columnList(names) }
  const connectors = CONNECTORS.map((entry) => ({
    name: entry.name,
    desc: entry.desc,
    groups: entry.groups,
    tables: tablesOf(entry).map((table) => table.name),
  }))
  const protocols = PROTOCOLS.map(({ name, table, ports }) => ({ name, table: table.name, ports: ports ?? [] }))
  const tables = tablesByConnector().map(({ connector, table }) => ({ name: table.name, connector, desc: table.desc }))
  if (topic === 'tables') return { tables }
  const known = { connectors, protocols, groups: groups() }
  return topic === 'connectors' ? known : { ...known, tables }
}

function columnList(names: readonly string[]): object[] {
  return chosen(names).flatMap((table) =>
    table.columns.map(({ name, type, unit, words, semantic, pattern, desc }) => {
      return { table: table.name, name, type, unit, words, semantic, pattern, desc }
    }),
  )
}

function chosen(names: readonly string[]): readonly Table[] {
  const tables = allTables()
  return tables.filter(projection(tables, names, []).shows)
}
