import type { Conn, Kind } from '../protocol.js'
import { Inboxes } from './inboxes.js'
import { Content, type Message, release } from './message.js'
import { Subscriptions } from './subscriptions.js'
import { Turns } from './turns.js'

/** One direction. */
export interface Side {
  readonly content: Content
  /** What follows its control line is being read. */
  message: Message | null
  /** It ends in a gap, and ended some time ago. */
  late: boolean
}

/** One connection, both directions. */
export class State {
  readonly conn: Conn
  readonly sides: Readonly<Record<Kind, Side>> = { request: newSide(), response: newSide() }
  /** Messages that were given up on; their rows are due. */
  readonly released: Message[] = []
  /** Messages to inboxes that no request names. A loss among the requests shows when later ones come. */
  readonly doubtful: Message[] = []
  /** What the server answers in turn, and what the client does. */
  readonly commands: Turns
  readonly pings: Turns
  readonly inboxes = new Inboxes(this.released)
  readonly subscriptions: Subscriptions
  /** The server acknowledges every command. Servers do by default, clients turn it off. */
  verbose: boolean
  /** The client has said what it wants. */
  connected = false
  /** Both ends are servers. */
  cluster = false
  /** Client bytes were not seen. */
  holes: boolean
  /** Messages so far, of both directions. */
  order = 0

  constructor(conn: Conn) {
    this.conn = conn
    // The length of a message stands before it.
    conn.whole = true
    this.commands = new Turns(conn.fromStart, this.released)
    this.pings = new Turns(conn.fromStart, this.released)
    this.subscriptions = new Subscriptions(conn.fromStart)
    this.verbose = conn.fromStart
    this.holes = !conn.fromStart
  }
}

function newSide(): Side {
  return { content: new Content(), message: null, late: false }
}

/** Bytes of one direction were lost: what had to do with them is no longer certain. */
export function lose(kind: Kind, s: State): void {
  s.sides[kind].message = null
  s.commands.lose()
  s.pings.lose()
  if (kind === 'response') s.inboxes.lose()
  else {
    s.subscriptions.complete = false
    s.holes = true
    settle(s, true)
    if (!s.connected) s.verbose = false
  }
}

/** Client bytes have come after the doubtful messages: → their rows; `lost`: what they answer may be lost. */
export function settle(s: State, lost: boolean): void {
  for (const message of s.doubtful) {
    message.doubtful = false
    message.lost = message.lost || lost
    release(message, s.released)
  }
  s.doubtful.length = 0
}
