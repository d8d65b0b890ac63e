import { cutText, text } from '../../records/text.js'
import { COM, isDump, isLogin } from './commands.js'
import { CAP, FIRST, HEADER, Reader, STATUS, u24 } from './packet.js'
import { mayAnswer, redactSql } from './sql.js'
import { type Answer, afterEof, type Command, keepStatement, STEP, type State } from './state.js'
import { RESULT } from './table.js'

/** The longest packet that is not a row: an OK with much session state. */
export const MAX_SMALL = 1 << 18
const MAX_COLUMNS = 65535
/** "Error" code of MariaDB's progress reports: the answer is still to come. */
const PROGRESS = 0xffff

/** Reads a whole packet that is not a row into the answer; false: it cannot be. */
export function readPacket(buf: Buffer, start: number, end: number, s: State): boolean {
  switch (s.step) {
    case STEP.start:
      return readFirst(buf, start, end, s)
    case STEP.definitions:
    case STEP.prepared:
      return readDefinition(buf, start, end, s)
    case STEP.afterDefinitions:
    case STEP.afterPrepared:
      return readMiddleEof(buf, start, end, s)
    case STEP.rows:
      return readEndOfRows(buf, start, end, s)
    case STEP.fields:
      return readField(buf, start, end, s)
    default:
      return false
  }
}

function readFirst(buf: Buffer, start: number, end: number, s: State): boolean {
  const command = s.pending[0] as Command
  const answer = s.answer as Answer
  const { code } = command
  const first = buf[start] as number
  if (first === FIRST.err) return readError(buf, start, end, s, answer)
  if (isLogin(code)) return readLoginAnswer(buf, start, end, s, code)
  if (code === COM.statistics) return readStatistics(buf, start, end, s, answer)
  if (code === COM.prepare) return readPrepared(buf, start, end, s, command)
  if (code === COM.fieldList) return readField(buf, start, end, s)
  if (isDump(code)) return readDump(s)
  if (first === FIRST.ok || first === FIRST.eof) return readOk(buf, start, end, s, answer)
  if (!yieldsRows(code)) return false
  if (first === FIRST.localInfile) {
    s.upload = true
    return true
  }
  return readColumnCount(buf, start, end, s)
}

function yieldsRows(code: number): boolean {
  return code === COM.query || code === COM.execute || code === COM.bulkExecute || code === COM.processInfo
}

/** ERR: code 2, '#' and SQLSTATE (not before the login), message. */
export function readError(buf: Buffer, start: number, end: number, s: State, answer: Answer): boolean {
  if (end - start < 3) return false
  const code = (buf[start + 1] as number) | ((buf[start + 2] as number) << 8)
  if (code === PROGRESS) return true
  answer.result = RESULT.err
  answer.errorCode = code
  const hasState = buf[start + 3] === 0x23 && end - start >= 9
  answer.sqlstate = hasState ? text(buf, start + 4, start + 9) : null
  const from = start + (hasState ? 9 : 3)
  // Sphinx sends the zero that ends it in memory.
  show(buf, from, end > from && buf[end - 1] === 0 ? end - 1 : end, s, answer)
  // A syntax error quotes the statement.
  if (s.conn.options.redact) answer.body = redactSql(answer.body ?? '')
  return finish(s)
}

function show(buf: Buffer, start: number, end: number, s: State, answer: Answer): void {
  const shownEnd = cutText(buf, start, end, s.conn.options.bodyBytes)
  answer.body = text(buf, start, shownEnd)
  answer.cut = shownEnd < end
}

function finish(s: State): boolean {
  s.step = STEP.done
  return true
}

// OK: affected rows, last id, status 2, warnings 2, info. EOF: warnings 2, status 2.
function readOk(buf: Buffer, start: number, end: number, s: State, answer: Answer): boolean {
  const r = new Reader(buf, start + 1, end)
  if (buf[start] === FIRST.eof && end - start === 5) return afterSet(r.uint(4) >>> 16, s)
  const affected = r.lenenc()
  r.lenenc()
  const status = r.uint(2)
  if (!r.ok) return false
  answer.affected = Math.max(answer.affected, 0) + affected
  r.take(2)
  if (r.ok && r.pos < end) readInfo(r, status, s, answer)
  return afterSet(status, s)
}

// With CLIENT_SESSION_TRACK the info has a length before it, and session state may follow it; MariaDB always writes the length.
function readInfo(r: Reader, status: number, s: State, answer: Answer): void {
  const tracked = s.has(CAP.sessionTrack) || r.buf[r.pos] === r.end - r.pos - 1
  let infoEnd = r.end
  if (tracked || (status & STATUS.sessionStateChanged) !== 0) {
    const length = r.lenenc()
    infoEnd = Math.min(r.end, r.pos + length)
  }
  if (answer.sets === 0 && infoEnd > r.pos) show(r.buf, r.pos, infoEnd, s, answer)
}

function afterSet(status: number, s: State): boolean {
  s.step = (status & STATUS.moreResults) !== 0 ? STEP.start : STEP.done
  return true
}

/**
 * Number of columns. MySQL puts a byte before it if the metadata is optional (0: there is none); MariaDB puts one after it
 * if the client caches metadata.
 */
function readColumnCount(buf: Buffer, start: number, end: number, s: State): boolean {
  const before = end - start > 1 && (s.has(CAP.optionalMetadata) || (!s.capsKnown && buf[start] === 0))
  const r = new Reader(buf, before ? start + 1 : start, end)
  const count = r.lenenc()
  const after = r.pos < end ? r.uint(1) : 1
  if (!r.ok || r.pos !== end || count === 0 || count > MAX_COLUMNS || after > 1) return false
  const described = before ? buf[start] !== 0 : after === 1
  const answer = s.answer as Answer
  answer.setStart = answer.rows
  s.definitions = described ? count : 0
  s.step = described ? STEP.definitions : STEP.afterDefinitions
  return true
}

