import { type Cursor, FOREIGN, INVALID, type Kind, NEED_MORE } from '../protocol.js'
import { settleResumption, takeMessage, takeOldClientHello, takeOldServerHello } from './messages.js'
import { ALERTS, CONTENT, isTls13, PLAIN_MESSAGES } from './names.js'
import { contentLength, findRecord, HEAD, mayBeRecord } from './record.js'
import { oldClientHello, oldServerHello } from './ssl2.js'
import { RECORDS_MAX, Records, type Side, type State } from './state.js'
import { HANDSHAKE, SENDER } from './table.js'

/** Longest handshake message that is kept: a chain of certificates may be long. */
const MESSAGE_MAX = 128 * 1024
const MESSAGE_HEAD = 4
const FATAL = 2
/** Content type and authentication tag of an encrypted record of TLS 1.3, RFC 8446 §5.2; of the CCM_8 suites the tag is shorter. */
const EXPANSION = 17
const EXPANSION_SHORT = 9
const ALERT_BYTES = 2
/** A record of SSL 2.0 is not longer. */
const OLD_BYTES_MAX = 32 * 1024

const EMPTY = Buffer.alloc(0)

/** One record. */
export function parse(kind: Kind, bytes: Cursor, s: State, out: Records[]): number {
  const { buf, pos, end } = bytes
  const side = sideOf(kind, s)
  if (pos === end) return NEED_MORE
  if (side.left > 0) return passTorn(side, bytes, out)
  if (!mayBeRecord(buf, pos, end)) return stranger(kind, bytes, s, out)
  side.awaited = end - pos < HEAD ? HEAD : HEAD + contentLength(buf, pos)
  if (end - pos < side.awaited) {
    bytes.want = side.awaited
    return NEED_MORE
  }
  const size = side.awaited
  side.awaited = 0
  takeRecord(kind, buf, pos, pos + size, s)
  if (side.held.length === 0 || s.done) push(kind, s, out)
  return size
}

function sideOf(kind: Kind, s: State): Side {
  return kind === 'request' ? s.client : s.server
}

function push(kind: Kind, s: State, out: Records[]): void {
  const records = new Records()
  out.push(records)
  if (kind === 'request') {
    if (s.row.req_type !== null) s.request ??= records
    if (s.row.ja3 !== null) s.conn.prove?.()
  } else {
    s.first ??= records
    s.last = records
  }
}

// These are no records: SSL 2.0, an answer of another kind, or nothing that we know.
function stranger(kind: Kind, bytes: Cursor, s: State, out: Records[]): number {
  const side = sideOf(kind, s)
  if (side.count > 0 || side.torn) return tear(side)
  if (kind === 'request') return parseOldHello(bytes, s, out)
  if (s.client.count === 0) return FOREIGN
  const { buf, pos, end } = bytes
  const old = s.old ? oldServerHello(buf, pos, end) : undefined
  if (s.old && old === undefined && !bytes.closed && end - pos < OLD_BYTES_MAX) return NEED_MORE
  if (old !== undefined) takeOldServerHello(old, s)
  s.finish(old === undefined ? HANDSHAKE.notTls : null)
  push(kind, s, out)
  return old?.length ?? end - pos
}

function parseOldHello({ buf, pos, end }: Cursor, s: State, out: Records[]): number {
  const length = oldClientHello(buf, pos, end)
  if (length <= 0) return length === 0 ? FOREIGN : NEED_MORE
  s.client.count++
  takeOldClientHello(buf, pos, pos + length, s)
  push('request', s, out)
  return length
}

function tear(side: Side): number {
  side.torn = true
  side.held = EMPTY
  side.passing = 0
  return INVALID
}

function passTorn(side: Side, { pos, end }: Cursor, out: Records[]): number {
  const size = Math.min(side.left, end - pos)
  side.left -= size
  if (side.left === 0) out.push(new Records())
  return size
}

/** `length` bytes are missing; true: they end within the record that was waited for. */
export function gap(kind: Kind, length: number, s: State): boolean {
  const side = sideOf(kind, s)
  const { awaited, left } = side
  tear(side)
  side.awaited = 0
  const rest = left > 0 ? left : awaited > HEAD ? awaited : 0
  side.left = Math.max(0, rest - length)
  return rest > 0 && rest >= length
}

/** See `Protocol.findBoundary`. */
export function findBoundary(kind: Kind, { buf, pos, end }: Cursor, s: State): number {
  const side = sideOf(kind, s)
  const at = findRecord(buf, pos, end)
  // Behind a ClientHello that was seen nothing is missing, unless `gap` says so.
  const whole = kind === 'response' && s.row.ja3 !== null && at === pos
  side.torn ||= !whole
  side.left = 0
  return at
}

