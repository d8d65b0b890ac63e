import type { Protocol } from '../protocol.js'
import { infer } from './infer.js'
import { findBoundary, gap, parse } from './parse.js'
import { type Records, State } from './state.js'
import { stitch } from './stitch.js'
import { TLS_EVENTS, type TlsRow } from './table.js'

/** The handshakes of TLS 1.0 to 1.3 and SSL, as far as they are in the clear. */
export const tls: Protocol<Records, State, TlsRow> = {
  name: 'tls',
  table: TLS_EVENTS,
  transports: 'stream',
  ports: [443, 465, 636, 853, 993, 995, 8443],
  infer,
  newState: (conn) => new State(conn),
  parse,
  gap: (kind, length, state) => gap(kind, length, state),
  findBoundary,
  stitch,
}
