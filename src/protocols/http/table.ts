import { noResponse, type RowOf, table } from '../../records/table.js'
import { contentLength, type Headers } from './headers.js'

const COLUMNS = [
  { name: 'major_version', type: 'int', desc: 'HTTP major version: 0, 1 or 2.', pattern: 'enum' },
  { name: 'minor_version', type: 'int', desc: 'HTTP minor version: 9, 1 or 0.', pattern: 'enum' },
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
    desc: 'Request headers, and trailers: lower-case name → list of values.',
    pattern: 'structured',
  },
  { name: 'req_method', type: 'string', desc: 'Request method.', semantic: 'method', pattern: 'enum' },
  {
    name: 'req_path',
    type: 'string',
    desc: 'Request target as sent, with its query; the start of a very long one.',
    pattern: 'structured',
  },
  {
    name: 'req_body',
    type: 'string',
    desc: 'Start of the request body, decompressed; null where there is none or it is not text.',
    pattern: 'structured',
  },
  {
    name: 'req_body_size',
    type: 'int',
    desc: 'Length of the whole request body as transferred, bytes; null where its end is not known.',
    unit: 'bytes',
    semantic: 'bytes',
    pattern: 'gauge',
  },
  {
    name: 'resp_headers',
    type: 'json',
    desc: 'Response headers, and trailers: lower-case name → list of values; null without a response.',
    pattern: 'structured',
  },
  {
    name: 'resp_status',
    type: 'int',
    desc: 'Response status; null without a response, and in HTTP/0.9.',
    semantic: 'status',
    pattern: 'enum',
  },
  {
    name: 'resp_message',
    type: 'string',
    desc: 'Reason phrase of the response; in HTTP/2 why the exchange failed besides its status.',
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
    desc: 'Length of the whole response body as transferred, bytes; null without a response, and where its end is not known.',
    unit: 'bytes',
    semantic: 'bytes',
    pattern: 'gauge',
  },
] as const

/** A row of `http_events`, the protocol's own columns. */
export type HttpRow = RowOf<typeof COLUMNS>

/** Codes of the column `content_type`. */
export const CONTENT = { unknown: 0, json: 1, grpc: 2 } as const

const bitOf = (name: string): number => 1 << COLUMNS.findIndex((column) => column.name === name)

/** Bits of `cut` for the columns that have a limit. */
export const CUT_REQ_PATH = bitOf('req_path')
export const CUT_REQ_BODY = bitOf('req_body')
export const CUT_RESP_BODY = bitOf('resp_body')

// A path segment that names one of many: a number, a UUID, a long hexadecimal or mixed id.
const ID = /\/(?:\d+|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{16,}|(?=[\w-]*\d)[\w-]{20,})(?=\/|$)/gi

/** The exchanges of HTTP. */
export const httpEvents = table('http_events', 'HTTP requests and their responses.', COLUMNS, {
  glance: ['req_method', 'req_path', 'resp_status', 'resp_body_size'],
  endpoint(row) {
    const path = (row.req_path ?? '').replace(/[?#].*$/s, '').replace(ID, '/:id')
    return `${row.req_method ?? '?'} ${path}`
  },
  error: errorOf,
})

function errorOf(row: HttpRow, partial = false): string | null {
  const { resp_status: status, resp_message: message } = row
  if (status !== null && status >= 400) return message ? `${status} ${message}` : `${status}`
  if (row.major_version === 2 && message !== null) return message
  if (status === null) return withoutStatus(row, partial)
  return faultOf(row, status, partial)
}

function withoutStatus(row: HttpRow, partial: boolean): string | null {
  if (row.resp_headers === null || row.major_version !== 0) {
    // The client may have left in the middle of its request: no byte of that was lost.
    return partial ? shortOf('request', row.req_headers as Headers | null, row.req_body_size) : noResponse(partial)
  }
  const simple = Object.keys(row.req_headers ?? {}).length === 0
  return simple ? null : 'the response is not HTTP'
}

function shortOf(message: 'request' | 'response', headers: Headers | null, size: number | null): string | null {
  const stated = headers?.['content-length']?.[0]
  if (stated === undefined || size === null || !(Number(stated) > size)) return null
  return `${message} ended after ${size} of ${stated} bytes`
}

function faultOf(row: HttpRow, status: number, partial: boolean): string | null {
  const sent = row.req_headers as Headers | null
  const received = row.resp_headers as Headers
  // RFC 9112 §6.3: such a message ought to be handled as an error.
  if (ambiguous(sent) || ambiguous(received)) return 'both Transfer-Encoding and Content-Length'
  const size = row.resp_body_size
  if (size === null || row.req_body_size === null) {
    return badLength(sent) || badLength(received) ? 'invalid Content-Length' : null
  }
  // In HTTP/1 what was lost counts in the size: what it lacks, the server did not send.
  if (partial && row.major_version === 2) return null
  if (status < 200 || status === 204 || status === 304) return null
  if (row.req_method === 'HEAD' || row.req_method === 'CONNECT') return null
  return shortOf('response', received, size)
}

function ambiguous(headers: Headers | null): boolean {
  return headers?.['transfer-encoding'] !== undefined && headers['content-length'] !== undefined
}

function badLength(headers: Headers | null): boolean {
  return headers !== null && Number.isNaN(contentLength(headers))
}
