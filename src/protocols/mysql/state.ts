import type { Conn, Span } from '../protocol.js'
import { Turns } from '../turns.js'
import { COM } from './commands.js'
import { CAP, LAST_PREPARED } from './packet.js'
import { RESULT } from './table.js'

/** Prepared statements and unanswered commands kept for a connection. */
const MAX_STATEMENTS = 512
const MAX_PENDING = 1024

/** A prepared statement. */
export class Statement {
  readonly sql: string
  readonly cut: boolean
  id: number
  /** -1: not known, its preparation was not answered. */
  params: number
  /** Two bytes a parameter, as sent with the last execution that sent them. */
  types: Buffer | null
  /** Parameters sent ahead by COM_STMT_SEND_LONG_DATA. */
  ahead: number[]

  constructor(sql: string, cut: boolean) {
    this.sql = sql
    this.cut = cut
    this.id = -1
    this.params = -1
    this.types = null
    this.ahead = []
  }
}

/** `code` of bytes of the client that are no command: authentication data, a file, the rest of a long packet. */
export const FILLER = -1

/** A request frame: one command. */
export class Command implements Span {
  startNs: number
  endNs: number
  lost: boolean
  readonly code: number
  text: string | null
  cut: boolean
  /** Sequence id of its last packet. */
  seq: number
  statement: Statement | null
  /** First bytes of the packet of an execution: its values are read when its row is made. */
  payload: Buffer | null
  answer: Answer | null
  /** Its answer was lost. */
  abandoned: boolean

  constructor(code: number, seq: number) {
    this.startNs = 0
    this.endNs = 0
    this.lost = false
    this.code = code
    this.text = null
    this.cut = false
    this.seq = seq
    this.statement = null
    this.payload = null
    this.answer = null
    this.abandoned = false
  }
}

/** A response frame: the whole answer to one command, or bytes of the server that answer none (`result` null). */
export class Answer implements Span {
  startNs: number
  endNs: number
  lost: boolean
  result: number | null
  body: string | null
  cut: boolean
  sets: number
  rows: number
  affected: number
  errorCode: number | null
  sqlstate: string | null
  /** Rows before the result set in progress. */
  setStart: number
  /** An error that answers no command; `code` is what it is shown with. */
  unasked: boolean
  code: number | null

  constructor(result: number | null) {
    this.startNs = 0
    this.endNs = 0
    this.lost = false
    this.result = result
    this.body = null
    this.cut = false
    this.sets = 0
    this.rows = 0
    this.affected = -1
    this.errorCode = null
    this.sqlstate = null
    this.setStart = 0
    this.unasked = false
    this.code = null
  }
}

export type Frame = Command | Answer

export const PHASE = { greeting: 0, login: 1, command: 2 } as const

/** What the next packet of an answer is. */
export const STEP = {
  start: 0,
  definitions: 1,
  /** An EOF, or the first row where CLIENT_DEPRECATE_EOF was negotiated. */
  afterDefinitions: 2,
  rows: 3,
  fields: 4,
  prepared: 5,
  afterPrepared: 6,
  done: 7,
} as const

/** Is the connection compressed? `maybe`: the next command shows it. */
export const PACKING = { no: 0, maybe: 1, yes: 2 } as const

/** One direction of a compressed connection. */
export class Lane {
  /** Bytes of the current compressed packet still to come; `stored`: they are not compressed. */
  left = 0
  stored = false
  /** The client's place is lost: a header alone is no proof. */
  astray = false
  /** Its sequence id. */
  seq = 0
  /** A long packet as far as it is there, and its size when decompressed. */
  held: Buffer[] | null = null
  size = 0
  /** Decompressed bytes that are no whole packet yet. */
  plain: Buffer = EMPTY
}

const EMPTY = Buffer.alloc(0)

/**
 * One connection, both directions.
 *
 *     greeting ─► login ─► command ─► answer ─► command …
 *
 * `turns` not paired: where the next answer begins is not known; the server's bytes are passed over until the next command in its
 * turn, whose answer begins with the sequence id after it.
 */
export class State {
  readonly conn: Conn
  phase: number
  serverCaps: number
  clientCaps: number
  /** Both ends' capabilities are known. */
  capsKnown: boolean
  /** CLIENT_DEPRECATE_EOF; undefined until it was negotiated or seen. */
  deprecateEof: boolean | undefined

  /** The command of the client's current packet, bytes of that packet still to come, and whether another continues it. */
  command: Command | null
  requestLeft: number
  requestMore: boolean
  requestSeq: number
  /** The client owes packets inside an exchange: authentication data, or a file. */
  asked: boolean
  upload: boolean
  /** Client bytes were lost since the last command. */
  holes: boolean
  /** Size and code of a command whose first bytes are waited for. */
  waiting: number
  waitingCode: number
  /** A command whose text was lost, to be handed out by the next call. */
  damaged: Command | null

  readonly turns: Turns
  /** Server bytes given up on since `stitch` asked. */
  strays: number

  pending: Command[]
  answer: Answer | null
  step: number
  /** Sequence id of the next packet of the exchange; -1: any. */
  seq: number
  responseLeft: number
  responseMore: boolean
  definitions: number
  /** Column definitions of a prepared statement after those of its parameters. */
  definitionsLater: number
  /** An EOF may follow the answer to a prepare. */
  lateEof: boolean

