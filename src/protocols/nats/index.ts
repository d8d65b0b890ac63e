import type { Protocol } from '../protocol.js'
import { infer } from './infer.js'
import type { Message } from './message.js'
import { findBoundary, gap, parse } from './parse.js'
import { State } from './state.js'
import { stitch } from './stitch.js'
import { NATS_EVENTS, type NatsRow } from './table.js'

/** The client protocol of NATS. */
export const nats: Protocol<Message, State, NatsRow> = {
  name: 'nats',
  table: NATS_EVENTS,
  transports: 'stream',
  ports: [4222],
  leadsTo: ['tls'],
  infer,
  newState: (conn) => new State(conn),
  parse,
  gap,
  findBoundary,
  stitch,
}
