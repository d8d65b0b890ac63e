import { type Cursor, FOREIGN, INVALID, NEED_MORE } from '../protocol.js'
import { MAX_SMALL, mayBeginAnswer, readError, readPacket } from './answer.js'
import { COM } from './commands.js'
import { greetingCaps } from './login.js'
import { FIRST, HEADER, isEof, MAX_PAYLOAD, nextSeq, u24 } from './packet.js'
import {
  Answer,
  abandon,
  afterEof,
  beginAnswer,
  type Frame,
  finishAnswer,
  loseAnswers,
  PHASE,
  STEP,
  type State,
} from './state.js'

const MAX_GREETING = 1024
const EOF_SIZE = HEADER + 5

/** Packets of the server, up to the end of one answer. */
export function parseResponse(bytes: Cursor, s: State, out: Frame[]): number {
  if (bytes.pos === bytes.end) return NEED_MORE
  if (bytes.end - bytes.pos < HEADER + 1 && s.responseLeft === 0 && (s.turns.paired || mayResync(s))) {
    return needMore(bytes, HEADER + 1)
  }
  if (s.phase === PHASE.greeting) return parseGreeting(bytes, s, out)
  if (s.lateEof && s.answer === null) {
    const late = isEof(bytes.buf, bytes.pos) && bytes.buf[bytes.pos + 3] === s.seq
    if (late && bytes.end - bytes.pos < EOF_SIZE) return needMore(bytes, EOF_SIZE)
    s.lateEof = false
    s.deprecateEof = !late
    if (late) return eatFiller(EOF_SIZE, out)
  }
  if (!s.turns.paired && !resync(bytes, s)) return passOver(bytes, s, out)
  if (s.answer === null) {
    if (s.pending.length === 0) return parseUnasked(bytes, s, out)
    beginAnswer(s)
  }
  return parseAnswer(bytes, s, out)
}

function needMore(bytes: Cursor, want: number): number {
  bytes.want = want
  return NEED_MORE
}

function parseAnswer(bytes: Cursor, s: State, out: Frame[]): number {
  const { buf, pos: start, end } = bytes
  let pos = Math.min(end, start + s.responseLeft)
  s.responseLeft -= pos - start
  for (;;) {
    if (s.step === STEP.rows && s.responseLeft === 0) pos = eatRows(buf, pos, end, s)
    if (s.responseLeft > 0) break
    if (settleEof(buf, pos, end, s)) {
      if (s.step !== STEP.done) continue
      out.push(finishAnswer(s))
      break
    }
    const size = packetSize(buf, pos, end, s)
    if (pos + size > end) {
      if (pos === start) return needMore(bytes, size)
      break
    }
    if (size > 0) s.seq = nextSeq(buf[pos + 3] as number)
    if (size <= 0 || !readPacket(buf, pos + HEADER, pos + size, s)) {
      // The packets before it stand; the next call comes back here.
      return pos > start && size <= 0 ? pos - start : invalid(s)
    }
    pos += size
    if (s.step === STEP.done) {
      out.push(finishAnswer(s))
      break
    }
  }
  bytes.skip = s.responseLeft
  return pos - start
}

function invalid(s: State): number {
  loseAnswers(s)
  return INVALID
}

// Bytes of the packet at pos, header included; 0 where there can be none.
function packetSize(buf: Buffer, pos: number, end: number, s: State): number {
  if (end - pos < HEADER + 1) return HEADER + 1
  const length = u24(buf, pos)
  const inSequence = s.seq < 0 || buf[pos + 3] === s.seq
  return inSequence && length > 0 && length <= MAX_SMALL ? HEADER + length : 0
}

