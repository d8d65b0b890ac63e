import type { Protocol } from '../protocol.js'
import { infer } from './infer.js'
import { findChain } from './look.js'
import type { Packet } from './packet.js'
import { gap, parse } from './parse.js'
import { State } from './state.js'
import { stitch } from './stitch.js'
import { MQTT_EVENTS, type MqttRow } from './table.js'

/** MQTT 3.1, 3.1.1 and 5. */
export const mqtt: Protocol<Packet, State, MqttRow> = {
  name: 'mqtt',
  table: MQTT_EVENTS,
  transports: 'stream',
  ports: [1883],
  infer,
  newState: (conn) => new State(conn),
  parse,
  gap,
  findBoundary: (kind, { buf, pos, end }, state) => findChain(kind, buf, pos, end, state.format, 1),
  stitch,
}
