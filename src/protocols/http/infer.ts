import type { Cursor, Guess, InferHint, Kind } from '../protocol.js'
import { evidence } from '../websocket/boundary.js'
import {
  findBoundary,
  isGarbledRequest,
  isLongRequestLine,
  mayBeRequest,
  mayBeRequestLine,
  mayBeResponse,
  simpleRequestEnd,
} from './start.js'

/** `simple`: perhaps a request of HTTP/0.9, `garbled`: perhaps one that is none, if the answer is a response. */
type Sign = Kind | 'simple' | 'garbled' | 'no' | 'need-more'

const STATUS_LINE = 12
/** The longest request of HTTP/0.9 that is believed. */
const SIMPLE_MAX = 2048
const SIMPLE = /^GET \/[!-\xff]*\r?\n$/
/** What HTML begins with, and the first bytes in which it is looked for. */
const DOCUMENT = ['<!doctype html', '<html', '<head', '<title', '<body']
const DOCUMENT_LOOK = 64
const TAG_GOES_ON = '> \t\r\n'
const LESS = 60

/** Who sends requests is the client; see `Protocol.infer`. */
export function infer(sent: Cursor, received: Cursor, hint: InferHint): Guess {
  const ours = signOf(sent, hint.fromStart)
  const theirs = signOf(received, hint.fromStart)
  if (ours === 'simple') return afterSimple(sent, theirs, received, 'client')
  if (theirs === 'simple') return afterSimple(received, ours, sent, 'server')
  if (ours === 'request' && lookAtDocument(received) === 'yes') return 'client'
  if (theirs === 'request' && lookAtDocument(sent) === 'yes') return 'server'
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
function afterSimple(request: Cursor, sign: Sign, answer: Cursor, end: 'client' | 'server'): Guess {
  if (sign === 'response') return end
  const document = isSimple(request) ? lookAtDocument(answer) : 'no'
  if (document === 'yes') return end
  return document === 'more' || mayBeResponse(answer.buf, answer.pos, answer.end) ? 'need-more' : 'no'
}

// RFC 1945 §4.1, §5: a GET of one line, and nothing else.
function isSimple({ buf, pos, end }: Cursor): boolean {
  const line = buf.toString('latin1', pos, Math.min(end, pos + SIMPLE_MAX))
  return end - pos <= SIMPLE_MAX && SIMPLE.test(line)
}

// HTTP/0.9 answers with HTML and nothing else.
function lookAtDocument({ buf, pos, end }: Cursor): 'yes' | 'more' | 'no' {
  if (pos < end && (buf[pos] as number) > LESS) return 'no'
  const bytes = buf.toString('latin1', pos, Math.min(end, pos + DOCUMENT_LOOK))
  const there = bytes.trimStart().toLowerCase()
  if (DOCUMENT.some((tag) => tag.startsWith(there))) return 'more'
  return DOCUMENT.some((tag) => there.startsWith(tag) && TAG_GOES_ON.includes(there.charAt(tag.length))) ? 'yes' : 'no'
}

function afterGarbled(answer: Sign, end: 'client' | 'server'): Guess {
  return answer === 'response' ? end : answer === 'need-more' ? 'need-more' : 'no'
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
  return (lf >= 0 && lf < end) || isLongRequestLine(buf, pos, end) ? 'request' : 'need-more'
}
