import type { Conn, Span } from '../protocol.js'
import { emptyRow, type HANDSHAKE, type TlsRow } from './table.js'

/** Records of one direction after which a handshake that does not end is given up. */
export const RECORDS_MAX = 256

/** A record, or several of which the last finishes a hello. */
export class Records implements Span {
  startNs = 0
  endNs = 0
  lost = false
}

/** One direction. */
export class Side {
  /** Records seen. */
  count = 0
  /** What is there of a handshake message that is not whole. */
  held: Buffer = EMPTY
  /** Bytes of a handshake message that nobody needs. */
  passing = 0
  /** Length of the record that is waited for; 0: none. */
  awaited = 0
  /** Bytes of a torn record that are still to come. */
  left = 0
  /** Bytes are missing: a record may begin in the middle of a message. */
  torn = false
  /** What follows is encrypted. */
  encrypted = false
  /** An encrypted record has been seen: up to TLS 1.2 the Finished message. */
  finished = false
}

/** One connection: its handshake, which is also its row. */
export class State {
  readonly conn: Conn
  readonly row: TlsRow = emptyRow()
  readonly client = new Side()
  readonly server = new Side()
  /** Bits of the columns that were cut. */
  cut = 0
  /** Up to the whole ClientHello. */
  request: Records | undefined
  /** The first records of the server, and the last that belong to the handshake. */
  first: Records | undefined
  last: Records | undefined
  /** The session id that the client offered, and whether the server sent it back. */
  session = ''
  echoed = false
  /** The client's hello had the form of SSL 2.0. */
  old = false
  /** The client may send application data before the handshake ends. */
  early = false
  done = false
  emitted = false

  constructor(conn: Conn) {
    this.conn = conn
  }

  /** Nothing else is of interest. */
  finish(how: (typeof HANDSHAKE)[keyof typeof HANDSHAKE] | null): void {
    if (this.done) return
    this.row.handshake ??= how
    this.done = true
    this.conn.become('opaque')
  }
}

const EMPTY = Buffer.alloc(0)
