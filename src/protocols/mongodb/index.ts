import type { Cursor, Kind, Protocol } from '../protocol.js'
import { infer } from './infer.js'
import { lookAt } from './look.js'
import { gap, parse } from './parse.js'
import { type Frame, State } from './state.js'
import { stitch } from './stitch.js'
import { MONGODB_EVENTS, type MongodbRow } from './table.js'
import { HEADER } from './wire.js'

/** The wire protocol of MongoDB. */
export const mongodb: Protocol<Frame, State, MongodbRow> = {
  name: 'mongodb',
  table: MONGODB_EVENTS,
  transports: 'stream',
  ports: [27017, 27018, 27019],
  infer,
  newState: (conn) => new State(conn),
  parse,
  gap,
  findBoundary,
  stitch,
}

function findBoundary(kind: Kind, { buf, pos, end }: Cursor): number {
  const from = kind === 'request' ? 'client' : 'server'
  for (let at = pos; at < end; at++) {
    // First what most bytes are not: the upper half of an opcode is zero.
    if (at + HEADER <= end && (buf[at + 14] !== 0 || buf[at + 15] !== 0)) continue
    if (lookAt(from, buf, at, end) !== 'no') return at
  }
  return -1
}
