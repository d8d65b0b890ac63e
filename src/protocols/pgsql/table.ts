import { noResponse, type RowOf, table } from '../../records/table.js'
import { firstWords } from './sql.js'

/** Codes of `resp_result`, the same as of MySQL. */
export const RESULT = { unknown: 0, none: 1, ok: 2, err: 3 } as const

const COLUMNS = [
  {
    name: 'req_cmd',
    type: 'string',
    chars: 8,
    desc: 'Message of the request: Query, Parse, Bind, Describe, Execute, FunctionCall, Startup, CancelRequest; Sync and Close where they failed.',
    semantic: 'method',
    pattern: 'enum',
  },
  {
    name: 'req',
    type: 'string',
    desc: 'SQL text; `query=[…] params=[…]` of an Execute; names and parameters of a Bind; user and database of a Startup.',
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
    name: 'resp',
    type: 'string',
    desc: 'Rows in text form and the command tag of each statement; message of an error; name of any other answer.',
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
  { name: 'resp_sqlstate', type: 'string', desc: 'SQLSTATE of the error, five characters.', pattern: 'general' },
] as const

export type PgsqlRow = RowOf<typeof COLUMNS>

export const PGSQL_EVENTS = table(
  'pgsql_events',
  'Messages of PostgreSQL clients with their answers; a statement that was prepared is a Parse, a Bind and an Execute.',
  COLUMNS,
  {
    glance: ['req_cmd', 'req', 'resp_result', 'resp_rows'],
    endpoint: (row) => firstWords(row.req) ?? row.req_cmd ?? 'UNKNOWN',
    error: explain,
  },
)

function explain(row: PgsqlRow, partial = false): string | null {
  switch (row.resp_result) {
    case RESULT.unknown:
      return noResponse(partial)
    case RESULT.none:
      return row.req_cmd === 'CancelRequest' ? null : 'not executed: a message before it failed'
    case RESULT.err:
      return row.resp_sqlstate === null ? row.resp : `${row.resp_sqlstate}: ${row.resp ?? ''}`
    default:
      return null
  }
}
