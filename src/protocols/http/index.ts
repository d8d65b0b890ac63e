import type { Protocol } from '../protocol.js'
import { type Frame, State } from './frames.js'
import { infer } from './infer.js'
import { passOver } from './pairing.js'
import { gap, parse } from './parse.js'
import { findBoundary } from './start.js'
import { stitch } from './stitch.js'
import { type HttpRow, httpEvents } from './table.js'

/** HTTP/1.0 and HTTP/1.1 (RFC 9112). */
export const http: Protocol<Frame, State, HttpRow> = {
  name: 'http',
  table: httpEvents,
  transports: 'stream',
  ports: [80, 8080, 8000, 3000],
  leadsTo: ['http2', 'websocket', 'tls'],
  infer,
  newState: (conn) => new State(conn),
  parse,
  gap,
  findBoundary: (kind, bytes, state) => {
    const at = findBoundary(kind, bytes)
    if (kind === 'request') passOver(state, at, bytes.pos)
    return at
  },
  stitch,
}
