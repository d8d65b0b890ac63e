import { cutText, text } from '../../records/text.js'
import { CAP, Reader } from './packet.js'
import type { Command, State } from './state.js'

/** The capability flags of a server greeting (HandshakeV10), or -1 where the payload is none. */
export function greetingCaps(buf: Buffer, start: number, end: number): number {
  const r = new Reader(buf, start, end)
  if (r.uint(1) !== 10) return -1
  const version = r.pos
  const versionEnd = r.untilNul()
  if (versionEnd - version < 3 || versionEnd - version > 128 || !isVersion(buf, version, versionEnd)) return -1
  r.take(4 + 8)
  if (r.uint(1) !== 0) return -1
  const low = r.uint(2)
  if (!r.ok) return -1
  r.take(1 + 2)
  const high = r.uint(2)
  return r.ok ? low + high * 65536 : low
}

function isVersion(buf: Buffer, start: number, end: number): boolean {
  const first = buf[start] as number
  if (first < 0x30 || first > 0x39) return false
  for (let i = start; i < end; i++) if ((buf[i] as number) < 0x20 || (buf[i] as number) > 0x7e) return false
  return true
}

/** Whether the payload is the TLS request a client sends instead of its login. */
export function isTlsRequest(buf: Buffer, start: number, length: number): boolean {
  return length === 32 && ((buf[start + 1] as number) & (CAP.ssl >> 8)) !== 0
}

/** Whether the payload, whose first bytes are `buf[start, end)`, may be a login. */
export function isLoginPacket(buf: Buffer, start: number, end: number, length: number): boolean {
  if (length < 6 || length > 65535 || end - start < 6) return false
  if (!speaks41(buf, start)) return true
  if (length < 32 || end - start < 32) return false
  // HandshakeResponse41: 19 zero bytes after the charset; MariaDB's own flags follow them.
  for (let i = start + 9; i < start + 28; i++) if (buf[i] !== 0) return false
  return true
}

/** Whether a login is of protocol 4.1 (2004), not older. */
export function speaks41(buf: Buffer, start: number): boolean {
  return ((buf[start + 1] as number) & (CAP.protocol41 >> 8)) !== 0
}

/** Reads a whole login: the capabilities go into the state, user and schema into the command. Nothing else is kept. */
export function readLogin(buf: Buffer, start: number, end: number, s: State, command: Command): void {
  const r = new Reader(buf, start, end)
  const low = r.uint(2)
  if ((low & CAP.protocol41) === 0) {
    // HandshakeResponse320: 2 bytes of flags, 3 of packet size, the user.
    r.take(3)
    s.clientCaps = low
  } else {
    s.clientCaps = low + r.uint(2) * 65536
    r.take(4 + 1 + 23)
  }
  s.capsKnown = s.serverCaps !== -1
  s.deprecateEof = s.capsKnown ? s.has(CAP.deprecateEof) : undefined
  const user = r.pos
  const userEnd = r.untilNul()
  skipSecret(r, s)
  describe(buf, user, userEnd, (s.clientCaps & CAP.connectWithDb) === 0 ? undefined : r, s, command)
}

function skipSecret(r: Reader, s: State): void {
  if ((s.clientCaps & CAP.lenencAuth) !== 0) r.take(r.lenenc())
  else if ((s.clientCaps & CAP.secureConnection) !== 0) r.take(r.uint(1))
  else r.untilNul()
}

/** Reads a COM_CHANGE_USER after its code. */
export function readChangeUser(buf: Buffer, start: number, end: number, s: State, command: Command): void {
  const r = new Reader(buf, start, end)
  const user = r.pos
  const userEnd = r.untilNul()
  r.take(r.uint(1))
  describe(buf, user, userEnd, r, s, command)
}

function describe(buf: Buffer, user: number, userEnd: number, r: Reader | undefined, s: State, command: Command): void {
  const limit = s.conn.options.bodyBytes
  const shownEnd = cutText(buf, user, userEnd, limit)
  let body = `user=${text(buf, user, shownEnd)}`
  command.cut = shownEnd < userEnd
  if (r?.ok) {
    const db = r.pos
    const dbEnd = r.untilNul()
    if (dbEnd > db) body += ` db=${text(buf, db, cutText(buf, db, dbEnd, limit))}`
  }
  command.text = body
}
