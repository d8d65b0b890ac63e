import type { Conn } from '../protocol.js'
import { Turns } from '../turns.js'
import { Collector } from './collector.js'
import type { Command, Reply } from './frames.js'

/** Commands that wait for their answers, and bytes of them that are kept. */
const MAX_PENDING = 16_384
const MAX_SHOWN = 256 * 1024
const MAX_HELD = 4 * 1024 * 1024

/** Where exchanges go that have ended; one for a connection. */
export interface Outcomes {
  readonly transport: Conn['transport']
  readonly ready: Command[]
  /** Answers given up on since `stitch` asked. */
  strays: number
}

/**
 * Both directions of a connection, or of one exchange of datagrams. Answers come in the order of the commands. `placed` false: where
 * the next one begins is not known.
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
  readonly turns: Turns
  pending: Command[] = []
  held = 0
  /** The last command has no answer. */
  muted = false
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
    this.turns = new Turns(fromStart, conn.fromStart ? 0 : 1)
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
  const place = s.turns.next(s.pending.length, s.holes, s.pending.length >= MAX_PENDING || s.held > MAX_HELD)
  s.holes = false
  if (place === 'lost') s.outcomes.strays++
  if (place !== 'behind') abandonAll(s)
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

/** The first `count` commands that wait wait no longer: the last of them is answered, the others are quiet. */
export function settle(s: State, count: number, reply: Reply): void {
  s.turns.answer(s.pending.length)
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
  s.turns.passOver()
}

/** Server bytes were lost or made no sense. */
export function loseReplies(s: State): void {
  s.turns.lose(s.pending.length)
  abandonAll(s)
  s.outcomes.strays++
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
