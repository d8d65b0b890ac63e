import type { Conn, DecodeOptions, Span } from '../protocol.js'
import type { Body } from './body.js'
import { FieldReader, Fields } from './head.js'
import { Headers } from './headers.js'

/** Where in its message a direction stands. */
export const HEAD = 0
export const LENGTH = 1
export const CHUNK_SIZE = 2
export const CHUNK_DATA = 3
export const CHUNK_END = 4
export const TRAILER = 5
export const UNTIL_CLOSE = 6
export const DONE = 7

/** A request. It is pushed when its head is complete, so that its time is known; the body follows. */
export class Request implements Span {
  startNs: number
  endNs: number
  lost: boolean
  readonly method: string
  readonly target: string
  readonly minor: number
  readonly fields: Fields
  body: Body | undefined
  /** The body is still moving. */
  open: boolean
  /** Requests before this one may have been missed. */
  afterGap: boolean

  constructor(method: string, target: string, minor: number, fields: Fields) {
    this.startNs = 0
    this.endNs = 0
    this.lost = false
    this.method = method
    this.target = target
    this.minor = minor
    this.fields = fields
    this.body = undefined
    this.open = true
    this.afterGap = false
  }
}

/** A final response; pushed when its last byte is eaten. */
export class Response implements Span {
  startNs: number
  endNs: number
  lost: boolean
  readonly status: number
  readonly reason: string
  readonly minor: number
  readonly fields: Fields
  body: Body | undefined
  /** The request that it answers; undefined where that is not certain. */
  request: Request | undefined

  constructor(status: number, reason: string, minor: number, fields: Fields) {
    this.startNs = 0
    this.endNs = 0
    this.lost = false
    this.status = status
    this.reason = reason
    this.minor = minor
    this.fields = fields
    this.body = undefined
    this.request = undefined
  }
}

/** What is pushed on `out`. */
export type Frame = Request | Response

/** One direction: the message that is being read and the place in it. */
export class Side<M extends Frame> {
  phase: number
  /** Bytes that are left of the body or of the chunk. */
  left: number
  /** Bytes of an unfinished head that were searched for its end. */
  searched: number
  message: M | undefined
  readonly fields: FieldReader

  constructor(options: DecodeOptions) {
    this.fields = new FieldReader(options)
    this.phase = HEAD
    this.left = 0
    this.searched = 0
    this.message = undefined
  }

  /** The next byte is the first of a message. */
  reset(): void {
    this.phase = HEAD
    this.left = 0
    this.searched = 0
    this.message = undefined
  }
}

/** An exchange whose response is not complete, or was not seen. */
export interface Broken {
  readonly request: Request
  readonly response: Response | undefined
}

/** The state of a connection. */
export class State {
  readonly conn: Conn
  readonly request: Side<Request>
  readonly response: Side<Response>
  /** Requests without a response so far, in order. */
  readonly pending: Request[]
  /** Exchanges that will not become complete any more. */
  readonly broken: Broken[]
  /** Pushed for bytes that belong to no new request, so that its time starts at its own first byte. */
  readonly rest: Request
  /** Requests may have been missed since the last one that was seen. */
  requestGap: boolean
  /** Responses may have been missed while requests were pending. */
  responseGap: boolean
  /** A resynchronised direction may take text in a body for a response: until one has answered a request. */
  responseLost: boolean
  /** The client has been seen to send before the answer. */
  pipelined: boolean
  /** Pipelined, and a gap: which response answers which request can no longer be known. */
  adrift: boolean
  /** A response that was seen before its request (two threads, one socket). */
  early: Response | undefined
  /** A response whose request is certain once the next request follows without a gap. */
  doubt: Response | undefined
  /** Not HTTP any more, in both directions. */
  opaque: boolean
  /** Frames that were given up on since the last stitch. */
  givenUp: number

  constructor(conn: Conn) {
    this.conn = conn
    this.request = new Side(conn.options)
    this.response = new Side(conn.options)
    this.pending = []
    this.broken = []
    this.rest = new Request('', '', 1, new Fields(new Headers(), 0))
    this.requestGap = !conn.fromStart
    this.responseGap = false
    this.responseLost = false
    this.pipelined = false
    this.adrift = false
    this.early = undefined
    this.doubt = undefined
    this.opaque = false
    this.givenUp = 0
  }
}
