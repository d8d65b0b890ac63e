import { lz4Block } from '../../lib/lz4.js'
import { snappy } from '../../lib/snappy.js'
import { type Cursor, Filler, INVALID, type Kind, NEED_MORE } from '../protocol.js'
import { FLAG, HEADER, type Head, hasSegments, headAt, MAX_BODY, OP, UNASKED } from './header.js'
import { lookAt } from './look.js'
import { Reader } from './reader.js'
import { readRequest } from './request.js'
import { readResponse, skipPayload } from './response.js'
import {
  expectAnswer,
  type Frame,
  giveUp,
  loseAnswers,
  Request,
  Response,
  type Side,
  type State,
  takeAsked,
} from './state.js'

/** Of a body this much is waited for and read; columns of a result come before its rows are counted. */
const MIN_PREFIX = 32 * 1024
const MAX_PREFIX = 256 * 1024

const fromOf = (kind: Kind): 'client' | 'server' => (kind === 'request' ? 'client' : 'server')
export const sideOf = (kind: Kind, s: State): Side => (kind === 'request' ? s.client : s.server)

/** One envelope, or a part of a long one. */
export function parseEnvelope(kind: Kind, bytes: Cursor, s: State, out: Frame[]): number {
  const { buf, pos, end } = bytes
  const side = sideOf(kind, s)
  side.waiting = null
  handOut(side, out)
  if (pos === end) return NEED_MORE
  if (side.message !== null) return eatRest(bytes, side, out)
  if (end - pos < HEADER) return needMore(bytes, HEADER)
  const head = headAt(fromOf(kind), buf, pos)
  if (head === undefined) return lose(kind, s)
  if (side.doubt) {
    const look = lookAt(fromOf(kind), buf, pos, end)
    if (look === 'no') return lose(kind, s)
    if (look === 'more') return needMore(bytes, end - pos + 1)
  }
  side.doubt = false
  const needed = head.size + Math.min(head.length, prefixOf(s))
  if (end - pos < needed) {
    side.waiting = head
    return needMore(bytes, needed)
  }
  const message = begin(kind, head, side, s)
  read(message, head, buf, pos + head.size, pos + needed, s)
  side.left = head.size + head.length - needed
  if (message instanceof Request) {
    out.push(message)
    if (side.left === 0) side.message = null
  } else if (side.left === 0) finish(side, out)
  bytes.skip = side.left
  return needed
}

function needMore(bytes: Cursor, want: number): number {
  bytes.want = want
  return NEED_MORE
}

function prefixOf(s: State): number {
  return Math.max(MIN_PREFIX, Math.min(MAX_PREFIX, 4 * s.conn.options.bodyBytes))
}

// What ended with bytes that are lost.
function handOut(side: Side, out: Frame[]): void {
  if (side.unsent !== null) out.push(side.unsent)
  side.unsent = null
  if (side.message !== null && side.left === 0) finish(side, out)
}

// A request is handed out at once, for its answer may be seen before its last byte; an answer when it is complete.
function begin(kind: Kind, head: Head, side: Side, s: State): Frame {
  s.version = head.version
  side.message = kind === 'request' ? new Request(head) : responseTo(head, s)
  if (side.message instanceof Request) expectAnswer(s, head.stream, side.message)
  return side.message
}

function responseTo(head: Head, s: State): Frame {
  if (head.stream === UNASKED) return head.op === OP.event ? new Response(head, null) : stray(s)
  const request = takeAsked(s, head.stream)
  if (request === undefined) return unasked(head, s)
  const { message, left } = s.client
  // Nobody answers what has not come: the rest of the request was lost; of a long one it is not needed.
  if (message === request && left > 0 && request.body === null) request.lost = true
  if (answers(request.op, head.op)) return new Response(head, request)
  giveUp(request)
  return stray(s)
}

function unasked(head: Head, s: State): Frame {
  // The STARTUP was lost.
  if ((head.op === OP.ready || head.op === OP.authenticate) && hasSegments(head.version)) s.framing = 'unknown'
  return head.op === OP.error && !s.holes ? new Response(head, null) : stray(s)
}

function stray(s: State): Filler {
  s.strays++
  return new Filler()
}

