import type { Conn, Span } from '../protocol.js'
import { CALM_TURNS } from '../turns.js'
import { RESULT } from './table.js'

/** Prepared statements, portals and unanswered messages kept for a connection. */
const MAX_STATEMENTS = 512
const MAX_PORTALS = 64
const MAX_PENDING = 4096
// More unanswered at once than a client that waits can have after a loss: one whose answer was lost, and the next.
const LOST_POINTS = 2

/** What a request is, as `req_cmd` shows it; those in lower case have no row. */
export const CMD = {
  startup: 'Startup',
  cancel: 'CancelRequest',
  query: 'Query',
  parse: 'Parse',
  bind: 'Bind',
  describe: 'Describe',
  execute: 'Execute',
  close: 'Close',
  sync: 'Sync',
  functionCall: 'FunctionCall',
  /** SSLRequest and GSSENCRequest: answered by one byte. */
  encryption: 'encryption',
  /** CopyDone and CopyFail: not answered, but Syncs before it are not either. */
  copyEnd: 'copy end',
  /** Bytes that ask nothing: secrets, copied data, the rest of a long message. */
  filler: 'filler',
} as const

/** A prepared statement. */
export class Statement {
  readonly sql: string
  readonly cut: boolean
  /** Object ids of the parameters' types; 0: left to the server. */
  types: readonly number[]
  /** Client bytes were lost since: it may have been replaced. */
  doubtful: boolean

  constructor(sql: string, cut: boolean, types: readonly number[]) {
    this.sql = sql
    this.cut = cut
    this.types = types
    this.doubtful = false
  }
}

/** Values of parameters as they are shown, by these types; null: all of them are text, whatever their types. */
export interface ShownValues {
  readonly types: readonly number[] | undefined | null
  readonly values: string
  readonly cut: boolean
}

/** A statement with its parameters, ready to be executed. */
export class Portal {
  readonly statement: Statement | null
  /** Name of the statement, for where the statement is not known. */
  readonly source: string
  shown: ShownValues
  /** Formats, count and values of the parameters, or their first bytes, where they are shown by their types. */
  readonly values: Buffer | null
  readonly cut: boolean
  /** Format codes of the result's columns: none = all text, one = for all; null = not known. */
  readonly formats: readonly number[] | null

  constructor(
    statement: Statement | null,
    source: string,
    shown: ShownValues,
    values: Buffer | null,
    cut: boolean,
    formats: readonly number[] | null,
  ) {
    this.statement = statement
    this.source = source
    this.shown = shown
    this.values = values
    this.cut = cut
    this.formats = formats
  }
}

/** A request frame: one message of the client. */
export class Request implements Span {
  startNs: number
  endNs: number
  lost: boolean
  readonly cmd: string
  text: string | null
  cut: boolean
  /** Name that a Parse gives, and what had it before. */
  name: string
  replaced: Statement | undefined
  statement: Statement | null
  portal: Portal | null
  answer: Answer | null
  /** Its answer was lost. */
  abandoned: boolean
  /** The server passed it over, for a message before it failed. */
  skipped: boolean

  constructor(cmd: string) {
    this.startNs = 0
    this.endNs = 0
    this.lost = false
    this.cmd = cmd
    this.text = null
    this.cut = false
    this.name = ''
    this.replaced = undefined
    this.statement = null
    this.portal = null
    this.answer = null
    this.abandoned = false
    this.skipped = false
  }
}

/** A response frame: the whole answer to one request, or bytes of the server that answer none (`result` null). */
export class Answer implements Span {
  startNs: number
  endNs: number
  lost: boolean
  result: number | null
  body: string | null
  /** Bytes of rows in `body`. */
  shown: number
  cut: boolean
  rows: number
  affected: number
  /** COPY TO STDOUT is under way. */
  copies: boolean
  sqlstate: string | null
  /** Format codes of the columns of the rows under way; null: not known, rows are not shown. */
  formats: readonly number[] | null
  /** An error that answers no request. */
  unasked: boolean

