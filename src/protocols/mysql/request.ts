import { cutText, text } from '../../records/text.js'
import { type Cursor, INVALID, NEED_MORE } from '../protocol.js'
import { COM, isAnswered, isLogin, isName, isSql, plausibleLength } from './commands.js'
import { lookAtRequest } from './infer.js'
import { isLoginPacket, isTlsRequest, readChangeUser, readLogin } from './login.js'
import { HEADER, LAST_PREPARED, MAX_PAYLOAD, nextSeq, Reader, u24 } from './packet.js'
import { sqlStart } from './params.js'
import { redactSql } from './sql.js'
import { Command, enqueue, FILLER, type Frame, PACKING, PHASE, type State, Statement } from './state.js'

// What precedes the text shown: query attributes, the head of an execution.
const EXTRA = 512

/** One packet of the client, or a part of a long one. */
export function parseRequest(bytes: Cursor, s: State, out: Frame[]): number {
  const { buf, pos, end } = bytes
  if (s.damaged !== null) out.push(s.damaged)
  s.damaged = null
  if (pos === end) return NEED_MORE
  if (s.requestLeft > 0) return eatRest(bytes, 0, s, out)
  if (end - pos < HEADER) return needMore(bytes, HEADER)
  const length = u24(buf, pos)
  const seq = buf[pos + 3] as number
  // A long packet goes on, or the client owes data (of a login: never looked at).
  const owed = s.asked || s.upload
  if (s.requestMore || owed) {
    if (seq === (s.requestMore ? nextSeq(s.requestSeq) : s.seq)) return eatData(bytes, length, s, out)
    if (seq !== 0 || s.requestMore) return loseRequests(s)
  }
  if (s.phase !== PHASE.command && seq > 0) return parseLogin(bytes, length, seq, s, out)
  if (seq !== 0 || length === 0) return loseRequests(s)
  if (end - pos < HEADER + 1) return needMore(bytes, HEADER + 1)
  // After a loss, a header alone is no proof.
  const doubt = s.holes ? lookAtRequest(buf, pos, end) : 'yes'
  if (doubt === 'no') return loseRequests(s)
  return doubt === 'more' ? needMore(bytes, 0) : parseCommand(bytes, length, s, out)
}

function needMore(bytes: Cursor, want: number): number {
  bytes.want = want
  return NEED_MORE
}

/** The client's place in the stream is lost: commands may have been. */
export function loseRequests(s: State): number {
  s.requestLeft = 0
  s.requestMore = false
  s.waiting = 0
  s.upload = false
  s.asked = false
  s.holes = true
  s.lastPrepared = null
  for (const statement of s.statements.values()) statement.types = null
  // Without the login it was only a guess.
  if (s.packing === PACKING.no && !s.capsKnown) s.packing = PACKING.maybe
  s.phase = PHASE.command
  return INVALID
}

function eatData(bytes: Cursor, length: number, s: State, out: Frame[]): number {
  const seq = bytes.buf[bytes.pos + 3] as number
  if (s.asked || s.upload) s.seq = nextSeq(seq)
  else if (s.command !== null) s.command.seq = seq
  // LOCAL INFILE ends with an empty packet.
  if (length === 0 && !s.requestMore) s.upload = false
  s.requestSeq = seq
  s.requestMore = length === MAX_PAYLOAD
  s.requestLeft = length
  return eatRest(bytes, HEADER, s, out)
}

// Eats what is here of the current packet after `before` bytes.
function eatRest(bytes: Cursor, before: number, s: State, out: Frame[]): number {
  const here = Math.min(bytes.end - bytes.pos - before, s.requestLeft)
  s.requestLeft -= here
  bytes.skip = s.requestLeft
  out.push(new Command(FILLER, 0))
  return before + here
}

function parseLogin(bytes: Cursor, length: number, seq: number, s: State, out: Frame[]): number {
  const { buf, pos, end } = bytes
  if (length > 65535) return loseRequests(s)
  if (end - pos < HEADER + length) return needMore(bytes, HEADER + length)
  const start = pos + HEADER
  if (isTlsRequest(buf, start, length)) {
    s.phase = PHASE.login
    s.conn.become('tls')
    out.push(new Command(FILLER, seq))
    return HEADER + length
  }
  if (!isLoginPacket(buf, start, start + length, length)) return loseRequests(s)
  const command = new Command(COM.connect, seq)
  readLogin(buf, start, start + length, s, command)
  s.phase = PHASE.command
  enqueue(s, command)
  out.push(command)
  return HEADER + length
}

