import { u16, u32 } from '../byte-reader.js'
import type { Cursor, Guess, InferHint, Kind } from '../protocol.js'
import { methodSpec } from './methods.js'
import { FRAME_END, HEAD, isFrame, LETTER_A, PROTOCOL_HEADER, readMethod, versionAt } from './parse.js'
import { FRAME } from './table.js'

/** Bytes of a connection that is older than the trace in which a frame must begin. */
const MAX_SEARCHED = 8192

/** `request`, `response`: only that end says it · `both`: either may · `more`: too little · `no`. */
type Sign = Kind | 'both' | 'more' | 'no'

/** The client begins with a protocol header; later, methods tell who has sent them. See `Protocol.infer`. */
export function infer(sent: Cursor, received: Cursor, { fromStart, role }: InferHint): Guess {
  const ours = fromStart ? signAtStart(sent) : signLater(sent)
  const theirs = fromStart ? signAtStart(received) : signLater(received)
  if (ours === 'no' || theirs === 'no') return 'no'
  if (isClient(ours, theirs)) return 'client'
  if (isClient(theirs, ours)) return 'server'
  return ours === 'both' && theirs === 'both' && role !== 'unknown' ? role : 'need-more'
}

function isClient(ours: Sign, theirs: Sign): boolean {
  if (ours === 'request') return theirs !== 'request'
  return theirs === 'response' && ours !== 'response'
}

// A header that the server sends refuses the client's.
function signAtStart({ buf, pos, end }: Cursor): Sign {
  if (pos === end) return 'more'
  if (buf[pos] !== LETTER_A) return signAt(buf, pos, end)
  if (end - pos < PROTOCOL_HEADER) {
    return 'AMQP'.startsWith(buf.toString('latin1', pos, Math.min(end, pos + 4))) ? 'more' : 'no'
  }
  return versionAt(buf, pos) === undefined ? 'no' : 'request'
}

function signLater({ buf, pos, end }: Cursor): Sign {
  const at = findFrame(buf, pos, end)
  if (at < 0) return end - pos > MAX_SEARCHED ? 'no' : 'more'
  return buf[at] === LETTER_A ? 'request' : signAt(buf, at, end)
}

function signAt(buf: Buffer, start: number, end: number): Sign {
  let sign: Sign = 'more'
  for (let pos = start; pos < end; ) {
    if (end - pos < HEAD) return buf[pos] === FRAME.method || sign === 'both' ? sign : 'no'
    const size = buf.readUInt32BE(pos + 3)
    if (!isFrame(buf[pos] as number, buf.readUInt16BE(pos + 1), size, 0)) return 'no'
    const to = pos + HEAD + size
    if (to >= end) return mayBeMethod(buf, pos, end) ? sign : 'no'
    if (buf[to] !== FRAME_END) return 'no'
    if (buf[pos] === FRAME.method) {
      const method = readMethod(buf, pos + HEAD, to, 0)
      if (method?.spec === undefined) return 'no'
      const [sender] = method.spec.senders
      if (method.spec.senders.length === 1) return sender as Kind
    }
    sign = 'both'
    pos = to + 1
  }
  return sign
}

function mayBeMethod(buf: Buffer, pos: number, end: number): boolean {
  if (buf[pos] !== FRAME.method || end - pos < HEAD + 4) return true
  return methodSpec(buf.readUInt16BE(pos + HEAD), buf.readUInt16BE(pos + HEAD + 2)) !== undefined
}

/** The next offset at which a method, a heartbeat or a protocol header begins for certain, or -1. */
export function findFrame(buf: Buffer, pos: number, end: number): number {
  for (let at = pos; at + HEAD < end; at++) {
    const type = buf[at]
    if (type === LETTER_A && at + PROTOCOL_HEADER <= end && versionAt(buf, at) !== undefined) return at
    if (type !== FRAME.method && type !== FRAME.heartbeat) continue
    const size = u32(buf, at + 3)
    if (!isFrame(type, u16(buf, at + 1), size, 0)) continue
    const to = at + HEAD + size
    if (to >= end || buf[to] !== FRAME_END) continue
    if (type === FRAME.heartbeat || readMethod(buf, at + HEAD, to, 0)?.spec !== undefined) return at
  }
  return -1
}