// A column definition begins with its catalog, always "def".
function isDefinition(buf: Buffer, start: number, end: number): boolean {
  return end - start > 12 && buf[start] === 3 && buf[start + 1] === 0x64 && buf[start + 2] === 0x65
}

function readDefinition(buf: Buffer, start: number, end: number, s: State): boolean {
  if (buf[start] === FIRST.err) return readError(buf, start, end, s, s.answer as Answer)
  if (!isDefinition(buf, start, end)) return false
  if (--s.definitions === 0) s.step = s.step === STEP.definitions ? STEP.afterDefinitions : STEP.afterPrepared
  return true
}

function readMiddleEof(buf: Buffer, start: number, end: number, s: State): boolean {
  if (buf[start] === FIRST.err) return readError(buf, start, end, s, s.answer as Answer)
  if (buf[start] !== FIRST.eof || end - start !== 5) return false
  // A cursor: the rows come with COM_STMT_FETCH.
  if (s.step === STEP.afterDefinitions && ((buf[start + 3] as number) & STATUS.cursorExists) !== 0) return finish(s)
  afterEof(s)
  return true
}

function opensCursor(status: number, s: State): boolean {
  return (status & STATUS.cursorExists) !== 0 && s.pending[0]?.code === COM.execute
}

function readEndOfRows(buf: Buffer, start: number, end: number, s: State): boolean {
  const answer = s.answer as Answer
  if (buf[start] === FIRST.err) return readError(buf, start, end, s, answer)
  if (buf[start] !== FIRST.eof) return false
  const r = new Reader(buf, start + 1, end)
  if (end - start > 5) {
    r.lenenc()
    r.lenenc()
  } else r.take(2)
  const status = r.uint(2)
  if (!r.ok) return false
  // A cursor, in the form without EOF.
  if (answer.rows === answer.setStart && opensCursor(status, s)) return finish(s)
  const rows = `Resultset rows = ${answer.rows - answer.setStart}`
  const body = answer.sets === 0 ? rows : `${answer.body}, ${rows}`
  answer.sets++
  if (body.length <= s.conn.options.bodyBytes) answer.body = body
  else answer.cut = true
  answer.setStart = answer.rows
  return afterSet(status, s)
}

function readField(buf: Buffer, start: number, end: number, s: State): boolean {
  if (buf[start] === FIRST.err) return readError(buf, start, end, s, s.answer as Answer)
  if (buf[start] === FIRST.eof) return finish(s)
  s.step = STEP.fields
  return isDefinition(buf, start, end)
}

function readStatistics(buf: Buffer, start: number, end: number, s: State, answer: Answer): boolean {
  show(buf, start, end, s, answer)
  return finish(s)
}

// Replication: events without end. What is decoded ends here.
function readDump(s: State): boolean {
  s.conn.become('opaque')
  return finish(s)
}

// COM_STMT_PREPARE_OK: 0, id 4, columns 2, parameters 2, 0, warnings 2, [metadata follows 1].
function readPrepared(buf: Buffer, start: number, end: number, s: State, command: Command): boolean {
  const r = new Reader(buf, start + 1, end)
  const id = r.uint(4)
  const columns = r.uint(2)
  const params = r.uint(2)
  if (!r.ok || buf[start] !== FIRST.ok) return false
  const { statement } = command
  if (statement !== null) {
    statement.id = id
    statement.params = params
    keepStatement(s, statement)
  }
  const described = !(s.has(CAP.optionalMetadata) && end - start > 12 && buf[start + 12] === 0)
  if (!described || columns + params === 0) return finish(s)
  s.definitions = params || columns
  s.definitionsLater = params === 0 ? 0 : columns
  s.step = STEP.prepared
  return true
}

// OK ends it; an auth switch, more data, another factor: the client goes on, then the server.
function readLoginAnswer(buf: Buffer, start: number, end: number, s: State, code: number): boolean {
  const answer = s.answer as Answer
  const first = buf[start] as number
  if (first === FIRST.ok) {
    readOk(buf, start, end, s, answer)
    answer.affected = -1
    if (code === COM.connect) s.settlePacking()
    return finish(s)
  }
  s.asked = true
  return first === FIRST.eof || first === FIRST.moreData || first === FIRST.nextFactor
}

/** Whether the packet at `pos` (5 bytes of it are there) may begin the answer to a command. */
export function mayBeginAnswer(buf: Buffer, pos: number, command: Command): boolean {
  const length = u24(buf, pos)
  if (buf[pos + 3] !== ((command.seq + 1) & 0xff) || length === 0 || length > MAX_SMALL) return false
  const first = buf[pos + HEADER] as number
  if (first === FIRST.err) return length >= 3
  if (command.code === COM.statistics || command.code === COM.fetch || isDump(command.code)) return true
  if (command.code === COM.fieldList) return first === 3 || first === FIRST.eof
  const sql = command.code === COM.query && !command.cut ? command.text : null
  if (first === FIRST.ok) return length >= 7 && (sql === null || mayAnswer(sql, false))
  if (isLogin(command.code)) return first === FIRST.eof || first <= FIRST.nextFactor
  if (first === FIRST.eof) return length === 5 || length >= 7
  if (!yieldsRows(command.code)) return false
  return first === FIRST.localInfile || (length <= 10 && (sql === null || mayAnswer(sql, true)))
}
