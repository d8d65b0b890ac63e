import { decompress, isPackedHeader, PACKED_HEADER } from './inflate.js'
import { FIRST, HEADER, Reader, STATUS, u24 } from './packet.js'

/** How bytes look: `weak` = like the protocol, but many others would as well. */
export type Look = 'yes' | 'weak' | 'more' | 'no'

/** An answer to a command that many protocols could have sent is no longer. */
const MAX_ANSWER = 4096
/** An EOF: warnings and status. */
const EOF = 5
/** An OK: two numbers, status and warnings. */
const OK_MIN = 7
/** The answer to a PREPARE. */
const PREPARED = 12
const SQLSTATE = /^#[0-9A-Z]{5}$/
/** An ERR: code, SQLSTATE and a text. */
const ERROR_MIN = 9
const CODE_MIN = 1000
/** Named by a server that wants to authenticate in another way. */
const PLUGIN = /^[a-z]\w{3,63}$/
/** A flag of the server status that has no meaning. */
const NO_STATUS = 0x04

/** How the bytes look as the first packet of an answer: OK, EOF, ERR or a result set, with sequence id 1. */
export function lookAtAnswer(buf: Buffer, pos: number, end: number): Look {
  if (end - pos < HEADER + 1) return end - pos > 3 && buf[pos + 3] !== 1 ? 'no' : 'more'
  const length = u24(buf, pos)
  if (buf[pos + 3] !== 1 || length === 0 || length > MAX_ANSWER) return 'no'
  const start = pos + HEADER
  const to = start + length
  if (end < to) return 'more'
  const first = buf[start] as number
  if (first === FIRST.ok) return isOk(buf, start, to) || isPrepared(buf, start, to) ? 'yes' : 'no'
  if (first === FIRST.eof) return isEof(buf, start, to) ? 'yes' : 'no'
  if (first === FIRST.err) return isError(buf, start, to) ? 'yes' : 'no'
  if (first === FIRST.localInfile) return isPrintable(buf, start + 1, to) ? 'weak' : 'no'
  return length <= 2 ? lookAtColumn(buf, to, end) : 'weak'
}

/** The same of a connection that is compressed. */
export function lookAtPackedAnswer(buf: Buffer, pos: number, end: number): Look {
  const start = pos + PACKED_HEADER
  if (end - start < HEADER + 1) return end - pos > 3 && buf[pos + 3] !== 1 ? 'no' : 'more'
  if (buf[pos + 3] !== 1 || !isPackedHeader(buf, pos)) return 'no'
  const to = start + u24(buf, pos)
  const size = u24(buf, pos + HEADER)
  if (size === 0) return lookAtAnswer(buf, start, Math.min(end, to))
  const plain = decompress(buf, start, Math.min(end, to), Math.min(size, MAX_ANSWER), end < to || size > MAX_ANSWER)
  return plain === undefined ? 'no' : lookAtAnswer(plain, 0, plain.length)
}

// Two numbers, status, warnings, then nothing or a text.
function isOk(buf: Buffer, start: number, end: number): boolean {
  const r = new Reader(buf, start + 1, end)
  r.lenenc()
  r.lenenc()
  const status = r.uint(2)
  r.take(2)
  return r.ok && (status & NO_STATUS) === 0 && end - start >= OK_MIN && isInfo(r, status)
}

// A text behind its length, which old servers leave out; what has changed in the session follows it.
function isInfo(r: Reader, status: number): boolean {
  const { pos: start, end } = r
  if (r.left === 0) return true
  const length = r.lenenc()
  const at = r.take(length)
  if (at < 0 || !isPrintable(r.buf, at, at + length)) return isPrintable(r.buf, start, end)
  if ((status & STATUS.sessionStateChanged) !== 0) r.take(r.lenenc())
  return r.ok && r.left === 0
}

// The id of the statement, which are counted from 1 on, two counts, a zero, warnings.
function isPrepared(buf: Buffer, start: number, end: number): boolean {
  return end - start === PREPARED && u24(buf, start + 1) > 0 && buf[start + 4] === 0 && buf[start + 9] === 0
}

function isEof(buf: Buffer, start: number, end: number): boolean {
  if (end - start === EOF) return ((buf[start + 3] as number) & NO_STATUS) === 0
  const nul = buf.indexOf(0, start)
  return nul < end && PLUGIN.test(buf.toString('latin1', start + 1, nul))
}

function isError(buf: Buffer, start: number, end: number): boolean {
  if (end - start < ERROR_MIN || buf.readUInt16LE(start + 1) < CODE_MIN) return false
  const text = start + ERROR_MIN
  // The text may end with a zero.
  return SQLSTATE.test(buf.toString('latin1', start + 3, text)) && !buf.subarray(text, end - 1).includes(0)
}

/** Whether these bytes are text without control characters. */
export function isPrintable(buf: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if ((buf[i] as number) < 0x20) return false
  return true
}

// The first column of a result set, which is in the catalog `def`.
function lookAtColumn(buf: Buffer, pos: number, end: number): Look {
  if (end - pos < HEADER + 4) return 'more'
  return buf[pos + 3] === 2 && buf.toString('latin1', pos + HEADER, pos + HEADER + 4) === '\x03def' ? 'yes' : 'no'
}
