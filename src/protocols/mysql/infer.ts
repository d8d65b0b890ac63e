import { endOf } from '../ends.js'
import type { Cursor, Guess, InferHint } from '../protocol.js'
import { COM, isName, isSql, plausibleLength } from './commands.js'
import { decompress, isPackedHeader, PACKED_HEADER } from './inflate.js'
import { greetingCaps, isLoginPacket } from './login.js'
import { FIRST, HEADER, MAX_PAYLOAD, u24 } from './packet.js'
import { startsSql } from './sql.js'

/** How bytes look: `weak` = like the protocol, but many others would as well. */
export type Look = 'yes' | 'weak' | 'more' | 'no'

const MAX_GREETING = 512
const MAX_ROW = 1 << 20
/** Compressed bytes that are decompressed to see what they are. */
const LOOK = 512
/** Bytes of a statement that tell, where it is not whole. */
const SQL_MIN = 8
/** Bytes of the answer to a PREPARE behind its first. */
const PREPARED = 11
/** Bytes of a number of variable length that begins with this; else it is one. */
const LENENC: Readonly<Record<number, number>> = { 252: 3, 253: 4, 254: 9 }
/** A command is cut into pieces of no less than this before it is compressed. */
const MIN_PIECE = 1024

/** The server greets first; of a connection joined later, a command of the client tells. */
export function infer(sent: Cursor, received: Cursor, hint: InferHint): Guess {
  return endOf(look(sent, received, hint), look(received, sent, hint))
}

// Whether `client` and `server` are the two ends.
function look(client: Cursor, server: Cursor, hint: InferHint): Look {
  const greeting = lookAtGreeting(server)
  if (greeting === 'yes') return 'yes'
  const request = lookAtClient(client, hint)
  if (request === 'yes' || request === 'no') return request
  const silent = server.pos === server.end
  if (request === 'weak') return silent ? 'weak' : lookAtAnswer(server)
  if (client.pos < client.end) return request
  // Nothing of the client: a greeting begins, or an old connection's answer goes on.
  if (silent || greeting === 'more') return 'more'
  if (hint.fromStart) return 'no'
  return lookAtPackets(server, HEADER) === 'weak' ? 'weak' : lookAtPackets(server, PACKED_HEADER)
}

// A connection is compressed after the login only.
function lookAtClient(c: Cursor, hint: InferHint): Look {
  const plain = lookAtRequest(c.buf, c.pos, c.end)
  return plain !== 'no' || hint.fromStart ? plain : lookAtPacked(c.buf, c.pos, c.end)
}

function lookAtGreeting(c: Cursor): Look {
  const { buf, pos, end } = c
  if (end - pos < HEADER + 1) return startsLike(c)
  const length = u24(buf, pos)
  if (buf[pos + 3] !== 0 || length < 9 || length > MAX_GREETING) return 'no'
  const first = buf[pos + HEADER]
  if (first !== 10 && first !== FIRST.err) return 'no'
  if (end - pos < HEADER + length) return 'more'
  const start = pos + HEADER
  if (first === 10) return greetingCaps(buf, start, start + length) >= 0 ? 'yes' : 'no'
  return isErrorText(buf, start, start + length) ? 'yes' : 'no'
}

// Fewer than 5 bytes: 3 of a small length, a sequence id of 0.
function startsLike(c: Cursor): Look {
  const { buf, pos, end } = c
  if (end - pos > 2 && buf[pos + 2] !== 0) return 'no'
  return end - pos > 3 && buf[pos + 3] !== 0 ? 'no' : 'more'
}

// An error instead of a greeting: code 1000–4999, a text.
function isErrorText(buf: Buffer, start: number, end: number): boolean {
  const code = (buf[start + 1] as number) | ((buf[start + 2] as number) << 8)
  if (code < 1000 || code > 4999) return false
  for (let i = start + 3; i < end; i++) if ((buf[i] as number) < 0x20) return false
  return true
}

/** How the bytes look as a command or a login at `pos`. */
export function lookAtRequest(buf: Buffer, pos: number, end: number): Look {
  if (end - pos < HEADER + 1) return end - pos > 3 && (buf[pos + 3] as number) > 2 ? 'no' : 'more'
  const length = u24(buf, pos)
  const seq = buf[pos + 3] as number
  if (seq === 1 || seq === 2) return lookAtLogin(buf, pos, end, length)
  const code = buf[pos + HEADER] as number
  if (seq !== 0 || !plausibleLength(code, length)) return 'no'
  const next = pos + HEADER + length
  if (next < end && !followsCommand(buf, next, end, length)) return 'no'
  return lookAtArgument(buf, pos + HEADER + 1, Math.min(end, next), code, end - pos - HEADER >= length)
}

/** How the bytes look as a compressed packet that begins with a command: its sequence id is 0. */
export function lookAtPacked(buf: Buffer, pos: number, end: number): Look {
  if (end - pos > 3 && buf[pos + 3] !== 0) return 'no'
  if (end - pos < PACKED_HEADER + HEADER + 1) return 'more'
  if (!isPackedHeader(buf, pos)) return 'no'
  const length = u24(buf, pos)
  const start = pos + PACKED_HEADER
  const look = lookInto(buf, start, Math.min(end, start + length), length, u24(buf, pos + HEADER))
  return look === 'more' && end >= start + length ? 'no' : look
}

