import { type HttpRow, httpEvents } from '../http/table.js'
import type { Protocol } from '../protocol.js'
import type { Frame, State } from './frames.js'
import { infer } from './infer.js'
import { gap, parse } from './parse.js'
import { findBoundary } from './start.js'
import { stitch } from './stitch.js'
import { newState } from './upgrade.js'

/** HTTP/2 over cleartext (RFC 9113), and gRPC over it. */
export const http2: Protocol<Frame, State, HttpRow> = {
  name: 'http2',
  table: httpEvents,
  transports: 'stream',
  infer,
  newState,
  parse,
  gap,
  findBoundary,
  stitch,
}
