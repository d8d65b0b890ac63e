import { redactUrl } from '../../records/redact.js'
import { type Cursor, FOREIGN, INVALID, type Kind, NEED_MORE } from '../protocol.js'
import { Body } from './body.js'
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
import { type Fields, HeadText, headEnd, lineEnd } from './head.js'
import { claim, enqueue, losePlace, pipelines } from './pairing.js'
import { METHOD_MAX, mayBeRequest, mayBeRequestLine, mayBeResponse } from './start.js'

const MAX_HEAD = 64 * 1024

/** Reads a head, a body or a part of one; see `Protocol.parse`. */
export function parse(kind: Kind, bytes: Cursor, state: State, out: Frame[]): number {
  if (state.opaque) return bytes.end - bytes.pos
  const eaten = kind === 'request' ? parseRequest(bytes, state, out) : parseResponse(bytes, state, out)
  if (eaten < 0) losePlace(state, kind)
  return eaten
}

/** `length` bytes are missing; see `Protocol.gap`. */
export function gap(kind: Kind, length: number, state: State, lost: boolean): boolean {
  if (state.opaque) return true
  const side = kind === 'request' ? state.request : state.response
  // Without its request the length of a response is not certain (HEAD).
  const unsure = kind === 'response' && state.response.message?.request === undefined
  if (unsure || !skipBody(side, length, lost)) {
    losePlace(state, kind)
    return false
  }
  if (side.phase === DONE && kind === 'request') finishRequest(state)
  return true
}

function skipBody(side: Side<Frame>, length: number, lost: boolean): boolean {
  const { message, phase } = side
  if (message?.body === undefined) return false
  const bounded = phase === LENGTH || phase === CHUNK_DATA
  if (bounded ? length > side.left : phase !== UNTIL_CLOSE) return false
  if (lost && !message.body.sated) message.lost = true
  message.body.size += length
  if (!bounded) return true
  side.left -= length
  if (side.left === 0) side.phase = phase === LENGTH ? DONE : CHUNK_END
  return true
}

function finishRequest(state: State): void {
  if (state.request.message !== undefined) state.request.message.open = false
  state.request.reset()
}

function parseRequest(bytes: Cursor, state: State, out: Frame[]): number {
  const side = state.request
  const fresh = side.phase === HEAD
  let at = bytes.pos
  if (fresh) {
    const blank = emptyLines(bytes)
    if (blank > 0) {
      out.push(state.rest)
      return blank
    }
    at = requestHead(bytes, state)
    if (at <= 0) return at
  }
  const from = at
  const { message } = side
  at = eatBody(side, bytes, at)
  if (at < 0 && !fresh) return INVALID
  if (at !== bytes.pos) out.push(fresh ? (message as Request) : state.rest)
  if (at < 0) return from - bytes.pos
  if (side.phase === DONE) {
    finishRequest(state)
    if (at < bytes.end && (bytes.buf[at] as number) > 13) pipelines(state)
  } else if (bytes.closed && at === bytes.end) cutShort(state)
  else bytes.skip = skippable(side)
  return at - bytes.pos
}

function cutShort(state: State): void {
  if (state.request.message !== undefined) state.request.message.lost = true
  finishRequest(state)
}

// RFC 9112 §2.2: empty lines before a request line are ignored.
function emptyLines(bytes: Cursor): number {
  let at = bytes.pos
  while (at < bytes.end && (bytes.buf[at] === 13 || bytes.buf[at] === 10)) at++
  return at - bytes.pos
}

// The end of the body is left to arrive, so that its time is known.
function skippable(side: Side<Frame>): number {
  if (side.phase !== LENGTH || side.message?.body?.sated !== true) return 0
  return side.left - 1
}

function findHead(bytes: Cursor, side: Side<Frame>): number {
  const { buf, pos, end } = bytes
  const from = side.searched <= end - pos ? pos + side.searched : pos
  const to = headEnd(buf, from, end)
  if (to === NEED_MORE) {
    if (end - pos > MAX_HEAD) return INVALID
    side.searched = Math.max(0, end - pos - 2)
    return NEED_MORE
  }
  side.searched = 0
  return to - pos > MAX_HEAD ? INVALID : to
}

function requestHead(bytes: Cursor, state: State): number {
  const { buf, pos, end } = bytes
  const side = state.request
  if (!mayBeRequest(buf, pos, end)) return INVALID
  const to = findHead(bytes, side)
  if (to === NEED_MORE && !mayBeRequestLine(buf, pos, end)) return INVALID
  if (to <= 0) return to
  const second = buf.indexOf(10, pos) + 1
  const head = new HeadText(buf, pos, second)
  const { chars } = head
  const line = lineEnd(chars, chars.length - 1)
  const space = chars.indexOf(' ')
  const version = chars.lastIndexOf(' ', line - 1)
  if (space <= 0 || space > METHOD_MAX || version <= space) return INVALID
  const minor = httpMinor(chars, version + 1)
  if (minor < 0 || version + 9 !== line) return chars.startsWith('HTTP/2', version + 1) ? FOREIGN : INVALID
  const fields = side.fields.read(buf, second, to)
  if (fields === undefined) return INVALID
  const target = head.value(space + 1, version)
  const clean = state.conn.options.redact ? redactUrl(target) : target
  const request = new Request(chars.slice(0, space), clean, minor, fields)
  if (!frameRequest(state, request, fields)) return INVALID
  enqueue(state, request)
  return to
}

