import type { Cursor, Kind, Protocol } from '../protocol.js'
import { findCommand, infer } from './infer.js'
import { parseRequest, requestGap } from './request.js'
import { parseResponse, responseGap } from './response.js'
import { type Frame, State } from './state.js'
import { stitch } from './stitch.js'
import { REDIS_EVENTS, type RedisRow } from './table.js'

/** The protocol of Redis and Valkey: RESP2, RESP3 and inline commands. */
export const redis: Protocol<Frame, State, RedisRow> = {
  name: 'redis',
  table: REDIS_EVENTS,
  transports: 'stream',
  ports: [6379],
  infer,
  newState: (conn) => new State(conn),
  parse: (kind, bytes, state, out) =>
    kind === 'request' ? parseRequest(bytes, state, out) : parseResponse(bytes, state, out),
  gap: (kind, length, state, lost) =>
    kind === 'request' ? requestGap(length, state, lost) : responseGap(length, state),
  findBoundary,
  stitch,
}

function findBoundary(kind: Kind, { buf, pos, end }: Cursor): number {
  // Where the server's place is lost, parse itself waits for the next command.
  return kind === 'response' ? (pos < end ? pos : -1) : findCommand(buf, pos, end)
}
