import type { Cursor, Kind } from '../protocol.js'

/** The longest method that is believed. */
export const METHOD_MAX = 32

const LONGEST_LINE = 16 * 1024
const VERSION = Buffer.from('HTTP/1.')

/** Do these bytes start a request, as far as they go? A method, a space, and so on; the version is checked with the line. */
export function mayBeRequest(buf: Buffer, pos: number, end: number): boolean {
  const stop = Math.min(end, pos + METHOD_MAX + 1)
  for (let at = pos; at < stop; at++) {
    const c = buf[at] as number
    if (c === 32) return at > pos && mayBeTarget(buf, afterSpaces(buf, at, end), end)
    if (!isTokenChar(c)) return false
  }
  return end - pos <= METHOD_MAX
}

function mayBeTarget(buf: Buffer, pos: number, end: number): boolean {
  return pos >= end || (buf[pos] as number) > 32
}

/** RFC 9112 §3: a recipient may take any number of spaces for one. */
export function afterSpaces(buf: Buffer, pos: number, end: number): number {
  let at = pos
  while (at < end && buf[at] === 32) at++
  return at
}

/** Is the first line, once it is complete, a request line? One that is long begins as most do. */
export function mayBeRequestLine(buf: Buffer, pos: number, end: number): boolean {
  const lf = buf.indexOf(10, pos)
  if (lf < 0 || lf >= end) return end - pos < LONGEST_LINE || isLongRequestLine(buf, pos, end)
  const version = lf - (buf[lf - 1] === 13 ? 9 : 8)
  return version > pos && buf[version - 1] === 32 && buf.compare(VERSION, 0, 7, version, version + 7) === 0
}

/** A line without an end that is longer than most, with a known method and a path: long enough for `infer` to be sure. */
export function isLongRequestLine(buf: Buffer, pos: number, end: number): boolean {
  const space = end - pos < LONGEST_LINE ? -1 : knownMethodEnd(buf, pos)
  return space >= 0 && buf[space + 1] === 47
}

// The space behind a known method, or -1.
function knownMethodEnd(buf: Buffer, pos: number): number {
  const space = buf.indexOf(32, pos)
  return space - pos <= METHOD_MAX && METHODS.includes(buf.toString('latin1', pos, space)) ? space : -1
}

/** A first line that is no request line but ends as one does: `GET/ HTTP/1.1`. A server refuses it. */
export function isGarbledRequest(buf: Buffer, pos: number, end: number): boolean {
  const lf = buf.indexOf(10, pos)
  if (lf < 0 || lf >= end || lf - pos > LONGEST_LINE) return false
  const version = lf - (buf[lf - 1] === 13 ? 9 : 8)
  if (version < pos || buf.compare(VERSION, 0, 7, version, version + 7) !== 0) return false
  return !mayBeRequest(buf, pos, end) || !mayBeRequestLine(buf, pos, end)
}

/** The LF of a line that is a method and a path, without version (RFC 1945 §4.1); -1 where it is no such line. */
export function simpleRequestEnd(buf: Buffer, pos: number, end: number): number {
  let at = pos
  while (at < end && isUpper(buf[at] as number)) at++
  if (at === pos || at + 1 >= end || buf[at] !== 32 || buf[at + 1] !== 47) return -1
  const lf = buf.indexOf(10, at)
  return lf >= 0 && lf < end && lf - pos <= LONGEST_LINE && !mayBeRequestLine(buf, pos, end) ? lf : -1
}

/** Do these bytes start a response, as far as they go: `HTTP/1.x NNN`? */
export function mayBeResponse(buf: Buffer, pos: number, end: number): boolean {
  const stop = Math.min(end, pos + 13)
  for (let at = pos; at < stop; at++) if (!fitsStatusLine(buf[at] as number, at - pos)) return false
  return true
}

function fitsStatusLine(c: number, at: number): boolean {
  if (at < 7) return c === VERSION[at]
  if (at === 8) return c === 32
  if (at === 12) return c === 32 || c === 13 || c === 10
  return c >= 48 && c <= 57
}

function isUpper(c: number): boolean {
  return (c >= 65 && c <= 90) || c === 95 || c === 45
}

// RFC 9110 §5.6.2
const TOKEN = new Set(Buffer.from("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"))

function isTokenChar(c: number): boolean {
  return (c >= 65 && c <= 90) || TOKEN.has(c)
}

const METHODS = (
  'GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK REPORT SEARCH ' +
  'PURGE QUERY BIND MERGE SUBSCRIBE UNSUBSCRIBE NOTIFY M-SEARCH'
).split(' ')

/** The offset at which the next message may start, or -1; see `Protocol.findBoundary`. */
export function findBoundary(kind: Kind, bytes: Cursor): number {
  return kind === 'request' ? findRequest(bytes) : findResponse(bytes)
}

function findResponse(bytes: Cursor): number {
  const { buf, pos, end } = bytes
  for (let at = buf.indexOf(72, pos); at >= 0 && at < end; at = buf.indexOf(72, at + 1)) {
    if (mayBeResponse(buf, at, end)) return at
  }
  return -1
}

function findRequest(bytes: Cursor): number {
  const { buf, pos, end } = bytes
  if (isRequestLine(buf, pos, end)) return pos
  for (let at = buf.indexOf(VERSION, pos); at >= 0 && at + 8 < end; at = buf.indexOf(VERSION, at + 1)) {
    const after = buf[at + 8]
    const start = after === 13 || after === 10 ? requestStart(buf, pos, at) : -1
    if (start >= 0) return start
  }
  return unfinishedRequest(buf, pos, end)
}

// From a known method to a version: then the target may hold spaces.
function isRequestLine(buf: Buffer, pos: number, end: number): boolean {
  const [space, lf] = [knownMethodEnd(buf, pos), buf.indexOf(10, pos)]
  return space >= 0 && lf > space && lf < end && mayBeRequestLine(buf, pos, end)
}

// Before a version: where the method starts. A body may end right before it, without a line end.
function requestStart(buf: Buffer, pos: number, version: number): number {
  let space = version - 2
  const stop = Math.max(pos, version - LONGEST_LINE)
  while (space > stop && (buf[space] as number) > 32) space--
  if (buf[version - 1] !== 32 || buf[space] !== 32 || space === version - 2) return -1
  let start = space
  while (start > pos && space - start < METHOD_MAX && isTokenChar(buf[start - 1] as number)) start--
  if (start === space) return -1
  const fresh = start === pos || buf[start - 1] === 10
  const word = buf.toString('latin1', start, space)
  const method = METHODS.find((name) => word.endsWith(name))
  if (method !== undefined) return fresh && METHODS.includes(word) ? start : space - method.length
  return start > pos && buf[start - 1] === 10 ? start : -1
}

// The last line of the window may hold the beginning of a request.
function unfinishedRequest(buf: Buffer, pos: number, end: number): number {
  const from = Math.max(pos, end - LONGEST_LINE, buf.lastIndexOf(10, end - 1) + 1)
  const line = buf.toString('latin1', from, end)
  const match = UNFINISHED.exec(line)
  return match === null ? -1 : from + match.index
}

const prefixes = (word: string): string => [...word].reduceRight((rest, c) => `${c}${rest ? `(?:${rest})?` : ''}`, '')
const UNFINISHED = new RegExp(
  `(?:(?:${METHODS.join('|')}) [^ ]*(?: (?:${prefixes('HTTP/1.')}\\d?\\r?)?)?|(?:${METHODS.map((name) => prefixes(name)).join('|')}))$`,
)
