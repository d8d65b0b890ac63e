import { noResponse, type RowOf, table } from '../../records/table.js'
import { isRerr, NO_REPLY, STATUS, TYPE, TYPE_WORDS } from './types.js'

const SENDER_WORDS = { 1: 'client', 2: 'server' } as const
/** Codes of `req_sender`. */
export const SENDER = { client: 1, server: 2 } as const

const REPLY_WORDS: Readonly<Record<number, string>> = {
  ...TYPE_WORDS,
  [NO_REPLY.none]: 'none',
  [NO_REPLY.unanswered]: 'unanswered',
}

const STATUS_WORDS: Readonly<Record<number, string>> = {
  [STATUS.ok]: 'OK',
  [STATUS.error]: 'ERROR',
  [STATUS.nack]: 'NACK',
}

const COLUMNS = [
  {
    name: 'req_type',
    type: 'enum',
    desc: 'Type of the message that begins the exchange.',
    words: TYPE_WORDS,
    semantic: 'method',
    pattern: 'enum',
  },
  { name: 'req_sender', type: 'enum', desc: 'Which end sent it.', words: SENDER_WORDS, pattern: 'enum' },
  {
    name: 'tag',
    type: 'int',
    desc: 'Tag of the exchange; of a Tdiscarded that of what is given up.',
    pattern: 'general',
  },
  {
    name: 'req_method',
    type: 'string',
    chars: 14,
    desc: 'Method, where the payload is a call in the binary protocol of Thrift; else null.',
    semantic: 'method',
    pattern: 'enum',
  },
  {
    name: 'destination',
    type: 'string',
    desc: 'Path that the request is for; null where it names none.',
    pattern: 'general',
  },
  {
    name: 'dtab',
    type: 'string',
    desc: 'Delegations, as `/s=>/t;…`; null where there are none.',
    pattern: 'structured',
  },
  {
    name: 'req_contexts',
    type: 'json',
    desc: 'Contexts of the request by their ids, or headers of a Tinit.',
    pattern: 'structured',
  },
  { name: 'req_body', type: 'string', desc: 'Payload of the request; null where it is empty.', pattern: 'structured' },
  {
    name: 'req_body_size',
    type: 'int',
    desc: 'Length of the payload, bytes.',
    unit: 'bytes',
    semantic: 'bytes',
    pattern: 'gauge',
  },
  {
    name: 'resp_type',
    type: 'enum',
    desc: 'Type of the answer: none = there is none to it, unanswered = there was none; null when it was lost.',
    words: REPLY_WORDS,
    pattern: 'enum',
  },
  {
    name: 'status',
    type: 'enum',
    desc: 'Status of an Rdispatch or Rreq; null of other answers.',
    words: STATUS_WORDS,
    semantic: 'status',
    pattern: 'enum',
  },
  {
    name: 'discarded',
    type: 'string',
    desc: 'Why the client has given the request up (Tdiscarded); null when it has not.',
    pattern: 'general',
  },
  {
    name: 'resp_contexts',
    type: 'json',
    desc: 'Contexts of the answer by their ids, or headers of an Rinit.',
    pattern: 'structured',
  },
  {
    name: 'resp_body',
    type: 'string',
    desc: 'Payload of the answer, or the text of an error; null where it is empty.',
    pattern: 'structured',
  },
  {
    name: 'resp_body_size',
    type: 'int',
    desc: 'Length of that payload, bytes; null without an answer.',
    unit: 'bytes',
    semantic: 'bytes',
    pattern: 'gauge',
  },
] as const

/** A row of `mux_events`, the protocol's own columns. */
export type MuxRow = RowOf<typeof COLUMNS>

/** Bits of `cut` for the columns that have a limit. */
export const CUT_REQUEST = 1 << COLUMNS.findIndex((column) => column.name === 'req_body')
export const CUT_RESPONSE = 1 << COLUMNS.findIndex((column) => column.name === 'resp_body')

/** The exchanges of Mux. */
export const MUX_EVENTS = table(
  'mux_events',
  'Exchanges of Finagle Mux and ThriftMux, of both ends, by their tags.',
  COLUMNS,
  {
    glance: ['req_type', 'destination', 'status', 'req_method'],
    endpoint: (row) => row.req_method ?? row.destination ?? TYPE_WORDS[row.req_type ?? 0] ?? 'UNKNOWN',
    error: explain,
  },
)

function explain(row: MuxRow, partial = false): string | null {
  const { resp_type, resp_body, status, discarded } = row
  if (resp_type === NO_REPLY.unanswered || resp_type === TYPE.Rdiscarded)
    return discarded === null
      ? resp_type === TYPE.Rdiscarded
        ? 'discarded'
        : noResponse(partial)
      : `discarded: ${discarded}`
  if (status === STATUS.error || status === STATUS.nack) {
    const word = STATUS_WORDS[status]
    return resp_body === null ? `${word}` : `${word}: ${resp_body}`
  }
  const checked = row.req_type !== null && isRerr(row.req_type)
  return resp_type !== null && isRerr(resp_type) && !checked ? (resp_body ?? 'Rerr') : null
}
