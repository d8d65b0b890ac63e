import { cutText, text } from '../../records/text.js'
import { type Cursor, FOREIGN, INVALID, NEED_MORE } from '../protocol.js'
import { Words } from '../words.js'
import { lookAt } from './look.js'
import { FRONT, HEADER, Reader, sizeOf } from './messages.js'
import { parseOpening } from './opening.js'
import { showValues } from './params.js'
import { redactSql } from './sql.js'
import {
  abandonTurn,
  CMD,
  enqueue,
  type Frame,
  keepPortal,
  keepStatement,
  Portal,
  Request,
  type State,
  Statement,
  takesTurns,
} from './state.js'

/** A message up to this size is read when all of it is there; of a longer one the first bytes are read. */
const WHOLE = 64 * 1024
const WHOLE_MAX = 512 * 1024
// What precedes the text shown: names, formats.
const EXTRA = 512
const MAX_TYPES = 1024
const MAX_NAME = 256
const NAMES = new Words((name) => name)

/** One message of the client, or a part of a long one. */
export function parseRequest(bytes: Cursor, s: State, out: Frame[]): number {
  const { buf, pos, end } = bytes
  if (s.damaged !== null) out.push(s.damaged)
  s.damaged = null
  s.requestWaiting = 0
  if (pos === end) return NEED_MORE
  if (s.requestLeft > 0) return eatRest(bytes, 0, s, out)
  // The first byte of a length that is never great; later there are only types.
  if (!s.started && buf[pos] === 0) {
    const eaten = parseOpening(bytes, s, out)
    return eaten === INVALID ? notThis(s) : eaten
  }
  if (end - pos < HEADER) return needMore(bytes, HEADER)
  const size = sizeOf('client', buf, pos)
  if (size < 0) return notThis(s)
  if (s.requestDoubt) {
    const look = lookAt('client', buf, pos, end)
    s.unread = look === 'more'
    if (look === 'no') return loseRequests(s)
    if (look === 'more') return needMore(bytes, 0)
  }
  s.requestDoubt = false
  s.started = true
  return parseMessage(bytes, size, s, out)
}

function needMore(bytes: Cursor, want: number): number {
  bytes.want = want
  return NEED_MORE
}

function notThis(s: State): number {
  return s.started || !s.conn.fromStart ? loseRequests(s) : FOREIGN
}

function parseMessage(bytes: Cursor, size: number, s: State, out: Frame[]): number {
  const { buf, pos, end } = bytes
  const type = buf[pos] as number
  if (isFiller(type)) return eatFiller(bytes, size, s, out)
  const needed = size <= WHOLE ? size : Math.min(size, Math.max(HEADER, s.conn.options.bodyBytes + EXTRA), WHOLE_MAX)
  if (end - pos < needed) {
    s.requestWaiting = size
    s.requestType = type
    return needMore(bytes, needed)
  }
  const request = read(type, buf, pos + HEADER, pos + needed, needed === size, s)
  s.requestLeft = size - needed
  bytes.skip = s.requestLeft
  enqueueIfAsked(s, request)
  out.push(request)
  return needed
}

// Copied data, secrets, Flush and Terminate: nothing of them is looked at.
function isFiller(type: number): boolean {
  return type === FRONT.copyData || type === FRONT.secret || type === FRONT.flush || type === FRONT.terminate
}

// Data is copied in many small messages: those of a kind that are here are eaten at once.
function eatFiller(bytes: Cursor, first: number, s: State, out: Frame[]): number {
  const { buf, end } = bytes
  const type = buf[bytes.pos] as number
  let pos = bytes.pos
  for (let size = first; size > 0 && pos < end; ) {
    pos += size
    size = end - pos >= HEADER && buf[pos] === type ? sizeOf('client', buf, pos) : 0
  }
  s.requestLeft = Math.max(0, pos - end)
  bytes.skip = s.requestLeft
  out.push(new Request(CMD.filler))
  return Math.min(pos, end) - bytes.pos
}

function eatRest(bytes: Cursor, before: number, s: State, out: Frame[]): number {
  const here = Math.min(bytes.end - bytes.pos - before, s.requestLeft)
  s.requestLeft -= here
  bytes.skip = s.requestLeft
  out.push(new Request(CMD.filler))
  return before + here
}

/** The client's place in the stream is lost: requests may have been. */
function loseRequests(s: State): number {
  s.started = true
  s.requestLeft = 0
  s.requestDoubt = true
  s.holes = true
  s.portals.clear()
  s.statements.delete('')
  for (const statement of s.statements.values()) statement.doubtful = true
  if (!s.synced) {
    s.quiet = s.quiet && takesTurns(s)
    abandonTurn(s)
  }
  return INVALID
}

/** `length` bytes of the client are missing; true: only the text of one message is. */
export function requestGap(length: number, s: State): boolean {
  const size = s.requestWaiting
  s.requestWaiting = 0
  if (length <= s.requestLeft) {
    s.requestLeft -= length
    return true
  }
  // With its last byte lost too, it may have been answered by now.
  if (length >= size) {
    loseRequests(s)
    return false
  }
  s.damaged = damage(s)
  s.requestLeft = size - length
  return true
}

