import type { Protocol } from '../protocol.js'
import type { Frame } from './frame.js'
import { infer } from './infer.js'
import { findBoundary, parse } from './parse.js'
import { State } from './state.js'
import { stitch } from './stitch.js'
import { DNS_EVENTS, type DnsRow } from './table.js'

/** DNS over UDP and TCP, and its kin that is asked of everyone: multicast DNS and LLMNR. */
export const dns: Protocol<Frame, State, DnsRow> = {
  name: 'dns',
  table: DNS_EVENTS,
  transports: 'both',
  ports: [53, 5353, 5355],
  infer,
  newState: (conn) => new State(conn),
  parse,
  gap: (kind, _length, state, lost) => {
    if (kind === 'response' && lost) state.responsesLost = true
    return false
  },
  findBoundary,
  stitch,
}