  constructor(result: number | null) {
    this.startNs = 0
    this.endNs = 0
    this.lost = false
    this.result = result
    this.body = null
    this.shown = 0
    this.cut = false
    this.rows = -1
    this.affected = -1
    this.copies = false
    this.sqlstate = null
    this.formats = null
    this.unasked = false
  }
}

export type Frame = Request | Answer

/**
 * One connection, both directions.
 *
 * Requests wait in `pending` for their answers, in order. `synced` false: whose answer the server's bytes are is not known; they
 * are passed over until the client speaks after a ReadyForQuery (`quiet`): what it asks then (a `turn`) is answered next.
 */
export class State {
  readonly conn: Conn
  /** A typed message was sent: the opening is over. */
  started: boolean

  requestLeft: number
  /** Size and type of a message of the client whose first bytes are waited for. */
  requestWaiting: number
  requestType: number
  /** A request whose text was lost, to be handed out by the next call. */
  damaged: Request | null
  /** Client bytes were lost since the last request. */
  holes: boolean
  /** After a loss, a header alone is no proof. */
  requestDoubt: boolean
  /** In doubt: what may be a message waits for bytes that tell. The server may be ready because it has answered it. */
  unread: boolean
  /** Server's COPY FROM STDIN under way: it passes over Syncs. */
  copying: boolean

  responseLeft: number
  responseWaiting: number
  responseType: number
  responseDoubt: boolean

  synced: boolean
  quiet: boolean
  turn: boolean
  /** Not synced: turns with as many ReadyForQuery as they asked for, in a row, and how many it takes. */
  turns: number
  turnsNeeded: number
  /** Not synced: ReadyForQuery that the turn still asks for. */
  owed: number
  /** Server bytes given up on since `stitch` asked. */
  strays: number

  /** Several requests for a ReadyForQuery were under way at once. */
  pipelined: boolean
  /** Queries and Syncs that were answered one by one, of late. */
  inTurn: number
  outstanding: number
  pending: Request[]
  answer: Answer | null
  /** A message failed: the server passes over what follows, up to the next Sync. */
  skipping: boolean

  statements: Map<string, Statement>
  portals: Map<string, Portal>

  constructor(conn: Conn) {
    this.conn = conn
    // A message's length is in its header, and rows are many messages.
    conn.whole = true
    this.started = false
    this.requestLeft = 0
    this.requestWaiting = 0
    this.requestType = 0
    this.damaged = null
    this.holes = false
    this.requestDoubt = !conn.fromStart
    this.unread = false
    this.copying = false
    this.responseLeft = 0
    this.responseWaiting = 0
    this.responseType = 0
    this.responseDoubt = !conn.fromStart
    this.synced = conn.fromStart
    this.quiet = true
    this.turn = false
    this.turns = 0
    this.turnsNeeded = 0
    this.owed = 0
    this.strays = 0
    this.pipelined = false
    this.inTurn = 0
    this.outstanding = 0
    this.pending = []
    this.answer = null
    this.skipping = false
    this.statements = new Map()
    this.portals = new Map()
  }
}

/** Whether the request ends with a ReadyForQuery. */
export function isPoint(cmd: string): boolean {
  return cmd === CMD.query || cmd === CMD.sync || cmd === CMD.startup || cmd === CMD.functionCall
}

/** A request is complete: its answer is expected after those of the requests before it. */
export function enqueue(s: State, request: Request): void {
  if (s.synced && (s.holes || s.pending.length >= MAX_PENDING)) loseAnswers(s)
  s.holes = false
  if (!s.synced) beginTurn(s)
  if (!s.synced && !s.turn) {
    if (isPoint(request.cmd)) s.owed++
    give(request)
    return
  }
  if (s.skipping && s.pending.length === 0 && request.cmd !== CMD.sync) {
    skip(s, request)
    return
  }
  s.pending.push(request)
  if (!isPoint(request.cmd)) return
  s.owed++
  s.outstanding++
  // Of a connection that is older than the trace, more of a pipeline may be under way: these are not answered next.
  if (s.outstanding > 1 && !s.synced && !s.conn.fromStart) s.turnsNeeded = CALM_TURNS
}