// What the message that was waited for has said is not known, but that it came.
function damage(s: State): Request {
  const request = new Request(COMMANDS[s.requestType] ?? CMD.filler)
  request.lost = true
  s.portals.clear()
  s.statements.delete('')
  for (const statement of s.statements.values()) statement.doubtful = true
  enqueueIfAsked(s, request)
  return request
}

const COMMANDS: Readonly<Record<number, string>> = {
  [FRONT.query]: CMD.query,
  [FRONT.parse]: CMD.parse,
  [FRONT.bind]: CMD.bind,
  [FRONT.describe]: CMD.describe,
  [FRONT.execute]: CMD.execute,
  [FRONT.close]: CMD.close,
  [FRONT.sync]: CMD.sync,
  [FRONT.functionCall]: CMD.functionCall,
  [FRONT.copyDone]: CMD.copyEnd,
  [FRONT.copyFail]: CMD.copyEnd,
}

// While data is copied the server passes over Syncs, so that a client need not know.
function enqueueIfAsked(s: State, request: Request): void {
  const { cmd } = request
  if (cmd === CMD.filler) return
  if (!s.copying) enqueue(s, request)
  else if (cmd === CMD.copyEnd) s.copying = false
  else if (cmd === CMD.sync) request.skipped = true
  else enqueue(s, request)
}

// buf[start, end) is the body, or the first part of it.
function read(type: number, buf: Buffer, start: number, end: number, whole: boolean, s: State): Request {
  const request = new Request(COMMANDS[type] ?? CMD.filler)
  const r = new Reader(buf, start, end)
  switch (type) {
    case FRONT.query:
      readSql(r, whole, s, request)
      break
    case FRONT.parse:
      readParse(r, whole, s, request)
      break
    case FRONT.bind:
      readBind(r, whole, s, request)
      break
    case FRONT.execute:
      readExecute(r, s, request)
      break
    case FRONT.describe:
    case FRONT.close:
      readNamed(r, type === FRONT.close, s, request)
      break
    case FRONT.functionCall:
      request.text = `function=${r.u32()}`
      break
  }
  return request
}

function readSql(r: Reader, whole: boolean, s: State, request: Request): void {
  const start = r.pos
  const end = r.untilNul()
  const shownEnd = cutText(r.buf, start, end, s.conn.options.bodyBytes)
  const sql = text(r.buf, start, shownEnd)
  request.text = s.conn.options.redact ? redactSql(sql) : sql
  request.cut = shownEnd < end || (!r.ok && !whole)
}

function name(r: Reader): string {
  const start = r.pos
  return NAMES.of(r.buf, start, Math.min(r.untilNul(), start + MAX_NAME))
}

function readParse(r: Reader, whole: boolean, s: State, request: Request): void {
  request.name = name(r)
  readSql(r, whole, s, request)
  const types: number[] = []
  if (r.ok) for (let n = Math.min(r.u16(), MAX_TYPES); n > 0 && r.ok; n--) types.push(r.u32())
  request.statement = new Statement(request.text as string, request.cut, types)
  request.replaced = s.statements.get(request.name)
  keepStatement(s, request.name, request.statement)
}

function readBind(r: Reader, whole: boolean, s: State, request: Request): void {
  request.name = name(r)
  const source = name(r)
  const start = r.pos
  const end = whole ? skipValues(r) : r.end
  const keptEnd = Math.min(end, start + s.conn.options.bodyBytes + EXTRA)
  const statement = s.statements.get(source) ?? null
  const shown = showValues(statement, new Reader(r.buf, start, keptEnd), s)
  const values = shown.types === null ? null : Buffer.from(r.buf.subarray(start, keptEnd))
  const portal = new Portal(statement, source, shown, values, keptEnd < end || !whole, whole ? codes(r) : null)
  request.portal = portal
  request.cut = portal.cut
  keepPortal(s, request.name, portal)
}

// Formats, values with their lengths; → where they end.
function skipValues(r: Reader): number {
  r.take(r.u16() * 2)
  for (let n = r.u16(); n > 0 && r.ok; n--) r.take(Math.max(0, r.length()))
  return r.pos
}

function codes(r: Reader): readonly number[] | null {
  const list: number[] = []
  const count = r.u16()
  if (count > MAX_TYPES) return null
  for (let n = count; n > 0 && r.ok; n--) list.push(r.u16())
  return r.ok ? list : null
}

function readExecute(r: Reader, s: State, request: Request): void {
  request.name = name(r)
  request.portal = s.portals.get(request.name) ?? null
}

function readNamed(r: Reader, closes: boolean, s: State, request: Request): void {
  const isStatement = r.byte() === 0x53
  request.name = name(r)
  request.text = `type=${isStatement ? 'statement' : 'portal'} name=${request.name}`
  if (isStatement) request.statement = s.statements.get(request.name) ?? null
  if (closes) (isStatement ? s.statements : s.portals).delete(request.name)
}
