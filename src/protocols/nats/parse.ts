import { text } from '../../records/text.js'
import { type Cursor, INVALID, type Kind, NEED_MORE } from '../protocol.js'
import { type Line, mayBegin, mayBeVerb, parseLine } from './line.js'
import { Message } from './message.js'
import { pair } from './pairing.js'
import { lose, type Side, type State } from './state.js'

export const LF = 10
export const CR = 13
/** The longest control line. INFO names every server of a cluster. */
export const MAX_LINE = 64 * 1024
const MAX_VERB = 8
const NUMBER = /^\d+$/
/** First byte of a TLS handshake. */
export const TLS_HANDSHAKE = 0x16
/** A payload up to this length is waited for to see where it ends. */
const MAX_AWAITED = 512

/** One message of either direction, or a part of one. */
export function parse(kind: Kind, bytes: Cursor, s: State, out: Message[]): number {
  const side = s.sides[kind]
  if (side.message !== null) return parseContent(kind, side, side.message, bytes, s, out)
  const { buf, pos, end } = bytes
  if (pos === end) return NEED_MORE
  if (kind === 'request' && buf[pos] === TLS_HANDSHAKE && !s.connected && s.conn.fromStart) {
    s.conn.become('tls')
    return NEED_MORE
  }
  const lf = buf.indexOf(LF, pos)
  if (lf < 0 || lf >= end) {
    if (end - pos <= MAX_LINE && beginsLine(kind, buf, pos, end, s.cluster)) return NEED_MORE
    lose(kind, s)
    return INVALID
  }
  const line = parseLine(kind, lineAt(buf, pos, lf), s.cluster)
  if (line === undefined || lf - pos > MAX_LINE) {
    lose(kind, s)
    return INVALID
  }
  const message = new Message(line)
  if (line.cluster || (line.op === 'INFO' && kind === 'request')) s.cluster = true
  if (line.size < 0) finish(kind, message, false, s, out)
  else {
    side.message = message
    side.late = false
    side.content.begin(line, s.cluster || s.commands.full ? 0 : s.conn.options.bodyBytes)
  }
  return lf + 1 - pos
}

/** The text of the line at `pos` that ends with the LF at `lf`. */
export function lineAt(buf: Buffer, pos: number, lf: number): string {
  return text(buf, pos, lf > pos && buf[lf - 1] === CR ? lf - 1 : lf)
}

function parseContent(kind: Kind, side: Side, message: Message, bytes: Cursor, s: State, out: Message[]): number {
  const { buf, pos, end } = bytes
  const { content } = side
  const inside = Math.min(end - pos, Math.max(0, content.left - 2))
  if (inside > 0) content.take(buf, pos, pos + inside)
  const { left } = content
  if (left > 2) {
    if (inside > 0 && content.room === 0) bytes.skip = left - 2
    return inside
  }
  const at = pos + inside
  if (end - at < left) {
    bytes.want = inside === 0 ? left : 0
    return inside
  }
  if (!endsAt(buf, at, left)) {
    lose(kind, s)
    return INVALID
  }
  content.left = 0
  side.message = null
  content.finish(message, s.conn.options.redact)
  finish(kind, message, end === pos && side.late, s, out)
  return inside + left
}

// The last `left` bytes of CR LF.
function endsAt(buf: Buffer, at: number, left: number): boolean {
  return (left < 2 || buf[at] === CR) && (left < 1 || buf[at + left - 1] === LF)
}

// `late`: its last byte was lost, which shows when later ones come: it may have been answered by now.
function finish(kind: Kind, message: Message, late: boolean, s: State, out: Message[]): void {
  message.order = s.order++
  out.push(message)
  const { op } = message.line
  const between = s.cluster && message.line.size >= 0
  message.silent = between || message.line.cluster || (s.cluster && (op === 'SUB' || op === 'UNSUB'))
  if (late) message.lost = true
  if (late && kind === 'request') {
    s.commands.lose()
    s.holes = true
  }
  if (!message.silent) pair(kind, message, late, s)
}

/** `length` bytes are missing; true: they are all within one payload. `lost`: not left out on purpose. */
export function gap(kind: Kind, length: number, s: State, lost: boolean): boolean {
  const side = s.sides[kind]
  if (side.message === null || length > side.content.left) {
    lose(kind, s)
    return false
  }
  side.content.miss(length)
  side.late = lost
  if (lost) side.message.lost = true
  return true
}

/** The next offset at which a message begins for certain, or -1. */
export function findBoundary(kind: Kind, { buf, pos, end }: Cursor, s: State): number {
  return findMessage(kind, buf, pos, end, s.cluster)
}

/** As `findBoundary`; a message is certain if it ends where its length says, and if another one or nothing follows. */
export function findMessage(kind: Kind, buf: Buffer, pos: number, end: number, cluster: boolean): number {
  for (let at = pos; at < end; ) {
    const lf = buf.indexOf(LF, at)
    if (lf < 0 || lf >= end) return -1
    const whole = at > pos || !isRest(parseLine(kind, lineAt(buf, at, lf), cluster))
    if (whole && lf - at <= MAX_LINE && isMessage(kind, buf, at, lf, end, cluster)) return at
    at = lf + 1
  }
  return -1
}

// `PUB` may be the rest of HPUB, `MSG` of HMSG and `SUB` of UNSUB: then a number stands where a subject should.
function isRest(line: Line | undefined): boolean {
  return NUMBER.test(line?.replyTo ?? '') || (line?.op === 'SUB' && NUMBER.test(line.subject ?? ''))
}

/** Whether the bytes up to `end` begin like a line; cheaper than taking it apart. */
export function beginsLine(kind: Kind, buf: Buffer, at: number, end: number, cluster: boolean): boolean {
  return mayBegin(kind, buf.toString('latin1', at, Math.min(end, at + MAX_VERB)), cluster)
}

function isMessage(kind: Kind, buf: Buffer, at: number, lf: number, end: number, cluster: boolean): boolean {
  if (!mayBeVerb(buf[at] as number, buf[at + 1] as number) || !beginsLine(kind, buf, at, lf, cluster)) return false
  const line = parseLine(kind, lineAt(buf, at, lf), cluster)
  if (line === undefined) return false
  if (line.size < 0) return lf + 1 === end || follows(kind, buf, lf + 1, end, cluster)
  const cr = lf + 1 + line.size
  // What is too long to wait for has to be believed.
  if (cr + 2 > end) return line.size > MAX_AWAITED
  if (buf[cr] !== CR || buf[cr + 1] !== LF) return false
  return cr + 2 === end || follows(kind, buf, cr + 2, end, cluster)
}

function follows(kind: Kind, buf: Buffer, at: number, end: number, cluster: boolean): boolean {
  const lf = buf.indexOf(LF, at)
  if (lf >= 0 && lf < end) return parseLine(kind, lineAt(buf, at, lf), cluster) !== undefined
  return end - at <= MAX_LINE && beginsLine(kind, buf, at, end, cluster)
}
