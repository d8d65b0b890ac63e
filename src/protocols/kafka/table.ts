import { noResponse, type RowOf, table } from '../../records/table.js'
import { API_WORDS } from './apis.js'

/** Codes of `resp_result`, the same as of MySQL. */
export const RESULT = { unknown: 0, none: 1, ok: 2, err: 3 } as const

const COLUMNS = [
  {
    name: 'req_cmd',
    type: 'enum',
    desc: 'API of the request: Produce, Fetch, Metadata ….',
    words: API_WORDS,
    semantic: 'method',
    pattern: 'enum',
  },
  {
    name: 'api_version',
    type: 'int',
    desc: 'Version of the API; null of a SASL token that was sent without a header.',
    pattern: 'general',
  },
  { name: 'client_id', type: 'string', desc: 'Name that the client gives itself.', pattern: 'general' },
  {
    name: 'topics',
    type: 'json',
    desc: 'Topics in the request and its answer, each once; the id where the name is not known; null where neither is decoded.',
    pattern: 'structured',
  },
  {
    name: 'partitions',
    type: 'json',
    desc: 'Partitions in the request and its answer, each once, as topic-partition.',
    pattern: 'structured',
  },
  {
    name: 'record_count',
    type: 'int',
    desc: 'Records that were produced or fetched; null where there are none or not all were seen.',
    pattern: 'gauge',
  },
  {
    name: 'record_bytes',
    type: 'int',
    desc: 'Length of their batches as transferred, bytes.',
    unit: 'bytes',
    semantic: 'bytes',
    pattern: 'gauge',
  },
  {
    name: 'req_body',
    type: 'string',
    desc: 'Fields of the request as JSON; records by size and count.',
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
    name: 'resp_result',
    type: 'enum',
    desc: 'Outcome: NONE = the request has no answer, UNKNOWN = it was not answered; null when the answer was lost, or is not decoded.',
    words: { 0: 'UNKNOWN', 1: 'NONE', 2: 'OK', 3: 'ERR' },
    semantic: 'status',
    pattern: 'enum',
  },
  {
    name: 'resp',
    type: 'string',
    desc: 'Fields of the answer as JSON; records by size and count.',
    semantic: 'message',
    pattern: 'structured',
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
    name: 'error_codes',
    type: 'json',
    desc: 'Names of the error codes in the answer, each once; null where it is not decoded.',
    pattern: 'structured',
  },
] as const

/** A row of `kafka_events`, the protocol's own columns. */
export type KafkaRow = RowOf<typeof COLUMNS>

const bit = (name: keyof KafkaRow): number => 1 << COLUMNS.findIndex((column) => column.name === name)

/** Bits of `cut` for the columns that have a limit. */
export const CUT = {
  topics: bit('topics'),
  partitions: bit('partitions'),
  req: bit('req_body'),
  resp: bit('resp'),
} as const

/** The exchanges of Kafka. */
export const KAFKA_EVENTS = table('kafka_events', 'Requests of Kafka clients with their answers.', COLUMNS, {
  glance: ['req_cmd', 'topics', 'resp_result', 'record_count'],
  endpoint,
  error: explain,
})

function endpoint({ req_cmd, topics }: KafkaRow): string {
  const name = API_WORDS[req_cmd ?? -1] ?? `UNKNOWN_${req_cmd}`
  return Array.isArray(topics) && topics.length === 1 ? `${name} ${topics[0]}` : name
}

function explain({ resp_result, error_codes }: KafkaRow, partial = false): string | null {
  if (resp_result === RESULT.unknown) return noResponse(partial)
  return resp_result === RESULT.err && Array.isArray(error_codes) ? String(error_codes[0]) : null
}
