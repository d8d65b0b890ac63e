import type { Protocol } from '../protocol.js'
import { infer } from './infer.js'
import { findBoundary, gap, parse } from './parse.js'
import { type Frame, State } from './state.js'
import { stitch } from './stitch.js'
import { KAFKA_EVENTS, type KafkaRow } from './table.js'

/** The protocol of Apache Kafka. */
export const kafka: Protocol<Frame, State, KafkaRow> = {
  name: 'kafka',
  table: KAFKA_EVENTS,
  transports: 'stream',
  ports: [9092],
  infer,
  newState: (conn) => new State(conn),
  parse,
  gap,
  findBoundary,
  stitch,
}
