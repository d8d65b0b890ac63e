import type { Protocol } from '../protocol.js'
import { findFrame, infer } from './infer.js'
import type { Frame } from './message.js'
import { gap, parse } from './parse.js'
import { State } from './state.js'
import { stitch } from './stitch.js'
import { AMQP_EVENTS, type AmqpRow } from './table.js'

/** AMQP 0-9-1, with the extensions of RabbitMQ. */
export const amqp: Protocol<Frame, State, AmqpRow> = {
  name: 'amqp',
  table: AMQP_EVENTS,
  transports: 'stream',
  ports: [5672],
  infer,
  newState: (conn) => new State(conn),
  parse,
  gap,
  findBoundary: (_kind, { buf, pos, end }) => findFrame(buf, pos, end),
  stitch,
}
