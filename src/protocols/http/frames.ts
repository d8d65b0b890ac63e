import type { Conn, Span } from '../protocol.js'
import type { Body } from './body.js'
import { Fields } from './fields.js'
import { HeadReader, HTTP_0_9, type RequestHead, type ResponseHead, requestHead, responseHead } from './head.js'
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
  readonly head: RequestHead
  body: Body | undefined
  trailers: Headers | undefined
  /** The body is still moving. */
  open: boolean
  /** Where the body ends is not known. */
  endless: boolean
  /** Requests before this one may have been missed. */
  afterGap: boolean

  constructor(head: RequestHead) {
    this.startNs = 0
    this.endNs = 0
    this.lost = false
    this.head = head
    this.body = undefined
    this.trailers = undefined
    this.open = true
    this.endless = false
    this.afterGap = false
  }
}

/** A final response; pushed when its last byte is eaten. */
export class Response implements Span {
  startNs: number
  endNs: number
  lost: boolean
  readonly head: ResponseHead
  body: Body | undefined
  trailers: Headers | undefined
  /** Where the body ends is not known. */
  endless: boolean
  /** The request that it answers; undefined where that is not certain. */
  request: Request | undefined
  /** Certainly there is no request that it answers, or none that is one. */
  alone: boolean

  constructor(head: ResponseHead) {
    this.startNs = 0
    this.endNs = 0
    this.lost = false
    this.head = head
    this.body = undefined
    this.trailers = undefined
    this.endless = false
    this.request = undefined
    this.alone = false
  }
}

/** What is pushed on `out`. */
export type Frame = Request | Response

/** One direction: the message that is being read and the place in it. */
export class Side<M extends Frame = Frame> {
  phase: number
  /** Bytes that are left of the body or of the chunk. */
  left: number
  /** Bytes of unfinished trailers that were searched for their end. */
  searched: number
  message: M | undefined
  readonly heads: HeadReader<M['head']>

  constructor(heads: HeadReader<M['head']>) {
    this.heads = heads
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
    this.heads.reset()
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
  /** Of a message of HTTP/0.9. */
  readonly noFields: Fields
  /** Pushed for bytes that belong to no new request, so that its time starts at its own first byte. */
  readonly rest: Request
  /** Requests may have been missed since the last one that was seen. */
  requestGap: boolean
  /** Bytes between requests were lost. */
  requestLost: boolean
  /** Responses may have been missed while requests were pending. */
  responseGap: boolean
  /** A resynchronised direction may take text in a body for a response: until one has answered a request. */
  responseLost: boolean
  /** The client has been seen to send before the answer. */
  pipelined: boolean
  /** Pipelined, and a gap: which response answers which request can no longer be known. */
  adrift: boolean
  /** The rest of a request that was not seen has been passed over: it is answered first. */
  unseen: boolean
  /** That rest is being passed over. */
  passing: boolean
  /** Older than the trace, and no response has begun. */
  joining: boolean
  /** A response that was seen before its request (two threads, one socket). */
  early: Response | undefined
  /** A response whose request is certain once the next request follows without a gap. */
  doubt: Response | undefined
  /** No byte of the connection is missing so far. */
  unbroken: boolean
  /** The client has sent nothing yet, since the connection began. */
  fresh: boolean
  /** What the client has sent last is no request. */
  garbled: boolean
  /** A response has begun. */
  answered: boolean
  /** Not HTTP any more, in both directions. */
  opaque: boolean
  /** Frames that were given up on since the last stitch. */
  givenUp: number

  constructor(conn: Conn) {
    this.conn = conn
    this.request = new Side(new HeadReader(conn.options, requestHead))
    this.response = new Side(new HeadReader(conn.options, responseHead))
    this.pending = []
    this.broken = []
    this.noFields = new Fields(new Headers(), conn.options.bodyBytes)
    this.rest = new Request({ method: '', target: '', cut: false, version: HTTP_0_9, fields: this.noFields })
    this.requestGap = !conn.fromStart
    this.requestLost = false
    this.responseGap = false
    this.responseLost = false
    this.pipelined = false
    this.adrift = false
    this.unseen = false
    this.passing = false
    this.joining = !conn.fromStart
    this.early = undefined
    this.doubt = undefined
    this.unbroken = conn.fromStart
    this.fresh = conn.fromStart
    this.garbled = false
    this.answered = false
    this.opaque = false
    this.givenUp = 0
  }
}
