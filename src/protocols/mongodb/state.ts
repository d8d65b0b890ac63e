import type { Conn, Filler, Span } from '../protocol.js'
import { Facts } from './facts.js'
import type { Walk } from './walk.js'
import type { Head } from './wire.js'

/** Requests that wait for their answers; a client has one under way at a time, and a few kinds of them wait for long. */
const MAX_PENDING = 128

/** A request frame: a message of the client. */
export class Request implements Span {
  startNs: number
  endNs: number
  lost: boolean
  readonly id: number
  /** Opcode; that of the message inside where it is compressed. */
  op: number
  readonly size: number
  readonly facts: Facts
  body: string | null
  cut: boolean
  /** It has no answer. */
  quiet: boolean
  /** All batches are sent without being asked for. */
  exhaust: boolean
  /** The answer is that of a command. */
  asksCommand: boolean
  /** Its row is written, or is not needed. */
  done: boolean
  /** Its answer was lost. */
  abandoned: boolean
  /** Its answer may have been lost. */
  doubtful: boolean

  constructor({ id, op, size }: Head) {
    this.startNs = 0
    this.endNs = 0
    this.lost = false
    this.id = id
    this.op = op
    this.size = size
    this.facts = new Facts()
    this.body = null
    this.cut = false
    this.quiet = false
    this.exhaust = false
    this.asksCommand = true
    this.done = false
    this.abandoned = false
    this.doubtful = false
  }
}

/** A response frame: a message of the server that answers a request, or follows such a message unasked. */
export class Reply implements Span {
  startNs: number
  endNs: number
  lost: boolean
  readonly id: number
  op: number
  readonly size: number
  readonly request: Request
  /** It follows another answer to the same request. */
  readonly follows: boolean
  readonly facts: Facts
  body: string | null
  cut: boolean
  /** Another answer follows. */
  more: boolean

  constructor({ id, op, size }: Head, request: Request, follows: boolean) {
    this.startNs = 0
    this.endNs = 0
    this.lost = false
    this.id = id
    this.op = op
    this.size = size
    this.request = request
    this.follows = follows
    this.facts = new Facts()
    this.body = null
    this.cut = false
    this.more = false
  }
}

export type Frame = Request | Reply | Filler

/** One direction of a connection. */
export class Side {
  /** After a loss, a header alone is no proof. */
  doubt: boolean
  /** Header of the message whose first bytes are waited for. */
  waiting: Head | null
  /** The message under way, how much of it is to come, and what reads it. */
  message: Frame | null
  left: number
  walk: Walk | null
  /** Compressed bytes of the message under way. */
  held: Buffer[] | null
  /** A request of which only the header is known, to be handed out by the next call. */
  unsent: Request | null

  constructor(doubt: boolean) {
    this.doubt = doubt
    this.waiting = null
    this.message = null
    this.left = 0
    this.walk = null
    this.held = null
    this.unsent = null
  }
}

/** One connection, both directions. */
export class State {
  readonly conn: Conn
  readonly client: Side
  readonly server: Side
  /** By the id of the request. */
  readonly pending: Map<number, Request>
  /** By the id of the answer that announced another one: the request that both are about. */
  readonly following: Map<number, Request>
  /** Answers to nothing we know since `stitch` asked. */
  strays: number

  constructor(conn: Conn) {
    this.conn = conn
    // A message's length is in its header.
    conn.whole = true
    this.client = new Side(!conn.fromStart)
    this.server = new Side(!conn.fromStart)
    this.pending = new Map()
    this.following = new Map()
    this.strays = 0
  }
}

/** A request has begun: an answer to its id is its answer. */
export function expectAnswer(s: State, request: Request): void {
  abandon(s, request.id)
  s.pending.set(request.id, request)
  if (s.pending.size > MAX_PENDING) abandon(s, first(s.pending))
}

function abandon(s: State, id: number): void {
  const request = s.pending.get(id)
  s.pending.delete(id)
  if (request !== undefined) giveUp(request)
}

function first(map: ReadonlyMap<number, unknown>): number {
  return map.keys().next().value as number
}

/** The answer to a request will not be known. */
export function giveUp(request: Request): void {
  request.abandoned = true
  request.lost = true
}

/** Takes the request that a message of the server answers. */
export function takeAsked(s: State, to: number): { readonly request: Request; readonly follows: boolean } | undefined {
  const request = s.pending.get(to)
  const followed = s.following.get(to)
  s.following.delete(to)
  if (request !== undefined) giveUpBefore(s, request)
  s.pending.delete(to)
  if (request !== undefined && followed !== undefined) {
    giveUp(request)
    return undefined
  }
  if (request !== undefined) return { request, follows: false }
  return followed === undefined ? undefined : { request: followed, follows: true }
}

// A server answers in order: what was asked earlier, before a loss, has been answered.
function giveUpBefore(s: State, request: Request): void {
  for (const [id, earlier] of s.pending) {
    if (earlier === request) return
    if (earlier.doubtful) abandon(s, id)
  }
}

/** Another answer to the request follows this one. */
export function expectMore(s: State, reply: Reply): void {
  s.following.set(reply.id, reply.request)
  if (s.following.size > MAX_PENDING) s.following.delete(first(s.following))
}

/** Bytes of the server were lost: answers may have been. */
export function doubtAnswers(s: State): void {
  for (const request of s.pending.values()) request.doubtful = true
}
