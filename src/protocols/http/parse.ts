import { type Cursor, INVALID, type Kind, NEED_MORE } from '../protocol.js'
import { Body } from './body.js'
import { lineEnd } from './fields.js'
import {
  CHUNK_DATA,
  CHUNK_END,
  CHUNK_SIZE,
  DONE,
  type Frame,
  HEAD,
  LENGTH,
  Request,
  Response,
  type Side,
  type State,
  UNTIL_CLOSE,
} from './frames.js'
import { eatBody } from './framing.js'
import { HEAD_MAX, HTTP_0_9, type RequestHead, type ResponseHead, simpleRequestHead } from './head.js'
import { claim, enqueue, losePlace, pipelines } from './pairing.js'
import { isGarbledRequest, mayBeRequest, mayBeRequestLine, mayBeResponse, simpleRequestEnd } from './start.js'
import { isTunnelAsked, nextProtocol } from './upgrade.js'

/** Reads a head, a body or a part of one; see `Protocol.parse`. */
export function parse(kind: Kind, bytes: Cursor, state: State, out: Frame[]): number {
  if (state.opaque) return bytes.end - bytes.pos
  const eaten = kind === 'request' ? parseRequest(bytes, state, out) : parseResponse(bytes, state, out)
  if (kind === 'request' && state.fresh && eaten !== NEED_MORE) {
    state.fresh = false
    if (eaten < 0 && isRefused(bytes)) return refused(bytes, state, out)
  }
  if (eaten < 0) {
    losePlace(state, kind)
    if (kind === 'request') state.garbled = state.unbroken
    else state.unbroken = false
  }
  return eaten
}

// What is no request, or one whose head is longer than what is read.
function isRefused({ buf, pos, end }: Cursor): boolean {
  return end - pos > HEAD_MAX || isGarbledRequest(buf, pos, end)
}

// It is answered, and the answer stands alone.
function refused(bytes: Cursor, state: State, out: Frame[]): number {
  state.garbled = true
  state.requestGap = true
  out.push(state.rest)
  return bytes.end - bytes.pos
}

/** `length` bytes are missing; see `Protocol.gap`. */
export function gap(kind: Kind, length: number, state: State, lost: boolean): boolean {
  if (state.opaque) return true
  const side: Side = kind === 'request' ? state.request : state.response
  // Without its request the length of a response is not certain (HEAD).
  const unsure = kind === 'response' && state.response.message?.request === undefined
  if (unsure || !skipBody(side, length, lost)) {
    losePlace(state, kind)
    state.unbroken = false
    return false
  }
  if (side.phase === DONE && kind === 'request') finishRequest(state)
  return true
}

function skipBody(side: Side, length: number, lost: boolean): boolean {
  const { message, phase } = side
  if (message?.body === undefined) return false
  const bounded = phase === LENGTH || phase === CHUNK_DATA
  const rest = bounded ? length - side.left : 0
  if (rest > 0 ? !(phase === CHUNK_DATA && skipEnd(side, rest, lost)) : phase !== UNTIL_CLOSE && !bounded) return false
  if (lost && !message.body.sated) message.lost = true
  message.body.skip(bounded ? Math.min(length, side.left) : length)
  if (!bounded) return true
  side.left = Math.max(0, side.left - length)
  if (side.left === 0 && side.phase === phase) side.phase = phase === LENGTH ? DONE : CHUNK_END
  return true
}

// A call that was too long to be captured ends behind a chunk, mostly with the line end or with the end of the body.
function skipEnd(side: Side, rest: number, lost: boolean): boolean {
  if (rest > 2 && (lost || rest !== LAST_CHUNK.length)) return false
  if (rest > 2 && side.message !== undefined) side.message.lost = true
  side.phase = rest === 1 ? CHUNK_END : rest === 2 ? CHUNK_SIZE : DONE
  return true
}

const LAST_CHUNK = '\r\n0\r\n\r\n'

function finishRequest(state: State): void {
  if (state.request.message !== undefined) state.request.message.open = false
  state.request.reset()
}

