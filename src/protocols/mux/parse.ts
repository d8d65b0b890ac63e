import { Fields } from '../fields.js'
import { type Cursor, INVALID, type Kind, NEED_MORE } from '../protocol.js'
import { findFrame, HEAD, lookAtFrame, readFrameHead } from './frame.js'
import { Message, readBody } from './message.js'
import { abandon, take } from './pairing.js'
import type { Side, State } from './state.js'
import { isDispatch, isT } from './types.js'

/** Bytes of a message that are looked at: its head, and of the payload what is shown. */
const LOOKED_AT = 16 * 1024
const LOOKED_AT_MAX = 256 * 1024

/** One message, or a part of one. */
export function parse(kind: Kind, bytes: Cursor, s: State, out: Message[]): number {
  const { buf, pos, end } = bytes
  const side = sideOf(kind, s)
  if (side.message !== undefined) return readOn(kind, side.message, bytes, s, out)
  if (side.passing > 0) return passOver(side, bytes, out)
  if (end - pos < HEAD) {
    bytes.want = HEAD
    return NEED_MORE
  }
  const head = readFrameHead(buf, pos)
  if (head === undefined) {
    loseReplies(kind, s)
    side.forget()
    return INVALID
  }
  const { total, type, tag } = head
  const looked = Math.min(LOOKED_AT_MAX, LOOKED_AT + s.conn.options.bodyBytes)
  const needed = Math.min(total, looked)
  if (end - pos < needed) {
    bytes.want = needed
    side.awaited = total
    return NEED_MORE
  }
  side.awaited = 0
  const message = new Message(type, tag)
  const eaten = Math.min(total, end - pos)
  // After a loss it may be the rest of a message whose first fragments are missing.
  if (side.torn && isT(type) && isDispatch(type) && !side.joined.has(message.tag))
    message.lost = lookAtFrame(buf, pos, end) !== 'sure'
  readParts(side, message, buf.subarray(pos + HEAD, pos + Math.min(eaten, looked)), total - HEAD, s)
  side.message = message
  side.left = total - eaten
  if (side.left === 0) finish(kind, message, s, out)
  else bytes.skip = side.left
  return eaten
}

function sideOf(kind: Kind, s: State): Side {
  return kind === 'request' ? s.client : s.server
}

// A message without fragments, a fragment, or the last one.
function readParts(side: Side, message: Message, body: Buffer, size: number, s: State): void {
  if (message.lost) return
  const options = side.roomy ? s.conn.options : { ...s.conn.options, bodyBytes: 0 }
  if (!message.fragment && !side.joined.has(message.tag)) {
    readBody(message, new Fields(body, 0, body.length), size, options)
    return
  }
  const joined = side.join(message, body, size)
  message.first = joined.first
  if (message.fragment) return
  side.part(message.tag)
  if (joined.type === message.type)
    readBody(message, new Fields(joined.prefix, 0, joined.prefix.length), joined.size, options)
  else readBody(message, new Fields(body, 0, body.length), size, options)
}

// A message that was cut off by a gap ends without bytes of its own.
function readOn(kind: Kind, message: Message, bytes: Cursor, s: State, out: Message[]): number {
  const side = sideOf(kind, s)
  const eaten = Math.min(side.left, bytes.end - bytes.pos)
  side.left -= eaten
  if (side.left === 0) finish(kind, message, s, out)
  else bytes.skip = side.left
  return eaten
}

function finish(kind: Kind, message: Message, s: State, out: Message[]): void {
  sideOf(kind, s).message = undefined
  out.push(message)
  if (!message.fragment) take(kind, message, s)
}

function passOver(side: Side, { pos, end }: Cursor, out: Message[]): number {
  const eaten = Math.min(side.passing, end - pos)
  side.passing -= eaten
  if (side.passing === 0) out.push(new Message(0, 0))
  return eaten
}

/** `length` bytes are missing; true: they are all within one message. */
export function gap(kind: Kind, length: number, s: State): boolean {
  const side = sideOf(kind, s)
  if (side.message !== undefined && length <= side.left) {
    side.left -= length
    return true
  }
  loseReplies(kind, s)
  const { awaited, passing } = side
  side.forget()
  side.passing = Math.max(awaited, passing) - length
  if (side.passing >= 0) return true
  side.passing = 0
  return false
}

/** See `Protocol.findBoundary`. */
export function findBoundary(kind: Kind, { buf, pos, end }: Cursor, s: State): number {
  sideOf(kind, s).forget()
  return findFrame(buf, pos, end)
}

// Among what is missing may be answers, and tags may be in use again: nobody knows which request the next one belongs to.
function loseReplies(kind: Kind, s: State): void {
  abandon(kind === 'request' ? s.server : s.client, s)
}
