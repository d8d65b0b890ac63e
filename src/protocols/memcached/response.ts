import { type Cursor, Filler, FOREIGN, INVALID, NEED_MORE } from '../protocol.js'
import { MAGIC } from './binary.js'
import { endBinaryValue, parseBinaryReply } from './binary-response.js'
import { type Frame, Reply } from './frames.js'
import { lineEnd, numberOf, wordsOf } from './line.js'
import { finishReply } from './pairing.js'
import { giveUp, losePlace, type State } from './state.js'
import { ANSWER, DIALECT } from './table.js'
import { keep } from './values.js'

const MAX_LINE = 64 * 1024
const MAX_MESSAGE = 1024
/** Statuses that stand alone; those of meta commands may have flags behind them. */
const STATUS =
  /^(?:STORED|NOT_STORED|EXISTS|NOT_FOUND|DELETED|TOUCHED|OK|RESET|VERSION|BUSY|BADCLASS|NOSPARE|NOTFULL|UNSAFE|SAME|HD|EN|NF|NS|EX|MN|ME)$/
const META = /^(?:HD|EN|NF|NS|EX|MN|ME|VA)$/
const ERRORS = /^(?:ERROR|CLIENT_ERROR|SERVER_ERROR|BUSY|BADCLASS|NOSPARE|NOTFULL|UNSAFE|SAME)$/
const LISTED = /^(?:STAT|ITEM|PREFIX|key=\S*|mg)$/

/** One answer of the server, or a part of one. */
export function parseResponse(bytes: Cursor, s: State, out: Frame[]): number {
  const { buf, pos, end } = bytes
  if (s.reply === null) {
    if (pos === end) return NEED_MORE
    if (!s.turns.paired && s.turns.mayPair(s.pending.length) && mayBeginReply(buf[pos] as number)) {
      s.placed = true
      s.turns.paired = true
    }
    if (!s.placed) return passOver(bytes, s, out)
  }
  if (s.reading) return parseValue(bytes, s, out)
  if (s.reply === null ? buf[pos] === MAGIC.response : s.reply.dialect === DIALECT.binary) {
    return settled(parseBinaryReply(bytes, s, out), s)
  }
  if (pos === end) return NEED_MORE
  const next = lineEnd(buf, pos, end, MAX_LINE)
  if (next === 0) return NEED_MORE
  if (next < 0 || !readLine(wordsOf(buf, pos, next), s, out)) return settled(INVALID, s)
  bytes.skip = s.retrieved.left > 0 ? s.retrieved.needless : 0
  return next - pos
}

function settled(verdict: number, s: State): number {
  if (verdict !== INVALID) return verdict
  // The server's first bytes: another protocol.
  const foreign = s.conn.fromStart && !s.answered && !s.holes
  losePlace(s)
  return foreign ? FOREIGN : INVALID
}

/** Whether an answer may begin with this byte: a capital, a digit, or the binary protocol's. */
export function mayBeginReply(first: number): boolean {
  return first === MAGIC.response || (first >= 0x41 && first <= 0x5a) || (first >= 0x30 && first <= 0x39)
}

function passOver({ pos, end }: Cursor, s: State, out: Frame[]): number {
  giveUp(s)
  out.push(new Filler())
  return end - pos
}

function parseValue(bytes: Cursor, s: State, out: Frame[]): number {
  const eaten = s.retrieved.take(bytes.buf, bytes.pos, bytes.end)
  if (s.retrieved.left > 0) {
    bytes.skip = s.retrieved.needless
    return eaten
  }
  endValue(s, out)
  return eaten
}

// A value is complete; a VA has only one.
function endValue(s: State, out: Frame[]): void {
  const reply = s.reply as Reply
  if (reply.dialect === DIALECT.binary) {
    endBinaryValue(s, out)
    return
  }
  s.reading = false
  keep(reply, s.valueKey, s.retrieved.shown(), s.conn.options.bodyBytes)
  reply.cut = reply.cut || s.retrieved.cut
  if (reply.status === 'VA') finish(s, out)
}