// Counts row packets; stops before the packet that ends them, or at `end` inside a row.
function eatRows(buf: Buffer, start: number, end: number, s: State): number {
  let pos = start
  let { seq, responseMore } = s
  let rows = 0
  while (end - pos > HEADER) {
    const length = u24(buf, pos)
    if (seq < 0) seq = buf[pos + 3] as number
    if (buf[pos + 3] !== seq) break
    if (!responseMore) {
      const first = buf[pos + HEADER] as number
      if (length === 0 || first === FIRST.err || (first === FIRST.eof && length < MAX_PAYLOAD)) break
      rows++
    }
    responseMore = length === MAX_PAYLOAD
    seq = nextSeq(seq)
    pos += HEADER + length
    if (pos <= end) continue
    s.responseLeft = pos - end
    pos = end
  }
  s.seq = seq
  s.responseMore = responseMore
  if (s.answer !== null) s.answer.rows += rows
  return pos
}

/**
 * After column definitions: an EOF where CLIENT_DEPRECATE_EOF was not negotiated. Where that is unknown, the next packet tells.
 * true: there is no EOF, the step has changed.
 */
function settleEof(buf: Buffer, pos: number, end: number, s: State): boolean {
  if (s.step !== STEP.afterDefinitions && s.step !== STEP.afterPrepared) return false
  const last = s.step === STEP.afterPrepared && s.definitionsLater === 0
  if (s.deprecateEof === undefined) {
    if (end - pos > HEADER) s.deprecateEof = !(isEof(buf, pos) && buf[pos + 3] === s.seq)
    else if (last) s.lateEof = true
    else return false
  }
  if (s.deprecateEof === false) return false
  afterEof(s)
  return true
}

function parseGreeting(bytes: Cursor, s: State, out: Frame[]): number {
  const { buf, pos, end } = bytes
  const length = u24(buf, pos)
  const first = buf[pos + HEADER] as number
  if (buf[pos + 3] !== 0 || length > MAX_GREETING || (first !== 10 && first !== FIRST.err)) return FOREIGN
  if (end - pos < HEADER + length) return needMore(bytes, HEADER + length)
  if (first === FIRST.err) return parseUnasked(bytes, s, out)
  const caps = greetingCaps(buf, pos + HEADER, pos + HEADER + length)
  if (caps < 0) return FOREIGN
  s.serverCaps = caps
  s.phase = PHASE.login
  return eatFiller(HEADER + length, out)
}

// An error that answers no command: too many connections, killed, timed out. Anything else: commands were missed.
function parseUnasked(bytes: Cursor, s: State, out: Frame[]): number {
  const { buf, pos, end } = bytes
  const length = u24(buf, pos)
  if (buf[pos + HEADER] !== FIRST.err || length < 3 || length > MAX_GREETING) {
    loseAnswers(s)
    return passOver(bytes, s, out)
  }
  if (end - pos < HEADER + length) return needMore(bytes, HEADER + length)
  const answer = new Answer(null)
  answer.unasked = true
  // More often the command was lost than the server spoke up.
  answer.lost = s.phase !== PHASE.greeting
  answer.code = s.phase === PHASE.command ? null : COM.connect
  readError(buf, pos + HEADER, pos + HEADER + length, s, answer)
  out.push(answer)
  if (s.phase === PHASE.command) loseAnswers(s)
  return HEADER + length
}

/** Whether the next bytes of the server may be the answer to the only command under way. */
export function mayResync(s: State): boolean {
  return s.turns.mayPair(s.pending.length)
}

// The first bytes after a single command begin its answer, if they look like it.
function resync(bytes: Cursor, s: State): boolean {
  const command = s.pending[0]
  if (command === undefined || !mayResync(s) || !mayBeginAnswer(bytes.buf, bytes.pos, command)) return false
  s.turns.paired = true
  return true
}

/** Passes over bytes of the server whose command is not known. */
export function passOver(bytes: Cursor, s: State, out: Frame[]): number {
  abandon(s, s.pending.length)
  s.turns.passOver()
  return eatFiller(bytes.end - bytes.pos, out)
}

// Bytes that are part of no answer.
function eatFiller(count: number, out: Frame[]): number {
  out.push(new Answer(null))
  return count
}

/** `length` bytes of the server are missing; true: they are part of one packet that nobody looks at. */
export function responseGap(length: number, s: State): boolean {
  if (s.phase === PHASE.greeting) s.phase = PHASE.login
  if (length <= s.responseLeft) {
    s.responseLeft -= length
    return true
  }
  loseAnswers(s)
  return false
}
