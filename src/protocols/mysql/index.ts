import type { Cursor, Kind, Protocol } from '../protocol.js'
import { infer, lookAtRequest } from './infer.js'
import { HEADER } from './packet.js'
import { parseRequest, requestGap } from './request.js'
import { parseResponse } from './response.js'
import { type Frame, loseAnswers, PHASE, State } from './state.js'
import { stitch } from './stitch.js'
import { MYSQL_EVENTS, type MysqlRow } from './table.js'

/** The client/server protocol of MySQL and MariaDB. */
export const mysql: Protocol<Frame, State, MysqlRow> = {
  name: 'mysql',
  table: MYSQL_EVENTS,
  transports: 'stream',
  ports: [3306],
  infer,
  newState: (conn) => new State(conn),
  parse: (kind, bytes, state, out) =>
    kind === 'request' ? parseRequest(bytes, state, out) : parseResponse(bytes, state, out),
  gap,
  findBoundary,
  stitch,
}

function gap(kind: Kind, length: number, s: State): boolean {
  return kind === 'request' ? requestGap(length, s) : responseGap(length, s)
}

function responseGap(length: number, s: State): boolean {
  if (s.phase === PHASE.greeting) s.phase = PHASE.login
  if (length <= s.responseLeft) {
    s.responseLeft -= length
    return true
  }
  loseAnswers(s)
  return false
}

function findBoundary(kind: Kind, bytes: Cursor): number {
  const { buf, pos, end } = bytes
  // Where the server's place is lost, parse itself waits for the next command.
  if (kind === 'response') return pos < end ? pos : -1
  for (let at = buf.indexOf(0, pos + 3); at >= 0 && at < end; at = buf.indexOf(0, at + 1)) {
    const look = lookAtRequest(buf, at - 3, end)
    // What many bytes look like counts at the start only.
    if (look !== 'no' && (look !== 'weak' || at - 3 === pos)) return at - 3
  }
  return end - pos < HEADER ? pos : end - 3
}
