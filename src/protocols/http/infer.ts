import type { Cursor, Guess, InferHint, Kind } from '../protocol.js'
import { evidence } from '../websocket/boundary.js'
import {
  findBoundary,
  isGarbledRequest,
  mayBeRequest,
  mayBeRequestLine,
  mayBeResponse,
  simpleRequestEnd,
} from './start.js'

/** `simple`: perhaps a request of HTTP/0.9, `garbled`: perhaps one that is none, if the answer is a response. */
type Sign = Kind | 'simple' | 'garbled' | 'no' | 'need-more'

const STATUS_LINE = 12

/** Who sends requests is the client; see `Protocol.infer`. */
export function infer(sent: Cursor, received: Cursor, hint: InferHint): Guess {
  const ours = signOf(sent, hint.fromStart)
  const theirs = signOf(received, hint.fromStart)
  if (ours === 'simple') return isAnswer(theirs, received) ? 'client' : undecided(received)
  if (theirs === 'simple') return isAnswer(ours, sent) ? 'server' : undecided(sent)
  if (ours === 'request' && isDocument(received)) return 'client'
  if (theirs === 'request' && isDocument(sent)) return 'server'
  if (ours === 'garbled') return afterGarbled(theirs, 'client')
  if (theirs === 'garbled') return afterGarbled(ours, 'server')
  if (clash(ours, theirs) || (hint.fromStart && (ours === 'no' || theirs === 'no'))) return 'no'
  if (ours === 'request' || theirs === 'response') return 'client'
  if (ours === 'response' || theirs === 'request') return 'server'
  return ours === 'no' || theirs === 'no' ? 'no' : 'need-more'
}

function clash(ours: Sign, theirs: Sign): boolean {
  return ours === theirs && (ours === 'request' || ours === 'response')
}

// `GET key` is a command of other protocols too. The answer tells.
function isAnswer(answer: Sign, bytes: Cursor): boolean {
  return answer === 'response' || isDocument(bytes)
}

// HTTP/0.9 answers with HTML and nothing else.
function isDocument({ buf, pos, end }: Cursor): boolean {
  return pos < end && buf[pos] === 60
}

function afterGarbled(answer: Sign, end: 'client' | 'server'): Guess {
  return answer === 'response' ? end : answer === 'need-more' ? 'need-more' : 'no'
}

function undecided(answer: Cursor): Guess {
  return mayBeResponse(answer.buf, answer.pos, answer.end) ? 'need-more' : 'no'
}

function signOf(bytes: Cursor, fromStart: boolean): Sign {
  if (fromStart && simpleRequestEnd(bytes.buf, bytes.pos, bytes.end) >= 0) return 'simple'
  if (fromStart && isGarbledRequest(bytes.buf, bytes.pos, bytes.end)) return 'garbled'
  const sign = signAt(bytes.buf, bytes.pos, bytes.end)
  if (sign !== 'no' || fromStart) return sign
  // Joined in the middle of a body: a message may follow it.
  for (const kind of ['response', 'request'] as const) {
    const at = findBoundary(kind, bytes)
    if (at >= 0 && signAt(bytes.buf, at, bytes.end) === kind) return isFramed(bytes, at) ? 'need-more' : kind
  }
  return 'no'
}

// What goes through a tunnel of WebSocket: frames lead there from the start, or one begins right before it. RFC 6455 §5.2.
function isFramed({ buf, pos, end }: Cursor, at: number): boolean {
  return [pos, at - 2, at - 4, at - 10].some(
    (start) => start >= pos && start < at && evidence('response', buf, start, end) >= 0,
  )
}

function signAt(buf: Buffer, start: number, end: number): Sign {
  let pos = start
  while (pos < end && (buf[pos] === 13 || buf[pos] === 10)) pos++
  if (mayBeResponse(buf, pos, end)) return end - pos >= STATUS_LINE ? 'response' : 'need-more'
  if (!mayBeRequest(buf, pos, end) || !mayBeRequestLine(buf, pos, end)) return 'no'
  const lf = buf.indexOf(10, pos)
  return lf >= 0 && lf < end ? 'request' : 'need-more'
}
