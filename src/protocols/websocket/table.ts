import { type RowOf, table } from '../../records/table.js'

/** Opcodes of frames. RFC 6455 §5.2. */
export const CONTINUATION = 0
export const TEXT = 1
export const BINARY = 2
export const CLOSE = 8
export const PING = 9
export const PONG = 10

/** Codes of the column `direction`. */
export const TO_SERVER = 1
export const TO_CLIENT = 2

const COLUMNS = [
  {
    name: 'direction',
    type: 'enum',
    desc: 'Who sent the message to whom.',
    words: { [TO_SERVER]: 'to server', [TO_CLIENT]: 'to client' },
    pattern: 'enum',
  },
  {
    name: 'req_path',
    type: 'string',
    desc: 'Target of the request that opened the connection, with its query; null where it was not seen.',
    pattern: 'structured',
  },
  {
    name: 'opcode',
    type: 'enum',
    desc: 'Kind of message; continuation = its first frame was not seen.',
    words: {
      [CONTINUATION]: 'continuation',
      [TEXT]: 'text',
      [BINARY]: 'binary',
      [CLOSE]: 'close',
      [PING]: 'ping',
      [PONG]: 'pong',
    },
    semantic: 'method',
    pattern: 'enum',
  },
  {
    name: 'payload',
    type: 'string',
    desc: 'Start of the message, unmasked and decompressed; null of a close, and where it could not be decompressed.',
    semantic: 'message',
    pattern: 'structured',
  },
  {
    name: 'payload_size',
    type: 'int',
    desc: 'Length of the whole message as transferred, without frame headers, bytes; null where its end was not seen.',
    unit: 'bytes',
    semantic: 'bytes',
    pattern: 'gauge',
  },
  { name: 'frames', type: 'int', desc: 'Frames that the message consists of.', pattern: 'gauge' },
  { name: 'compressed', type: 'bool', desc: 'The message is compressed (permessage-deflate).', pattern: 'general' },
  {
    name: 'close_code',
    type: 'int',
    desc: 'Why the connection is closed, a code of RFC 6455; null where none is given.',
    semantic: 'status',
    pattern: 'enum',
  },
  {
    name: 'close_reason',
    type: 'string',
    desc: 'Why the connection is closed, in words; null where none are given.',
    pattern: 'general',
  },
] as const

/** A row of `websocket_events`, the protocol's own columns. */
export type WebSocketRow = RowOf<typeof COLUMNS>

/** Bit of `cut` for the column that has a limit. */
export const CUT_PAYLOAD = 1 << COLUMNS.findIndex((column) => column.name === 'payload')

// RFC 6455 §7.4.1, and the registry that it began. 1000 and 1001 are how a connection ought to end.
const FAILURES: Readonly<Record<number, string>> = {
  1002: 'protocol error',
  1003: 'unsupported data',
  1007: 'invalid payload',
  1008: 'policy violation',
  1009: 'message too big',
  1010: 'mandatory extension',
  1011: 'internal error',
  1012: 'service restart',
  1013: 'try again later',
  1014: 'bad gateway',
}

/** The messages of WebSocket. */
export const WEBSOCKET_EVENTS = table('websocket_events', 'Messages of WebSocket connections, one way each.', COLUMNS, {
  glance: ['direction', 'opcode', 'payload', 'payload_size', 'req_path'],
  endpoint: (row) => (row.req_path ?? '?').replace(/[?#].*$/s, ''),
  error({ close_code: code, close_reason: reason }) {
    if (code === null || code === 1000 || code === 1001) return null
    const name = FAILURES[code]
    const words = name === undefined ? `closed: ${code}` : `closed: ${code} ${name}`
    return reason === null ? words : `${words}: ${reason}`
  },
})
