import { Body, type Display, displayOf } from '../http/body.js'
import { CONTENT } from '../http/table.js'
import { type DecodeOptions, Filler, type Kind } from '../protocol.js'
import { Exchange, type Frame, Half, type Side, type State } from './frames.js'
import { Messages } from './grpc.js'
import type { Head } from './head.js'

/** Streams of a connection that are under way; when there are more, some are given up. */
const EXCHANGES_MAX = 1024
/** What goes through a tunnel is no text. */
const HIDDEN: Display = { useful: 0, limit: 0, decoders: [], textual: false }

/** Dates the message by a frame of it. */
export function pushFrame(state: State, kind: Kind, half: Half, last: boolean, out: Frame[]): void {
  if (half.startNs === 0) out.push(half)
  else if (last && kind === 'response') {
    half.last = new Filler()
    out.push(half.last)
  } else out.push(state.rest)
}

/** A header block of a stream has been read; undefined: it was damaged. */
export function takeHeaders(
  state: State,
  kind: Kind,
  id: number,
  head: Head | undefined,
  ends: boolean,
  out: Frame[],
): void {
  const exchange = kind === 'request' ? requestFor(state, id, head) : responseFor(state, id, head)
  const half = kind === 'request' ? exchange?.request : exchange?.response
  if (exchange === undefined || half === undefined) {
    out.push(state.rest)
    return
  }
  if (head?.whole !== true) half.lost = true
  pushFrame(state, kind, half, ends, out)
  if (ends) endHalf(state, exchange, half)
}

/** RFC 9113 §8.4: the server says what the client would have asked for. */
export function takePromise(state: State, id: number, head: Head | undefined, out: Frame[]): void {
  const half = new Half()
  half.head = head
  half.lost = head?.whole !== true
  half.ended = true
  openWith(state, id, half)
  out.push(half)
}

/** A stream begins with a whole request. */
export function openWith(state: State, id: number, request: Half): void {
  const exchange = new Exchange(id)
  exchange.request = request
  add(state, exchange)
}

function requestFor(state: State, id: number, head: Head | undefined): Exchange | undefined {
  const known = state.exchanges.get(id)
  // RFC 9113 §8.1: trailers have no pseudo-header fields.
  if (known?.request !== undefined && head?.method === undefined) {
    known.request.trailers = head
    return known
  }
  // Trailers of a stream that is not known.
  if (head === undefined || (head.method === undefined && (head.whole || id <= state.lastId))) return undefined
  const early = known !== undefined && known.request === undefined
  const exchange = early ? known : new Exchange(id)
  exchange.request = new Half()
  exchange.request.head = head
  if (early) state.early--
  else add(state, exchange)
  if (id > state.lastId) {
    state.lastId = id
    if (state.early > 0) dropEarly(state)
  }
  return exchange
}

// RFC 9113 §5.1.1: streams are opened in the order of their numbers, so the requests of those were missed.
function dropEarly(state: State): void {
  for (const exchange of state.exchanges.values()) {
    if (exchange.request === undefined && exchange.id < state.lastId) finish(state, exchange)
  }
}

function responseFor(state: State, id: number, head: Head | undefined): Exchange | undefined {
  // RFC 9110 §15.2: an interim response precedes the final one.
  if (head !== undefined && head.status >= 100 && head.status < 200) return undefined
  const exchange = state.exchanges.get(id) ?? earlyExchange(state, id, head)
  if (exchange === undefined) return undefined
  exchange.response ??= new Half()
  const half = exchange.response
  if (head === undefined) return exchange
  const final = head.status > 0 || !head.whole
  if (final && half.body === undefined && (half.head === undefined || half.head.status === 0)) half.head = head
  else half.trailers = head
  half.lost = half.lost || half.head === undefined
  exchange.missed = false
  return exchange
}

// Another thread's call may be ahead: then the request is still to come.
function earlyExchange(state: State, id: number, head: Head | undefined): Exchange | undefined {
  if (head === undefined || head.status === 0) return undefined
  if (id % 2 === 0 || id <= state.lastId) {
    state.givenUp++
    return undefined
  }
  const exchange = new Exchange(id)
  state.early++
  add(state, exchange)
  return exchange
}

/** The stream whose body goes on. */
export function halfFor(state: State, kind: Kind, id: number): Exchange | undefined {
  const exchange = state.exchanges.get(id)
  if (exchange === undefined || kind === 'request') return exchange?.request === undefined ? undefined : exchange
  exchange.missed = false
  if (exchange.response !== undefined) return exchange
  exchange.response = new Half()
  exchange.response.lost = true
  exchange.response.endless = true
  return exchange
}

/** The body of the message whose payload is being passed. */
export function bodyOf(state: State, side: Side): Body | Messages {
  const half = side.half as Half
  half.body ??= newBody(half.head, side, state.conn.options)
  return half.body
}

function newBody(head: Head | undefined, { kind, exchange }: Side, options: DecodeOptions): Body | Messages {
  const { bodyBytes: limit, schema } = options
  const { method, path } = exchange?.request?.head ?? {}
  if (method === 'CONNECT') return new Body(HIDDEN)
  if (head === undefined) return new Body(displayOf(undefined, undefined, undefined, limit))
  const format = head.format(limit)
  if (format.content !== CONTENT.grpc) return new Body(format.display)
  const known = schema !== undefined && path !== undefined
  return new Messages(head.headers, limit, known ? (message) => schema.describe(path, kind, message) : undefined)
}

/** Nothing follows of this message. */
export function endHalf(state: State, exchange: Exchange, half: Half): void {
  half.ended = true
  if (exchange.response?.ended === true && exchange.request?.ended === true) finish(state, exchange)
}

/** Nothing follows of this stream. */
export function finish(state: State, exchange: Exchange): void {
  if (!state.exchanges.delete(exchange.id)) return
  if (exchange.request !== undefined) {
    state.done.push(exchange)
    return
  }
  state.early--
  state.givenUp++
}

function add(state: State, exchange: Exchange): void {
  const { exchanges } = state
  const known = exchanges.get(exchange.id)
  if (known !== undefined) abandon(state, known)
  if (exchanges.size >= EXCHANGES_MAX) giveUp(state)
  exchange.missed = !state.response.certain
  exchanges.set(exchange.id, exchange)
}

// Those whose end may have been missed go, else the oldest.
function giveUp(state: State): void {
  const { exchanges } = state
  for (const exchange of exchanges.values()) if (exchange.missed) finish(state, exchange)
  if (exchanges.size < EXCHANGES_MAX) return
  const [oldest] = exchanges.values()
  if (oldest !== undefined) abandon(state, oldest)
}

function abandon(state: State, exchange: Exchange): void {
  exchange.missed = true
  finish(state, exchange)
}
