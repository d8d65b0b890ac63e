import { noResponse, type RowOf, table } from '../../records/table.js'
import { OP_WORDS } from './wire.js'

/** Codes of `resp_result`, the same as of MySQL. */
export const RESULT = { unknown: 0, none: 1, ok: 2, err: 3 } as const

const COLUMNS = [
  {
    name: 'req_op',
    type: 'enum',
    desc: 'Message of the request; of a compressed one, the message inside.',
    words: OP_WORDS,
    pattern: 'enum',
  },
  {
    name: 'req_cmd',
    type: 'string',
    chars: 12,
    desc: 'Command as its name was sent: find, insert, hello …; of an old message the command that does the same.',
    semantic: 'method',
    pattern: 'enum',
  },
  { name: 'req_database', type: 'string', desc: 'Database that the command is for.', pattern: 'general' },
  {
    name: 'req_collection',
    type: 'string',
    chars: 14,
    desc: 'Collection that the command is for; null where it is for none.',
    pattern: 'general',
  },
  {
    name: 'req_body',
    type: 'string',
    desc: 'Documents of the request as relaxed extended JSON; sequences of documents are arrays in it.',
    pattern: 'structured',
  },
  {
    name: 'req_docs',
    type: 'int',
    desc: 'Documents, updates or deletions that the request carries; null where it has none.',
    pattern: 'gauge',
  },
  {
    name: 'req_size',
    type: 'int',
    desc: 'Length of the whole request as transferred, bytes; null without a request.',
    unit: 'bytes',
    semantic: 'bytes',
    pattern: 'gauge',
  },
  {
    name: 'resp_result',
    type: 'enum',
    desc: 'Outcome: NONE = no answer was wanted, UNKNOWN = it was not answered; null when the answer was lost.',
    words: { 0: 'UNKNOWN', 1: 'NONE', 2: 'OK', 3: 'ERR' },
    semantic: 'status',
    pattern: 'enum',
  },
  {
    name: 'resp_body',
    type: 'string',
    desc: 'Documents of the answer as relaxed extended JSON.',
    semantic: 'message',
    pattern: 'structured',
  },
  {
    name: 'resp_docs',
    type: 'int',
    desc: 'Documents that the answer returns from a cursor; null without one.',
    pattern: 'gauge',
  },
  {
    name: 'resp_n',
    type: 'int',
    desc: 'The `n` of the answer: documents that were inserted, matched, deleted or counted.',
    pattern: 'gauge',
  },
  {
    name: 'resp_size',
    type: 'int',
    desc: 'Length of the whole answer as transferred, bytes; null without an answer.',
    unit: 'bytes',
    semantic: 'bytes',
    pattern: 'gauge',
  },
  {
    name: 'resp_errors',
    type: 'int',
    desc: 'Writes that failed, and failures of their write concern; null without an answer.',
    pattern: 'gauge',
  },
  {
    name: 'resp_error_code',
    type: 'int',
    desc: 'Code of the error, or of the first write that failed.',
    semantic: 'status',
    pattern: 'general',
  },
  {
    name: 'resp_error_name',
    type: 'string',
    desc: 'Name of that code, where the server tells it.',
    pattern: 'general',
  },
  { name: 'resp_error', type: 'string', desc: 'Message of that error.', pattern: 'general' },
] as const

/** A row of `mongodb_events`, the protocol's own columns. */
export type MongodbRow = RowOf<typeof COLUMNS>

/** Bits of `cut` for the columns that have a limit. */
export const CUT_REQ = 1 << COLUMNS.findIndex((column) => column.name === 'req_body')
export const CUT_RESP = 1 << COLUMNS.findIndex((column) => column.name === 'resp_body')

/** The commands of MongoDB. */
export const MONGODB_EVENTS = table('mongodb_events', 'Commands of MongoDB clients with their answers.', COLUMNS, {
  glance: ['req_cmd', 'req_body', 'resp_result', 'req_collection'],
  endpoint,
  error: explain,
})

function endpoint({ req_cmd, req_database, req_collection }: MongodbRow): string {
  const place = [req_database, req_collection].filter((name) => name !== null).join('.')
  return `${req_cmd ?? 'UNKNOWN'} ${place}`.trim()
}

function explain(row: MongodbRow, partial = false): string | null {
  if (row.resp_result === RESULT.unknown) return noResponse(partial)
  if (row.resp_result !== RESULT.err) return null
  const name = row.resp_error_name === null ? '' : ` (${row.resp_error_name})`
  const code = row.resp_error_code === null ? '' : `${row.resp_error_code}${name}: `
  return `${code}${row.resp_error ?? (code === '' ? 'failed' : '')}`
}
