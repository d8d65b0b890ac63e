import { errorName } from './errors.js'
import { FLAG, HEADER, type Head, headAt, OP } from './header.js'
import { Reader } from './reader.js'

/** How bytes look: `weak` = like an envelope, but much else would as well. */
export type Look = 'yes' | 'weak' | 'more' | 'no'
type End = 'client' | 'server'

/** Weak envelopes in a row that are no accident. */
const CHAIN = 3
/** What is looked at of a body. */
const MAX_LOOK = 256
const MAX_SHORT = 16 * 1024 * 1024
const PREFIXES = FLAG.traced | FLAG.payload | FLAG.warned

/** How the bytes look as an envelope of this end at `pos`. */
export function lookAt(from: End, buf: Buffer, pos: number, end: number): Look {
  const first = lookAtOne(from, buf, pos, end)
  if (first !== 'weak') return first
  // What looks like several envelopes in a row is certain: with the third, or where the second ends with the bytes.
  let at = pos
  for (let n = 1; n < CHAIN; n++) {
    const next = nextOf(buf, at)
    if (next >= end) return n > 1 && next === end ? 'yes' : 'weak'
    const look = lookAtOne(from, buf, next, end)
    // A client that is refused tries another version.
    if (look === 'more' || (look === 'weak' && buf[next] !== buf[pos])) return 'weak'
    if (look !== 'weak') return look
    at = next
  }
  return 'yes'
}

const nextOf = (buf: Buffer, at: number): number => at + HEADER + buf.readInt32BE(at + 5)

function lookAtOne(from: End, buf: Buffer, pos: number, end: number): Look {
  if (end - pos < HEADER) return lookAtPart(from, buf, pos, end)
  const head = headAt(from, buf, pos)
  if (head === undefined || head.size !== HEADER || head.length > MAX_SHORT) return 'no'
  if (from === 'server' && head.stream < 0 && (head.op !== OP.event || head.stream !== -1)) return 'no'
  if (head.op === OP.options || head.op === OP.ready) return head.length === 0 ? 'weak' : 'no'
  if (head.length === 0) return 'no'
  // A body that is compressed says nothing of itself.
  if ((head.flags & FLAG.compressed) !== 0) return 'weak'
  const body = pos + HEADER
  const wanted = Math.min(head.length, MAX_LOOK)
  if (end - body < wanted) return 'more'
  if ((head.flags & PREFIXES) !== 0) return 'weak'
  const r = new Reader(buf, body, Math.min(end, body + head.length))
  return from === 'client' ? lookAtRequest(head, r) : lookAtResponse(head, r)
}

// The first byte is the version, with the bit of its end; the flags follow.
function lookAtPart(from: End, buf: Buffer, pos: number, end: number): Look {
  if (end === pos) return 'more'
  const first = buf[pos] as number
  const version = first & 0x7f
  const known = (version >= 3 && version <= 6) || version === 65 || version === 66
  if (!known || first > 0x7f !== (from === 'server')) return 'no'
  return end - pos > 1 && (buf[pos + 1] as number) > 31 ? 'no' : 'more'
}

function lookAtRequest({ op, length }: Head, r: Reader): Look {
  switch (op) {
    case OP.startup:
      return r.u16() > 0 && r.string() === 'CQL_VERSION' ? 'yes' : isOption(r) ? 'yes' : 'no'
    case OP.query:
    case OP.prepare: {
      const size = r.i32()
      const rest = length - 4 - size
      if (size <= 0 || (op === OP.query ? rest < 3 : rest !== 0 && rest < 4)) return 'no'
      return isText(r, size) ? 'yes' : 'no'
    }
    case OP.execute: {
      const size = r.u16()
      return size > 0 && size <= 64 && size + 5 <= length ? 'weak' : 'no'
    }
    case OP.batch:
      return r.byte() <= 2 && r.u16() * 5 <= length && r.byte() <= 1 ? 'weak' : 'no'
    case OP.register:
      return r.u16() > 0 && r.string().endsWith('_CHANGE') ? 'yes' : 'no'
    default:
      return isSized(r, length) ? 'weak' : 'no'
  }
}

// Options come in any order.
function isOption(r: Reader): boolean {
  return r.left > 0 && r.buf.subarray(r.pos, r.end).includes('CQL_VERSION')
}

function lookAtResponse({ op, length }: Head, r: Reader): Look {
  switch (op) {
    case OP.error:
      return errorName(r.i32()) !== null && r.u16() <= length - 6 && isText(r, Math.min(r.left, 16)) ? 'yes' : 'no'
    case OP.authenticate:
      return r.u16() === length - 2 && isText(r, length - 2) ? 'yes' : 'no'
    case OP.supported:
      return r.u16() > 0 && /^[A-Z][A-Z_]+$/.test(r.string()) ? 'yes' : 'no'
    case OP.event:
      return r.string().endsWith('_CHANGE') ? 'yes' : 'no'
    case OP.result:
      return lookAtResult(r.i32(), length, r)
    default:
      return isSized(r, length) ? 'weak' : 'no'
  }
}

function lookAtResult(kind: number, length: number, r: Reader): Look {
  if (kind === 1) return length === 4 ? 'weak' : 'no'
  if (kind === 3) return r.u16() === length - 6 ? 'yes' : 'no'
  if (kind === 5) return /^(?:CREATED|UPDATED|DROPPED)$/.test(r.string()) ? 'yes' : 'no'
  if (kind === 4) return r.u16() <= 64 ? 'weak' : 'no'
  const flags = r.i32()
  const columns = r.i32()
  return kind === 2 && flags >= 0 && flags < 16 && columns >= 0 && columns <= 0xffff ? 'weak' : 'no'
}

// [bytes] that are all of the body.
function isSized(r: Reader, length: number): boolean {
  const size = r.i32()
  return size === -1 ? length === 4 : size === length - 4
}

// No control characters but those of a text; its first bytes tell.
function isText(r: Reader, size: number): boolean {
  const last = Math.min(r.end, r.pos + size)
  for (let i = r.pos; i < last; i++) {
    const c = r.buf[i] as number
    if (c < 0x20 && (c < 0x09 || c > 0x0d)) return false
  }
  return last > r.pos
}