function readLine(words: readonly string[], s: State, out: Frame[]): boolean {
  const [first = '', ...rest] = words
  if (s.reply === null && /^\d{1,20}$/.test(first) && rest.length === 0) return readNumber(first, s, out)
  const reply = s.reply ?? new Reply(META.test(first) ? DIALECT.meta : DIALECT.text)
  s.reply = reply
  if (first === 'VALUE' || first === 'CONFIG') return beginValue(reply, rest, s)
  if (first === 'VA') return beginMetaValue(reply, rest, s)
  if (LISTED.test(first)) return readListed(reply, words, s)
  reply.status = first
  if (first === 'END' || (first === 'EN' && reply.values.length > 0)) {
    if (reply.type === ANSWER.status) reply.type = ANSWER.values
  } else if (ERRORS.test(first)) {
    reply.type = ANSWER.error
    reply.text = rest.join(' ').slice(0, MAX_MESSAGE)
  } else if (STATUS.test(first) && reply.hits === 0) readFlags(reply, rest)
  else return false
  finish(s, out)
  return true
}

function readNumber(digits: string, s: State, out: Frame[]): boolean {
  const reply = new Reply(DIALECT.text)
  reply.type = ANSWER.number
  reply.status = 'number'
  reply.text = digits
  s.reply = reply
  finish(s, out)
  return true
}

function readFlags(reply: Reply, words: readonly string[]): void {
  reply.text = words.join(' ')
  if (reply.dialect !== DIALECT.meta) return
  for (const word of words) {
    if (word[0] === 'O') reply.opaque = word.slice(1)
    else if (word[0] === 'k') reply.key = word.slice(1)
    else if (word[0] === 'c') reply.cas = word.slice(1)
    else if (word[0] === 'f') reply.flags = numberOf(word.slice(1)) < 0 ? null : numberOf(word.slice(1))
  }
}

// VALUE key flags bytes [cas unique]
function beginValue(reply: Reply, [key, flags, bytes, unique]: readonly string[], s: State): boolean {
  const size = numberOf(bytes)
  if (key === undefined || numberOf(flags) < 0 || size < 0) return false
  reply.hits++
  if (reply.hits === 1) {
    reply.key = key
    reply.flags = numberOf(flags)
    reply.cas = unique ?? null
  }
  readValue(reply, key, size, s)
  return true
}

// VA bytes flags
function beginMetaValue(reply: Reply, [bytes, ...flags]: readonly string[], s: State): boolean {
  const size = numberOf(bytes)
  if (size < 0) return false
  reply.status = 'VA'
  reply.hits = 1
  readFlags(reply, flags)
  readValue(reply, reply.key ?? '', size, s)
  return true
}

function readValue(reply: Reply, key: string, size: number, s: State): void {
  reply.type = ANSWER.values
  reply.size += size
  s.reading = true
  s.valueKey = key
  s.retrieved.begin(size, 2, Math.max(0, s.conn.options.bodyBytes - reply.shown))
}

// STAT name value; of dumps the whole line.
function readListed(reply: Reply, words: readonly string[], s: State): boolean {
  const [first, ...rest] = words
  reply.type = ANSWER.statistics
  if (first === 'STAT') keep(reply, rest[0] ?? '', rest.slice(1).join(' '), s.conn.options.bodyBytes)
  else keep(reply, words.slice(0, 2).join(' '), words.slice(2).join(' '), s.conn.options.bodyBytes)
  return true
}

function finish(s: State, out: Frame[]): void {
  const reply = s.reply as Reply
  s.reply = null
  out.push(reply)
  finishReply(reply, s)
}

/** `length` bytes of the server are missing; true: they are all within one value. */
export function responseGap(length: number, s: State, lost: boolean): boolean {
  if (s.reply === null || length > s.retrieved.left) {
    losePlace(s)
    return false
  }
  s.reply.lost = s.reply.lost || lost
  s.retrieved.miss(length)
  return true
}