  statements: Map<number, Statement>
  lastPrepared: Statement | null

  packing: number
  /** It was not negotiated before our eyes, but guessed. */
  guessed: boolean
  requestLane: Lane
  responseLane: Lane

  constructor(conn: Conn) {
    this.conn = conn
    // A packet's length is in its header, and rows are many packets.
    conn.whole = true
    this.phase = conn.fromStart ? PHASE.greeting : PHASE.command
    this.serverCaps = -1
    this.clientCaps = 0
    this.capsKnown = false
    this.deprecateEof = undefined
    this.command = null
    this.requestLeft = 0
    this.requestMore = false
    this.requestSeq = 0
    this.asked = false
    this.upload = false
    this.holes = !conn.fromStart
    this.waiting = 0
    this.waitingCode = 0
    this.damaged = null
    this.turns = new Turns(conn.fromStart)
    this.strays = 0
    this.pending = []
    this.answer = null
    this.step = STEP.start
    this.seq = 0
    this.responseLeft = 0
    this.responseMore = false
    this.definitions = 0
    this.definitionsLater = 0
    this.lateEof = false
    this.statements = new Map()
    this.lastPrepared = null
    this.packing = conn.fromStart ? PACKING.no : PACKING.maybe
    this.guessed = false
    this.requestLane = new Lane()
    this.responseLane = new Lane()
  }

  /** Whether both ends agreed on a capability. */
  has(capability: number): boolean {
    return this.capsKnown && (this.serverCaps & this.clientCaps & capability) !== 0
  }

  /** The login is over: from here on the connection is compressed, if both ends agreed. */
  settlePacking(): void {
    if ((this.serverCaps & this.clientCaps & (CAP.compress | CAP.zstd)) === 0) return
    if (this.capsKnown) this.startPacking()
    else this.packing = PACKING.maybe
  }

  /** The next byte of both directions is the first of a compressed packet. */
  startPacking(): void {
    this.packing = PACKING.yes
    this.requestLane = new Lane()
    this.responseLane = new Lane()
  }
}

/** A command is complete: its answer is expected next. */
export function enqueue(s: State, command: Command): void {
  const { turns, pending } = s
  // Not paired, what comes before it is passed over anyway, but for what it was sent behind.
  const holes = turns.paired ? s.holes : followsUnseen(command)
  const place = turns.next(pending.length, holes, pending.length >= MAX_PENDING)
  s.holes = false
  if (place === 'lost') giveUpAll(s)
  else if (place === 'alone') abandon(s, pending.length)
  pending.push(command)
}

// It executes what was prepared last, before that was answered, and this was not seen.
function followsUnseen({ statement, payload }: Command): boolean {
  return statement === null && payload !== null && payload.length >= 4 && payload.readUInt32LE(0) === LAST_PREPARED
}

/** The answer to the first pending command begins. */
export function beginAnswer(s: State): void {
  s.turns.answer(s.pending.length)
  const command = s.pending[0] as Command
  // Sent before the answer to its preparation came.
  if (command.statement === null && command.payload !== null && command.payload.length >= 4) {
    command.statement = s.statements.get(command.payload.readUInt32LE(0)) ?? null
  }
  s.answer = new Answer(RESULT.ok)
  s.step = command.code === COM.fetch ? STEP.rows : STEP.start
  s.seq = s.requestLeft > 0 || s.requestMore ? -1 : (command.seq + 1) & 0xff
  s.lateEof = false
}

/** The answer in progress is complete. */
export function finishAnswer(s: State): Answer {
  const answer = s.answer as Answer
  const command = s.pending.shift() as Command
  command.answer = answer
  s.asked = false
  s.upload = false
  s.answer = null
  s.step = STEP.start
  return answer
}

/** Server bytes were lost or made no sense. */
export function loseAnswers(s: State): void {
  s.turns.lose(s.pending.length)
  giveUpAll(s)
}

function giveUpAll(s: State): void {
  abandon(s, s.pending.length)
  s.strays++
  s.answer = null
  s.step = STEP.start
  s.responseLeft = 0
  s.responseMore = false
  s.lateEof = false
  s.asked = false
  s.upload = false
}

/** Gives up on the answers to the first commands. */
export function abandon(s: State, count: number): void {
  for (let i = 0; i < count; i++) {
    const command = s.pending[i] as Command
    command.abandoned = true
    command.lost = true
    // When the login was over is not known.
    if (command.code === COM.connect && s.packing === PACKING.no) s.packing = PACKING.maybe
  }
  s.pending.splice(0, count)
}

/** What follows column definitions and their EOF, if they have one. */
export function afterEof(s: State): void {
  if (s.step === STEP.afterDefinitions) s.step = STEP.rows
  else if (s.definitionsLater === 0) s.step = STEP.done
  else {
    s.step = STEP.prepared
    s.definitions = s.definitionsLater
    s.definitionsLater = 0
  }
}

/** Keeps a statement under the id the server gave it. */
export function keepStatement(s: State, statement: Statement): void {
  s.statements.set(statement.id, statement)
  if (s.statements.size <= MAX_STATEMENTS) return
  for (const oldest of s.statements.keys()) {
    s.statements.delete(oldest)
    return
  }
}
