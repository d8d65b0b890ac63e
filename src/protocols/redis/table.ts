import { noResponse, type RowOf, table } from '../../records/table.js'

/** Codes of `resp_type`: the first byte of the reply on the wire; below 32 there is none. */
export const TYPE = {
  none: 0,
  unanswered: 1,
  bulkError: 0x21,
  boolean: 0x23,
  bulk: 0x24,
  map: 0x25,
  bigNumber: 0x28,
  array: 0x2a,
  simple: 0x2b,
  double: 0x2c,
  error: 0x2d,
  integer: 0x3a,
  verbatim: 0x3d,
  push: 0x3e,
  null: 0x5f,
  set: 0x7e,
} as const

const TYPE_WORDS: Readonly<Record<number, string>> = {
  [TYPE.none]: 'none',
  [TYPE.unanswered]: 'unanswered',
  [TYPE.bulkError]: 'bulk error',
  [TYPE.boolean]: 'boolean',
  [TYPE.bulk]: 'bulk string',
  [TYPE.map]: 'map',
  [TYPE.bigNumber]: 'big number',
  [TYPE.array]: 'array',
  [TYPE.simple]: 'simple string',
  [TYPE.double]: 'double',
  [TYPE.error]: 'error',
  [TYPE.integer]: 'integer',
  [TYPE.verbatim]: 'verbatim string',
  [TYPE.push]: 'push',
  [TYPE.null]: 'null',
  [TYPE.set]: 'set',
}

const COLUMNS = [
  {
    name: 'req_cmd',
    type: 'string',
    chars: 10,
    desc: 'Command in upper case, with its subcommand; `PUSH PUB`, `PUSH MONITOR` … where the server speaks unasked.',
    semantic: 'method',
    pattern: 'enum',
  },
  {
    name: 'req_args',
    type: 'json',
    desc: 'Arguments by their documented names, else as a list.',
    pattern: 'structured',
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
    name: 'resp',
    type: 'string',
    desc: 'Reply as text: arrays, sets and maps as JSON with errors as `-text`; `<NULL>` where the reply is null.',
    semantic: 'message',
    pattern: 'structured',
  },
  {
    name: 'resp_type',
    type: 'enum',
    desc: 'Type of the reply: none = the command has none, unanswered = there was none; null when it was lost.',
    words: TYPE_WORDS,
    semantic: 'status',
    pattern: 'enum',
  },
  {
    name: 'resp_size',
    type: 'int',
    desc: 'Length of the whole reply as transferred, bytes; null without a reply.',
    unit: 'bytes',
    semantic: 'bytes',
    pattern: 'gauge',
  },
  {
    name: 'resp_errors',
    type: 'int',
    desc: 'Errors in the reply, also among the results of a transaction; null without a reply.',
    pattern: 'gauge',
  },
] as const

/** A row of `redis_events`, the protocol's own columns. */
export type RedisRow = RowOf<typeof COLUMNS>

/** Bits of `cut` for the columns that have a limit. */
export const CUT_ARGS = 1 << COLUMNS.findIndex((column) => column.name === 'req_args')
export const CUT_RESP = 1 << COLUMNS.findIndex((column) => column.name === 'resp')

const NESTED_ERROR = /"-([A-Z][A-Z0-9_]*(?: (?:[^"\\]|\\.)*)?)"/

/** The exchanges of Redis. */
export const REDIS_EVENTS = table(
  'redis_events',
  'Commands of Redis clients with their replies, and what servers push to subscribers.',
  COLUMNS,
  { glance: ['req_cmd', 'req_args', 'resp'], endpoint: (row) => row.req_cmd ?? 'UNKNOWN', error: explain },
)

function explain(row: RedisRow, partial = false): string | null {
  if (row.resp_type === TYPE.unanswered) return noResponse(partial)
  if (row.resp_errors === null || row.resp_errors === 0) return null
  if (row.resp_type === TYPE.error || row.resp_type === TYPE.bulkError) return row.resp
  const first = NESTED_ERROR.exec(row.resp ?? '')?.[1]
  return first === undefined ? `${row.resp_errors} errors in the reply` : unquote(first)
}

function unquote(text: string): string {
  return text.replace(/\\(["\\])/g, '$1')
}
