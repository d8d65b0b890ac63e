import { type RowOf, table } from '../../records/table.js'

const COLUMNS = [
  { name: 'major_version', type: 'int', desc: 'HTTP major version: 1 or 2.', pattern: 'enum' },
  { name: 'minor_version', type: 'int', desc: 'HTTP minor version: 1 or 0.', pattern: 'enum' },
  {
    name: 'content_type',
    type: 'enum',
    desc: 'Class of the response body.',
    words: { 0: 'unknown', 1: 'JSON', 2: 'gRPC' },
    pattern: 'enum',
  },
  {
    name: 'req_headers',
    type: 'json',
    desc: 'Request headers: lower-case name → list of values.',
    pattern: 'structured',
  },
  { name: 'req_method', type: 'string', desc: 'Request method.', semantic: 'method', pattern: 'enum' },
  { name: 'req_path', type: 'string', desc: 'Request target as sent, with its query.', pattern: 'structured' },
  {
    name: 'req_body',
    type: 'string',
    desc: 'Start of the request body, decompressed; null where there is none or it is not text.',
    pattern: 'structured',
  },
  {
    name: 'req_body_size',
    type: 'int',
    desc: 'Length of the whole request body as transferred, bytes.',
    unit: 'bytes',
    semantic: 'bytes',
    pattern: 'gauge',
  },
  {
    name: 'resp_headers',
    type: 'json',
    desc: 'Response headers: lower-case name → list of values; null without a response.',
    pattern: 'structured',
  },
  {
    name: 'resp_status',
    type: 'int',
    desc: 'Response status; null without a response.',
    semantic: 'status',
    pattern: 'enum',
  },
  {
    name: 'resp_message',
    type: 'string',
    desc: 'Reason phrase of the response.',
    semantic: 'message',
    pattern: 'structured',
  },
  {
    name: 'resp_body',
    type: 'string',
    desc: 'Start of the response body, decompressed; null where there is none or it is not text.',
    pattern: 'structured',
  },
  {
    name: 'resp_body_size',
    type: 'int',
    desc: 'Length of the whole response body as transferred, bytes; null without a response.',
    unit: 'bytes',
    semantic: 'bytes',
    pattern: 'gauge',
  },
] as const

/** A row of `http_events`, the protocol's own columns. */
export type HttpRow = RowOf<typeof COLUMNS>

/** Codes of the column `content_type`. */
export const CONTENT = { unknown: 0, json: 1, grpc: 2 } as const

/** Bits of `cut` for the columns that have a limit. */
export const CUT_REQ_BODY = 1 << COLUMNS.findIndex((column) => column.name === 'req_body')
export const CUT_RESP_BODY = 1 << COLUMNS.findIndex((column) => column.name === 'resp_body')

// A path segment that names one of many: a number, a UUID, a long hexadecimal or mixed id.
const ID = /\/(?:\d+|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{16,}|(?=[\w-]*\d)[\w-]{20,})(?=\/|$)/gi

/** The exchanges of HTTP. */
export const httpEvents = table('http_events', 'HTTP requests and their responses.', COLUMNS, {
  endpoint(row) {
    const path = (row.req_path ?? '').replace(/[?#].*$/s, '').replace(ID, '/:id')
    return `${row.req_method ?? '?'} ${path}`
  },
  error(row) {
    if (row.resp_status === null) return 'no response'
    if (row.resp_status < 400) return null
    return row.resp_message ? `${row.resp_status} ${row.resp_message}` : `${row.resp_status}`
  },
})
