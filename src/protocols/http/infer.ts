import type { Cursor, Guess, InferHint, Kind } from '../protocol.js'
import { findBoundary, mayBeRequest, mayBeRequestLine, mayBeResponse } from './start.js'

type Sign = Kind | 'no' | 'need-more'

const STATUS_LINE = 12

/** Who sends requests is the client; see `Protocol.infer`. */
export function infer(sent: Cursor, received: Cursor, hint: InferHint): Guess {
  const ours = signOf(sent, hint.fromStart)
  const theirs = signOf(received, hint.fromStart)
  if (clash(ours, theirs) || (hint.fromStart && (ours === 'no' || theirs === 'no'))) return 'no'
  if (ours === 'request' || theirs === 'response') return 'client'
  if (ours === 'response' || theirs === 'request') return 'server'
  return ours === 'no' || theirs === 'no' ? 'no' : 'need-more'
}

function clash(ours: Sign, theirs: Sign): boolean {
  return ours === theirs && (ours === 'request' || ours === 'response')
}

function signOf(bytes: Cursor, fromStart: boolean): Sign {
  const sign = signAt(bytes.buf, bytes.pos, bytes.end)
  if (sign !== 'no' || fromStart) return sign
  // Joined in the middle of a body: a message may follow it.
  for (const kind of ['response', 'request'] as const) {
    const at = findBoundary(kind, bytes)
    if (at >= 0 && signAt(bytes.buf, at, bytes.end) === kind) return kind
  }
  return 'no'
}

function signAt(buf: Buffer, start: number, end: number): Sign {
  let pos = start
  while (pos < end && (buf[pos] === 13 || buf[pos] === 10)) pos++
  if (mayBeResponse(buf, pos, end)) return end - pos >= STATUS_LINE ? 'response' : 'need-more'
  if (!mayBeRequest(buf, pos, end) || !mayBeRequestLine(buf, pos, end)) return 'no'
  const lf = buf.indexOf(10, pos)
  return lf >= 0 && lf < end ? 'request' : 'need-more'
}