// buf[start, end) are the first bytes of what a compressed packet holds: `length` bytes, `size` when decompressed.
function lookInto(buf: Buffer, start: number, end: number, length: number, size: number): Look {
  if (size === 0) return lookInside(buf, start, end, length)
  const taken = Math.min(end, start + LOOK)
  const plain = decompress(buf, start, taken, size, taken < start + length)
  return plain === undefined ? 'no' : lookInside(plain, 0, plain.length, size)
}

// Only a long command goes on in the next compressed packet.
function lookInside(buf: Buffer, start: number, end: number, length: number): Look {
  if (end - start < HEADER + 1) return 'more'
  if (u24(buf, start) + HEADER > length && length < MIN_PIECE) return 'no'
  const look = lookAtRequest(buf, start, end)
  if (look !== 'weak') return look
  return u24(buf, start) + HEADER === length ? 'yes' : 'no'
}

function lookAtLogin(buf: Buffer, pos: number, end: number, length: number): Look {
  if (length < 32 || length > 65535) return 'no'
  if (end - pos < HEADER + 32) return 'more'
  const start = pos + HEADER
  const speaks = ((buf[start + 1] as number) & 0x02) !== 0
  return speaks && isLoginPacket(buf, start, end, length) ? 'yes' : 'no'
}

// The packet after a command: another command, the rest of a long one, or a file that the server asked for.
function followsCommand(buf: Buffer, pos: number, end: number, length: number): boolean {
  if (end - pos < HEADER + 1) return true
  if (length === MAX_PAYLOAD) return buf[pos + 3] === 1
  return buf[pos + 3] === 2 || (buf[pos + 3] === 0 && plausibleLength(buf[pos + HEADER] as number, u24(buf, pos)))
}

function lookAtArgument(buf: Buffer, start: number, end: number, code: number, whole: boolean): Look {
  if (isSql(code)) return lookAtSql(buf, start, end, code, whole)
  if (code === COM.execute) return lookAtExecution(buf, start, end)
  if (isName(code)) return isPrintable(buf, start, end) ? (whole ? 'weak' : 'more') : 'no'
  return whole ? 'weak' : 'more'
}

function lookAtSql(buf: Buffer, start: number, end: number, code: number, whole: boolean): Look {
  // Query attributes: none, in one set.
  const attributes = code === COM.query && buf[start] === 0 && buf[start + 1] === 1 ? 2 : 0
  const look = startsSql(buf, start + attributes, end)
  // A word may go on.
  return look === 'yes' && !whole && end - start < SQL_MIN ? 'more' : look
}

// Statement id 4, flags 1, iterations 4: always 1.
function lookAtExecution(buf: Buffer, start: number, end: number): Look {
  if (end - start < 9) return 'more'
  const flags = buf[start + 4] as number
  // Ids are counted, from 1 on.
  return buf[start + 3] === 0 && flags < 16 && buf[start + 5] === 1 && u24(buf, start + 6) === 0 ? 'yes' : 'no'
}

function isPrintable(buf: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if ((buf[i] as number) < 0x20 && buf[i] !== 0) return false
  return true
}

// The answer to a command that many protocols could have sent: OK, EOF, ERR or a result set with sequence id 1.
function lookAtAnswer(c: Cursor): Look {
  const { buf, pos, end } = c
  if (end - pos < HEADER + 1) return 'more'
  const length = u24(buf, pos)
  if (buf[pos + 3] !== 1 || length === 0 || length > 4096) return 'no'
  if (end - pos < HEADER + length) return 'more'
  const first = buf[pos + HEADER] as number
  if (first === FIRST.ok) return isOk(buf, pos + HEADER + 1, pos + HEADER + length) ? 'yes' : 'no'
  if (first === FIRST.eof) return length === 5 || length >= 7 ? 'yes' : 'no'
  if (first === FIRST.err) return buf[pos + HEADER + 3] === 0x23 ? 'yes' : 'no'
  return length <= 2 ? lookAtColumn(buf, pos + HEADER + length, end) : 'weak'
}

// Two numbers, status, warnings, then nothing or a text; or what a PREPARE is told: 4 numbers and a zero between.
function isOk(buf: Buffer, start: number, end: number): boolean {
  if (end - start === PREPARED && buf[start + 8] === 0 && buf[start + 10] === 0) return true
  let at = start
  for (let i = 0; i < 2; i++) at += LENENC[buf[at] as number] ?? 1
  at += 4
  // With state changes the text has a length before it.
  return at === end || (at < end && isPrintable(buf, at + 1, end))
}

// The first column of a result set, which is in the catalog `def`.
function lookAtColumn(buf: Buffer, pos: number, end: number): Look {
  if (end - pos < HEADER + 4) return 'more'
  return buf[pos + 3] === 2 && buf.toString('latin1', pos + HEADER, pos + HEADER + 4) === '\x03def' ? 'yes' : 'no'
}

// Packets with consecutive sequence ids: perhaps an answer of a connection that is older than the trace.
function lookAtPackets(c: Cursor, header: number): Look {
  const { buf, end } = c
  let { pos } = c
  // Only a greeting has the sequence id 0, and few rows are long.
  if (end - pos >= header && (buf[pos + 3] === 0 || u24(buf, pos) > MAX_ROW)) return 'no'
  for (let n = 0; n < 4 && end - pos >= header; n++) {
    const next = pos + header + u24(buf, pos)
    if (next + header <= end && buf[next + 3] !== (((buf[pos + 3] as number) + 1) & 0xff)) return 'no'
    pos = next
  }
  return 'weak'
}
