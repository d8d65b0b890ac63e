import { type Cursor, Filler, INVALID, type Kind, NEED_MORE } from '../protocol.js'
import { KEY } from './apis.js'
import { requestWalk, responseWalk } from './bodies.js'
import { clientIdAt, int32, isSize, keyAt, RESPONSE_HEAD, requestHead, versionAt } from './head.js'
import { findRequest, findResponse, NEAR, type Place } from './search.js'
import {
  doubtAll,
  enqueue,
  type Frame,
  giveUpBegun,
  Request,
  Response,
  type Side,
  type State,
  settle,
} from './state.js'

/** A token of an authentication is not longer. */
const MAX_TOKEN = 1 << 20

/** Reads a frame, or a part of one; see `Protocol.parse`. */
export function parse(kind: Kind, bytes: Cursor, s: State, out: Frame[]): number {
  const side = kind === 'request' ? s.request : s.response
  let at = bytes.pos
  if (side.frame === null) {
    if (side.unsure) {
      const eaten = seek(kind, bytes, s, out)
      if (eaten !== FOUND) return eaten
    }
    at = kind === 'request' ? beginRequest(bytes, s) : beginResponse(bytes, s)
    if (at <= NEED_MORE) return at === INVALID ? losePlace(kind, s) : NEED_MORE
  }
  at = side.eat(bytes, at)
  if (side.left === 0) out.push(kind === 'request' ? finishRequest(s) : finishResponse(s))
  return at - bytes.pos
}

/** `length` bytes are missing; see `Protocol.gap`. */
export function gap(kind: Kind, length: number, s: State, lost: boolean): boolean {
  const side: Side<Request> | Side<Response> = kind === 'request' ? s.request : s.response
  if (side.gap(length, lost)) return true
  if (kind === 'response') giveUpBegun(s)
  side.reset()
  losePlace(kind, s)
  return false
}

/** The next offset at which a frame may begin, or -1. */
export function findBoundary(kind: Kind, bytes: Cursor, s: State): number {
  const { at } = find(kind, bytes, s)
  if (kind === 'response' && at > bytes.pos) passOver(s)
  return at < bytes.end ? at : -1
}

function losePlace(kind: Kind, s: State): typeof INVALID {
  if (kind === 'request') {
    s.request.unsure = true
    s.holes = true
    s.rawTokens = false
  } else {
    s.response.unsure = true
    s.response.astray = false
    doubtAll(s)
  }
  return INVALID
}

function passOver(s: State): void {
  s.response.astray = true
  doubtAll(s)
}

function find(kind: Kind, { buf, pos, end }: Cursor, s: State): Place {
  return kind === 'request' ? findRequest(buf, pos, end, s) : findResponse(buf, pos, end, s)
}

const FOUND = -9

// Passes over what is before the next frame.
function seek(kind: Kind, bytes: Cursor, s: State, out: Frame[]): number {
  const { at, sure } = find(kind, bytes, s)
  if (at === bytes.pos) return sure ? FOUND : NEED_MORE
  out.push(new Filler())
  if (kind === 'response') passOver(s)
  return at - bytes.pos
}

// → where the body begins.
function beginRequest(bytes: Cursor, s: State): number {
  const { buf, pos } = bytes
  const to = headOf(bytes, s)
  if (s.rawTokens && (to <= NEED_MORE || clientIdAt(buf, pos, to) !== s.clientId)) return beginToken(bytes, s, to)
  if (to <= NEED_MORE) return to
  const [size, key, version, id] = [int32(buf, pos), keyAt(buf, pos), versionAt(buf, pos), int32(buf, pos + 8)]
  const request = new Request(key, version, id, clientIdAt(buf, pos, to), size + 4)
  s.rawTokens = false
  s.lastId = id
  s.clientId = request.clientId
  s.request.begin(request, pos + 4 + size - to, requestWalk(key, version, s))
  return to
}

// A client that is known may speak what nobody here has heard of.
function headOf({ buf, pos, end }: Cursor, s: State): number {
  const to = requestHead(buf, pos, end)
  if (to !== INVALID || s.rawTokens || s.clientId === undefined) return to
  const other = requestHead(buf, pos, end, true)
  return other > NEED_MORE && clientIdAt(buf, pos, other) !== s.clientId ? INVALID : other
}

// KIP-43: after a SaslHandshake of version 0, sizes and tokens.
function beginToken({ buf, pos, end }: Cursor, s: State, head: number): number {
  if (end - pos < 4) return NEED_MORE
  const size = int32(buf, pos)
  if (!isSize(size, 0) || size > MAX_TOKEN) return INVALID
  if (head === NEED_MORE && end - pos < 4 + size) return NEED_MORE
  s.request.begin(new Request(KEY.saslAuthenticate, null, -1, s.clientId ?? null, size + 4), size, null)
  return pos + 4
}

function finishRequest(s: State): Frame {
  const request = s.request.finish()
  if (request.content?.acks !== 0) enqueue(s, request)
  else {
    // A producer that wants no acknowledgement gets no answer, but not all brokers know.
    s.done.push(request)
    s.holes = true
  }
  return request
}

function beginResponse(bytes: Cursor, s: State): number {
  const { buf, pos, end } = bytes
  const token = s.tokens[0]
  if (end - pos < (token === undefined ? RESPONSE_HEAD : 4)) return NEED_MORE
  const size = int32(buf, pos)
  if (token !== undefined) {
    if (!isSize(size, 0) || size > MAX_TOKEN) return INVALID
    s.response.begin(new Response(token, size + 4), size, null)
    return pos + 4
  }
  if (!isSize(size, 4)) return INVALID
  const id = int32(buf, pos + 4)
  const request = s.pending.get(id)
  if (request === undefined) {
    if (!s.holes || s.clientId === undefined || Math.abs((id - s.lastId) | 0) > NEAR) return INVALID
    s.response.begin(new Response(undefined, size + 4), size - 4, null)
    return pos + RESPONSE_HEAD
  }
  return beginAnswer(bytes, s, request, size)
}

function beginAnswer({ buf, pos, end }: Cursor, s: State, request: Request, size: number): number {
  const negotiates = request.key === KEY.apiVersions && size >= 6
  if (negotiates && end - pos < RESPONSE_HEAD + 2) return NEED_MORE
  const first = negotiates ? buf.readInt16BE(pos + RESPONSE_HEAD) : 0
  const walk = responseWalk(request.key, request.version ?? 0, first, s)
  if (walk !== null) walk.content.asked = request.content
  if (s.response.unsure) doubtAll(s)
  s.response.begin(new Response(request, size + 4), size - 4, walk)
  return pos + RESPONSE_HEAD
}

// Nothing has been sent since, as far as is known.
function isLast(s: State, request: Request): boolean {
  return request.id === s.lastId && !s.request.unsure
}

function finishResponse(s: State): Frame {
  const response = s.response.finish()
  const { request, content } = response
  if (request === undefined) return response
  settle(s, request)
  const handshake = request.key === KEY.saslHandshake && request.version === 0
  if (handshake && content?.errors.length === 0 && isLast(s, request)) s.rawTokens = true
  return response
}
