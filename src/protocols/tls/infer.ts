import type { Cursor, Guess, InferHint } from '../protocol.js'
import { isHello } from './hello.js'
import { ALERTS, CONTENT, MESSAGE } from './names.js'
import { contentLength, HEAD, mayBeRecord } from './record.js'
import { oldClientHello } from './ssl2.js'

/** `client`, `server`: a hello of that end · `either`: records that both may send · `more` · `no`. */
type Look = 'client' | 'server' | 'either' | 'more' | 'no'

const PORTS: ReadonlySet<number> = new Set([443, 465, 636, 853, 993, 995, 8443])
/** Records in a row that make it certain, where no hello is seen. */
const CHAIN = 3

/** Who sends the ClientHello is the client; see `Protocol.infer`. */
export function infer(sent: Cursor, received: Cursor, hint: InferHint): Guess {
  const ours = lookAt(sent, hint.fromStart)
  const theirs = lookAt(received, hint.fromStart)
  if (ours === 'client' && theirs === 'client') return 'no'
  if (ours === 'client') return behind(theirs, hint) ?? 'client'
  if (theirs === 'client') return behind(ours, hint) ?? 'server'
  if (hint.fromStart && (mayBecome(sent, ours, theirs) || mayBecome(received, theirs, ours))) return 'need-more'
  if (ours === 'no' || theirs === 'no') return 'no'
  if (ours === 'server') return theirs === 'server' ? 'no' : 'server'
  if (theirs === 'server') return 'client'
  if (ours === 'either' || theirs === 'either') return endOf(hint)
  return 'need-more'
}

// The first bytes of a hello are here, and the other end has said something else.
function mayBecome({ pos, end }: Cursor, look: Look, other: Look): boolean {
  return pos < end && look === 'more' && other === 'no'
}

// A server that has said something else may have said it first: then this is TLS within another protocol.
function behind(answer: Look, { fromStart }: InferHint): Guess | undefined {
  return fromStart && answer === 'no' ? 'need-more' : undefined
}

// Which end this is, of a connection whose hellos were not seen.
function endOf({ role, localPort, remotePort }: InferHint): Guess {
  if (role !== 'unknown') return role
  if (PORTS.has(remotePort)) return 'client'
  return PORTS.has(localPort) ? 'server' : 'no'
}

function lookAt({ buf, pos, end }: Cursor, fromStart: boolean): Look {
  if (pos === end) return 'more'
  if (!mayBeRecord(buf, pos, end)) {
    const old = fromStart ? oldClientHello(buf, pos, end) : 0
    return old > 0 ? 'client' : old < 0 ? 'more' : 'no'
  }
  if (end - pos < HEAD) return 'more'
  switch (buf[pos]) {
    case CONTENT.handshake:
      return lookAtHello(buf, pos + HEAD, end, contentLength(buf, pos))
    case CONTENT.alert:
      return lookAtAlert(buf, pos, end, fromStart)
    default:
      return fromStart ? 'no' : lookAtChain(buf, pos, end)
  }
}

// The head of a hello, as far as the first record has it: type, length, version, and the lengths of random and session id.
function lookAtHello(buf: Buffer, pos: number, end: number, size: number): Look {
  const stop = Math.min(end, pos + size)
  if (pos >= stop) return 'more'
  const type = buf[pos] as number
  if (type !== MESSAGE.clientHello && type !== MESSAGE.serverHello) return 'no'
  const whole = stop === pos + size
  if (stop - pos < 6) return whole && size < 6 && lookAtFragment(buf, pos, stop) ? sideOf(type) : whole ? 'no' : 'more'
  const version = buf.readUInt16BE(pos + 4)
  if (!isHello(type, buf.readUIntBE(pos + 1, 3)) || !isVersion(version)) return 'no'
  const session = pos + 4 + 2 + 32
  if (session < stop && (buf[session] as number) > 32 && version >> 8 === 3) return 'no'
  return sideOf(type)
}

// A first record so short that it does not reach the version.
function lookAtFragment(buf: Buffer, pos: number, stop: number): boolean {
  for (let i = pos + 1; i < Math.min(stop, pos + 2); i++) if ((buf[i] as number) > 1) return false
  return true
}

function isVersion(version: number): boolean {
  return (version >= 0x0300 && version <= 0x0304) || version >> 8 === 0x7f || version >> 8 === 0x7e
}

function sideOf(type: number): Look {
  return type === MESSAGE.clientHello ? 'client' : 'server'
}

function lookAtAlert(buf: Buffer, pos: number, end: number, fromStart: boolean): Look {
  if (contentLength(buf, pos) !== 2) return fromStart ? 'no' : lookAtChain(buf, pos, end)
  if (end - pos < HEAD + 2) return 'more'
  const level = buf[pos + HEAD]
  return (level === 1 || level === 2) && ALERTS[buf[pos + HEAD + 1] as number] !== undefined ? 'either' : 'no'
}

// Joined in the middle: several records, each where the one before it ends.
function lookAtChain(buf: Buffer, pos: number, end: number): Look {
  let at = pos
  for (let n = 1; n <= CHAIN; n++) {
    if (at >= end) return 'more'
    if (!mayBeRecord(buf, at, end)) return 'no'
    if (end - at < HEAD) return 'more'
    at += HEAD + contentLength(buf, at)
  }
  return 'either'
}
