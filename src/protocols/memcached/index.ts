import type { Conn, Cursor, Kind, Protocol } from '../protocol.js'
import { Datagrams } from './datagram.js'
import type { Frame } from './frames.js'
import { findCommand, infer } from './infer.js'
import { parseRequest, requestGap } from './request.js'
import { parseResponse, responseGap } from './response.js'
import { flush, type Outcomes, State } from './state.js'
import { stitch } from './stitch.js'
import { MEMCACHED_EVENTS, type MemcachedRow } from './table.js'

/** A connection of either transport. */
class Session {
  readonly outcomes: Outcomes
  readonly stream: State
  readonly datagrams: Datagrams | null

  constructor(conn: Conn) {
    this.outcomes = { transport: conn.transport, ready: [], strays: 0 }
    this.stream = new State(conn, this.outcomes)
    this.datagrams = conn.transport === 'datagram' ? new Datagrams(conn, this.outcomes) : null
  }
}

/** The protocols of memcached: text, meta commands and binary. */
export const memcached: Protocol<Frame, Session, MemcachedRow> = {
  name: 'memcached',
  table: MEMCACHED_EVENTS,
  transports: 'both',
  ports: [11211],
  infer,
  newState: (conn) => new Session(conn),
  parse,
  gap: (kind, length, { stream }, lost) =>
    kind === 'request' ? requestGap(length, stream, lost) : responseGap(length, stream, lost),
  findBoundary,
  stitch: (requests, responses, { outcomes, stream, datagrams }, emit, ended) => {
    datagrams?.expire(requests.at(-1)?.startNs ?? 0)
    if (ended) {
      flush(stream)
      datagrams?.end()
    }
    return stitch(requests, responses, outcomes, emit)
  },
}

function parse(kind: Kind, bytes: Cursor, { stream, datagrams }: Session, out: Frame[]): number {
  if (datagrams !== null) return datagrams.parse(kind, bytes, out)
  return kind === 'request' ? parseRequest(bytes, stream, out) : parseResponse(bytes, stream, out)
}

function findBoundary(kind: Kind, { buf, pos, end }: Cursor): number {
  // Where the server's place is lost, parse itself waits for the next command.
  return kind === 'response' ? (pos < end ? pos : -1) : findCommand(buf, pos, end)
}