// RFC 9112 §6.3 for requests.
function frameRequest(state: State, request: Request, fields: Fields): boolean {
  const { chunked, length } = fields
  if (chunked === false || (chunked === undefined && Number.isNaN(length))) return false
  if (chunked === true) state.conn.whole = true
  begin(state.request, request, chunked === true ? CHUNK_SIZE : length > 0 ? LENGTH : DONE, fields)
  return true
}

function begin<M extends Frame>(side: Side<M>, message: M, phase: number, fields: Fields): void {
  side.message = message
  side.phase = phase
  side.left = phase === LENGTH ? fields.length : 0
  if (phase !== DONE) message.body = new Body(fields.display.useful)
}

// `HTTP/1.x` at `at` → x, or -1.
function httpMinor(chars: string, at: number): number {
  if (!chars.startsWith('HTTP/1.', at)) return -1
  const digit = chars.charCodeAt(at + 7) - 48
  return digit >= 0 && digit <= 9 ? digit : -1
}

function parseResponse(bytes: Cursor, state: State, out: Frame[]): number {
  const side = state.response
  let at = bytes.pos
  // It ended in a gap.
  if (side.phase === DONE) {
    out.push(side.message as Response)
    side.reset()
  }
  const fresh = side.phase === HEAD
  if (fresh) {
    at = responseHead(bytes, state)
    if (at <= 0) return at
    if (side.phase === HEAD) return at - bytes.pos
  } else if (isHeadAnswer(bytes, side)) {
    side.reset()
    state.givenUp++
    return parseResponse(bytes, state, out)
  }
  const from = at
  const message = side.message as Response
  at = eatBody(side, bytes, at)
  if (at < 0) return fresh ? from - bytes.pos : INVALID
  const eaten = at - bytes.pos
  if (side.phase !== DONE && bytes.closed && at === bytes.end) {
    // RFC 9112 §8: only a body without a length ends with the connection.
    message.lost = message.lost || side.phase !== UNTIL_CLOSE
    side.phase = DONE
  }
  if (side.phase === DONE) {
    out.push(message)
    side.reset()
  } else if (message.request !== undefined) bytes.skip = skippable(side)
  return eaten
}

// A response to a request that was not seen may be one to HEAD: then the next status line stands where its body would.
function isHeadAnswer(bytes: Cursor, side: Side<Response>): boolean {
  const { message } = side
  if (side.phase !== LENGTH || message === undefined || message.request !== undefined) return false
  return message.body?.size === 0 && bytes.end - bytes.pos >= 12 && mayBeResponse(bytes.buf, bytes.pos, bytes.end)
}

function responseHead(bytes: Cursor, state: State): number {
  const { buf, pos, end } = bytes
  const side = state.response
  if (!mayBeResponse(buf, pos, end)) return INVALID
  const to = findHead(bytes, side)
  if (to <= 0) return to
  const second = buf.indexOf(10, pos) + 1
  const head = new HeadText(buf, pos, second)
  const line = lineEnd(head.chars, head.chars.length - 1)
  const minor = httpMinor(head.chars, 0)
  const status = Number(head.chars.slice(9, 12))
  if (line < 12 || minor < 0 || !(status >= 100 && status <= 999)) return INVALID
  const fields = side.fields.read(buf, second, to)
  if (fields === undefined) return INVALID
  // RFC 9110 §15.2: an interim response precedes the final one.
  if (status < 200 && status !== 101) return to
  const response = new Response(status, head.value(Math.min(13, line), line), minor, fields)
  response.request = claim(state, response)
  return frameResponse(state, response, fields) ? to : INVALID
}

// RFC 9112 §6.3 for responses.
function frameResponse(state: State, response: Response, fields: Fields): boolean {
  const { status, request } = response
  const { chunked, length } = fields
  const method = request?.method
  const tunnel = status === 101 || (method === 'CONNECT' && status < 300)
  if (tunnel) {
    state.opaque = true
    state.conn.become('opaque')
  }
  if (tunnel || method === 'HEAD' || status === 204 || status === 304) {
    begin(state.response, response, DONE, fields)
    return true
  }
  // The sizes of the chunks are among the data.
  if (chunked === true) state.conn.whole = true
  state.response.message = response
  if (chunked === undefined && Number.isNaN(length)) return false
  begin(state.response, response, responsePhase(chunked, length), fields)
  return true
}

function responsePhase(chunked: boolean | undefined, length: number): number {
  if (chunked === true) return CHUNK_SIZE
  if (chunked === false || length < 0) return UNTIL_CLOSE
  return length > 0 ? LENGTH : DONE
}
