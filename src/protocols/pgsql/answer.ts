import { cutText, text } from '../../records/text.js'
import { u16, u32 } from '../byte-reader.js'
import { Words } from '../words.js'
import { BACK, type Reader } from './messages.js'
import { redactSql } from './sql.js'
import {
  type Answer,
  CMD,
  dequeue,
  finishAnswer,
  forgetParse,
  isPoint,
  loseAnswers,
  type Request,
  type State,
  skipBatch,
} from './state.js'
import { RESULT } from './table.js'
import { typeName } from './values.js'

const MAX_COLUMNS = 1664
const MAX_TYPES = 1024

/** Whether the server sends this at any time, to no request. */
export function isAside(type: number): boolean {
  return type === BACK.notice || type === BACK.notification || type === BACK.parameterStatus
}

const B = BACK
const RESULTS = [B.commandComplete, B.emptyQuery, B.copyIn, B.copyOut, B.copyBoth, B.error]
// What may begin the answer to a request, and what may follow.
const FIRST: Readonly<Record<string, readonly number[]>> = {
  [CMD.startup]: [B.authentication, B.error, B.negotiateVersion],
  [CMD.query]: [B.rowDescription, ...RESULTS],
  [CMD.execute]: [B.dataRow, B.portalSuspended, ...RESULTS],
  [CMD.parse]: [B.parseComplete, B.error],
  [CMD.bind]: [B.bindComplete, B.error],
  [CMD.describe]: [B.rowDescription, B.noData, B.parameterDescription, B.error],
  [CMD.close]: [B.closeComplete, B.error],
  [CMD.sync]: [B.ready, B.error],
  [CMD.functionCall]: [B.functionResult, B.error],
}
const NEXT: Readonly<Record<string, readonly number[]>> = {
  [CMD.startup]: [B.backendKey, B.ready],
  [CMD.query]: [B.dataRow, B.copyData, B.copyDone, B.ready],
  [CMD.execute]: [B.copyData, B.copyDone],
  [CMD.functionCall]: [B.ready],
}

/** Whether a message of this type is, or begins, the answer to the request. */
export function answers(request: Request, begun: boolean, type: number): boolean {
  const { cmd } = request
  return FIRST[cmd]?.includes(type) === true || (begun && NEXT[cmd]?.includes(type) === true)
}

/** Reads a message, or the first part of a long one, into the answer to the first request; true: that is complete. */
export function readMessage(type: number, r: Reader, s: State, request: Request, answer: Answer): boolean {
  switch (type) {
    case BACK.dataRow:
      return readRow(r, s, answer)
    case BACK.rowDescription:
      return readDescription(r, s, request, answer)
    case BACK.commandComplete:
      return readTag(r, s, request, answer)
    case BACK.error:
      return readFailure(r, s, request, answer)
    case BACK.ready:
      return readReady(s, answer)
    case BACK.parameterDescription:
      return readTypes(r, request)
    case BACK.copyIn:
      return beginCopy(s)
    case BACK.copyOut:
      answer.copies = true
      return false
    case BACK.copyBoth:
      // Replication: changes without end. What is decoded ends here.
      s.conn.become('opaque')
      return complete('COPY BOTH', s, answer)
    case BACK.emptyQuery:
      return request.cmd === CMD.execute && complete('', s, answer)
    case BACK.authentication:
      return readAuthentication(r, answer)
    default:
      return NAMES[type] !== undefined && complete(NAMES[type], s, answer)
  }
}

const NAMES: Readonly<Record<number, string>> = {
  [BACK.parseComplete]: 'PARSE COMPLETE',
  [BACK.bindComplete]: 'BIND COMPLETE',
  [BACK.closeComplete]: 'CLOSE COMPLETE',
  [BACK.noData]: 'NO DATA',
  [BACK.portalSuspended]: 'PORTAL SUSPENDED',
}

function complete(name: string, s: State, answer: Answer): boolean {
  append(answer, name)
  finishAnswer(s, answer)
  return true
}

