import { type Cursor, INVALID, NEED_MORE } from '../protocol.js'
import { Command } from './command.js'
import { readInline } from './inline.js'
import { enqueue, type Frame, loseCommands, REPLIES, type State } from './state.js'
import { TYPE } from './table.js'
import { LF } from './values.js'

/** The longest inline command: PROTO_INLINE_MAX_SIZE. */
const MAX_LINE = 64 * 1024

/** One command of the client, or a part of one. */
export function parseRequest(bytes: Cursor, s: State, out: Frame[]): number {
  const { buf, pos, end } = bytes
  if (pos === end && !s.requesting) return NEED_MORE
  if (!s.requesting) {
    if (buf[pos] !== TYPE.array) return parseLine(bytes, s, out)
    s.requesting = true
    s.request.reset()
    s.words.begin(s.shown)
  }
  const eaten = s.request.read(bytes)
  if (eaten === INVALID) return invalid(s)
  if (!s.request.whole) return eaten
  s.requesting = false
  // `*0`: servers take no notice.
  if (s.words.empty) out.push(silent(null, s.request.size))
  else {
    const command = s.words.finish(s.request.size, s.conn.options.redact)
    if (eaten === 0 && s.late) finishLate(command, s, out)
    else finish(command, s, out)
  }
  return eaten
}

// Its last byte was lost, which shows when later ones come: it may have been answered by now.
function finishLate(command: Command, s: State, out: Frame[]): void {
  loseCommands(s)
  command.lost = true
  command.abandoned = true
  out.push(command)
}

function invalid(s: State): number {
  loseCommands(s)
  return INVALID
}

/** `length` bytes of the client are missing; true: they are all within one argument. What was left out on purpose shows at once. */
export function requestGap(length: number, s: State, lost: boolean): boolean {
  s.late = lost
  if (s.requesting && s.request.gap(length)) return true
  loseCommands(s)
  return false
}

// A frame without a row.
function silent(name: string | null, size: number): Command {
  const command = new Command(name, null, false, size, -1, 0)
  command.mute = true
  return command
}

function parseLine(bytes: Cursor, s: State, out: Frame[]): number {
  const { buf, pos, end } = bytes
  const lf = buf.indexOf(LF, pos)
  const found = lf >= 0 && lf < end
  const last = found ? lf : end
  if (last - pos > MAX_LINE || !isLine(buf, pos, last)) return invalid(s)
  if (!found) return NEED_MORE
  const size = lf + 1 - pos
  s.words.begin(s.shown)
  const closed = readInline(buf, pos, lf, s.words)
  if (!closed) finish(new Command(null, null, false, size, 0, 0), s, out)
  else if (s.words.empty) out.push(silent(null, size))
  else finish(s.words.finish(size, s.conn.options.redact), s, out)
  return size
}

// Text that begins with a letter, or nothing but spaces; a CR may end it.
function isLine(buf: Buffer, start: number, end: number): boolean {
  let first = 0
  for (let i = start; i < end; i++) {
    const c = buf[i] as number
    if (c < 32 && c !== 9 && !(c === 13 && i + 1 >= end)) return false
    if (first === 0 && c > 32) first = c | 32
  }
  return first === 0 || (first >= 0x61 && first <= 0x7a)
}

function finish(command: Command, s: State, out: Frame[]): void {
  s.asked = true
  out.push(command)
  command.mute = isMute(command, s)
  if (command.mute) return
  enqueue(s, command)
}

// Follows what decides whether a command is answered.
function isMute(command: Command, s: State): boolean {
  const { name } = command
  if (name === 'REPLCONF' && s.words.words[1]?.toUpperCase() === 'ACK') {
    // A replica acknowledges: from here on the master sends commands.
    s.conn.become('opaque')
    return true
  }
  if (name === 'MULTI') s.inTransaction = true
  else if (name === 'EXEC' || name === 'DISCARD' || name === 'RESET') s.inTransaction = false
  if (name === 'RESET') s.replies = REPLIES.on
  if (name === 'CLIENT REPLY' && !s.inTransaction) return setReplies(s)
  if (s.replies === REPLIES.skipNext) {
    s.replies = REPLIES.on
    return true
  }
  return s.replies === REPLIES.off
}

function setReplies(s: State): boolean {
  const mode = s.words.words[2]?.toUpperCase()
  if (mode === 'ON') s.replies = REPLIES.on
  else if (mode === 'OFF') s.replies = REPLIES.off
  else if (mode === 'SKIP' && s.replies !== REPLIES.off) s.replies = REPLIES.skipNext
  // Anything else is an error.
  else if (mode !== 'SKIP') return s.replies === REPLIES.off
  return mode !== 'ON'
}
