import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { jest } from '@jest/globals'
import { RECORDING, stirling } from './cli.js'

jest.setTimeout(30_000)

const SCHEMA = join(import.meta.dirname, '../../docs/schema.json')

interface ColumnSchema {
  readonly type?: string | readonly string[]
  readonly pattern?: string
  readonly anyOf?: readonly [{ readonly enum: readonly unknown[] }, { readonly pattern: string }]
}
interface TableSchema {
  readonly properties: Readonly<Record<string, ColumnSchema>>
  readonly required: readonly string[]
}
type Row = Readonly<Record<string, unknown>> & { readonly table_: string }

test('for a person', async () => {
  const { code, stdout, stderr } = await stirling(['list'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  for (const name of ['socket_tracer', 'http', 'default', 'http_events', 'stirling_loss']) {
    expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'))
  }
})

test('one topic', async () => {
  const connectors = (await stirling(['list', 'connectors'])).stdout
  const tables = (await stirling(['list', 'tables'])).stdout
  expect((await stirling(['list'])).stdout).toBe(`${connectors}\n${tables}`)
})

test('columns of some tables, with units', async () => {
  const { stdout } = await stirling(['list', 'columns', '--tables', 'http_events', '--tables', 'conn_stats'])
  expect(stdout.match(/^\w+:/gm)).toEqual(['http_events:', 'conn_stats:'])
  expect(stdout).toMatch(/^ {2}latency +int +ns +Last byte/m)
})

describe('--json', () => {
  test.each([
    [[], ['connectors', 'protocols', 'groups', 'tables']],
    [['connectors'], ['connectors', 'protocols', 'groups']],
    [['tables'], ['tables']],
    [['columns'], ['columns']],
  ])('list %j', async (topic, keys) => {
    const { code, stdout } = await stirling(['list', ...topic, '--json'])
    expect(code).toBe(0)
    const listed = JSON.parse(stdout) as Record<string, readonly { name: string }[]>
    expect(Object.keys(listed)).toEqual(keys)
    for (const key of keys) expect(listed[key]).not.toHaveLength(0)
  })
})

describe('--json-schema', () => {
  // The shape of the lines is a contract: UPDATE_GOLDEN=1 rewrites the copy, and the change shows in review.
  test('is the committed one', async () => {
    const { code, stdout } = await stirling(['list', 'tables', '--json-schema'])
    expect(code).toBe(0)
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(SCHEMA, stdout)
    expect(JSON.parse(stdout)).toEqual(JSON.parse(readFileSync(SCHEMA, 'utf8')))
  })

  test('describes the lines of a replay', async () => {
    const { $defs } = JSON.parse((await stirling(['list', 'tables', '--json-schema'])).stdout) as {
      $defs: Record<string, TableSchema>
    }
    const lines = (await stirling(['replay', RECORDING])).stdout.trimEnd().split('\n')
    expect(lines.length).toBeGreaterThan(30)
    for (const row of lines.map((line) => JSON.parse(line) as Row)) expect(violations(row, $defs)).toEqual([])
  })
})

function violations(row: Row, tables: Readonly<Record<string, TableSchema>>): string[] {
  const table = tables[row.table_]
  if (table === undefined) return [`no table ${row.table_}`]
  const missing = table.required.filter((name) => !(name in row))
  const wrong = Object.entries(row).filter(([name, value]) => !allows(table.properties[name], value))
  return [...missing, ...wrong.map(([name, value]) => `${name}: ${JSON.stringify(value)}`)]
}

function allows(schema: ColumnSchema | undefined, value: unknown): boolean {
  if (schema === undefined) return false
  if (schema.anyOf !== undefined) {
    const [{ enum: words }, { pattern }] = schema.anyOf
    return words.includes(value) || new RegExp(pattern).test(String(value))
  }
  if (schema.type !== undefined && ![schema.type].flat().includes(typeOf(value))) return false
  return schema.pattern === undefined || value === null || new RegExp(schema.pattern).test(String(value))
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return Number.isInteger(value) ? 'integer' : typeof value
}
