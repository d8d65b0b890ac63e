import type { Conn, Filler, Span } from '../protocol.js'
import type { Column, Columns } from './columns.js'
import type { Head } from './header.js'

const MAX_PENDING = 2048
/** Beyond this many requests under way, little of their text is kept. */
const MAX_SHOWN = 128
const SHORT = 64
/** Prepared statements that are kept for a server. */
const MAX_STATEMENTS = 512

/** A prepared statement. */
export interface Statement {
  readonly cql: string
  readonly cut: boolean
  /** Its variables. */
  readonly variables: readonly Column[]
  /** Columns of its result, for answers that leave them out. */
  readonly columns: Columns
}

/** A request frame: a message of the client. */
export class Request implements Span {
  startNs: number
  endNs: number
  lost: boolean
  readonly version: number
  readonly op: number
  readonly size: number
  body: string | null
  cut: boolean
  /** Text of the statement without its values; of a PREPARE it is what is prepared. */
  cql: string | null
  consistency: number | null
  /** It asks for the next page of a result. */
  paging: boolean
  statement: Statement | null
  /** Options of a STARTUP: compression of bodies or segments. */
  compression: string | null
  done: boolean
  /** Its answer was lost. */
  abandoned: boolean

  constructor({ version, op, size, length }: Head) {
    this.startNs = 0
    this.endNs = 0
    this.lost = false
    this.version = version
    this.op = op
    this.size = size + length
    this.body = null
    this.cut = false
    this.cql = null
    this.consistency = null
    this.paging = false
    this.statement = null
    this.compression = null
    this.done = false
    this.abandoned = false
  }
}

/** A response frame: the answer to a request, or (`request` null) what the server says unasked. */
export class Response implements Span {
  startNs: number
  endNs: number
  lost: boolean
  readonly version: number
  readonly op: number
  readonly size: number
  readonly request: Request | null
  body: string | null
  cut: boolean
  rows: number | null
  morePages: boolean | null
  warnings: readonly string[] | null
  tracingId: string | null
  code: number | null
  message: string | null

  constructor({ version, op, size, length }: Head, request: Request | null) {
    this.startNs = 0
    this.endNs = 0
    this.lost = false
    this.version = version
    this.op = op
    this.size = size + length
    this.request = request
    this.body = null
    this.cut = false
    this.rows = null
    this.morePages = null
    this.warnings = null
    this.tracingId = null
    this.code = null
    this.message = null
  }
}

export type Frame = Request | Response | Filler

/** What envelopes stand in: nothing, segments, segments that are compressed; `unknown`: joined in the middle. */
export type Framing = 'unknown' | 'none' | 'plain' | 'lz4'

/** One direction of a connection. */
export class Side {
  /** After a loss, a header alone is no proof. */
  doubt: boolean
  /** Header of the envelope whose first bytes are waited for. */
  waiting: Head | null
  /** The message under way, and how much of it is to come. */
  message: Frame | null
  left: number
  /** A request of which only the header is known, to be handed out by the next call. */
  unsent: Request | null

  /** Segments: what is left of the one under way, payload and the checksum behind it. */
  payloadLeft: number
  tailLeft: number
  /** Length of the compressed segment that is waited for. */
  segmentWaiting: number
  /** Bytes of an envelope that goes on in the next segment. */
  plain: Buffer
  /** The place in the envelopes is lost, until one begins with a segment. */
  astray: boolean

  constructor(doubt: boolean) {
    this.doubt = doubt
    this.waiting = null
    this.message = null
    this.left = 0
    this.unsent = null
    this.payloadLeft = 0
    this.tailLeft = 0
    this.segmentWaiting = 0
    this.plain = Buffer.alloc(0)
    this.astray = doubt
  }
}

/** One connection, both directions. */
export class State {
  readonly conn: Conn
  readonly client: Side
  readonly server: Side
  framing: Framing
  /** A segment was seen. */
  segmented: boolean
  /** Version of the last envelope; 0: none yet. */
  version: number
  /** Compression of bodies, as asked for by STARTUP; null: none, or not seen. */
  compression: string | null
  /** By stream. */
  readonly pending: Map<number, Request>
  /** By id, which is a hash of the statement: of all connections to the server. */
  readonly statements: Map<string, Statement>
  /** Server bytes were passed over since the last answer. */
  recovering: boolean
  /** Bytes were lost: an answer that nobody asked for need not be one. */
  holes: boolean
  /** Answers to nothing we know since `stitch` asked. */
  strays: number

  constructor(conn: Conn) {
    this.conn = conn
    // A message's length is in its header.
    conn.whole = true
    this.client = new Side(!conn.fromStart)
    this.server = new Side(!conn.fromStart)
    this.framing = conn.fromStart ? 'none' : 'unknown'
    this.segmented = false
    this.version = 0
    this.compression = null
    this.pending = new Map()
    this.statements = conn.common?.(newStatements) ?? newStatements()
    this.recovering = false
    this.holes = !conn.fromStart
    this.strays = 0
  }
}

function newStatements(): Map<string, Statement> {
  return new Map()
}

/** A request has begun: the next answer on its stream is its answer. */
export function expectAnswer(s: State, stream: number, request: Request): void {
  abandon(s, stream)
  s.pending.set(stream, request)
  if (s.pending.size > MAX_PENDING) abandon(s, first(s.pending))
}

/** The text of a request, as much as is kept of it. */
export function keepText(s: State, text: string): { readonly text: string; readonly cut: boolean } {
  if (s.pending.size <= MAX_SHOWN || text.length <= SHORT) return { text, cut: false }
  return { text: text.slice(0, SHORT).replace(/[\ud800-\udbff]$/, ''), cut: true }
}

function abandon(s: State, stream: number): void {
  const request = s.pending.get(stream)
  s.pending.delete(stream)
  if (request !== undefined) giveUp(request)
}

function first<K>(map: ReadonlyMap<K, unknown>): K {
  return map.keys().next().value as K
}

/** The answer to a request will not be known. */
export function giveUp(request: Request): void {
  request.abandoned = true
  request.lost = true
}

/**
 * Server bytes of unknown content were lost. Streams are used again at once: an answer that comes now might be that to a
 * request which was lost as well, so all that is pending is given up.
 */
export function loseAnswers(s: State): void {
  for (const stream of s.pending.keys()) abandon(s, stream)
  s.recovering = true
  s.holes = true
}

/** Takes the request that an answer on this stream is for. */
export function takeAsked(s: State, stream: number): Request | undefined {
  const request = s.pending.get(stream)
  s.pending.delete(stream)
  // What was passed over may have been the answers to the others.
  if (s.recovering) loseAnswers(s)
  s.recovering = false
  return request
}

/** Keeps a prepared statement under its id. */
export function keepStatement(s: State, id: string, statement: Statement): void {
  s.statements.delete(id)
  s.statements.set(id, statement)
  if (s.statements.size > MAX_STATEMENTS) s.statements.delete(first(s.statements))
}