function append(answer: Answer, line: string): void {
  answer.body = answer.body === null || answer.body === '' ? line : `${answer.body}\n${line}`
}

function readReady(s: State, answer: Answer): boolean {
  s.skipping = false
  finishAnswer(s, answer)
  return true
}

function readAuthentication(r: Reader, answer: Answer): boolean {
  const method = METHODS[r.u32()]
  if (method !== undefined) append(answer, `auth=${method}`)
  return false
}

const METHODS: Readonly<Record<number, string>> = {
  3: 'password',
  5: 'md5',
  7: 'gss',
  9: 'sspi',
  10: 'sasl',
}

/** What a server says of itself while a connection is opened. */
export function readParameter(r: Reader, s: State, answer: Answer): void {
  const start = r.pos
  if (r.buf.toString('latin1', start, r.untilNul()) !== 'server_version') return
  const value = r.pos
  const valueEnd = r.untilNul()
  append(answer, `server_version=${text(r.buf, value, cutText(r.buf, value, valueEnd, s.conn.options.bodyBytes))}`)
}

// Count, then each: name, table 4, column 2, type 4, size 2, modifier 4, format 2.
function readDescription(r: Reader, s: State, request: Request, answer: Answer): boolean {
  const describes = request.cmd === CMD.describe
  const names: string[] = []
  const formats: number[] = []
  let room = s.conn.options.bodyBytes - answer.shown
  for (let n = Math.min(r.u16(), MAX_COLUMNS); n > 0 && r.ok; n--) {
    const start = r.pos
    const end = r.untilNul()
    const at = r.take(18)
    if (at < 0) break
    formats.push(u16(r.buf, at + 16))
    const shownEnd = cutText(r.buf, start, end, Math.max(0, room))
    if (shownEnd < end || room <= 0) answer.cut = true
    const label = text(r.buf, start, shownEnd)
    if (room > 0) names.push(describes ? `${label} ${typeName(u32(r.buf, at + 6))}` : label)
    room -= end - start + 1
  }
  if (describes) return complete(`ROW DESCRIPTION [${names.join(', ')}]`, s, answer)
  answer.formats = formats
  answer.shown = s.conn.options.bodyBytes - room
  answer.rows = Math.max(0, answer.rows)
  append(answer, names.join(','))
  return false
}

/** Counts a row, and shows it as far as there is room; of a long one, the first bytes are here. */
export function readRow(r: Reader, s: State, answer: Answer): boolean {
  answer.rows = Math.max(0, answer.rows) + 1
  if (answer.formats === null) return false
  if (isSated(s, answer)) answer.cut = true
  else append(answer, rowText(r, s, answer, answer.formats))
  return false
}

/** Whether no more rows are shown. */
export function isSated(s: State, answer: Answer): boolean {
  return answer.formats === null || answer.shown >= s.conn.options.bodyBytes
}

function rowText(r: Reader, s: State, answer: Answer, formats: readonly number[]): string {
  const count = r.u16()
  const parts: string[] = []
  let room = s.conn.options.bodyBytes - answer.shown
  for (let i = 0; i < count; i++) {
    const length = r.length()
    const start = r.pos
    r.take(Math.max(0, length))
    if (!r.ok || length > room) answer.cut = true
    if (room <= 0) break
    const part = cell(r, start, length, formats.length > 1 ? formats[i] : formats[0], room)
    parts.push(part)
    room -= Math.max(length, 0) + 1
    if (!r.ok) break
  }
  answer.shown = s.conn.options.bodyBytes - room
  return parts.join(',')
}

// Values in binary form are not shown: their types are not always known.
function cell(r: Reader, start: number, length: number, format: number | undefined, room: number): string {
  if (length < 0) return '[NULL]'
  if (format === 1) return `<${length} bytes>`
  return text(r.buf, start, cutText(r.buf, start, Math.min(start + length, r.end), Math.max(0, room)))
}

