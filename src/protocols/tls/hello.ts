import { text } from '../../records/text.js'
import { Fields } from '../fields.js'
import { EXTENSION, isTls13, MESSAGE } from './names.js'

/** SHA-256 of "HelloRetryRequest" as the random of a ServerHello: it is none, RFC 8446 §4.1.3. */
const RETRY = Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex')
/** Before this draft the ServerHello of TLS 1.3 had no session id. */
const DRAFT_WITH_SESSION = 0x7f16
const NAMES_MAX = 64

/** What a ClientHello offers. Lists are in the order of the wire. */
export interface ClientHello {
  /** `legacy_version`. */
  readonly version: number
  readonly session: Buffer
  readonly suites: readonly number[]
  readonly extensions: readonly number[]
  readonly serverName: string | null
  /** ALPN, as bytes of the message. */
  readonly protocols: readonly Buffer[]
  readonly versions: readonly number[]
  readonly groups: readonly number[]
  readonly shares: readonly number[]
  readonly pointFormats: readonly number[]
  readonly signatures: readonly number[]
}

/** What a ServerHello, or a HelloRetryRequest, chose. */
export interface ServerHello {
  readonly retry: boolean
  /** `legacy_version`. */
  readonly legacy: number
  /** The version that counts. */
  readonly version: number
  readonly session: Buffer
  readonly suite: number | null
  readonly extensions: readonly number[]
  readonly alpn: string | null
  readonly group: number | null
}

type Extensions = ReadonlyMap<number, Fields>

/** RFC 8446 §4.1.2; RFC 5246 §7.4.1.2. */
export function readClientHello(buf: Buffer, pos: number, end: number): ClientHello {
  const all = new Fields(buf, pos, end)
  const version = all.uint(2)
  all.take(32)
  const session = Buffer.from(all.vector(1).bytes())
  const suites = all.vector(2).codes()
  all.vector(1)
  const extensions = readExtensions(all)
  return {
    version,
    session,
    suites,
    extensions: [...extensions.keys()],
    serverName: readServerName(extensions.get(EXTENSION.serverName)),
    protocols: readNames(extensions.get(EXTENSION.alpn)),
    versions: extensions.get(EXTENSION.supportedVersions)?.vector(1).codes() ?? [],
    groups: extensions.get(EXTENSION.supportedGroups)?.vector(2).codes() ?? [],
    shares: readShares(keyShareOf(extensions)),
    pointFormats: [...(extensions.get(EXTENSION.pointFormats)?.vector(1).bytes() ?? [])],
    signatures: extensions.get(EXTENSION.signatureAlgorithms)?.vector(2).codes() ?? [],
  }
}

/** RFC 8446 §4.1.3; RFC 5246 §7.4.1.3. */
export function readServerHello(buf: Buffer, pos: number, end: number): ServerHello {
  const all = new Fields(buf, pos, end)
  const legacy = all.uint(2)
  const retry = all.take(32).bytes().equals(RETRY)
  const old = isTls13(legacy) && legacy < DRAFT_WITH_SESSION
  const session = Buffer.from(old ? [] : all.vector(1).bytes())
  const suite = all.uint(2)
  if (!old) all.uint(1)
  return { ...readChoice(all, legacy), retry, legacy, session, suite: all.short ? null : suite }
}

/** A HelloRetryRequest as drafts had it: a message of its own. From draft 19 on it names the suite. */
export function readRetryRequest(buf: Buffer, pos: number, end: number): ServerHello {
  const all = new Fields(buf, pos, end)
  const legacy = all.uint(2)
  const suite = legacy >= 0x7f13 ? all.uint(2) : null
  return { ...readChoice(all, legacy), retry: true, legacy, session: Buffer.alloc(0), suite }
}

function readChoice(all: Fields, legacy: number): Pick<ServerHello, 'version' | 'extensions' | 'alpn' | 'group'> {
  const extensions = readExtensions(all)
  const versions = extensions.get(EXTENSION.supportedVersions)
  const share = keyShareOf(extensions)
  const alpn = readNames(extensions.get(EXTENSION.alpn))[0]
  return {
    version: versions?.left === 2 ? versions.uint(2) : legacy,
    extensions: [...extensions.keys()],
    alpn: alpn === undefined ? null : text(alpn, 0, alpn.length),
    group: share !== undefined && share.left >= 2 ? share.uint(2) : null,
  }
}

function keyShareOf(extensions: Extensions): Fields | undefined {
  return extensions.get(EXTENSION.keyShare) ?? extensions.get(EXTENSION.draftKeyShare)
}

function readExtensions(all: Fields): Extensions {
  const list = all.left >= 2 ? all.vector(2) : all.take(0)
  const found = new Map<number, Fields>()
  while (list.left >= 4) {
    const code = list.uint(2)
    const content = list.vector(2)
    if (!found.has(code)) found.set(code, content)
  }
  return found
}

// RFC 6066 §3: a list of names of which only host names are defined.
function readServerName(content: Fields | undefined): string | null {
  const list = content?.vector(2)
  while (list !== undefined && list.left >= 3) {
    const type = list.uint(1)
    const name = list.vector(2)
    if (type === 0) return text(name.buf, name.pos, name.end)
  }
  return null
}

// RFC 7301 §3.1.
function readNames(content: Fields | undefined): Buffer[] {
  const list = content?.vector(2)
  const names: Buffer[] = []
  while (list !== undefined && list.left >= 1 && names.length < NAMES_MAX) {
    names.push(list.vector(1).bytes())
  }
  return names
}

function readShares(content: Fields | undefined): number[] {
  const list = content?.vector(2)
  const groups: number[] = []
  while (list !== undefined && list.left >= 4) {
    groups.push(list.uint(2))
    list.vector(2)
  }
  return groups
}

/** The group of a ServerKeyExchange that begins with a named curve, RFC 8422 §5.4; null: it does not. */
export function readNamedCurve(buf: Buffer, pos: number, end: number): number | null {
  const all = new Fields(buf, pos, end)
  const named = all.uint(1) === 3
  const curve = all.uint(2)
  return named && !all.short ? curve : null
}

/** Does the head of a handshake message agree with what a hello of this type must be? */
export function isHello(type: number, length: number): boolean {
  if (type === MESSAGE.clientHello) return length >= 41 && length < 1 << 17
  return type === MESSAGE.serverHello && length >= 36 && length < 1 << 16
}
