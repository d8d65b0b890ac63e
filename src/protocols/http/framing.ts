import { type Cursor, INVALID } from '../protocol.js'
import {
  CHUNK_DATA,
  CHUNK_END,
  CHUNK_SIZE,
  DONE,
  type Frame,
  HEAD,
  LENGTH,
  type Side,
  TRAILER,
  UNTIL_CLOSE,
} from './frames.js'

const MAX_LINE = 8 * 1024
const MAX_HEX_DIGITS = 13

/**
 * Eats what there is of a body, from `at` on → the offset after it, or INVALID.
 * What it could eat before the fault counts: INVALID comes only where the fault is at `at`.
 */
export function eatBody(side: Side<Frame>, bytes: Cursor, at: number): number {
  const { buf, end } = bytes
  const body = side.message?.body
  if (body === undefined) return at
  for (let next = at; ; ) {
    switch (side.phase) {
      case LENGTH:
      case CHUNK_DATA: {
        const n = Math.min(side.left, end - next)
        side.left -= n
        body.take(buf, next, next + n, side.phase === LENGTH ? side.left : 0)
        next += n
        if (side.left > 0) return next
        side.phase = side.phase === LENGTH ? DONE : CHUNK_END
        break
      }
      case UNTIL_CLOSE:
        body.take(buf, next, end, 0)
        return end
      case CHUNK_SIZE:
      case CHUNK_END:
      case TRAILER: {
        const lf = buf.indexOf(10, next)
        if (lf < 0 || lf >= end) return end - next <= MAX_LINE ? next : next > at ? next : INVALID
        if (!readLine(side, buf, next, lf)) return next > at ? next : INVALID
        next = lf + 1
        break
      }
      case DONE:
      case HEAD:
        return next
    }
  }
}

// RFC 9112 §7.1: `size[;extension] CRLF`, the CRLF after the data, trailer fields up to an empty line.
function readLine(side: Side<Frame>, buf: Buffer, at: number, lf: number): boolean {
  if (lf - at > MAX_LINE) return false
  const end = lf > at && buf[lf - 1] === 13 ? lf - 1 : lf
  if (side.phase === TRAILER) {
    if (end === at) side.phase = DONE
    return true
  }
  if (side.phase === CHUNK_END) {
    if (end === at) side.phase = CHUNK_SIZE
    return end === at
  }
  const size = chunkSize(buf, at, end)
  if (size < 0) return false
  side.left = size
  side.phase = size > 0 ? CHUNK_DATA : TRAILER
  return true
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
