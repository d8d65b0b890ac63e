import { type Cursor, type DecodeOptions, INVALID, NEED_MORE } from '../protocol.js'
import { FieldReader, lineEnd } from './fields.js'
import { CHUNK_DATA, CHUNK_END, CHUNK_SIZE, DONE, LENGTH, type Side, TRAILER, UNTIL_CLOSE } from './frames.js'
import { HEAD_MAX, headEnd } from './head.js'

const MAX_LINE = 8 * 1024
const MAX_HEX_DIGITS = 13

/**
 * Eats what there is of a body, from `at` on → the offset after it, or INVALID.
 * What it could eat before the fault counts: INVALID comes only where the fault is at `at`.
 */
export function eatBody(side: Side, bytes: Cursor, at: number, options: DecodeOptions): number {
  if (side.message?.body === undefined) return at
  for (let next = at; ; ) {
    const after = eatPart(side, bytes, next, options)
    if (after === NEED_MORE || side.phase === DONE) return Math.max(after, next)
    if (after < 0) return next > at ? next : INVALID
    next = after
  }
}

// One part of a body at `at` → the offset after it · NEED_MORE · INVALID.
function eatPart(side: Side, bytes: Cursor, at: number, options: DecodeOptions): number {
  switch (side.phase) {
    case LENGTH:
    case CHUNK_DATA:
    case UNTIL_CLOSE:
      return at === bytes.end ? NEED_MORE : eatData(side, bytes, at)
    case TRAILER:
      return eatTrailers(side, bytes, at, options)
    default:
      return eatLine(side, bytes, at)
  }
}

function eatData(side: Side, { buf, end }: Cursor, at: number): number {
  const { phase } = side
  const length = phase === UNTIL_CLOSE ? end - at : Math.min(side.left, end - at)
  if (phase !== UNTIL_CLOSE) side.left -= length
  side.message?.body?.take(buf, at, at + length, phase === LENGTH ? side.left : -1)
  if (side.left === 0 && phase !== UNTIL_CLOSE) side.phase = phase === LENGTH ? DONE : CHUNK_END
  return at + length
}

// RFC 9112 §7.1: `size[;extension] CRLF`, and the CRLF after the data.
function eatLine(side: Side, { buf, end }: Cursor, at: number): number {
  const lf = buf.indexOf(10, at)
  if (lf < 0 || lf >= end) return end - at <= MAX_LINE ? NEED_MORE : INVALID
  const stop = lineEnd(buf, at, lf)
  if (lf - at > MAX_LINE) return INVALID
  if (side.phase === CHUNK_END) {
    if (stop > at) return INVALID
    side.phase = CHUNK_SIZE
    return lf + 1
  }
  const size = chunkSize(buf, at, stop)
  if (size < 0) return INVALID
  side.left = size
  side.phase = size > 0 ? CHUNK_DATA : TRAILER
  return lf + 1
}

// RFC 9112 §7.1.2: fields up to an empty line.
function eatTrailers(side: Side, { buf, end }: Cursor, at: number, options: DecodeOptions): number {
  const empty = buf[at] === 10 ? 1 : buf[at] === 13 && buf[at + 1] === 10 ? 2 : 0
  const to = empty > 0 ? at + empty : headEnd(buf, at + side.searched, end)
  if (at === end || to > end || to === NEED_MORE) {
    side.searched = Math.max(0, end - at - 2)
    return end - at <= HEAD_MAX ? NEED_MORE : INVALID
  }
  side.searched = 0
  if (to - at > HEAD_MAX) return INVALID
  if (empty === 0 && side.message !== undefined) {
    side.message.trailers = new FieldReader(options).read(buf, at, to)?.headers
  }
  side.phase = DONE
  return to
}

function chunkSize(buf: Buffer, start: number, end: number): number {
  let size = 0
  let digits = 0
  let at = start
  for (; at < end; at++) {
    const digit = hexDigit(buf[at] as number)
    if (digit < 0) break
    size = size * 16 + digit
    if (size > 0 && ++digits > MAX_HEX_DIGITS) return -1
  }
  if (at === start) return -1
  while (at < end && (buf[at] === 32 || buf[at] === 9)) at++
  return at === end || buf[at] === 59 ? size : -1
}

function hexDigit(c: number): number {
  if (c >= 48 && c <= 57) return c - 48
  const lower = c | 32
  return lower >= 97 && lower <= 102 ? lower - 87 : -1
}
