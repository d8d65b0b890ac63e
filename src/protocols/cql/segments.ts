import { lz4Block } from '../../lib/lz4.js'
import { ByteCursor } from '../cursor.js'
import { type Cursor, Filler, INVALID, type Kind, NEED_MORE } from '../protocol.js'
import { gapInEnvelopes, lose, parseEnvelope, sideOf } from './envelopes.js'
import { HEADER, headAt } from './header.js'
import { type Look, lookAt } from './look.js'
import { MAX_PAYLOAD, SEGMENT_HEADER, type Segment, segmentAt, TAIL, unpackSegment } from './segment.js'
import type { Frame, Side, State } from './state.js'

/** Without an envelope in this many bytes they are given up. */
const MAX_PLAIN = 1 << 20
const EMPTY = Buffer.alloc(0)

/**
 * A segment, or a part of one that is not compressed. Its payload is a piece of the stream of envelopes: it is put behind what
 * was left of the piece before, and parsed as if it had come that way.
 */
export function parseSegments(kind: Kind, bytes: Cursor, s: State, out: Frame[]): number {
  const { buf, pos, end } = bytes
  const side = sideOf(kind, s)
  side.segmentWaiting = 0
  if (side.payloadLeft === 0 && side.tailLeft === 0 && side.message !== null && side.left === 0)
    feed(kind, EMPTY, s, out)
  if (pos === end) return NEED_MORE
  if (side.payloadLeft > 0 || side.tailLeft > 0) return eatRest(kind, bytes, 0, s, out)
  const framing = s.framing === 'lz4' ? 'lz4' : 'plain'
  if (end - pos < SEGMENT_HEADER[framing]) return needMore(bytes, SEGMENT_HEADER[framing])
  const segment = segmentAt(framing, buf, pos)
  if (segment === undefined) return notSegment(kind, bytes, side, s, out)
  s.segmented = true
  const total = segment.header + segment.length + TAIL
  if (framing === 'lz4' && end - pos < total) {
    side.segmentWaiting = total
    return needMore(bytes, total)
  }
  align(kind, segment, buf, pos, end, side, s)
  if (framing === 'lz4') {
    const plain = unpackSegment(segment, buf, pos + segment.header)
    if (plain !== undefined) feed(kind, plain, s, out)
    else astray(kind, side, s)
    return total
  }
  side.payloadLeft = segment.length
  side.tailLeft = TAIL
  return eatRest(kind, bytes, segment.header, s, out)
}

// Version 5 had none while it was beta.
function notSegment(kind: Kind, bytes: Cursor, side: Side, s: State, out: Frame[]): number {
  const { buf, pos, end } = bytes
  const from = kind === 'request' ? 'client' : 'server'
  if (s.segmented || lookAt(from, buf, pos, end) === 'no') return loseSegments(kind, side, s)
  if (end - pos < HEADER) return needMore(bytes, HEADER)
  s.framing = 'none'
  return parseEnvelope(kind, bytes, s, out)
}

function needMore(bytes: Cursor, want: number): number {
  bytes.want = want
  return NEED_MORE
}

// Envelopes begin with a segment that has whole ones, and with the first segment of a long one.
function align(kind: Kind, segment: Segment, buf: Buffer, pos: number, end: number, side: Side, s: State): void {
  const busy = side.message !== null || side.plain.length > 0
  if (busy && segment.selfContained) {
    lose(kind, s)
    side.plain = EMPTY
  }
  if (segment.selfContained) side.astray = false
  else if (side.astray) side.astray = !beginsEnvelope(kind, segment, buf, pos + segment.header, end)
  if (segment.selfContained || !busy) side.doubt = false
}

// Whether a segment that has a part of an envelope has the first.
function beginsEnvelope(kind: Kind, { length, plainLength }: Segment, buf: Buffer, pos: number, end: number): boolean {
  const last = Math.min(end, pos + length)
  const start = plainLength === 0 ? buf.subarray(pos, last) : (lz4Block(buf, pos, last, HEADER) ?? EMPTY)
  if (start.length < HEADER) return false
  const head = headAt(kind === 'request' ? 'client' : 'server', start, 0)
  return head !== undefined && head.size + head.length > Math.max(length, plainLength)
}

