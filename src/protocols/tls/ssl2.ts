import { Fields } from '../fields.js'
import { VERSION } from './names.js'
import { suiteName } from './suites.js'

const HEAD = 2
const CLIENT_HELLO = 1
const SERVER_HELLO = 4
const FIXED = 9
const SUITES: Readonly<Record<number, string>> = {
  65664: 'SSL_CK_RC4_128_WITH_MD5',
  131200: 'SSL_CK_RC4_128_EXPORT40_WITH_MD5',
  196736: 'SSL_CK_RC2_128_CBC_WITH_MD5',
  262272: 'SSL_CK_RC2_128_CBC_EXPORT40_WITH_MD5',
  327808: 'SSL_CK_IDEA_128_CBC_WITH_MD5',
  393280: 'SSL_CK_DES_64_CBC_WITH_MD5',
  458944: 'SSL_CK_DES_192_EDE3_CBC_WITH_MD5',
}

/** Length of the record of SSL 2.0 at `pos`, head included, if its head is one of two bytes; else 0. */
function lengthAt(buf: Buffer, pos: number): number {
  const word = buf.readUInt16BE(pos)
  return word & 0x8000 ? HEAD + (word & 0x7fff) : 0
}

/** Is this a ClientHello in the form of SSL 2.0 (RFC 5246 appendix E.2)? → its length, 0: no, -1: more bytes are needed. */
export function oldClientHello(buf: Buffer, pos: number, end: number): number {
  if (pos >= end || ((buf[pos] as number) & 0x80) === 0) return 0
  if (end - pos < HEAD + FIXED) return end - pos > HEAD && buf[pos + HEAD] !== CLIENT_HELLO ? 0 : -1
  const length = lengthAt(buf, pos)
  const head = new Fields(buf, pos + HEAD, end)
  const [type, version] = [head.uint(1), head.uint(2)]
  const [suites, session, challenge] = [head.uint(2), head.uint(2), head.uint(2)]
  const known = version === VERSION.ssl2 || (version >= VERSION.ssl3 && version <= VERSION.tls12)
  if (type !== CLIENT_HELLO || !known || suites === 0 || suites % 3 > 0) return 0
  if ((session !== 0 && session !== 16) || challenge < 16 || challenge > 32) return 0
  if (HEAD + FIXED + suites + session + challenge !== length) return 0
  return end - pos < length ? -1 : length
}

/** The cipher suites of a ClientHello in the form of SSL 2.0. */
export function oldSuites(buf: Buffer, pos: number, end: number): string[] {
  const all = new Fields(buf, pos + HEAD + 3, end)
  const length = all.uint(2)
  all.uint(4)
  return names(all.take(length))
}

function names(list: Fields): string[] {
  const suites: string[] = []
  while (list.left >= 3) {
    const code = list.uint(3)
    suites.push(code > 0xffff ? (SUITES[code] ?? `UNKNOWN_0x${code.toString(16)}`) : suiteName(code))
  }
  return suites
}

/** A ServerHello of SSL 2.0: does it resume a session, and where is its certificate? */
export interface OldServerHello {
  readonly length: number
  readonly resumed: boolean
  readonly certificate: Fields
}

/** Reads a ServerHello of SSL 2.0; undefined: it is none, or not whole. */
export function oldServerHello(buf: Buffer, pos: number, end: number): OldServerHello | undefined {
  if (end - pos < HEAD + FIXED) return undefined
  const length = lengthAt(buf, pos)
  const all = new Fields(buf, pos + HEAD, pos + length)
  if (length < HEAD + FIXED || end - pos < length || all.uint(1) !== SERVER_HELLO) return undefined
  const resumed = all.uint(2) >= 256
  if (all.uint(2) !== VERSION.ssl2) return undefined
  const size = all.uint(2)
  all.uint(4)
  return { length, resumed, certificate: all.take(size) }
}
