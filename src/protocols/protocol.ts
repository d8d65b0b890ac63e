import type { Table } from '../records/table.js'

/** Verdicts of `parse`; a number > 0 is the count of bytes eaten. */
export const NEED_MORE = 0
export const INVALID = -1
/** Not this protocol after all. */
export const FOREIGN = -2

/** Which side of the conversation a stream carries. */
export type Kind = 'request' | 'response'

/**
 * A window on the bytes of one direction: `buf[pos, end)`. It is valid during the call only: what a frame keeps, it copies.
 * `buf` may be larger than the window; never look outside `[pos, end)`.
 */
export interface Cursor {
  readonly buf: Buffer
  pos: number
  end: number
  /** Nothing follows `end` any more: the direction is closed. */
  readonly closed: boolean
  /** Set with NEED_MORE: how many bytes must be there (counted from `pos` at the call) before another call pays; 0 = any. */
  want: number
  /** Set with a count > 0: how many bytes after those eaten nobody needs. They may never arrive: then `gap` is called for them. */
  skip: number
}

/** When the bytes of a frame moved, and whether some were lost. A frame is created with zeros; `connections/` fills them in. */
export interface Span {
  /** Monotonic ns at which the first byte moved. */
  startNs: number
  /** Monotonic ns at which the last byte moved. */
  endNs: number
  /** Bytes of this frame were lost (or it was joined in the middle). */
  lost: boolean
}

/** A frame that makes no row: the rest of one that was pushed before, or bytes that are passed over. Its times end there. */
export class Filler implements Span {
  startNs = 0
  endNs = 0
  lost = false
}

/** What decoding needs to know of the command line. */
export interface DecodeOptions {
  /** Bytes of a body or statement that are shown. */
  readonly bodyBytes: number
  /** Credentials are replaced by `[REDACTED]`. */
  readonly redact: boolean
  /** Names the fields of gRPC messages, where one was given. */
  readonly schema?: Schema | undefined
}

/** Knows the messages of calls. */
export interface Schema {
  /** A message of the call `path` as JSON; undefined where it is not known, or the message is not of its type. */
  describe(path: string, kind: Kind, message: Buffer): string | undefined
}

/** The connection as a protocol sees it. */
export interface Conn {
  readonly transport: 'stream' | 'datagram'
  /** The first byte of the connection has been seen. */
  readonly fromStart: boolean
  readonly options: DecodeOptions
  /** What else is known of it; absent where nothing is. */
  readonly hint?: InferHint
  /** Set to true where framing depends on every byte: then the kernel withholds none but what `skip` names. */
  whole: boolean
  /**
   * What follows is another protocol's: in the direction that is being parsed what is behind the bytes that this call eats,
   * in the other one what has not been eaten. `opaque` ends decoding, `any` asks all protocols anew. `legacy` is handed to
   * the state of the new one.
   */
  become(protocol: string, legacy?: unknown): void
  /** The guess was right beyond doubt, as the first row says else: what has been eaten is not kept for another one. */
  prove?(): void
  /** What all connections to its server have in common, of this protocol; the first makes it. Absent: nothing is known of others. */
  common?<T>(make: () => T): T
}

/** Whether this end of the connection is the client or the server of the protocol. */
export type Guess = 'client' | 'server' | 'no' | 'need-more'

/** What is known of a connection besides its bytes; a hint, never proof. */
export interface InferHint {
  readonly role: 'client' | 'server' | 'unknown'
  readonly localPort: number
  readonly remotePort: number
  readonly fromStart: boolean
  /** `datagram`: one of the two is one whole message, the other is empty. Absent: a stream. */
  readonly transport?: Conn['transport']
}

/** Hands out a row; `cut`: bit i = column i of the protocol's own table columns was shortened. */
export type Emit<R> = (request: Span | undefined, response: Span | undefined, row: R, cut: number) => void

/**
 * A protocol: bytes of one connection → rows. One folder, one line in the registry.
 * No method throws on input, and none keeps state outside `S` and `Conn.common`.
 */
export interface Protocol<F extends Span = Span, S = unknown, R extends object = object> {
  readonly name: string
  readonly table: Table<R>
  readonly transports: 'stream' | 'datagram' | 'both'
  /** Well-known ports: a hint, never proof. */
  readonly ports?: readonly number[]
  /** What its connections may become: they are decoded for the sake of these too. */
  readonly leadsTo?: readonly string[]

  /**
   * Is this the protocol, and which end are we? `sent` and `received` are what this end has sent and received so far; the windows
   * stay as they are, for the next protocol is asked with them too.
   */
  infer(sent: Cursor, received: Cursor, hint: InferHint): Guess

  /** The state of one connection, both directions; `legacy`: what the protocol before it leaves, see `Conn.become`. */
  newState(conn: Conn, legacy?: unknown): S

  /**
   * Reads at most one frame, or a part of one, from `bytes.pos`: → bytes eaten > 0 · NEED_MORE · INVALID · FOREIGN.
   * Of a datagram, one whole message a call; NEED_MORE means malformed there, and `gap` and `findBoundary` are not called.
   * A finished frame is pushed on `out`, in the call that eats its last byte (or, at the end of a closed stream, in a call
   * that returns NEED_MORE).
   * Calls come in the order of the kernel's time over both directions, requests first on a tie.
   */
  parse(kind: Kind, bytes: Cursor, state: S, out: F[]): number

  /**
   * `length` bytes are missing here, and no partial frame is buffered before them. `lost`: not left out on purpose (`skip`,
   * sendfile, the budgets of the kernel side).
   * true: the place in the stream is known, go on after them · false: `findBoundary` decides where to go on.
   */
  gap(kind: Kind, length: number, state: S, lost: boolean): boolean

  /** The offset ≥ `bytes.pos` at which the next frame may start, or -1. */
  findBoundary(kind: Kind, bytes: Cursor, state: S): number

  /**
   * Pairs frames, removes those it has used from both arrays and emits rows.
   * `ended`: nothing follows; what is still unanswered is emitted too.
   * → how many frames were given up on (an answer without a request).
   */
  stitch(requests: F[], responses: F[], state: S, emit: Emit<R>, ended: boolean): number
}