function parseRequest(bytes: Cursor, state: State, out: Frame[]): number {
  const side = state.request
  const fresh = side.phase === HEAD
  let at = bytes.pos
  if (fresh && isTunnelAsked(state)) return NEED_MORE
  if (fresh) {
    const blank = emptyLines(bytes)
    if (blank > 0) {
      out.push(state.rest)
      return blank
    }
    at = readRequest(bytes, state)
    if (at <= 0) return at
  }
  const from = at
  const { message } = side
  at = eatBody(side, bytes, at, state.conn.options)
  if (at < 0 && !fresh) return INVALID
  if (at !== bytes.pos) out.push(fresh ? (message as Request) : state.rest)
  if (at < 0) return from - bytes.pos
  if (side.phase === DONE) {
    if (message?.endless) losePlace(state, 'request')
    else finishRequest(state)
    if (at < bytes.end && (bytes.buf[at] as number) > 13) pipelines(state)
  } else if (bytes.closed && at === bytes.end) cutShort(state)
  else bytes.skip = skippable(side)
  return at - bytes.pos
}

function cutShort(state: State): void {
  if (state.request.message !== undefined) state.request.message.lost = true
  finishRequest(state)
}

// RFC 9112 §2.2: empty lines before a request line are ignored. Some servers send one after a body, too.
function emptyLines(bytes: Cursor): number {
  let at = bytes.pos
  while (at < bytes.end && (bytes.buf[at] === 13 || bytes.buf[at] === 10)) at++
  return at - bytes.pos
}

// The end of the body, or of a chunk, is left to arrive, so that its time is known.
function skippable(side: Side): number {
  if (side.message?.body?.sated !== true) return 0
  return side.phase === LENGTH ? side.left - 1 : side.phase === CHUNK_DATA ? side.left : 0
}

function readRequest(bytes: Cursor, state: State): number {
  const { buf, pos, end } = bytes
  const { heads } = state.request
  let to = heads.repeats(buf, pos, end)
  if (to === NEED_MORE) {
    if (!mayBeRequest(buf, pos, end)) return INVALID
    const first = heads.last === undefined && state.unbroken
    const lf = first ? simpleRequestEnd(buf, pos, end) : -1
    if (lf >= 0) return readSimpleRequest(bytes, state, lf)
    to = heads.read(buf, pos, end)
    if (to === NEED_MORE && !mayBeRequestLine(buf, pos, end)) return INVALID
    if (to <= 0) return to
    // What follows its answer at once may need every byte.
    if (first && 'upgrade' in (heads.last as RequestHead).fields.headers) state.conn.whole = true
  }
  const request = new Request(heads.last as RequestHead)
  enqueue(state, request)
  frameRequest(state, request)
  return to
}

function readSimpleRequest({ buf, pos }: Cursor, state: State, lf: number): number {
  const head = simpleRequestHead(buf, pos, lineEnd(buf, pos, lf), state.noFields, state.conn.options)
  const request = new Request(head)
  enqueue(state, request)
  begin(state.request, request, DONE)
  return lf + 1
}

// RFC 9112 §6.3 for requests: without a valid length the end cannot be known.
function frameRequest(state: State, request: Request): void {
  const { length, format } = request.head.fields
  const { chunked } = format
  if (chunked === true) state.conn.whole = true
  request.endless = chunked === false || (chunked === undefined && Number.isNaN(length))
  begin(state.request, request, chunked === true ? CHUNK_SIZE : chunked === undefined && length > 0 ? LENGTH : DONE)
}

function begin<M extends Frame>(side: Side<M>, message: M, phase: number): void {
  side.message = message
  side.phase = phase
  if (phase === DONE) return
  side.left = phase === LENGTH ? message.head.fields.length : 0
  message.body = new Body(message.head.fields.format.display)
}

