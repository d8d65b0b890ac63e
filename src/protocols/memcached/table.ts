import { noResponse, type RowOf, table } from '../../records/table.js'

/** Codes of `transport`. */
export const TRANSPORT = { udp: 1, tcp: 2 } as const

/** Codes of `dialect`: how a command is written. */
export const DIALECT = { text: 1, meta: 2, binary: 3 } as const

/** Codes of `resp_type`. */
export const ANSWER = { none: 0, unanswered: 1, status: 2, values: 3, statistics: 4, number: 5, error: 6 } as const

const COLUMNS = [
  {
    name: 'transport',
    type: 'enum',
    desc: 'How it was sent: udp, also through a unix socket for datagrams; tcp, also through one for streams.',
    words: { [TRANSPORT.udp]: 'udp', [TRANSPORT.tcp]: 'tcp' },
    pattern: 'enum',
  },
  {
    name: 'dialect',
    type: 'enum',
    desc: 'How the command is written: in text, as a meta command, in the binary protocol.',
    words: { [DIALECT.text]: 'text', [DIALECT.meta]: 'meta', [DIALECT.binary]: 'binary' },
    pattern: 'enum',
  },
  {
    name: 'req_cmd',
    type: 'string',
    desc: 'Command in lower case; of the binary protocol its name, quiet ones with a q: `getq`.',
    semantic: 'method',
    pattern: 'enum',
  },
  { name: 'keys', type: 'json', desc: 'Keys of the command, a list; null without a key.', pattern: 'structured' },
  {
    name: 'req_args',
    type: 'json',
    desc: 'What else stands in the command: flags of a meta command, a delta, names of statistics; null without any.',
    pattern: 'structured',
  },
  {
    name: 'flags',
    type: 'int',
    desc: 'Client flags of the value stored, or of the first retrieved.',
    pattern: 'general',
  },
  {
    name: 'exptime',
    type: 'int',
    desc: 'Expiration time of the command, as sent: seconds from now or since the epoch, 0 = never.',
    pattern: 'general',
  },
  {
    name: 'cas',
    type: 'string',
    desc: 'Unique value of a compare and swap: that of the command, else that of the value stored or retrieved.',
    pattern: 'general',
  },
  { name: 'req_value', type: 'string', desc: 'Value to be stored.', pattern: 'structured' },
  {
    name: 'req_value_size',
    type: 'int',
    desc: 'Length of the value to be stored, bytes.',
    unit: 'bytes',
    semantic: 'bytes',
    pattern: 'gauge',
  },
  {
    name: 'resp_type',
    type: 'enum',
    desc: 'Kind of the answer: none = none is due, unanswered = none came; null when it was lost.',
    words: {
      [ANSWER.none]: 'none',
      [ANSWER.unanswered]: 'unanswered',
      [ANSWER.status]: 'status',
      [ANSWER.values]: 'values',
      [ANSWER.statistics]: 'statistics',
      [ANSWER.number]: 'number',
      [ANSWER.error]: 'error',
    },
    pattern: 'enum',
  },
  {
    name: 'status',
    type: 'string',
    chars: 10,
    desc: 'Status of the answer as the protocol names it: `STORED`, `END`, `HD`, `Key not found` and so on.',
    semantic: 'status',
    pattern: 'enum',
  },
  {
    name: 'resp',
    type: 'string',
    desc: 'What came with the status: the value, several as JSON by key; statistics as JSON; a number; a message.',
    semantic: 'message',
    pattern: 'structured',
  },
  {
    name: 'resp_value_size',
    type: 'int',
    desc: 'Length of the values that came, all together, bytes; null where none could come.',
    unit: 'bytes',
    semantic: 'bytes',
    pattern: 'gauge',
  },
  { name: 'hits', type: 'int', desc: 'Keys that were found; null where that does not show.', pattern: 'gauge' },
  { name: 'misses', type: 'int', desc: 'Keys that were not found; null where that does not show.', pattern: 'gauge' },
] as const

/** A row of `memcached_events`, the protocol's own columns. */
export type MemcachedRow = RowOf<typeof COLUMNS>

type Name = (typeof COLUMNS)[number]['name']

const bit = (name: Name): number => 1 << COLUMNS.findIndex((column) => column.name === name)

/** Bits of `cut` for the columns that have a limit. */
export const CUT = { keys: bit('keys'), args: bit('req_args'), value: bit('req_value'), resp: bit('resp') } as const

/** The exchanges of memcached. */
export const MEMCACHED_EVENTS = table(
  'memcached_events',
  'Commands of memcached clients with their answers.',
  COLUMNS,
  {
    glance: ['req_cmd', 'keys', 'status', 'resp_value_size'],
    endpoint: (row) => row.req_cmd ?? 'UNKNOWN',
    error: explain,
  },
)

// What a command asks for may not be so: a miss and a condition that does not hold are answers, not errors.
function explain(row: MemcachedRow, partial = false): string | null {
  if (row.resp_type === ANSWER.unanswered) return noResponse(partial)
  if (row.resp_type !== ANSWER.error) return null
  return row.resp === null || row.resp === '' || row.resp === row.status ? row.status : `${row.status}: ${row.resp}`
}
