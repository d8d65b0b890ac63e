import { isType, MIN_DOCUMENT } from './bson.js'
import { MAX_METHOD, PACKED_HEADER } from './unpack.js'
import {
  HEADER,
  headAt,
  i32,
  isFrom,
  MAX_MESSAGE,
  MSG_CHECKSUM,
  MSG_EXHAUST_ALLOWED,
  MSG_MORE_TO_COME,
  OP,
} from './wire.js'

export type Look = 'yes' | 'more' | 'no'
type End = 'client' | 'server'

const MSG_FLAGS = MSG_CHECKSUM | MSG_MORE_TO_COME | MSG_EXHAUST_ALLOWED
const MAX_NAME = 256
const REPLY_HEADER = 20

/** How the bytes look as a message of this end at `pos`. */
export function lookAt(from: End, buf: Buffer, pos: number, end: number): Look {
  if (end - pos < HEADER) return lookAtPart(buf, pos, end)
  const head = headAt(from, buf, pos)
  // Only answers name what they answer; some old clients write -1.
  if (head === undefined || (from === 'client') !== (head.to === 0 || head.to === -1)) return 'no'
  const last = pos + head.size
  const body = pos + HEADER
  switch (head.op) {
    case OP.msg:
      return lookAtMsg(buf, body, end, last)
    case OP.compressed:
      return lookAtCompressed(from, buf, body, end)
    case OP.reply:
      return lookAtReply(buf, body, end, last)
    case OP.killCursors:
      if (end - body < 8) return 'more'
      return i32(buf, body) === 0 && last - body === 8 + 8 * i32(buf, body + 4) && last > body + 8 ? 'yes' : 'no'
    case OP.command:
      return lookAtCommand(buf, body, end, last)
    case OP.commandReply:
      return lookAtDocument(buf, body, end, last)
    default:
      return lookAtNamed(head.op, buf, body, end, last)
  }
}

// No message is so long that the highest byte of its length is more than 2.
function lookAtPart(buf: Buffer, pos: number, end: number): Look {
  return end - pos > 3 && (i32(buf, pos) <= HEADER || i32(buf, pos) > MAX_MESSAGE) ? 'no' : 'more'
}

function lookAtMsg(buf: Buffer, pos: number, end: number, last: number): Look {
  if (end - pos < 9) return last - pos < 9 ? 'no' : 'more'
  const flags = i32(buf, pos)
  if ((flags & ~MSG_FLAGS) !== 0) return 'no'
  const kind = buf[pos + 4]
  if (kind === 0) return lookAtDocument(buf, pos + 5, end, last)
  const size = i32(buf, pos + 5)
  if (kind !== 1 || size < MIN_DOCUMENT || size > last - pos - 5) return 'no'
  return lookAtName(buf, pos + 9, end, last, 0)
}

function lookAtCompressed(from: End, buf: Buffer, pos: number, end: number): Look {
  if (end - pos < PACKED_HEADER) return 'more'
  const op = i32(buf, pos)
  const size = i32(buf, pos + 4)
  const sane = op !== OP.compressed && isFrom(from, op) && size > 0 && size <= MAX_MESSAGE
  return sane && (buf[pos + 8] as number) <= MAX_METHOD ? 'yes' : 'no'
}

function lookAtReply(buf: Buffer, pos: number, end: number, last: number): Look {
  if (end - pos < REPLY_HEADER) return 'more'
  const count = i32(buf, pos + 16)
  const documents = pos + REPLY_HEADER
  if (i32(buf, pos) >>> 0 > 15 || i32(buf, pos + 12) < 0 || count < 0) return 'no'
  if (count === 0) return documents === last ? 'yes' : 'no'
  return lookAtDocument(buf, documents, end, last)
}

// Flags or zero, then a namespace and a document.
function lookAtNamed(op: number, buf: Buffer, pos: number, end: number, last: number): Look {
  if (end - pos < 4) return 'more'
  if (i32(buf, pos) >>> 0 > (op === OP.query ? 0xff : op === OP.insert ? 1 : 0)) return 'no'
  const between = op === OP.insert ? 0 : op === OP.query ? 8 : op === OP.getMore ? -1 : 4
  return lookAtName(buf, pos + 4, end, last, between)
}

// Two names and a document.
function lookAtCommand(buf: Buffer, pos: number, end: number, last: number): Look {
  const nul = buf.indexOf(0, pos)
  if (nul < 0 || nul >= end) return end - pos > MAX_NAME || end >= last ? 'no' : 'more'
  return lookAtName(buf, nul + 1, end, last, 0)
}

// A name, `between` bytes (-1: the cursor of a getMore), a document.
function lookAtName(buf: Buffer, pos: number, end: number, last: number, between: number): Look {
  let at = pos
  while (at < end && at - pos <= MAX_NAME && (buf[at] as number) > 0x20) at++
  if (at === end && at - pos <= MAX_NAME) return end >= last ? 'no' : 'more'
  if (buf[at] !== 0 || at === pos) return 'no'
  if (between < 0) return last - at - 1 === 12 ? 'yes' : 'no'
  return lookAtDocument(buf, at + 1 + between, end, last)
}

// Its length and end, and type and key of its first element.
function lookAtDocument(buf: Buffer, pos: number, end: number, last: number): Look {
  if (last - pos < MIN_DOCUMENT) return 'no'
  if (end - pos < MIN_DOCUMENT + 1) return end >= last ? 'yes' : 'more'
  const size = i32(buf, pos)
  if (size < MIN_DOCUMENT || size > last - pos) return 'no'
  const type = buf[pos + 4] as number
  if (pos + size <= end && buf[pos + size - 1] !== 0) return 'no'
  if (size === MIN_DOCUMENT) return type === 0 ? 'yes' : 'no'
  return isType(type) && isKey(buf, pos + MIN_DOCUMENT, Math.min(end, pos + size)) ? 'yes' : 'no'
}

// Not empty, and without control characters, as far as it is there.
function isKey(buf: Buffer, start: number, end: number): boolean {
  let at = start
  while (at < end && (buf[at] as number) >= 0x20) at++
  return at === end || (at > start && buf[at] === 0)
}