function parseResponse(bytes: Cursor, state: State, out: Frame[]): number {
  const side = state.response
  let at = bytes.pos
  // It ended in a gap.
  if (side.phase === DONE) finishResponse(side, out)
  const fresh = side.phase === HEAD
  if (fresh) {
    at = readResponse(bytes, state)
    if (side.phase === HEAD) return at > 0 ? at - bytes.pos : at
  } else if (isHeadAnswer(bytes, side)) {
    side.reset()
    state.givenUp++
    return parseResponse(bytes, state, out)
  }
  const from = at
  at = eatBody(side, bytes, at, state.conn.options)
  if (at < 0) return fresh ? from - bytes.pos : INVALID
  if (side.phase !== DONE && bytes.closed && at === bytes.end) closeResponse(side)
  if (side.phase === DONE) finishResponse(side, out)
  else if (side.message?.request !== undefined) bytes.skip = skippable(side)
  return at - bytes.pos
}

function finishResponse(side: Side<Response>, out: Frame[]): void {
  out.push(side.message as Response)
  side.reset()
}

// RFC 9112 §8: only a body without a length ends with the connection.
function closeResponse(side: Side<Response>): void {
  const { message } = side
  if (message !== undefined && side.phase !== UNTIL_CLOSE) message.lost = true
  side.phase = DONE
}

// A response to a request that was not seen may be one to HEAD: then the next status line stands where its body would.
function isHeadAnswer(bytes: Cursor, side: Side<Response>): boolean {
  const { message } = side
  if (side.phase !== LENGTH || message === undefined || message.request !== undefined) return false
  return message.body?.size === 0 && bytes.end - bytes.pos >= 12 && mayBeResponse(bytes.buf, bytes.pos, bytes.end)
}

function readResponse(bytes: Cursor, state: State): number {
  const { buf, pos, end } = bytes
  const { heads } = state.response
  let to = heads.repeats(buf, pos, end)
  if (to === NEED_MORE) {
    const blank = emptyLines(bytes)
    if (blank > 0) return pos + blank
    if (!mayBeResponse(buf, pos, end)) return readBareResponse(bytes, state)
    to = heads.read(buf, pos, end)
    if (to <= 0) return to
  }
  const head = heads.last as ResponseHead
  state.answered = true
  // RFC 9110 §15.2: an interim response precedes the final one.
  if (head.status < 200 && head.status !== 101) return to
  const response = new Response(head)
  response.request = claim(state, response)
  return frameResponse(state, response) ? to : INVALID
}

// HTTP/0.9, or no HTTP at all: the first answer on a connection, without a head.
function readBareResponse({ pos }: Cursor, state: State): number {
  if (!state.unbroken || state.answered || state.pending.length !== 1) return INVALID
  state.answered = true
  const response = new Response({ status: 0, reason: '', version: HTTP_0_9, fields: state.noFields })
  response.request = claim(state, response)
  begin(state.response, response, UNTIL_CLOSE)
  return pos
}

// RFC 9112 §6.3 for responses.
function frameResponse(state: State, response: Response): boolean {
  const { head, request } = response
  const { status } = head
  const { length, format } = head.fields
  const { chunked } = format
  const method = request?.head.method
  const next = nextProtocol(response)
  if (next !== undefined) {
    state.opaque = true
    state.conn.become(next, response)
    // Its final response is to come.
    if (next === 'http2') return true
  }
  if (next !== undefined || method === 'HEAD' || status === 204 || status === 304) {
    begin(state.response, response, DONE)
    return true
  }
  // The sizes of the chunks are among the data.
  if (chunked === true) state.conn.whole = true
  state.response.message = response
  response.endless = chunked === undefined && Number.isNaN(length)
  if (response.endless) return false
  const phase = responsePhase(chunked, length)
  begin(state.response, response, phase)
  // To CONNECT, perhaps: then it has no body, and is followed by what answers later requests.
  if (phase === UNTIL_CLOSE && request === undefined) state.responseLost = true
  return true
}

function responsePhase(chunked: boolean | undefined, length: number): number {
  if (chunked === true) return CHUNK_SIZE
  if (chunked === false || length < 0) return UNTIL_CLOSE
  return length > 0 ? LENGTH : DONE
}
