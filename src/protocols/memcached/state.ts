import type { Conn } from '../protocol.js'
import { Collector } from './collector.js'
import type { Command, Reply } from './frames.js'

/** Commands that wait for their answers, and bytes of them that are kept. */
const MAX_PENDING = 16_384
const MAX_SHOWN = 256 * 1024
const MAX_HELD = 4 * 1024 * 1024
/** A client that pipelines is believed to be in step again after this many exchanges in strict turn. */
const CALM_TURNS = 4

/** Where exchanges go that have ended; one for a connection. */
export interface Outcomes {
  readonly transport: Conn['transport']
  readonly ready: Command[]
  /** Answers given up on since `stitch` asked. */
  strays: number
}

/**
 * Both directions of a connection, or of one exchange of datagrams. Answers come in the order of the commands. `paired` false: which
 * command the next one answers is not known; it is passed over until the client has sent one command in its turn. `placed` false:
 * not even where the next answer begins.
 */
export class State {
  readonly conn: Conn
  readonly outcomes: Outcomes
  /** The command whose value is being read. */
  command: Command | null = null
  readonly stored = new Collector()
  /** Client bytes were lost since the last command. */
  holes: boolean
  /** The answer that is being read. */
  reply: Reply | null = null
  readonly retrieved = new Collector()
  /** A value of the answer is being read, and its key. */
  reading = false
  valueKey = ''
  placed: boolean
  paired: boolean
  pending: Command[] = []
  held = 0
  /** The last command has no answer. */
  muted = false
  /** More than one command was under way at once. */
  pipelined = false
  /** Answers, of late, to the only command under way. */
  inTurn = 0
  /** Not paired: turns that the client has taken since, how many it takes, whether answers came since the last command. */
  turns = 0
  turnsNeeded: number
  fed = false
  /** Not paired: more than one command may be answered next. */
  open = false
  /** An answer has been read. */
  answered = false
  /** The server wants a login; then it is a `set` whose value is the password. */
  locked = false

  constructor(conn: Conn, outcomes: Outcomes, fromStart = conn.fromStart) {
    this.conn = conn
    this.outcomes = outcomes
    // The length of a value stands before it.
    conn.whole = conn.transport === 'stream'
    this.holes = !fromStart
    this.placed = fromStart
    this.paired = fromStart
    this.turnsNeeded = fromStart ? 0 : 1
  }

  /** Bytes that are shown of a value that begins now. */
  get shown(): number {
    return this.held > MAX_SHOWN ? 0 : this.conn.options.bodyBytes
  }
}

/** A command has begun: its answer is expected after those before it, also before its value is complete. */
export function enqueue(s: State, command: Command): void {
  command.behindMute = s.muted
  s.muted = command.mute
  if (command.mute) {
    end(s, command)
    return
  }
  // Commands before it were lost, or no answer came since the last one: which is answered next is open.
  const open = (s.holes && !(s.fed && takesTurns(s))) || (!s.paired && !s.fed && (s.pending.length > 0 || s.open))
  if ((s.paired && s.holes) || s.pending.length >= MAX_PENDING || s.held > MAX_HELD) loseReplies(s)
  s.holes = false
  if (!s.paired) {
    s.turns = s.fed ? s.turns + 1 : 0
    s.fed = false
    s.open = open
    abandonAll(s)
  }
  command.kept =
    256 + Math.min(command.valueSize ?? 0, s.shown) + command.keys.reduce((sum, key) => sum + key.length, 0)
  s.pending.push(command)
  s.held += command.kept
}

/** The value of a command is complete. */
export function complete(s: State, command: Command): void {
  command.reading = false
  if (command.ended) s.outcomes.ready.push(command)
}

// Its answer has come, or none will: it is a row, unless its value is still to come.
function end(s: State, command: Command): void {
  if (command.reading) command.ended = true
  else s.outcomes.ready.push(command)
}

// Its commands have been answered one by one, so that those that were lost were too.
function takesTurns(s: State): boolean {
  return s.inTurn >= CALM_TURNS
}

/** Whether the answer that begins is that to the only command under way. */
export function mayPair(s: State): boolean {
  return s.pending.length === 1 && !s.fed && !s.open && s.turns >= s.turnsNeeded
}

/** The first `count` commands that wait wait no longer: the last of them is answered, the others are quiet. */
export function settle(s: State, count: number, reply: Reply): void {
  s.inTurn = s.pending.length > 1 ? 0 : s.inTurn + 1
  if (s.pending.length > 1) s.pipelined = true
  for (let left = count; left > 0; left--) {
    const command = s.pending.shift() as Command
    s.held -= command.kept
    if (left === 1) command.answer = reply
    else command.mute = true
    end(s, command)
  }
}

/** Gives up on the answers to the first commands that wait, or to all. */
export function abandonAll(s: State, count = s.pending.length): void {
  for (const command of s.pending.splice(0, count)) {
    s.held -= command.kept
    command.abandoned = true
    command.lost = true
    end(s, command)
  }
}

/** An answer that is not paired was passed over. */
export function giveUp(s: State): void {
  abandonAll(s)
  s.fed = true
}

/**
 * Server bytes were lost or made no sense. That shows only when later bytes come, so nobody knows which of the pending commands
 * these answer: all are given up, and the answer to the next command is the next that is believed.
 */
export function loseReplies(s: State): void {
  s.turnsNeeded = s.pipelined || s.pending.length > 2 ? CALM_TURNS : s.conn.fromStart ? 0 : 1
  abandonAll(s)
  s.outcomes.strays++
  s.paired = false
  s.turns = 0
  s.fed = true
  s.open = false
}

/** The place in the stream of the server is lost as well. */
export function losePlace(s: State): void {
  loseReplies(s)
  s.placed = false
  s.reply = null
  s.reading = false
  s.retrieved.left = 0
}

/** The place in the stream of the client is lost: commands may have been. */
export function loseCommands(s: State): void {
  breakOff(s)
  s.stored.left = 0
  s.holes = true
}

// The rest of its value is missing; an answer may come all the same.
function breakOff(s: State): void {
  const { command } = s
  s.command = null
  if (command === null) return
  command.lost = true
  complete(s, command)
}

/** Nothing follows: what still waits has no answer. */
export function flush(s: State): void {
  breakOff(s)
  for (const command of s.pending.splice(0)) end(s, command)
}