function parseCommand(bytes: Cursor, length: number, s: State, out: Frame[]): number {
  const { buf, pos, end } = bytes
  const code = buf[pos + HEADER] as number
  if (!plausibleLength(code, length)) return loseRequests(s)
  const needed = HEADER + Math.min(length, prefixLength(code, s.conn.options.bodyBytes))
  s.waiting = end - pos < needed ? HEADER + length : 0
  s.waitingCode = code
  if (s.waiting > 0) return needMore(bytes, needed)
  const command = new Command(code, 0)
  const whole = needed === HEADER + length
  readCommand(buf, pos + HEADER + 1, pos + needed, whole, s, command)
  beginCommand(s, command, length, HEADER + length - needed)
  bytes.skip = s.requestLeft
  out.push(command)
  return needed
}

function beginCommand(s: State, command: Command, length: number, left: number): void {
  s.phase = PHASE.command
  s.command = command
  s.requestSeq = 0
  s.requestMore = length === MAX_PAYLOAD
  s.requestLeft = left
  s.asked = false
  s.upload = false
  if (isAnswered(command.code)) enqueue(s, command)
}

/** `length` bytes of the client are missing; true: only the text of one command is. */
export function requestGap(length: number, s: State): boolean {
  const { waiting } = s
  s.waiting = 0
  if (length <= s.requestLeft) {
    s.requestLeft -= length
    return true
  }
  if (length > waiting) {
    loseRequests(s)
    return false
  }
  const command = new Command(s.waitingCode, 0)
  command.lost = true
  s.damaged = command
  if (command.code === COM.prepare) s.lastPrepared = null
  // With its last byte lost too, it may have been answered by now.
  if (length === waiting) abandonUnsent(s, command)
  else beginCommand(s, command, waiting - HEADER, waiting - length)
  return true
}

function abandonUnsent(s: State, command: Command): void {
  loseRequests(s)
  command.abandoned = true
}

// How much of a payload is looked at.
function prefixLength(code: number, bodyBytes: number): number {
  if (code === COM.sendLongData) return 7
  return code === COM.changeUser ? MAX_PAYLOAD : bodyBytes + EXTRA
}

// buf[start, end) is the payload after the code, or the first part of it.
function readCommand(buf: Buffer, start: number, end: number, whole: boolean, s: State, command: Command): void {
  const { code } = command
  if (isSql(code)) readSql(buf, start, end, whole, s, command)
  else if (isName(code)) readText(buf, start, end, whole, s, command)
  else if (isLogin(code)) readChangeUser(buf, start, end, s, command)
  else if (usesStatement(code)) readStatement(buf, start, end, whole, s, command)
  if (code === COM.resetConnection || code === COM.changeUser) s.statements.clear()
}

function readSql(buf: Buffer, start: number, end: number, whole: boolean, s: State, command: Command): void {
  readText(buf, command.code === COM.query ? sqlStart(buf, start, end, s) : start, end, whole, s, command)
  if (s.conn.options.redact) command.text = redactSql(command.text as string)
  if (command.code !== COM.prepare) return
  command.statement = new Statement(command.text as string, command.cut)
  s.lastPrepared = command.statement
}

function readText(buf: Buffer, start: number, end: number, whole: boolean, s: State, command: Command): void {
  // COM_FIELD_LIST: the table, a NUL, a pattern.
  const nul = command.code === COM.fieldList ? buf.indexOf(0, start) : -1
  const last = nul >= 0 && nul < end ? nul : end
  const shownEnd = cutText(buf, start, last, s.conn.options.bodyBytes)
  command.text = text(buf, start, shownEnd)
  command.cut = shownEnd < last || !whole
}

function readStatement(buf: Buffer, start: number, end: number, whole: boolean, s: State, command: Command): void {
  const id = new Reader(buf, start, end).uint(4)
  command.statement = id === LAST_PREPARED ? s.lastPrepared : (s.statements.get(id) ?? null)
  if (command.code === COM.close) s.statements.delete(id)
  command.payload = Buffer.from(buf.subarray(start, end))
  command.cut = !whole
}

function usesStatement(code: number): boolean {
  return (code >= COM.execute && code <= COM.reset) || code === COM.fetch || code === COM.bulkExecute
}