function takeRecord(kind: Kind, buf: Buffer, start: number, end: number, s: State): void {
  const side = sideOf(kind, s)
  const pos = start + HEAD
  side.count++
  switch (buf[start]) {
    case CONTENT.changeCipherSpec:
      changeCipher(kind, s)
      break
    case CONTENT.alert:
      takeAlert(kind, buf, pos, end, s)
      break
    case CONTENT.handshake:
      if (side.encrypted) takeFinished(side, s)
      else takeMessages(kind, buf, pos, end, s)
      break
    case CONTENT.applicationData:
      takeData(kind, end - pos, s)
      break
  }
  if (side.count > RECORDS_MAX) s.finish(null)
}

// Up to TLS 1.2 what follows is encrypted. In TLS 1.3 it means nothing, and a client may send it before it knows the version.
function changeCipher(kind: Kind, s: State): void {
  const { version } = s.row
  if (version === null || isTls13(version)) return
  sideOf(kind, s).encrypted = true
  if (kind === 'response') settleResumption(s)
}

function takeFinished(side: Side, s: State): void {
  side.finished = true
  if (s.client.finished && s.server.finished) s.finish(HANDSHAKE.complete)
}

function takeMessages(kind: Kind, buf: Buffer, begin: number, end: number, s: State): void {
  const side = sideOf(kind, s)
  const pos = begin + Math.min(side.passing, end - begin)
  side.passing -= pos - begin
  const joined = side.held.length > 0 ? Buffer.concat([side.held, buf.subarray(pos, end)]) : buf
  const [start, stop] = joined === buf ? [pos, end] : [0, joined.length]
  side.held = EMPTY
  let at = start
  while (stop - at >= MESSAGE_HEAD) {
    const type = joined[at] as number
    const next = at + MESSAGE_HEAD + joined.readUIntBE(at + 1, 3)
    if (!PLAIN_MESSAGES.has(type)) {
      // Encrypted, or in the middle of a message.
      side.encrypted = side.encrypted || !side.torn
      return
    }
    if (next > stop && next - at > MESSAGE_MAX) {
      side.passing = next - stop
      return
    }
    if (next > stop) break
    takeMessage(kind, type, joined, at + MESSAGE_HEAD, next, s)
    at = next
  }
  if (at < stop) side.held = Buffer.from(joined.subarray(at, stop))
}

// In the clear it is two bytes long.
function takeAlert(kind: Kind, buf: Buffer, pos: number, end: number, s: State): void {
  const { row } = s
  const sender = kind === 'request' ? SENDER.client : SENDER.server
  if (end - pos !== ALERT_BYTES) {
    endEncrypted(sender, s)
    return
  }
  if (kind === 'request' && s.client.count === 1) row.req_type = CONTENT.alert
  row.alert_sender = sender
  row.alert = buf[pos + 1] as number
  if (buf[pos] === FATAL || ALERTS[row.alert] === 'close_notify') s.finish(HANDSHAKE.alert)
}

// Of a handshake that was not seen it says nothing: it may be the usual end of the connection.
function endEncrypted(sender: number, s: State): void {
  const seen = s.row.version !== null && !s.client.torn && !s.server.torn
  if (seen) s.row.alert_sender = sender
  s.finish(seen ? HANDSHAKE.encryptedAlert : null)
}

// In TLS 1.3 the rest of the handshake looks like application data. The client's first, after the server's, ends what can be seen.
function takeData(kind: Kind, length: number, s: State): void {
  const { server, row } = s
  if (row.version === null) {
    // The client's may be early data.
    if (kind === 'response' || row.req_type === null) s.finish(null)
    return
  }
  if (!isTls13(row.version)) {
    if (kind === 'response') s.finish(HANDSHAKE.complete)
    return
  }
  const side = sideOf(kind, s)
  const early = kind === 'request' && s.early && !server.finished
  if (early) return
  // Shorter than any handshake message: it can only be an alert.
  const expansion = /CCM_8/.test(row.cipher ?? '') ? EXPANSION_SHORT : EXPANSION
  if (!side.finished && length < expansion + MESSAGE_HEAD) {
    endEncrypted(kind === 'request' ? SENDER.client : SENDER.server, s)
    return
  }
  side.finished = true
  if (kind === 'request') s.finish(HANDSHAKE.complete)
}
