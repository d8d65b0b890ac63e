import type { Protocol } from '../protocol.js'
import { infer } from './infer.js'
import type { Message } from './message.js'
import { findBoundary, gap, parse } from './parse.js'
import { State } from './state.js'
import { stitch } from './stitch.js'
import { MUX_EVENTS, type MuxRow } from './table.js'

/** Mux, the session protocol of Finagle; also ThriftMux. */
export const mux: Protocol<Message, State, MuxRow> = {
  name: 'mux',
  table: MUX_EVENTS,
  transports: 'stream',
  leadsTo: ['tls'],
  infer,
  newState: (conn) => new State(conn),
  parse,
  gap: (kind, length, state) => gap(kind, length, state),
  findBoundary,
  stitch,
}
