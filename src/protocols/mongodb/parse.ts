import { type Cursor, Filler, INVALID, type Kind, NEED_MORE } from '../protocol.js'
import { lookAt } from './look.js'
import { readReply, readRequest } from './message.js'
import { secretsOf } from './secrets.js'
import { showDocuments, showSections } from './show.js'
import {
  doubtAnswers,
  expectAnswer,
  expectMore,
  type Frame,
  giveUp,
  Reply,
  Request,
  type Side,
  type State,
  takeAsked,
} from './state.js'
import { unpack } from './unpack.js'
import type { Walk } from './walk.js'
import { HEADER, type Head, headAt, OP, Reader } from './wire.js'

// Of a message this much is waited for; what follows is walked over as it comes.
const MIN_PREFIX = 4096
const MAX_PREFIX = 256 * 1024
// BSON may be longer than the JSON that it makes.
const PREFIX_RATIO = 4
/** Compressed bytes of one message that are kept. */
const MAX_HELD = 1 << 20

const fromOf = (kind: Kind): 'client' | 'server' => (kind === 'request' ? 'client' : 'server')
const sideOf = (kind: Kind, s: State): Side => (kind === 'request' ? s.client : s.server)

/** One message, or a part of a long one. */
export function parse(kind: Kind, bytes: Cursor, s: State, out: Frame[]): number {
  const { buf, pos, end } = bytes
  const side = sideOf(kind, s)
  side.waiting = null
  if (side.unsent !== null) out.push(side.unsent)
  side.unsent = null
  if (side.message !== null && side.left === 0) finish(side, s, out)
  if (pos === end) return NEED_MORE
  if (side.message !== null) return eatRest(bytes, side, s, out)
  if (end - pos < HEADER) return needMore(bytes, HEADER)
  const head = headAt(fromOf(kind), buf, pos)
  if (head === undefined) return lose(kind, s)
  if (side.doubt) {
    const look = lookAt(fromOf(kind), buf, pos, end)
    if (look === 'no') return lose(kind, s)
    if (look === 'more') return needMore(bytes, end - pos + 1)
    // What was searched through may have been answers.
    if (kind === 'response') doubtAnswers(s)
  }
  side.doubt = false
  const prefix = Math.max(MIN_PREFIX, Math.min(MAX_PREFIX, PREFIX_RATIO * s.conn.options.bodyBytes))
  const needed = Math.min(head.size, HEADER + prefix)
  if (end - pos < needed) {
    side.waiting = head
    return needMore(bytes, needed)
  }
  const message = begin(kind, head, side, s)
  if (message instanceof Request) out.push(message)
  const eaten = HEADER + take(message, side, buf, pos + HEADER, pos + needed, head.size - HEADER, s)
  side.left = head.size - eaten
  if (side.left === 0 && message instanceof Request) clear(side)
  if (side.left === 0) finish(side, s, out)
  bytes.skip = skipOf(side)
  return eaten
}

function needMore(bytes: Cursor, want: number): number {
  bytes.want = want
  return NEED_MORE
}

// A request is handed out at once, for its answer may be seen before its last byte; an answer when it is complete.
function begin(kind: Kind, head: Head, side: Side, s: State): Frame {
  side.message = kind === 'request' ? new Request(head) : replyTo(head, s)
  if (side.message instanceof Request) expectAnswer(s, side.message)
  return side.message
}

function replyTo(head: Head, s: State): Frame {
  const asked = takeAsked(s, head.to)
  if (asked !== undefined) {
    const { message, left, walk } = s.client
    // Nobody answers what has not come: the rest of the request was lost.
    if (message === asked.request && left > (walk?.skip ?? 0)) message.lost = true
    return new Reply(head, asked.request, asked.follows)
  }
  s.strays++
  return new Filler()
}

// `buf[pos, end)` is the body, or the first part of `total` bytes of it; → bytes used. Compressed bytes are kept until all are there.
function take(message: Frame, side: Side, buf: Buffer, pos: number, end: number, total: number, s: State): number {
  if (message instanceof Filler) return end - pos
  if (message.op !== OP.compressed) {
    side.walk = open(message, buf, pos, end, total, s)
    return side.walk === null ? end - pos : side.walk.at
  }
  if (end - pos === total) openPacked(message, buf, pos, end, true, s)
  else side.held = [Buffer.from(buf.subarray(pos, end))]
  return end - pos
}

function openPacked(message: Request | Reply, buf: Buffer, pos: number, end: number, whole: boolean, s: State): void {
  const inner = unpack(buf, pos, end, whole)
  if (inner === undefined) {
    message.cut = true
    return
  }
  message.op = inner.op
  open(message, inner.plain, 0, inner.plain.length, inner.total, s)
}

