import { endOf } from '../ends.js'
import type { Cursor, Guess, InferHint } from '../protocol.js'
import { COM, isName, isSql, plausibleLength } from './commands.js'
import { decompress, isPackedHeader, PACKED_HEADER } from './inflate.js'
import { greetingCaps, isLoginPacket } from './login.js'
import { isPrintable, type Look, lookAtAnswer, lookAtPackedAnswer } from './look.js'
import { FIRST, HEADER, LAST_PREPARED, MAX_PAYLOAD, u24 } from './packet.js'
import { startsSql } from './sql.js'

const MAX_GREETING = 512
const MAX_ROW = 1 << 20
/** Commands that are looked at to find one that tells. */
const FOLLOWING = 8
/** Compressed bytes that are decompressed to see what they are. */
const LOOK = 512
/** Bytes of a statement that tell, where it is not whole. */
const SQL_MIN = 8
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
  const silent = server.pos === server.end
  const plain = lookAtRequests(client)
  // A connection is compressed after the login only.
  const packed = plain === 'no' && !hint.fromStart
  const asked = packed ? lookAtPacked(client.buf, client.pos, client.end) : plain
  // The client never begins. Where the greeting is not there, the answer tells.
  const request = asked === 'yes' && hint.fromStart && client.buf[client.pos + 3] === 0 ? 'weak' : asked
  if (request === 'yes' || request === 'no') return request
  // Two headers that agree on the size say more than one.
  if (request === 'weak' && silent) return packed ? 'yes' : 'weak'
  if (request === 'weak') return lookAtAnswers(server, packed)
  if (client.pos < client.end) return request
  // Nothing of the client: a greeting begins, or an old connection's answer goes on.
  if (silent || greeting === 'more') return 'more'
  if (hint.fromStart) return 'no'
  return lookAtPackets(server, HEADER) === 'weak' ? 'weak' : lookAtPackets(server, PACKED_HEADER)
}

function lookAtAnswers({ buf, pos, end }: Cursor, packed: boolean): Look {
  return packed ? lookAtPackedAnswer(buf, pos, end) : lookAtAnswer(buf, pos, end)
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

// Where the first command does not tell and its answer may not have come whole, one that follows tells.
function lookAtRequests({ buf, pos, end }: Cursor): Look {
  const first = lookAtRequest(buf, pos, end)
  for (let n = 1, at = pos; first === 'weak' && n < FOLLOWING; n++) {
    at += HEADER + u24(buf, at)
    const look = at < end ? lookAtRequest(buf, at, end) : 'no'
    if (look !== 'weak') return look === 'yes' ? 'yes' : 'weak'
  }
  return first
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

/** How the bytes look as a compressed packet that begins with a command: its sequence id is 0. `weak`: it has no other. */
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
  return u24(buf, start) + HEADER === length ? 'weak' : 'no'
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
  if (isSql(code) && start < end) return lookAtSql(buf, start, end, code, whole)
  if (code === COM.execute) return lookAtExecution(buf, start, end)
  if (isName(code) && !isPrintable(buf, start, nameEnd(buf, start, end, code))) return 'no'
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
  const known = buf[start + 3] === 0 || buf.readUInt32LE(start) === LAST_PREPARED
  return known && flags < 16 && buf[start + 5] === 1 && u24(buf, start + 6) === 0 ? 'yes' : 'no'
}

// COM_FIELD_LIST: the name of a table, NUL, a pattern.
function nameEnd(buf: Buffer, start: number, end: number, code: number): number {
  const nul = code === COM.fieldList ? buf.indexOf(0, start) : -1
  return nul < 0 ? end : Math.min(nul, end)
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
