import type { Protocol } from '../protocol.js'
import { findBoundary } from './boundary.js'
import { type Frame, State } from './frames.js'
import { infer } from './infer.js'
import { gap, parse } from './parse.js'
import { stitch } from './stitch.js'
import { WEBSOCKET_EVENTS, type WebSocketRow } from './table.js'

/** WebSocket (RFC 6455) with compressed messages (RFC 7692). */
export const websocket: Protocol<Frame, State, WebSocketRow> = {
  name: 'websocket',
  table: WEBSOCKET_EVENTS,
  transports: 'stream',
  infer,
  newState: (conn, legacy) => new State(conn, legacy),
  parse,
  gap,
  findBoundary,
  stitch,
}
