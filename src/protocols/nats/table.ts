import { type Json, noResponse, type RowOf, table } from '../../records/table.js'

/** Codes of `resp_cmd`. */
export const ANSWER = { ok: 1, err: 2, pong: 3, msg: 4, hmsg: 5, unanswered: 6 } as const

const ANSWER_WORDS: Readonly<Record<number, string>> = {
  [ANSWER.ok]: '+OK',
  [ANSWER.err]: '-ERR',
  [ANSWER.pong]: 'PONG',
  [ANSWER.msg]: 'MSG',
  [ANSWER.hmsg]: 'HMSG',
  [ANSWER.unanswered]: 'unanswered',
}

const COLUMNS = [
  {
    name: 'cmd',
    type: 'string',
    desc: 'Verb in upper case; the client sends CONNECT, PUB, HPUB, SUB and UNSUB, the server INFO, MSG, HMSG and -ERR.',
    semantic: 'method',
    pattern: 'enum',
  },
  { name: 'subject', type: 'string', desc: 'Subject of the message or the subscription.', pattern: 'general' },
  {
    name: 'body',
    type: 'json',
    desc: 'Arguments by their names and the payload; of INFO and CONNECT their options, of -ERR its text.',
    pattern: 'structured',
  },
  {
    name: 'req_headers',
    type: 'json',
    desc: 'Headers of the message: name as sent, and its values; a status line is Status and Description.',
    pattern: 'structured',
  },
  {
    name: 'req_body_size',
    type: 'int',
    desc: 'Length of the payload without headers, bytes; null where there is none.',
    unit: 'bytes',
    semantic: 'bytes',
    pattern: 'gauge',
  },
  {
    name: 'resp_cmd',
    type: 'enum',
    desc: 'What answered it: the message that came to its inbox, PONG, or +OK and -ERR; null where nothing had to.',
    words: ANSWER_WORDS,
    semantic: 'status',
    pattern: 'enum',
  },
  {
    name: 'resp',
    type: 'string',
    desc: 'The answer: payload of the message that came to the inbox, or the line as sent.',
    semantic: 'message',
    pattern: 'structured',
  },
  { name: 'resp_headers', type: 'json', desc: 'Headers of the answer, as in req_headers.', pattern: 'structured' },
  {
    name: 'resp_body_size',
    type: 'int',
    desc: 'Length of the payload of the answer without headers, bytes; null where there is none.',
    unit: 'bytes',
    semantic: 'bytes',
    pattern: 'gauge',
  },
  {
    name: 'resp_status',
    type: 'int',
    desc: 'Number in the status line of the answer, or of the message where it answers nothing: 503 = no responders.',
    semantic: 'status',
    pattern: 'general',
  },
] as const

/** A row of `nats_events`, the protocol's own columns. */
export type NatsRow = RowOf<typeof COLUMNS>

const bit = (name: (typeof COLUMNS)[number]['name']): number => 1 << COLUMNS.findIndex((column) => column.name === name)

/** Bits of `cut` for the columns that have a limit. */
export const CUT_BODY = bit('body')
export const CUT_HEADERS = bit('req_headers')
export const CUT_RESP = bit('resp')
export const CUT_RESP_HEADERS = bit('resp_headers')

/** The messages of NATS. */
export const NATS_EVENTS = table(
  'nats_events',
  'Messages of NATS clients and servers; a request is one row with the message that came to its inbox.',
  COLUMNS,
  { glance: ['cmd', 'subject', 'resp_cmd', 'body'], endpoint, error: explain },
)

const INBOX = /^(_INBOX|_R_)\..*/
const ACK = /^\$JS\.ACK\..*/

function endpoint({ cmd, subject }: NatsRow): string {
  if (subject === null) return cmd ?? 'UNKNOWN'
  return `${cmd} ${subject.replace(INBOX, '$1.*').replace(ACK, '$JS.ACK.*')}`
}

const REASONS: Readonly<Record<number, string>> = { 404: 'No Messages', 408: 'Request Timeout', 503: 'No Responders' }

function explain(row: NatsRow, partial = false): string | null {
  if (row.resp_cmd === ANSWER.unanswered) return noResponse(partial)
  if (row.resp_cmd === ANSWER.err) return errorText(row.resp ?? '')
  if (row.cmd === '-ERR') return typeof row.body === 'string' ? row.body : '-ERR'
  const answered = row.resp_cmd === ANSWER.msg || row.resp_cmd === ANSWER.hmsg
  const headers = answered ? row.resp_headers : row.req_headers
  if (row.resp_status !== null && row.resp_status >= 400) {
    const reason = first(headers, 'Description') ?? REASONS[row.resp_status]
    return reason === undefined ? `${row.resp_status}` : `${row.resp_status} ${reason}`
  }
  return serviceError(headers) ?? (answered ? apiError(row.resp) : null)
}

/** The text of `-ERR 'text'`. */
export function errorText(line: string): string {
  const text = line.replace(/^-ERR\s*/i, '').trim()
  return /^'.*'$/s.test(text) ? text.slice(1, -1) : text
}

function first(headers: Json, name: string): string | undefined {
  const values = (headers as Readonly<Record<string, Json>> | null)?.[name]
  return Array.isArray(values) && typeof values[0] === 'string' ? values[0] : undefined
}

// ADR-32: a service tells its errors in these headers.
function serviceError(headers: Json): string | null {
  const text = first(headers, 'Nats-Service-Error')
  const code = first(headers, 'Nats-Service-Error-Code')
  return text === undefined && code === undefined ? null : [code, text].filter(Boolean).join(' ')
}

const API_ERROR = /"error":\{"code":(\d+)(?:,"err_code":(\d+))?,"description":"((?:[^"\\]|\\.)*)"/

// JetStream: {"type":…,"error":{"code":404,"err_code":10059,"description":"stream not found"}}
function apiError(payload: string | null): string | null {
  if (payload?.startsWith('{') !== true) return null
  const [, code, detail, description] = API_ERROR.exec(payload) ?? []
  if (code === undefined || detail === undefined) return null
  return `${code} (${detail}): ${description?.replace(/\\(.)/g, '$1')}`
}
