import type { Body } from '../http/body.js'
import { type Conn, Filler, type Kind, type Span } from '../protocol.js'
import type { Messages } from './grpc.js'
import { type Head, HeadReader } from './head.js'

/** Types of frames. RFC 9113 §6. */
export const DATA = 0
export const HEADERS = 1
export const PRIORITY = 2
export const RST_STREAM = 3
export const SETTINGS = 4
export const PUSH_PROMISE = 5
export const PING = 6
export const GOAWAY = 7
export const WINDOW_UPDATE = 8
export const CONTINUATION = 9

/** Flags of frames. */
export const END_STREAM = 0x01
export const ACK = 0x01
export const END_HEADERS = 0x04
export const PADDED = 0x08
export const WITH_PRIORITY = 0x20

/** Bytes of a frame before its payload. */
export const FRAME_HEADER = 9
/** RFC 9113 §4.2: what a payload has at most, where nothing else was agreed upon. */
export const PAYLOAD_DEFAULT = 16 * 1024
export const PAYLOAD_MAX = 2 ** 24 - 1
/** The longest piece of a header block that is believed, and the longest block: later ones refer to what is in it. */
export const FRAGMENT_MAX = 64 * 1024
export const BLOCK_MAX = 1024 * 1024
/** What every client sends first. RFC 9113 §3.4. */
export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')

/** One direction of a stream: a message. It is pushed with its first frame. */
export class Half implements Span {
  startNs: number
  endNs: number
  lost: boolean
  head: Head | undefined
  trailers: Head | undefined
  body: Body | Messages | undefined
  /** Its last frame, pushed when that is another one. */
  last: Filler | undefined
  /** Nothing follows. */
  ended: boolean
  /** Where the body ends is not known. */
  endless: boolean

  constructor() {
    this.startNs = 0
    this.endNs = 0
    this.lost = false
    this.head = undefined
    this.trailers = undefined
    this.body = undefined
    this.last = undefined
    this.ended = false
    this.endless = false
  }
}

/** What is pushed on `out`. */
export type Frame = Half | Filler

/** A stream: a request and its response. */
export class Exchange {
  readonly id: number
  request: Half | undefined
  response: Half | undefined
  /** Why it went wrong, besides its status. */
  failure: string | null
  /** The end of its response may have been missed. */
  missed: boolean

  constructor(id: number) {
    this.id = id
    this.request = undefined
    this.response = undefined
    this.failure = null
    this.missed = false
  }
}

/** A header block under way. */
export class Block {
  readonly id: number
  /** The stream that a PUSH_PROMISE announces; 0: none. */
  readonly promised: number
  readonly ends: boolean
  /** What has come so far, `length` bytes. */
  bytes: Buffer
  length: number

  constructor(id: number, promised: number, ends: boolean) {
    this.id = id
    this.promised = promised
    this.ends = ends
    this.bytes = EMPTY
    this.length = 0
  }

  add(buf: Buffer, start: number, end: number): void {
    const length = this.length + end - start
    if (length > this.bytes.length) {
      const more = Buffer.allocUnsafe(2 * length)
      this.bytes.copy(more, 0, 0, this.length)
      this.bytes = more
    }
    buf.copy(this.bytes, this.length, start, end)
    this.length = length
  }
}

const EMPTY = Buffer.alloc(0)

/** One direction: the frame that is being read. */
export class Side {
  readonly kind: Kind
  readonly heads: HeadReader
  /** The payload of a frame is being passed. */
  open: boolean
  /** Bytes that are left of it, with the padding. */
  left: number
  padding: number
  /** The frame ends its stream. */
  ends: boolean
  /** Whose body it is; undefined: nobody's. */
  exchange: Exchange | undefined
  block: Block | undefined
  /** What a payload may have, as far as it is known. */
  payloadMax: number
  /** All that was agreed upon has been seen. */
  agreed: boolean
  /** Its place is known. */
  certain: boolean
  /** Nothing has been read or lost yet. */
  fresh: boolean

  constructor(kind: Kind, conn: Conn) {
    this.kind = kind
    this.heads = new HeadReader(conn.options, conn.fromStart)
    this.open = false
    this.left = 0
    this.padding = 0
    this.ends = false
    this.exchange = undefined
    this.block = undefined
    this.agreed = conn.fromStart
    this.certain = conn.fromStart
    this.fresh = conn.fromStart
    this.payloadMax = PAYLOAD_DEFAULT
  }

  /** The message whose body it is. */
  get half(): Half | undefined {
    return this.kind === 'request' ? this.exchange?.request : this.exchange?.response
  }

  /** The next byte is the first of a frame. */
  reset(): void {
    this.open = false
    this.left = 0
    this.exchange = undefined
    this.block = undefined
  }
}

/** The state of a connection. */
export class State {
  readonly conn: Conn
  readonly request: Side
  readonly response: Side
  /** The streams under way, the oldest first. */
  readonly exchanges: Map<number, Exchange>
  /** Those that are complete. */
  readonly done: Exchange[]
  /** Pushed for a frame that matters to no stream. */
  readonly rest: Filler
  /** The last stream that the client opened. */
  lastId: number
  /** Responses whose request has not been seen so far. */
  early: number
  /** Why the server closes the connection. */
  goaway: string | null
  /** Messages that were given up on since the last stitch. */
  givenUp: number

  constructor(conn: Conn) {
    this.conn = conn
    // Between the frames of a body are those that all streams need.
    conn.whole = true
    this.request = new Side('request', conn)
    this.response = new Side('response', conn)
    this.exchanges = new Map()
    this.done = []
    this.rest = new Filler()
    this.lastId = 0
    this.early = 0
    this.goaway = null
    this.givenUp = 0
  }

  side(kind: Kind): Side {
    return kind === 'request' ? this.request : this.response
  }
}
