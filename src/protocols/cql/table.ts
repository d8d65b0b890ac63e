import { noResponse, type RowOf, table } from '../../records/table.js'
import { errorName } from './errors.js'
import { OP, OP_WORDS } from './header.js'
import { firstWords } from './sql.js'

/** The code of `resp_op` where there was no answer; no opcode is so high. */
export const UNANSWERED = 255

const CONSISTENCIES: Readonly<Record<number, string>> = {
  0: 'ANY',
  1: 'ONE',
  2: 'TWO',
  3: 'THREE',
  4: 'QUORUM',
  5: 'ALL',
  6: 'LOCAL_QUORUM',
  7: 'EACH_QUORUM',
  8: 'SERIAL',
  9: 'LOCAL_SERIAL',
  10: 'LOCAL_ONE',
  11: 'NODE_LOCAL',
}

const SIZE = { type: 'int', unit: 'bytes', semantic: 'bytes', pattern: 'gauge' } as const

const COLUMNS = [
  {
    name: 'protocol_version',
    type: 'int',
    desc: 'Version of the protocol: 3, 4, 5; 65 and 66 are of DSE.',
    pattern: 'general',
  },
  {
    name: 'req_op',
    type: 'enum',
    desc: 'Message of the request; null where the server speaks unasked.',
    words: OP_WORDS,
    semantic: 'method',
    pattern: 'enum',
  },
  {
    name: 'req_body',
    type: 'string',
    desc: 'Statement, and in a line of its own the values bound to it as JSON; of other messages what they carry as JSON.',
    pattern: 'structured',
  },
  {
    name: 'req_consistency',
    type: 'enum',
    desc: 'Consistency that is asked for; null where the message has none.',
    words: CONSISTENCIES,
    pattern: 'enum',
  },
  {
    name: 'req_paging',
    type: 'bool',
    desc: 'The request asks for the next page of a result; null where it cannot.',
    pattern: 'general',
  },
  { name: 'req_size', ...SIZE, desc: 'Length of the whole request as transferred, bytes; null without a request.' },
  {
    name: 'resp_op',
    type: 'enum',
    desc: 'Message of the answer: UNANSWERED = there was none; null when it was lost.',
    words: { ...OP_WORDS, [UNANSWERED]: 'UNANSWERED' },
    semantic: 'status',
    pattern: 'enum',
  },
  {
    name: 'resp_body',
    type: 'string',
    desc: 'Kind of the result, its columns, and rows as JSON; `[code] message` of an error; what else the answer says.',
    semantic: 'message',
    pattern: 'structured',
  },
  { name: 'resp_rows', type: 'int', desc: 'Rows of all result sets; null without one.', pattern: 'gauge' },
  {
    name: 'resp_more_pages',
    type: 'bool',
    desc: 'The result has another page; null where the answer has no rows.',
    pattern: 'general',
  },
  { name: 'resp_warnings', type: 'json', desc: 'Warnings of the server; null without any.', pattern: 'structured' },
  {
    name: 'resp_tracing_id',
    type: 'string',
    desc: 'Id under which the server keeps a trace of the request; null without one.',
    pattern: 'general',
  },
  { name: 'resp_error_code', type: 'int', desc: 'Error code of the server.', semantic: 'status', pattern: 'general' },
  { name: 'resp_error_name', type: 'string', desc: 'Name of that code.', pattern: 'general' },
  { name: 'resp_error', type: 'string', desc: 'Message of that error.', pattern: 'general' },
  { name: 'resp_size', ...SIZE, desc: 'Length of the whole answer as transferred, bytes; null without an answer.' },
] as const

/** A row of `cql_events`, the protocol's own columns. */
export type CqlRow = RowOf<typeof COLUMNS>

/** Bits of `cut` for the columns that have a limit. */
export const CUT_REQ = 1 << COLUMNS.findIndex((column) => column.name === 'req_body')
export const CUT_RESP = 1 << COLUMNS.findIndex((column) => column.name === 'resp_body')

/** The exchanges of Cassandra. */
export const CQL_EVENTS = table(
  'cql_events',
  'Requests of CQL clients (Cassandra) with their answers, and events that servers tell.',
  COLUMNS,
  { glance: ['req_op', 'req_body', 'resp_op', 'resp_rows'], endpoint, error: explain },
)

function endpoint({ req_op, req_body, resp_op }: CqlRow): string {
  const isCql = req_op === OP.query || req_op === OP.prepare || req_op === OP.execute || req_op === OP.batch
  const words = isCql ? firstWords(req_body) : null
  return words ?? OP_WORDS[req_op ?? resp_op ?? -1] ?? 'UNKNOWN'
}

function explain({ resp_op, resp_error_code, resp_error }: CqlRow, partial = false): string | null {
  if (resp_op === UNANSWERED) return noResponse(partial)
  if (resp_op !== OP.error) return null
  if (resp_error_code === null) return 'error'
  const name = errorName(resp_error_code)
  return `${resp_error_code}${name === null ? '' : ` (${name})`}: ${resp_error ?? ''}`
}
