import type { Conn, Cursor, DecodeOptions, Filler, Span } from '../protocol.js'
import type { Content } from './content.js'
import { TopicNames } from './topic-names.js'
import type { Surroundings, Walk } from './walk.js'

/** Unanswered requests kept for a connection. */
const MAX_PENDING = 1024

/** A request frame. */
export class Request implements Span {
  startNs = 0
  endNs = 0
  lost = false
  readonly key: number
  /** null: a token of an authentication without headers. */
  readonly version: number | null
  readonly id: number
  readonly clientId: string | null
  readonly size: number
  content: Content | null = null
  /** It may have been answered by bytes that were lost. */
  doubt = false

  constructor(key: number, version: number | null, id: number, clientId: string | null, size: number) {
    this.key = key
    this.version = version
    this.id = id
    this.clientId = clientId
    this.size = size
  }
}

/** A response frame. */
export class Response implements Span {
  startNs = 0
  endNs = 0
  lost = false
  readonly request: Request | undefined
  readonly size: number
  content: Content | null = null

  constructor(request: Request | undefined, size: number) {
    this.request = request
    this.size = size
  }
}

export type Frame = Request | Response | Filler

/** The frame under way in one direction. */
export class Side<F extends Request | Response> {
  frame: F | null = null
  /** Bytes of it still to come. */
  left = 0
  /** It is not known where the next frame begins. */
  unsure: boolean
  /** … and bytes were passed over since: not even at the next call. */
  astray = false
  #walk: Walk | null = null

  constructor(unsure: boolean) {
    this.unsure = unsure
  }

  begin(frame: F, left: number, walk: Walk | null): void {
    this.frame = frame
    this.left = left
    this.unsure = this.astray = false
    this.#walk = walk
  }

  /** Reads on at `at`: → how far it came. */
  eat(bytes: Cursor, at: number): number {
    const stop = Math.min(bytes.end, at + this.left)
    const walk = this.#walk
    if (walk === null || walk.content.broken) return this.#passOver(bytes, at, stop, this.left - (stop - at))
    const to = walk.run(bytes.buf, at, stop, at + this.left)
    if (walk.failed) this.#walk = null
    // What follows the known fields, or a field that makes no sense, is passed over.
    if (walk.failed || walk.done) return this.#passOver(bytes, at, stop, this.left - (stop - at))
    if (to === bytes.pos) bytes.want = walk.want
    return this.#passOver(bytes, at, to, walk.pass)
  }

  // The last byte is left to arrive, so that its time is known.
  #passOver(bytes: Cursor, from: number, to: number, skip: number): number {
    this.left -= to - from
    bytes.skip = Math.max(0, Math.min(skip, this.left - 1))
    return to
  }

  /** `length` bytes are missing; false: the frame does not cover them. */
  gap(length: number, lost: boolean): boolean {
    if (this.frame === null || length > this.left) return false
    this.left -= length
    if (lost) this.frame.lost = true
    this.#walk?.gap(length, this.left)
    return true
  }

  /** The frame is complete. */
  finish(): F {
    const { frame } = this
    const walk = this.#walk
    if (frame !== null && walk !== null && (walk.done || walk.content.broken)) frame.content = walk.content
    this.reset()
    return frame as F
  }

  reset(): void {
    this.frame = null
    this.left = 0
    this.#walk = null
  }
}

/** One connection, both directions. */
export class State implements Surroundings {
  readonly options: DecodeOptions
  readonly topics = new TopicNames()
  readonly request: Side<Request>
  readonly response: Side<Response>
  /** Requests that await an answer, by correlation id, in the order in which they were sent. */
  readonly pending = new Map<number, Request>()
  /** Tokens of an authentication without headers that await an answer. */
  readonly tokens: Request[] = []
  /** Requests that will not be answered, to be handed out. */
  readonly done: Request[] = []
  /** Client id and correlation id of the last request; undefined, -1: there was none. */
  clientId: string | null | undefined = undefined
  lastId = -1
  /** There may be answers to requests that are not pending: not all were seen. */
  holes: boolean
  /** After a SaslHandshake of version 0: what is no request is a token. */
  rawTokens = false

  constructor(conn: Conn) {
    // Where a frame begins is told by the length of the one before it.
    conn.whole = true
    this.options = conn.options
    this.request = new Side(!conn.fromStart)
    this.response = new Side(!conn.fromStart)
    this.holes = !conn.fromStart
  }
}

/** A request is complete: its answer is awaited. */
export function enqueue(s: State, request: Request): void {
  if (request.version === null) {
    s.tokens.push(request)
    if (s.tokens.length > MAX_PENDING) giveUp(s, s.tokens.shift() as Request)
    return
  }
  const before = s.pending.get(request.id)
  if (before === undefined) s.pending.set(request.id, request)
  else refuse(s, request, before)
  if (s.pending.size <= MAX_PENDING) return
  const [oldest] = s.pending.values()
  giveUp(s, oldest as Request)
  s.holes = true
}

// The next answer with this number is that of the earlier request, if it is still to come.
function refuse(s: State, request: Request, before: Request): void {
  giveUp(s, request)
  if (before.doubt) giveUp(s, before)
  s.holes = true
}

/** A request has been answered. The server answers in turn: what may have been answered before by lost bytes, was. */
export function settle(s: State, request: Request): void {
  if (request.version === null) {
    s.tokens.shift()
    return
  }
  for (const earlier of s.pending.values()) {
    if (earlier === request) break
    if (earlier.doubt) giveUp(s, earlier)
  }
  s.pending.delete(request.id)
}

/** Bytes of the server were lost, or made no sense: any request that waits may have been answered. */
export function doubtAll(s: State): void {
  for (const request of s.pending.values()) request.doubt = true
  for (const token of s.tokens.splice(0)) giveUp(s, token)
}

/** The rest of the answer that has begun was lost: it does not come again. */
export function giveUpBegun(s: State): void {
  const request = s.response.frame?.request
  if (request !== undefined && request.version !== null) giveUp(s, request)
}

function giveUp(s: State, request: Request): void {
  request.lost = true
  if (s.pending.get(request.id) === request) s.pending.delete(request.id)
  s.done.push(request)
}
