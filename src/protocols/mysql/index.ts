import { type Cursor, type Kind, NEED_MORE, type Protocol } from '../protocol.js'
import { infer, lookAtPacked, lookAtRequest } from './infer.js'
import { PACKED_HEADER } from './inflate.js'
import type { Look } from './look.js'
import { detectPacking, packedGap, parsePacked } from './packed.js'
import { HEADER, u24 } from './packet.js'
import { parseRequest, requestGap } from './request.js'
import { parseResponse, responseGap } from './response.js'
import { type Frame, PACKING, State } from './state.js'
import { stitch } from './stitch.js'
import { MYSQL_EVENTS, type MysqlRow } from './table.js'

/** The client/server protocol of MySQL and MariaDB. */
export const mysql: Protocol<Frame, State, MysqlRow> = {
  name: 'mysql',
  table: MYSQL_EVENTS,
  transports: 'stream',
  ports: [3306],
  leadsTo: ['tls'],
  infer,
  newState: (conn) => new State(conn),
  parse,
  gap,
  findBoundary,
  stitch,
}

function parse(kind: Kind, bytes: Cursor, s: State, out: Frame[]): number {
  if (s.packing === PACKING.maybe && kind === 'request' && bytes.pos < bytes.end && !detectPacking(bytes, s))
    return NEED_MORE
  if (s.packing === PACKING.yes) return parsePacked(kind, bytes, s, out)
  return kind === 'request' ? parseRequest(bytes, s, out) : parseResponse(bytes, s, out)
}

function gap(kind: Kind, length: number, s: State): boolean {
  if (s.packing === PACKING.yes) return packedGap(kind, length, s)
  return kind === 'request' ? requestGap(length, s) : responseGap(length, s)
}

function findBoundary(kind: Kind, bytes: Cursor, s: State): number {
  const { buf, pos, end } = bytes
  // Where the server's place is lost, parse itself waits for the next command.
  if (kind === 'response') return pos < end ? pos : -1
  for (let at = pos; at + 3 < end; at++) {
    // A packet that begins with a command is not empty.
    if (buf[at + 3] !== 0 || (u24(buf, at) === 0 && end - at > PACKED_HEADER + HEADER)) continue
    const look = lookAt(buf, at, end, s)
    // What many bytes look like counts at the start only.
    if (look !== 'no' && (look !== 'weak' || at === pos)) return at
  }
  return end - pos < HEADER ? pos : end - 3
}

function lookAt(buf: Buffer, pos: number, end: number, s: State): Look {
  const plain = s.packing === PACKING.yes ? 'no' : lookAtRequest(buf, pos, end)
  if (plain !== 'no' || s.packing === PACKING.no) return plain
  // That its size is that of the command is enough: it is known to be MySQL.
  const packed = lookAtPacked(buf, pos, end)
  return packed === 'weak' ? 'yes' : packed
}
