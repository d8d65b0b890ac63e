import { type Cursor, type Kind, NEED_MORE, type Protocol } from '../protocol.js'
import { gapInEnvelopes, lose, parseEnvelope } from './envelopes.js'
import { HEADER } from './header.js'
import { infer } from './infer.js'
import { lookAt } from './look.js'
import { SEGMENT_HEADER, segmentAt } from './segment.js'
import { framingAt, gapInSegments, lookAtSegment, parseSegments } from './segments.js'
import { type Frame, State } from './state.js'
import { stitch } from './stitch.js'
import { CQL_EVENTS, type CqlRow } from './table.js'

/** The native protocol of Cassandra, versions 3 to 5. */
export const cql: Protocol<Frame, State, CqlRow> = {
  name: 'cql',
  table: CQL_EVENTS,
  transports: 'stream',
  ports: [9042, 9142],
  infer,
  newState: (conn) => new State(conn),
  parse,
  gap: (kind, length, s, lost) => (inSegments(s) ? gapInSegments : gapInEnvelopes)(kind, length, s, lost),
  findBoundary,
  stitch,
}

function inSegments({ framing }: State): boolean {
  return framing === 'plain' || framing === 'lz4'
}

function parse(kind: Kind, bytes: Cursor, s: State, out: Frame[]): number {
  if (s.framing === 'unknown' && bytes.pos < bytes.end) {
    const { buf, pos, end } = bytes
    if (end - pos < HEADER) {
      bytes.want = HEADER
      return NEED_MORE
    }
    const segments = framingAt(buf, pos, end)
    const look = lookAt(fromOf(kind), buf, pos, end)
    if (segments === undefined && look === 'no') return lose(kind, s)
    s.framing = segments ?? 'none'
  }
  return (inSegments(s) ? parseSegments : parseEnvelope)(kind, bytes, s, out)
}

const fromOf = (kind: Kind): 'client' | 'server' => (kind === 'request' ? 'client' : 'server')

function findBoundary(kind: Kind, { buf, pos, end }: Cursor, s: State): number {
  let at = pos
  while (at < end && !mayBegin(kind, buf, at, end, s)) at++
  if (kind === 'response' && at > pos) s.recovering = true
  return at < end ? at : -1
}

function mayBegin(kind: Kind, buf: Buffer, at: number, end: number, { framing }: State): boolean {
  const from = fromOf(kind)
  if (framing === 'plain' || framing === 'lz4')
    return end - at < SEGMENT_HEADER[framing] || segmentAt(framing, buf, at) !== undefined
  if (lookAt(from, buf, at, end) !== 'no') return true
  return framing === 'unknown' && lookAtSegment(from, buf, at, end) !== 'no'
}
