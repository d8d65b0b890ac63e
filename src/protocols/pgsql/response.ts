import { type Cursor, INVALID, NEED_MORE } from '../protocol.js'
import { answers, isAside, isSated, readEncryption, readError, readMessage, readParameter } from './answer.js'
import { lookAt } from './look.js'
import { BACK, HEADER, Reader, sizeOf } from './messages.js'
import {
  Answer,
  abandonTurn,
  CMD,
  dequeue,
  type Frame,
  loseAnswers,
  mayResync,
  newAnswer,
  type State,
} from './state.js'

/** A message up to this size is read when all of it is there; of a longer one, and of a row, the first bytes are read. */
const WHOLE = 256 * 1024
// What precedes the text of a row: lengths of its values.
const EXTRA = 512

/** Messages of the server, up to the end of one answer. */
export function parseResponse(bytes: Cursor, s: State, out: Frame[]): number {
  const { buf, pos: start, end } = bytes
  s.responseWaiting = 0
  let pos = Math.min(end, start + s.responseLeft)
  s.responseLeft -= pos - start
  let finished: Answer | undefined
  while (pos < end && finished === undefined) {
    if (answersEncryption(buf[pos] as number, s)) {
      pos++
      break
    }
    const size = end - pos < HEADER ? 0 : sizeOf('server', buf, pos)
    const needed = size === 0 ? HEADER : neededAt(buf, pos, end, size, s)
    if (needed < 0 || pos + needed > end) {
      if (pos > start) break
      return needed < 0 ? lose(s) : needMore(bytes, needed)
    }
    const next = Math.min(end, pos + size)
    finished = take(buf, pos, next, s)
    s.responseLeft = pos + size - next
    pos = next
  }
  if (pos === start) return NEED_MORE
  bytes.skip = s.responseLeft
  if (finished !== undefined) out.push(finished)
  else if (s.answer === null) out.push(new Answer(null))
  return pos - start
}

function needMore(bytes: Cursor, want: number): number {
  bytes.want = want
  return NEED_MORE
}

function lose(s: State): number {
  loseAnswers(s)
  s.responseLeft = 0
  s.responseDoubt = true
  return INVALID
}

function answersEncryption(byte: number, s: State): boolean {
  if (s.pending[0]?.cmd !== CMD.encryption || !(s.synced || mayResync(s))) return false
  s.synced = true
  return readEncryption(byte, s)
}

// How many bytes of the message of `size` at `pos` must be there before it is read; -1: there is none.
function neededAt(buf: Buffer, pos: number, end: number, size: number, s: State): number {
  const type = buf[pos] as number
  if (size < 0) return -1
  if (s.responseDoubt && !resumes(type, s)) {
    const look = lookAt('server', buf, pos, end)
    if (look !== 'yes') return look === 'more' ? end - pos + 1 : -1
  }
  s.responseDoubt = false
  const needed = HEADER + Math.min(size - HEADER, prefixLength(type, s))
  if (end - pos < needed) {
    s.responseWaiting = size
    s.responseType = type
  }
  return needed
}

function prefixLength(type: number, s: State): number {
  if (type === BACK.copyData || type === BACK.functionResult) return 0
  if (type !== BACK.dataRow) return WHOLE
  const sated = s.answer === null ? !s.synced : isSated(s, s.answer)
  return sated ? 0 : Math.min(s.conn.options.bodyBytes + EXTRA, WHOLE)
}

// Whether a message of this type begins the answer to a request that was made in strict turn.
function resumes(type: number, s: State): boolean {
  const request = s.pending[0]
  return request !== undefined && mayResync(s) && answers(request, false, type)
}

function take(buf: Buffer, pos: number, end: number, s: State): Answer | undefined {
  const type = buf[pos] as number
  const r = new Reader(buf, pos + HEADER, end)
  if (isAside(type)) return readAside(type, r, s)
  while (s.pending[0]?.cmd === CMD.copyEnd) dequeue(s)
  if (!s.synced) {
    if (!resumes(type, s)) return passOver(type, s)
    s.synced = true
  }
  const request = s.pending[0]
  if (request === undefined) return readUnasked(type, r, s)
  if (!answers(request, s.answer !== null, type)) {
    loseAnswers(s)
    return passOver(type, s)
  }
  s.answer ??= newAnswer(request)
  const { answer } = s
  return readMessage(type, r, s, request, answer) ? answer : undefined
}

// It is no part of the answer that follows.
function readAside(type: number, r: Reader, s: State): Answer | undefined {
  if (s.answer === null) return new Answer(null)
  if (type === BACK.parameterStatus && s.pending[0]?.cmd === CMD.startup) readParameter(r, s, s.answer)
  return undefined
}

function passOver(type: number, s: State): undefined {
  abandonTurn(s)
  s.quiet = type === BACK.ready && !s.unread
  if (type === BACK.ready) s.owed--
  return undefined
}

// An error that answers no request: the server shuts down, the client was idle for too long.
function readUnasked(type: number, r: Reader, s: State): Answer | undefined {
  if (type !== BACK.error) {
    loseAnswers(s)
    return passOver(type, s)
  }
  const answer = new Answer(null)
  answer.unasked = true
  // More often the request was lost than the server spoke up.
  answer.lost = !readError(r, s, answer)
  if (answer.lost) loseAnswers(s)
  return answer
}

/** `length` bytes of the server are missing (`lost`: not on purpose); true: only a part of one message is. */
export function responseGap(length: number, s: State, lost: boolean): boolean {
  const size = s.responseWaiting
  s.responseWaiting = 0
  if (lost && s.answer !== null) s.answer.lost = true
  if (length <= s.responseLeft) {
    s.responseLeft -= length
    return true
  }
  if (length > size) {
    lose(s)
    return false
  }
  s.responseLeft = size - length
  if (s.responseType === BACK.dataRow && s.answer !== null) s.answer.rows++
  else loseAnswers(s)
  return true
}
