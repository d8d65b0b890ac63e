import { u16, u32 } from '../byte-reader.js'
import { BACK, FRONT, HEADER, isType, Reader, sizeOf } from './messages.js'
import { startsSql } from './sql.js'

/** How bytes look: `weak` = like a message, but much else would as well. */
export type Look = 'yes' | 'weak' | 'more' | 'no'
type End = 'client' | 'server'

/** A longer message is not waited for to find out what it is, or believed without being whole. */
const MAX_LOOK = 64 * 1024
const MAX_SIZE = 1 << 24
const SHORT = 3

/** How the bytes look as a message of this end at `pos`. */
export function lookAt(from: End, buf: Buffer, pos: number, end: number): Look {
  const first = lookAtOne(from, buf, pos, end)
  if (first !== 'weak') return first
  // What looks like two messages in a row is certain.
  const next = pos + 1 + u32(buf, pos + 1)
  if (next === end) return 'weak'
  const second = lookAtOne(from, buf, next, end)
  if (second === 'no') return 'no'
  return second === 'more' ? 'weak' : 'yes'
}

function lookAtOne(from: End, buf: Buffer, pos: number, end: number): Look {
  if (pos >= end) return 'more'
  const type = buf[pos] as number
  if (!isType(from, type) || (end - pos > 1 && buf[pos + 1] !== 0)) return 'no'
  if (end - pos < HEADER) return 'more'
  const size = sizeOf(from, buf, pos)
  if (size < 0 || size > MAX_SIZE) return 'no'
  const r = new Reader(buf, pos + HEADER, Math.min(end, pos + size))
  if (end - pos >= size) return from === 'client' ? lookAtRequest(type, r) : lookAtResponse(type, r)
  const look = from === 'client' ? lookAtPart(type, r) : 'more'
  return look === 'more' && size > MAX_LOOK ? 'no' : look
}

// The first bytes of a statement tell; of other messages the whole structure does.
function lookAtPart(type: number, r: Reader): Look {
  if (type !== FRONT.query && type !== FRONT.parse) return 'more'
  if (type === FRONT.parse && readText(r) < 0) return r.ok ? 'no' : 'more'
  const start = r.pos
  const end = r.untilNul()
  return r.ok && type === FRONT.query ? 'no' : startsSql(r.buf, start, end)
}

function lookAtRequest(type: number, r: Reader): Look {
  switch (type) {
    case FRONT.query:
      return sure(readText(r), r.pos === r.end)
    case FRONT.parse:
      if (readText(r) < 0) return 'no'
      return sure(readText(r), r.take(2) >= 0 && r.end - r.pos === 4 * u16(r.buf, r.pos - 2))
    case FRONT.bind:
      return isBind(r) ? 'yes' : 'no'
    case FRONT.describe:
    case FRONT.close:
      return isTarget(r.byte()) && readText(r) >= 0 && r.pos === r.end ? 'weak' : 'no'
    case FRONT.execute:
      return readText(r) >= 0 && r.end - r.pos === 4 ? 'weak' : 'no'
    case FRONT.copyFail:
      return readText(r) >= 0 && r.pos === r.end ? 'weak' : 'no'
    default:
      return 'weak'
  }
}

function sure(length: number, fits: boolean): Look {
  if (length < 0 || !fits) return 'no'
  return length >= SHORT ? 'yes' : 'weak'
}

function isTarget(byte: number): boolean {
  return byte === 0x53 || byte === 0x50
}

function isBind(r: Reader): boolean {
  if (readText(r) < 0 || readText(r) < 0) return false
  r.take(r.u16() * 2)
  for (let n = r.u16(); n > 0 && r.ok; n--) r.take(Math.max(0, r.length()))
  r.take(r.u16() * 2)
  return r.ok && r.pos === r.end
}

function lookAtResponse(type: number, r: Reader): Look {
  switch (type) {
    case BACK.ready:
      return isState(r.byte()) ? 'yes' : 'no'
    case BACK.commandComplete:
      return isUpper(r.buf[r.pos] as number) && readText(r) > 0 && r.pos === r.end ? 'yes' : 'no'
    case BACK.error:
    case BACK.notice:
      return isFields(r) ? 'yes' : 'no'
    case BACK.rowDescription:
      return isDescription(r)
    case BACK.dataRow:
      return isRow(r)
    case BACK.parameterStatus:
      return readText(r) >= SHORT && readText(r) >= 0 && r.pos === r.end ? 'yes' : 'no'
    case BACK.authentication:
      return r.u32() <= 12 ? 'weak' : 'no'
    case BACK.parameterDescription:
      return r.u16() * 4 === r.end - r.pos ? 'weak' : 'no'
    case BACK.copyIn:
    case BACK.copyOut:
    case BACK.copyBoth:
      return r.byte() <= 1 && r.u16() * 2 === r.end - r.pos ? 'weak' : 'no'
    default:
      return 'weak'
  }
}

// Idle, in a transaction, in a failed one.
function isState(byte: number): boolean {
  return byte === 0x49 || byte === 0x54 || byte === 0x45
}

function isUpper(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a
}

// A letter and a text each, then a NUL.
function isFields(r: Reader): boolean {
  let fields = 0
  while (r.end - r.pos > 1) {
    const code = r.byte()
    if (!isUpper(code & ~0x20) || readText(r) < 0) return false
    fields++
  }
  return fields > 1 && r.byte() === 0
}

// Name, then 18 bytes, the last two of which are the format.
function isDescription(r: Reader): Look {
  const count = r.u16()
  for (let i = 0; i < count; i++) {
    if (readText(r) < 0 || r.take(16) < 0 || r.u16() > 1) return 'no'
  }
  return r.ok && r.pos === r.end ? (count > 0 ? 'yes' : 'weak') : 'no'
}

function isRow(r: Reader): Look {
  const count = r.u16()
  for (let i = 0; i < count && r.ok; i++) r.take(Math.max(0, r.length()))
  return r.ok && r.pos === r.end ? (count > 0 ? 'yes' : 'weak') : 'no'
}

// The length of the text up to the next NUL; -1 where there is no NUL or no text.
function readText(r: Reader): number {
  const start = r.pos
  const end = r.untilNul()
  return r.ok && isText(r.buf, start, end) ? end - start : -1
}

// No control characters but those of a text; its first bytes tell.
function isText(buf: Buffer, start: number, end: number): boolean {
  for (let i = start; i < Math.min(end, start + 512); i++) {
    const c = buf[i] as number
    if (c < 0x20 && (c < 0x09 || c > 0x0d)) return false
  }
  return true
}