// → what reads the rest; null: nothing does.
function open(message: Request | Reply, buf: Buffer, pos: number, end: number, total: number, s: State): Walk | null {
  const r = new Reader(buf, pos, end)
  const walk = message instanceof Request ? readRequest(message, r, total) : readReply(message, r, total)
  if (message instanceof Request && message.quiet) s.pending.delete(message.id)
  if (!r.ok) return null
  walk.feed(buf, r.pos, end)
  if (message.body === null) show(message, buf, pos, r.pos, end, total, s)
  return walk
}

function show(
  message: Request | Reply,
  buf: Buffer,
  pos: number,
  start: number,
  end: number,
  total: number,
  s: State,
): void {
  const { facts } = message instanceof Request ? message : message.request
  const { bodyBytes, redact } = s.conn.options
  const secrets = secretsOf(facts.command, facts.collection, redact)
  const isMsg = message.op === OP.msg
  const last = isMsg && hasChecksum(buf, pos) ? Math.min(end, pos + total - 4) : end
  const shown = (isMsg ? showSections : showDocuments)(buf, start, last, end - pos === total, bodyBytes, secrets)
  message.body = shown.text
  message.cut = shown.cut
}

function hasChecksum(buf: Buffer, pos: number): boolean {
  return ((buf[pos] as number) & 1) !== 0
}

function eatRest(bytes: Cursor, side: Side, s: State, out: Frame[]): number {
  const { buf, pos, end } = bytes
  const here = Math.min(end - pos, side.left)
  let used = side.walk === null ? here : side.walk.feed(buf, pos, pos + here)
  if (used === 0) {
    const want = side.walk?.want ?? 0
    if (want <= side.left && want > here) return needMore(bytes, want)
    side.walk?.giveUp()
    used = here
  }
  if (side.held !== null) hold(side.held, buf, pos, pos + used)
  side.left -= used
  if (side.left === 0) finish(side, s, out)
  bytes.skip = skipOf(side)
  return used
}

function hold(held: Buffer[], buf: Buffer, pos: number, end: number): void {
  const size = held.reduce((sum, piece) => sum + piece.length, 0)
  if (size < MAX_HELD) held.push(Buffer.from(buf.subarray(pos, end)))
}

function skipOf({ left, walk, held }: Side): number {
  return walk !== null ? Math.min(left, walk.skip) : held === null ? left : 0
}

// The last byte was eaten, or is known to be lost. A request was handed out with its first bytes.
function finish(side: Side, s: State, out: Frame[]): void {
  const { message, held } = side
  clear(side)
  if (message === null) return
  if (held !== null && !(message instanceof Filler)) unpackHeld(held, message, true, s)
  if (message instanceof Reply && message.more) expectMore(s, message)
  out.push(message instanceof Request ? new Filler() : message)
}

function unpackHeld(held: Buffer[], message: Request | Reply, whole: boolean, s: State): void {
  const packed = Buffer.concat(held)
  openPacked(message, packed, 0, packed.length, whole && packed.length === message.size - HEADER, s)
}

function clear(side: Side): void {
  side.message = null
  side.left = 0
  side.walk = null
  side.held = null
}

/** `length` bytes are missing (`lost`: not on purpose); true: only a part of one message is. */
export function gap(kind: Kind, length: number, s: State, lost: boolean): boolean {
  const side = sideOf(kind, s)
  const { waiting } = side
  side.waiting = null
  if (waiting !== null && length <= waiting.size) return beginLost(kind, waiting, length, side, s)
  const { message } = side
  if (message === null || length > side.left) {
    lose(kind, s)
    return false
  }
  if (lost) message.lost = true
  side.walk?.miss(length)
  if (side.held !== null && !(message instanceof Filler)) {
    unpackHeld(side.held, message, false, s)
    side.held = null
  }
  side.left -= length
  return true
}

// Of the message only the header is known.
function beginLost(kind: Kind, head: Head, length: number, side: Side, s: State): boolean {
  begin(kind, head, side, s)
  const message = side.message as Frame
  message.lost = true
  if (message instanceof Request) side.unsent = message
  side.left = head.size - length
  return true
}

// The place in the stream is lost: what is under way, and messages of which nobody knows.
function lose(kind: Kind, s: State): number {
  const side = sideOf(kind, s)
  if (side.message instanceof Reply) giveUp(side.message.request)
  if (side.message !== null) side.message.lost = true
  clear(side)
  side.unsent = null
  side.doubt = true
  if (kind === 'response') doubtAnswers(s)
  return INVALID
}
