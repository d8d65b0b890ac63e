import type { Cursor, Kind, Protocol } from '../protocol.js'
import { infer } from './infer.js'
import { lookAt } from './look.js'
import { parseRequest, requestGap } from './request.js'
import { parseResponse, responseGap } from './response.js'
import { type Frame, State } from './state.js'
import { stitch } from './stitch.js'
import { PGSQL_EVENTS, type PgsqlRow } from './table.js'

/** The frontend/backend protocol of PostgreSQL, version 3. */
export const pgsql: Protocol<Frame, State, PgsqlRow> = {
  name: 'pgsql',
  table: PGSQL_EVENTS,
  transports: 'stream',
  ports: [5432],
  leadsTo: ['tls'],
  infer,
  newState: (conn) => new State(conn),
  parse: (kind, bytes, state, out) =>
    kind === 'request' ? parseRequest(bytes, state, out) : parseResponse(bytes, state, out),
  gap: (kind, length, state, lost) =>
    kind === 'request' ? requestGap(length, state) : responseGap(length, state, lost),
  findBoundary,
  stitch,
}

function findBoundary(kind: Kind, { buf, pos, end }: Cursor, s: State): number {
  const from = kind === 'request' ? 'client' : 'server'
  let weak = false
  for (let at = pos; at < end; at++) {
    const look = lookAt(from, buf, at, end)
    // What many bytes look like counts at the start only, and only of the client: the server is soon ready again.
    if (look === 'yes' || look === 'more' || (look === 'weak' && at === pos && kind === 'request')) return at
    if (look === 'weak') weak = true
  }
  if (kind === 'request') s.unread = weak
  return -1
}
