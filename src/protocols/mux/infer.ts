import type { Cursor, Guess, InferHint } from '../protocol.js'
import { findFrame, HEAD, type Look, lookAtFrame, readFrameHead } from './frame.js'
import { answers, isRerr, isT, TYPE } from './types.js'

/** What one end says first, past the check for Tinit. */
interface Sign {
  readonly look: Look
  readonly type: number
  readonly tag: number
}

/** What a Tinit has before its headers. */
const VERSION_BYTES = 2

type Answer = 'yes' | 'more' | 'no'

const NOTHING: Sign = { look: 'more', type: 0, tag: 0 }
const STRANGE: Sign = { look: 'no', type: 0, tag: 0 }
const FROM_CLIENTS: readonly number[] = [TYPE.Tinit, TYPE.Tdispatch, TYPE.Treq]
const FROM_SERVERS: readonly number[] = [TYPE.Rinit, TYPE.Rdispatch]

/** Who sends requests is the client; see `Protocol.infer`. */
export function infer(sent: Cursor, received: Cursor, { role, fromStart }: InferHint): Guess {
  const ours = signOf(sent, fromStart)
  const theirs = signOf(received, fromStart)
  const client = isClient(ours, theirs, fromStart, role !== 'server')
  const server = isClient(theirs, ours, fromStart, role !== 'client')
  // Both have sent the check, or only what either end may send.
  if (client === server) return client === 'yes' && role !== 'unknown' ? role : client === 'no' ? 'no' : 'need-more'
  if (client === 'yes') return 'client'
  return server === 'yes' ? 'server' : 'need-more'
}

function signOf({ buf, pos, end }: Cursor, fromStart: boolean): Sign {
  const first = fromStart || lookAtFrame(buf, pos, end) !== 'no' ? pos : findFrame(buf, pos, end)
  if (first < 0) return STRANGE
  let at = first
  let sign = signAt(buf, at, end)
  while (isRerr(sign.type) && sign.look === 'sure') {
    at += readFrameHead(buf, at)?.total ?? HEAD
    const next = signAt(buf, at, end)
    if (next.look === 'more') break
    sign = next
  }
  return fromStart || at !== first || mayGoOn(buf, at, end) ? sign : STRANGE
}

// Behind a message nothing follows, or another one. Two numbers say little, the second of them small.
function mayGoOn(buf: Buffer, at: number, end: number): boolean {
  const head = end - at < HEAD ? undefined : readFrameHead(buf, at)
  if (head === undefined) return true
  const isInit = head.type === TYPE.Tinit || head.type === TYPE.Rinit
  if (isInit && Math.min(end, at + head.total) - at <= HEAD + VERSION_BYTES) return false
  const next = at + head.total
  return next >= end || lookAtFrame(buf, next, end) !== 'no'
}

function signAt(buf: Buffer, pos: number, end: number): Sign {
  if (pos >= end) return NOTHING
  const look = lookAtFrame(buf, pos, end)
  const head = end - pos < HEAD ? undefined : readFrameHead(buf, pos)
  return { look, type: head?.type ?? 0, tag: head?.tag ?? 0 }
}

// `asks`: its end may be the client by all else that is known.
function isClient(one: Sign, other: Sign, fromStart: boolean, asks: boolean): Answer {
  if (one.look === 'no' && (fromStart || other.look === 'no')) return 'no'
  if (other.look === 'no' && fromStart) return 'no'
  if (one.look === 'sure') {
    if (FROM_CLIENTS.includes(one.type)) return 'yes'
    // The check for Tinit: the server sends it back, and it is that where the check itself was lost.
    if (!isRerr(one.type)) return 'no'
    if (other.look === 'more') return asks ? 'yes' : 'more'
    return isRerr(other.type) ? 'yes' : 'no'
  }
  if (other.look === 'sure' && FROM_SERVERS.includes(other.type)) return 'yes'
  if (one.look === 'more' || other.look === 'more') return isT(one.type) || one.look === 'more' ? 'more' : 'no'
  const paired = one.tag === other.tag && one.tag !== 0 && isT(one.type) && !isRerr(other.type)
  if (one.look === 'no' || other.look === 'no') return 'no'
  return paired && answers(one.type, other.type) ? 'yes' : 'more'
}