function beginTurn(s: State): void {
  if (!s.quiet) return
  s.quiet = false
  s.turn = true
  s.turns = s.turnsNeeded === 0 || s.owed === 0 ? s.turns + 1 : 0
  s.owed = 0
}

/** Not synced: its queries have been answered one by one, so that those that were lost were too. */
export function takesTurns(s: State): boolean {
  return s.turnsNeeded === 0 && s.inTurn >= CALM_TURNS
}

/** Not synced: whether what the server sends next may be taken for the answer to the turn. */
export function mayResync(s: State): boolean {
  return s.turn && s.pending.length > 0 && s.turns > s.turnsNeeded
}

/** Takes the first request off the queue. */
export function dequeue(s: State): Request {
  const request = s.pending.shift() as Request
  if (!isPoint(request.cmd)) return request
  // Not when the next was sent: it may be that the answer to this one was lost, which shows later.
  if (s.outstanding > 1) s.pipelined = true
  s.inTurn = s.outstanding > 1 ? 0 : s.inTurn + 1
  s.outstanding--
  return request
}

/** The answer in progress is complete. */
export function finishAnswer(s: State, answer: Answer): void {
  dequeue(s).answer = answer
  s.answer = null
}

/** A message failed: the server passes over those after it, up to the next Sync. */
export function skipBatch(s: State): void {
  s.skipping = true
  while (s.pending.length > 0 && s.pending[0]?.cmd !== CMD.sync) skip(s, dequeue(s))
}

function skip(s: State, request: Request): void {
  request.skipped = true
  forgetParse(s, request)
}

/** A Parse had no effect: its name means what it meant before. */
export function forgetParse(s: State, request: Request): void {
  if (request.cmd !== CMD.parse || s.statements.get(request.name) !== request.statement) return
  if (request.replaced === undefined) s.statements.delete(request.name)
  else s.statements.set(request.name, request.replaced)
}

/**
 * Server bytes were lost or made no sense, or requests were lost. That shows only when later bytes come, so nobody knows which
 * of the pending requests these answer: all are given up.
 */
export function loseAnswers(s: State): void {
  s.turnsNeeded = s.pipelined || s.outstanding > LOST_POINTS ? CALM_TURNS : 0
  s.pipelined = false
  s.strays++
  s.synced = false
  s.quiet = false
  s.turns = 0
  s.owed = 0
  s.answer = null
  s.skipping = false
  s.copying = false
  abandonTurn(s)
}

/** Gives up on the answers to all that is pending. */
export function abandonTurn(s: State): void {
  for (const request of s.pending) give(request)
  s.pending = []
  s.outstanding = 0
  s.turn = false
}

function give(request: Request): void {
  request.abandoned = true
  request.lost = true
  // Whether it was prepared, and with what types, is not known.
  if (request.statement !== null) request.statement.doubtful = true
}

/** Keeps a statement under its name. */
export function keepStatement(s: State, name: string, statement: Statement): void {
  keep(s.statements, name, statement, MAX_STATEMENTS)
}

/** Keeps a portal under its name. */
export function keepPortal(s: State, name: string, portal: Portal): void {
  keep(s.portals, name, portal, MAX_PORTALS)
}

// As the youngest, which the only one is where it stands.
function keep<T>(map: Map<string, T>, name: string, value: T, most: number): void {
  if (map.size > 1) map.delete(name)
  map.set(name, value)
  if (map.size <= most) return
  const [oldest] = map.keys()
  if (oldest !== undefined) map.delete(oldest)
}

/** A new answer to the request that is first in the queue. */
export function newAnswer(request: Request): Answer {
  const answer = new Answer(RESULT.ok)
  if (request.cmd === CMD.execute && request.portal !== null) answer.formats = request.portal.formats
  return answer
}