const CHANGES = /^(?:INSERT \d+|UPDATE|DELETE|MERGE|COPY|SELECT) (\d{1,15})$/
// With the number of rows it tells; NaN where it tells none.
const TAGS = new Words((tag) => ({ tag, count: Number(CHANGES.exec(tag)?.[1]) }))

function readTag(r: Reader, s: State, request: Request, answer: Answer): boolean {
  const start = r.pos
  const { tag, count } = TAGS.of(r.buf, start, Math.min(r.untilNul(), start + 256))
  if (!Number.isNaN(count)) countRows(tag, count, answer)
  if ((answer.body?.length ?? 0) <= 2 * s.conn.options.bodyBytes + 64) append(answer, tag)
  else answer.cut = true
  answer.formats = null
  answer.copies = false
  if (request.cmd !== CMD.execute) return false
  finishAnswer(s, answer)
  return true
}

// The rows of a SELECT were counted as they came; with INTO they are stored instead, and nothing comes.
function countRows(tag: string, count: number, answer: Answer): void {
  if (answer.copies || (tag === 'SELECT 0' && answer.rows < 0)) answer.rows = Math.max(0, answer.rows) + count
  else if (answer.rows < 0 || !tag.startsWith('SELECT ')) answer.affected = Math.max(0, answer.affected) + count
}

function readTypes(r: Reader, request: Request): boolean {
  const types: number[] = []
  for (let n = Math.min(r.u16(), MAX_TYPES); n > 0 && r.ok; n--) types.push(r.u32())
  if (request.statement !== null && r.ok) request.statement.types = types
  return false
}

// The server passes over Syncs until the data ends: those that were sent ahead are not answered.
function beginCopy(s: State): boolean {
  s.copying = true
  for (let i = 1; i < s.pending.length; i++) {
    const { cmd } = s.pending[i] as Request
    if (cmd === CMD.copyEnd) {
      s.copying = false
      s.pending.splice(i, 1)
      break
    }
    if (cmd !== CMD.sync) continue
    const [sync] = s.pending.splice(i--, 1)
    ;(sync as Request).skipped = true
    s.outstanding--
  }
  return false
}

/** Reads the fields of an error: a letter and a text each; → whether the server closes the connection. */
export function readError(r: Reader, s: State, answer: Answer): boolean {
  const fields: Record<string, string> = {}
  const { bodyBytes, redact } = s.conn.options
  while (r.ok && r.pos < r.end && r.buf[r.pos] !== 0) {
    const code = String.fromCharCode(r.byte())
    const start = r.pos
    const end = r.untilNul()
    const shownEnd = cutText(r.buf, start, end, bodyBytes)
    if (code === 'M' && shownEnd < end) answer.cut = true
    if ('SVCMDH'.includes(code)) fields[code] = text(r.buf, start, shownEnd)
  }
  const { C, M = '', D, H } = fields
  const message = `${M}${D === undefined ? '' : ` (${D})`}${H === undefined ? '' : ` (${H})`}`
  // An error may quote the statement.
  answer.body = redact ? redactSql(message) : message
  answer.result = RESULT.err
  answer.sqlstate = C ?? null
  const severity = fields.V ?? fields.S
  return severity === 'FATAL' || severity === 'PANIC'
}

function readFailure(r: Reader, s: State, request: Request, answer: Answer): boolean {
  const closes = readError(r, s, answer)
  s.copying = false
  if (isPoint(request.cmd) && request.cmd !== CMD.startup && !closes) return false
  finishAnswer(s, answer)
  if (isPoint(request.cmd) || closes) return true
  forgetParse(s, request)
  skipBatch(s)
  return true
}

/** The one byte that answers whether the connection may be encrypted; true: it was that. */
export function readEncryption(byte: number, s: State): boolean {
  if (byte === 0x53) s.conn.become('tls')
  else if (byte === 0x47) s.conn.become('opaque')
  else if (byte !== 0x4e) {
    loseAnswers(s)
    return false
  }
  dequeue(s)
  return true
}
