import { noResponse, type RowOf, table } from '../../records/table.js'
import { COMMAND_WORDS } from './commands.js'
import { firstWords } from './sql.js'

/** Codes of `resp_result`, as in the original. */
export const RESULT = { unknown: 0, none: 1, ok: 2, err: 3 } as const

const COLUMNS = [
  {
    name: 'req_cmd',
    type: 'enum',
    desc: 'Command of the request; a login is COM_CONNECT.',
    words: COMMAND_WORDS,
    pattern: 'enum',
  },
  {
    name: 'req_body',
    type: 'string',
    desc: 'SQL text, `query=[…] params=[…]` of a prepared statement, name of a schema, or user of a login.',
    pattern: 'structured',
  },
  {
    name: 'resp_result',
    type: 'enum',
    desc: 'Outcome: NONE = the command has no answer, UNKNOWN = it was not answered; null when the answer was lost.',
    words: { 0: 'UNKNOWN', 1: 'NONE', 2: 'OK', 3: 'ERR' },
    semantic: 'status',
    pattern: 'enum',
  },
  {
    name: 'resp_body',
    type: 'string',
    desc: 'Rows of each result set in words, text of an error, or info of an OK.',
    semantic: 'message',
    pattern: 'general',
  },
  { name: 'resp_rows', type: 'int', desc: 'Rows of all result sets; null without one.', pattern: 'gauge' },
  {
    name: 'resp_affected_rows',
    type: 'int',
    desc: 'Rows that were changed, over all statements; null when no statement reports it.',
    pattern: 'gauge',
  },
  { name: 'resp_error_code', type: 'int', desc: 'Error number of the server.', semantic: 'status', pattern: 'general' },
  { name: 'resp_sqlstate', type: 'string', desc: 'SQLSTATE of the error, five characters.', pattern: 'general' },
] as const

export type MysqlRow = RowOf<typeof COLUMNS>

export const MYSQL_EVENTS = table(
  'mysql_events',
  'Commands of MySQL and MariaDB clients with their answers.',
  COLUMNS,
  {
    glance: ['req_cmd', 'req_body', 'resp_result', 'resp_rows'],
    endpoint: (row) => firstWords(row.req_body) ?? COMMAND_WORDS[row.req_cmd ?? -1] ?? 'UNKNOWN',
    error: explain,
  },
)

function explain(row: MysqlRow, partial = false): string | null {
  if (row.resp_result === RESULT.unknown) return noResponse(partial)
  if (row.resp_result !== RESULT.err) return null
  const state = row.resp_sqlstate === null ? '' : ` (${row.resp_sqlstate})`
  return `${row.resp_error_code}${state}: ${row.resp_body ?? ''}`
}
