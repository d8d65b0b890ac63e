import { TracerError } from '../lib/errors.js'
import { type Table, table } from '../records/table.js'
import { projection } from './projection.js'

const column = (name: string) => ({ name, type: 'int', desc: 'N.' }) as const
const HTTP = table('http_events', 'H.', [column('pid'), column('latency'), column('req_path')])
const MYSQL = table('mysql_events', 'M.', [column('pid'), column('latency'), column('req_body')])
const LOSS = table('stirling_loss', 'L.', [column('reason')])
const ALL: readonly Table[] = [HTTP, MYSQL, LOSS]

function shown(tables: string[], columns: string[]): Record<string, string[] | 'all'> {
  const p = projection(ALL, tables, columns)
  const names = (table: Table) => p.columns(table)?.map(({ name }) => name) ?? 'all'
  return Object.fromEntries(ALL.filter(p.shows).map((table) => [table.name, names(table)]))
}

test.each<[string[], string[], Record<string, string[] | 'all'>]>([
  [[], [], { http_events: 'all', mysql_events: 'all', stirling_loss: 'all' }],
  [['mysql_events'], [], { mysql_events: 'all' }],
  [['http_events.beta'], [], { http_events: 'all' }],
  [[], ['latency', 'pid'], { http_events: ['latency', 'pid'], mysql_events: ['latency', 'pid'] }],
  [[], ['http_events.req_path', 'pid'], { http_events: ['req_path', 'pid'], mysql_events: ['pid'] }],
  [[], ['pid', 'pid', 'http_events.pid'], { http_events: ['pid'], mysql_events: ['pid'] }],
  [['stirling_loss'], ['reason'], { stirling_loss: ['reason'] }],
])('tables %j, columns %j', (tables, columns, expected) => expect(shown(tables, columns)).toEqual(expected))

test.each<[string[], string[], RegExp, RegExp]>([
  [['htpt_events'], [], /unknown table "htpt_events"/, /did you mean http_events\? Known are: http_events, mysql_/],
  [[''], [], /unknown table ""/, /^Known are/],
  [[], ['latancy'], /unknown column "latancy"/, /did you mean latency/],
  [['stirling_loss'], ['pid'], /unknown column "pid"/, /reason/],
  [[], ['nowhere.pid'], /unknown column "nowhere.pid"/, /Known/],
  [['x\u001b[2J'], [], /unknown table "x\\u001b\[2J"/, /Known/],
])('tables %j, columns %j: a usage error', (tables, columns, message, hint) => {
  let error: unknown
  try {
    shown(tables, columns)
  } catch (caught) {
    error = caught
  }
  expect(error).toBeInstanceOf(TracerError)
  expect(error).toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  })
})