// What may answer what ("4.1 Requests").
function answers(asked: number, answer: number): boolean {
  if (answer === OP.error) return true
  switch (asked) {
    case OP.startup:
      return answer === OP.ready || answer === OP.authenticate
    case OP.authResponse:
      return answer === OP.authChallenge || answer === OP.authSuccess
    case OP.options:
      return answer === OP.supported
    case OP.register:
      return answer === OP.ready
    default:
      return answer === OP.result
  }
}

// `buf[pos, end)` is the body, or the first part of it.
function read(message: Frame, head: Head, buf: Buffer, pos: number, end: number, s: State): void {
  if (message instanceof Filler) return
  const isCompressed = (head.flags & FLAG.compressed) !== 0 && s.framing !== 'plain' && s.framing !== 'lz4'
  const plain = isCompressed ? unpack(buf, pos, end, prefixOf(s), s) : buf
  if (plain === undefined) {
    message.cut = true
    return
  }
  const whole = end - pos === head.length && (!isCompressed || plain.length < prefixOf(s))
  const r = isCompressed ? new Reader(plain, 0, plain.length) : new Reader(buf, pos, end)
  if (message instanceof Request) {
    if ((head.flags & FLAG.payload) !== 0) skipPayload(r)
    readRequest(message, r, whole, s)
    return
  }
  readResponse(message, head.flags, r, whole, s)
  if (message.request?.op === OP.startup) settle(message, message.request, s)
}

// Bodies of v3 and v4: LZ4 with its length before it (4, big-endian), or Snappy. Where the STARTUP was not seen, what fits.
function unpack(buf: Buffer, pos: number, end: number, limit: number, s: State): Buffer | undefined {
  const asLz4 = (): Buffer | undefined => {
    const length = end - pos < 4 ? -1 : buf.readInt32BE(pos)
    if (length < 0 || length > MAX_BODY) return undefined
    return lz4Block(buf, pos + 4, end, Math.min(length, limit))
  }
  if (s.compression === 'lz4') return asLz4()
  if (s.compression === 'snappy') return snappy(buf, pos, end, limit)
  return buf[pos] === 0 ? (asLz4() ?? snappy(buf, pos, end, limit)) : snappy(buf, pos, end, limit)
}

// The connection is open: from v5 on what follows, of both ends, is in segments.
function settle(response: Response, { version, body, compression }: Request, s: State): void {
  if (response.op !== OP.ready && response.op !== OP.authenticate) return
  s.compression = compression
  if (hasSegments(version)) s.framing = body === null ? 'unknown' : compression === 'lz4' ? 'lz4' : 'plain'
}

function eatRest(bytes: Cursor, side: Side, out: Frame[]): number {
  const here = Math.min(bytes.end - bytes.pos, side.left)
  side.left -= here
  bytes.skip = side.left
  if (side.left === 0) finish(side, out)
  return here
}

// The last byte was eaten, or is known to be lost. A request was handed out with its first bytes.
function finish(side: Side, out: Frame[]): void {
  const { message } = side
  side.message = null
  if (message !== null) out.push(message instanceof Request ? new Filler() : message)
}

/** `length` bytes of envelopes are missing (`lost`: not on purpose); true: only a part of one is. */
export function gapInEnvelopes(kind: Kind, length: number, s: State, lost: boolean): boolean {
  const side = sideOf(kind, s)
  const { waiting } = side
  side.waiting = null
  if (waiting !== null && length <= waiting.size + waiting.length) {
    beginLost(kind, waiting, length, side, s)
    return true
  }
  if (side.message === null || length > side.left) {
    lose(kind, s)
    return false
  }
  if (lost) side.message.lost = true
  side.left -= length
  return true
}

// Of the message only the header is known.
function beginLost(kind: Kind, head: Head, length: number, side: Side, s: State): void {
  const message = begin(kind, head, side, s)
  message.lost = true
  if (message instanceof Request) side.unsent = message
  side.left = head.size + head.length - length
}

/** The place in the stream is lost: what is under way, and messages of which nobody knows. */
export function lose(kind: Kind, s: State): number {
  const side = sideOf(kind, s)
  const { message } = side
  if (message !== null) message.lost = true
  if (message instanceof Response && message.request !== null) giveUp(message.request)
  side.message = null
  side.left = 0
  side.unsent = null
  side.waiting = null
  side.doubt = true
  s.holes = true
  // Where the connection was opened is lost, maybe.
  if (s.framing === 'none' && (s.version === 0 || hasSegments(s.version))) s.framing = 'unknown'
  if (kind === 'response') loseAnswers(s)
  return INVALID
}
