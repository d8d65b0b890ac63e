import type { Column, Json, Table } from './table.js'

type Schema = { readonly [key: string]: Json }

const TIME = String.raw`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$`
const UPID = String.raw`^\d+:\d+:\d+$`
const UNKNOWN_CODE = String.raw`^UNKNOWN_-?\d+$`

/** JSON Schema (draft 2020-12) of a line of NDJSON: one of these tables, each with all its columns. */
export function jsonSchema(tables: readonly Table[]): Schema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'A line of `stirling trace --format ndjson`, without --columns. More columns may come.',
    oneOf: tables.map((table) => ({ $ref: `#/$defs/${table.name}` })),
    $defs: Object.fromEntries(tables.map((table) => [table.name, rowSchema(table)])),
  }
}

function rowSchema(table: Table): Schema {
  const columns = table.columns.map((column) => [column.name, columnSchema(column)] as const)
  return {
    description: table.desc,
    type: 'object',
    properties: { table_: { const: table.name }, ...Object.fromEntries(columns) },
    required: ['table_', ...table.columns.map((column) => column.name)],
  }
}

function columnSchema(column: Column): Schema {
  return { description: column.desc, ...valueSchema(column) }
}

// These are never null: records/encode.ts.
const NAMES: Schema = { type: 'array', items: { type: 'string' } }
const FLAG: Schema = { type: 'boolean' }
const ALWAYS: Readonly<Record<string, Schema>> = { truncated: NAMES, escaped: NAMES, batched: FLAG, partial: FLAG }

function valueSchema(column: Column): Schema {
  const always = ALWAYS[column.name]
  if (always !== undefined) return always
  switch (column.type) {
    case 'time':
      return { type: ['string', 'null'], format: 'date-time', pattern: TIME }
    case 'upid':
      return { type: ['string', 'null'], pattern: UPID }
    case 'int':
      return { type: ['integer', 'null'], ...(column.unit && { 'x-unit': column.unit }) }
    case 'float':
      return { type: ['number', 'null'], ...(column.unit && { 'x-unit': column.unit }) }
    case 'bool':
      return { type: ['boolean', 'null'] }
    case 'enum':
      return {
        anyOf: [{ enum: [...Object.values(column.words ?? {}), null] }, { pattern: UNKNOWN_CODE, type: 'string' }],
      }
    case 'json':
      return {}
    default:
      return { type: ['string', 'null'] }
  }
}
