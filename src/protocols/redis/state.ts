import type { Conn } from '../protocol.js'
import { type Command, Words } from './command.js'
import { Subscriptions } from './pushes.js'
import { Queue } from './queue.js'
import { Reader } from './reader.js'
import { type Reply, Writer } from './reply.js'

/** Commands that wait for their replies, and bytes of them that are kept. */
const MAX_PENDING = 65_536
const MAX_HELD = 256 * 1024
/** A client that pipelines is believed to be in step again after this many exchanges in strict turn. */
const CALM_TURNS = 4

/** `CLIENT REPLY`: which commands are answered. */
export const REPLIES = { on: 0, off: 1, skipNext: 2 } as const

/** A frame of either direction. */
export type Frame = Command | Reply

/**
 * One connection, both directions. Replies come in the order of the commands: as long as nothing is lost, the first answers the
 * first. `paired` false: which command the next reply answers is not known; it is passed over until the client has sent one
 * command in its turn. `placed` false: not even where the next reply begins.
 */
export class State {
  readonly conn: Conn
  readonly words = new Words()
  readonly request = new Reader(this.words, true)
  readonly writer = new Writer()
  readonly response = new Reader(this.writer, false)
  readonly subscriptions: Subscriptions
  readonly pending = new Queue()
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
  paired: boolean
  /** More than one command was under way at once. */
  pipelined = false
  /** Replies, of late, to the only command under way. */
  inTurn = 0
  /** Not paired: turns that the client has taken since, how many it takes, and whether replies came since the last command. */
  turns = 0
  turnsNeeded = 0
  fed = false
  /** Not paired: more than one command may be answered next. */
  open = false
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
    this.paired = conn.fromStart
  }

  /** Bytes that are shown of a command that begins now. */
  get shown(): number {
    return this.pending.held > MAX_HELD ? 0 : this.conn.options.bodyBytes
  }
}

/** A command is complete: its reply is expected after those before it. */
export function enqueue(s: State, command: Command): void {
  const { pending } = s
  // Commands before it were lost, or no reply came since the last one: which is answered next is open.
  const open = (s.holes && !(s.fed && takesTurns(s))) || (!s.paired && !s.fed && (pending.length > 0 || s.open))
  if ((s.paired && s.holes) || pending.length >= MAX_PENDING) loseReplies(s)
  s.holes = false
  if (!s.paired) {
    s.turns = s.fed ? s.turns + 1 : 0
    s.fed = false
    s.open = open
    pending.abandon()
  }
  pending.push(command)
}

// Its commands have been answered one by one, so that those that were lost were too.
function takesTurns(s: State): boolean {
  return s.inTurn >= CALM_TURNS
}

/** Whether the reply that begins answers the only command under way. */
export function mayPair(s: State): boolean {
  return s.pending.length === 1 && !s.fed && !s.open && s.turns >= s.turnsNeeded
}

/** The server has spoken, perhaps in answer to what is under way. */
export function giveUp(s: State): void {
  s.pending.abandon()
  s.fed = true
}

/**
 * Server bytes were lost or made no sense. That shows only when later bytes come, so nobody knows which of the pending commands
 * these answer: all are given up, and the reply to the next command is the next that is believed.
 */
export function loseReplies(s: State): void {
  s.turnsNeeded = s.pipelined || s.pending.length > 2 ? CALM_TURNS : 0
  s.pending.abandon()
  s.subscriptions.sure = false
  s.strays++
  s.paired = false
  s.turns = 0
  s.fed = true
  s.open = false
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