// Eats what is here of the segment under way after `before` bytes: payload, then checksum.
function eatRest(kind: Kind, bytes: Cursor, before: number, s: State, out: Frame[]): number {
  const side = sideOf(kind, s)
  const start = bytes.pos + before
  const piece = bytes.buf.subarray(start, Math.min(bytes.end, start + side.payloadLeft))
  side.payloadLeft -= piece.length
  if (piece.length > 0) feed(kind, piece, s, out)
  const tail = side.payloadLeft > 0 ? 0 : Math.min(side.tailLeft, bytes.end - start - piece.length)
  side.tailLeft -= tail
  // The checksum is no part of what comes next.
  if (tail > 0 && side.tailLeft === 0 && side.message === null && side.plain.length === 0) out.push(new Filler())
  return before + piece.length + tail
}

function feed(kind: Kind, piece: Buffer, s: State, out: Frame[]): void {
  const side = sideOf(kind, s)
  if (side.astray) {
    if (kind === 'response') s.recovering = true
    return
  }
  const plain = side.plain.length === 0 ? piece : Buffer.concat([side.plain, piece])
  const cursor = new ByteCursor(plain)
  let eaten = 0
  do {
    eaten = parseEnvelope(kind, cursor, s, out)
    if (eaten > 0) cursor.pos += eaten
  } while (eaten > 0 && cursor.pos < plain.length)
  if (eaten === INVALID || plain.length - cursor.pos > MAX_PLAIN) astray(kind, side, s)
  else side.plain = cursor.pos === plain.length ? EMPTY : Buffer.from(plain.subarray(cursor.pos))
}

function astray(kind: Kind, side: Side, s: State): void {
  lose(kind, s)
  side.plain = EMPTY
  side.astray = true
}

function loseSegments(kind: Kind, side: Side, s: State): number {
  side.payloadLeft = 0
  side.tailLeft = 0
  astray(kind, side, s)
  return INVALID
}

/** `length` bytes are missing (`lost`: not on purpose); true: they end in the segment under way, or with it. */
export function gapInSegments(kind: Kind, length: number, s: State, lost: boolean): boolean {
  const side = sideOf(kind, s)
  const waiting = side.segmentWaiting
  side.segmentWaiting = 0
  if (waiting > 0 && length <= waiting) {
    // A compressed segment of which the end is missing.
    astray(kind, side, s)
    side.tailLeft = waiting - length
    return true
  }
  if (length === 0 || length > side.payloadLeft + side.tailLeft) {
    loseSegments(kind, side, s)
    return false
  }
  const missing = Math.min(length, side.payloadLeft)
  side.payloadLeft -= missing
  side.tailLeft -= length - missing
  if (side.astray || missing === 0) return true
  // What is left over of an envelope counts as missing, too.
  const known = gapInEnvelopes(kind, missing + side.plain.length, s, lost)
  side.plain = EMPTY
  if (!known) side.astray = true
  return true
}

/** How the bytes look as a segment of this end at `pos`, compressed or not. */
export function lookAtSegment(from: 'client' | 'server', buf: Buffer, pos: number, end: number): Look {
  const looks = (['plain', 'lz4'] as const).map((framing) => lookAs(framing, from, buf, pos, end))
  return looks.includes('yes') ? 'yes' : looks.includes('more') ? 'more' : 'no'
}

function lookAs(framing: 'plain' | 'lz4', from: 'client' | 'server', buf: Buffer, pos: number, end: number): Look {
  if (end - pos < SEGMENT_HEADER[framing]) return 'more'
  const segment = segmentAt(framing, buf, pos)
  if (segment === undefined || segment.length === 0 || segment.length > MAX_PAYLOAD) return 'no'
  const start = pos + segment.header
  // A part of a long envelope has no end of its own.
  if (!segment.selfContained) return 'yes'
  const last = Math.min(end, start + segment.length)
  if (last - start < Math.min(segment.length, 2 * HEADER)) return 'more'
  const plain = segment.plainLength === 0 ? buf.subarray(start, last) : lz4Block(buf, start, last, HEADER)
  return plain !== undefined && plain.length >= HEADER && lookAt(from, plain, 0, HEADER) !== 'no' ? 'yes' : 'no'
}

/** Which segments there are at `pos`. */
export function framingAt(buf: Buffer, pos: number, end: number): 'plain' | 'lz4' | undefined {
  return (['plain', 'lz4'] as const).find(
    (framing) => end - pos >= SEGMENT_HEADER[framing] && segmentAt(framing, buf, pos) !== undefined,
  )
}
