import type { Conn } from '../protocol.js'
import { Turns } from '../turns.js'
import { type Command, Words } from './command.js'
import { Subscriptions } from './pushes.js'
import { Queue } from './queue.js'
import { Reader } from './reader.js'
import { type Reply, Writer } from './reply.js'

/** Commands that wait for their replies, and bytes of them that are kept. */
const MAX_PENDING = 65_536
const MAX_HELD = 256 * 1024

/** `CLIENT REPLY`: which commands are answered. */
export const REPLIES = { on: 0, off: 1, skipNext: 2 } as const

/** A frame of either direction. */
export type Frame = Command | Reply

/**
 * One connection, both directions. Replies come in the order of the commands. `placed` false: where the next reply begins is not
 * known.
 */
export class State {
  readonly conn: Conn
  readonly words = new Words()
  readonly request = new Reader(this.words, true)
  readonly writer = new Writer()
  readonly response = new Reader(this.writer, false)
  readonly subscriptions: Subscriptions
  readonly pending = new Queue()
  readonly turns: Turns
  /** A command is being read. */
  requesting = false
  /** A command that ends in a gap ended some time ago. */
  late = false
  /** Client bytes were lost since the last command. */
  holes = false
  inTransaction = false
  replies: number = REPLIES.on

  /** A reply is being read. */
  responding = false
  placed: boolean
  /** Replies given up on since `stitch` asked. */
  strays = 0
  /** A command, and a reply, have been read. */
  asked = false
  answered = false

  constructor(conn: Conn) {
    this.conn = conn
    // The length of a value stands before it, and a reply is many values.
    conn.whole = true
    this.subscriptions = new Subscriptions(conn.fromStart)
    this.placed = conn.fromStart
    this.turns = new Turns(conn.fromStart)
  }

  /** Bytes that are shown of a command that begins now. */
  get shown(): number {
    return this.pending.held > MAX_HELD ? 0 : this.conn.options.bodyBytes
  }
}

/** A command is complete: its reply is expected after those before it. */
export function enqueue(s: State, command: Command): void {
  const { pending } = s
  const place = s.turns.next(pending.length, s.holes, pending.length >= MAX_PENDING)
  s.holes = false
  if (place === 'lost') giveUpAll(s)
  else if (place === 'alone') pending.abandon()
  pending.push(command)
}

/** The server has spoken, perhaps in answer to what is under way. */
export function giveUp(s: State): void {
  s.pending.abandon()
  s.turns.passOver()
}

/** Server bytes were lost or made no sense. */
export function loseReplies(s: State): void {
  s.turns.lose(s.pending.length)
  giveUpAll(s)
}

function giveUpAll(s: State): void {
  s.pending.abandon()
  s.subscriptions.sure = false
  s.strays++
}

/** The place in the stream of the server is lost as well. */
export function losePlace(s: State): void {
  loseReplies(s)
  s.placed = false
  s.responding = false
}

/** The place in the stream of the client is lost: commands may have been. */
export function loseCommands(s: State): void {
  s.requesting = false
  s.holes = true
  s.inTransaction = false
  s.replies = REPLIES.on
}
