import { text } from '../../records/text.js'
import { Fields } from '../fields.js'
import { EXTENSION, isTls13, MESSAGE } from './names.js'
import {
  EXTENSIONS,
  type Extensions,
  GROUPS,
  type Groups,
  POINT_FORMATS,
  SIGNATURES,
  SUITES,
  type Suites,
  VERSIONS,
  type Versions,
} from './offers.js'

/** SHA-256 of "HelloRetryRequest" as the random of a ServerHello: it is none, RFC 8446 §4.1.3. */
const RETRY = Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex').toString('latin1')
/** Before this draft the ServerHello of TLS 1.3 had no session id. */
const DRAFT_WITH_SESSION = 0x7f16
const NAMES_MAX = 64

/** What a ClientHello offers. Lists are in the order of the wire. */
export interface ClientHello {
  /** `legacy_version`. */
  readonly version: number
  /** As latin1. */
  readonly session: string
  readonly suites: Suites
  readonly extensions: Extensions
  readonly serverName: string | null
  /** ALPN, as bytes of the message. */
  readonly protocols: readonly Buffer[]
  readonly versions: Versions
  readonly groups: Groups
  readonly shares: readonly number[]
  readonly pointFormats: string
  readonly signatures: string
}

/** What a ServerHello, or a HelloRetryRequest, chose. */
export interface ServerHello {
  readonly retry: boolean
  /** `legacy_version`. */
  readonly legacy: number
  /** The version that counts. */
  readonly version: number
  readonly session: string
  readonly suite: number | null
  readonly extensions: Extensions
  readonly alpn: string | null
  readonly group: number | null
}

/** Extension → its content. */
type Contents = ReadonlyMap<number, Fields>

/** RFC 8446 §4.1.2; RFC 5246 §7.4.1.2. */
export function readClientHello(buf: Buffer, pos: number, end: number): ClientHello {
  const all = new Fields(buf, pos, end)
  const version = all.uint(2)
  all.take(32)
  const session = all.vector(1).latin1()
  const suites = SUITES.of(all.vector(2).latin1())
  all.vector(1)
  const contents = readExtensions(all)
  return {
    version,
    session,
    suites,
    extensions: codesOf(contents),
    serverName: readServerName(contents.get(EXTENSION.serverName)),
    protocols: readNames(contents.get(EXTENSION.alpn)),
    versions: VERSIONS.of(contents.get(EXTENSION.supportedVersions)?.vector(1).latin1() ?? ''),
    groups: GROUPS.of(contents.get(EXTENSION.supportedGroups)?.vector(2).latin1() ?? ''),
    shares: readShares(keyShareOf(contents)),
    pointFormats: POINT_FORMATS.of(contents.get(EXTENSION.pointFormats)?.vector(1).latin1() ?? ''),
    signatures: SIGNATURES.of(contents.get(EXTENSION.signatureAlgorithms)?.vector(2).latin1() ?? ''),
  }
}

/** RFC 8446 §4.1.3; RFC 5246 §7.4.1.3. */
export function readServerHello(buf: Buffer, pos: number, end: number): ServerHello {
  const all = new Fields(buf, pos, end)
  const legacy = all.uint(2)
  const retry = all.take(32).latin1() === RETRY
  const old = isTls13(legacy) && legacy < DRAFT_WITH_SESSION
  const session = old ? '' : all.vector(1).latin1()
  const code = all.uint(2)
  if (!old) all.uint(1)
  const suite = all.short ? null : code
  return withChoice(all, retry, legacy, session, suite)
}

/** A HelloRetryRequest as drafts had it: a message of its own. From draft 19 on it names the suite. */
export function readRetryRequest(buf: Buffer, pos: number, end: number): ServerHello {
  const all = new Fields(buf, pos, end)
  const legacy = all.uint(2)
  const suite = legacy >= 0x7f13 ? all.uint(2) : null
  return withChoice(all, true, legacy, '', suite)
}

// What comes before the extensions, and what they say.
function withChoice(all: Fields, retry: boolean, legacy: number, session: string, suite: number | null): ServerHello {
  const contents = readExtensions(all)
  const versions = contents.get(EXTENSION.supportedVersions)
  const share = keyShareOf(contents)
  const alpn = readNames(contents.get(EXTENSION.alpn))[0]
  return {
    retry,
    legacy,
    version: versions?.left === 2 ? versions.uint(2) : legacy,
    session,
    suite,
    extensions: codesOf(contents),
    alpn: alpn === undefined ? null : text(alpn, 0, alpn.length),
    group: share !== undefined && share.left >= 2 ? share.uint(2) : null,
  }
}

function keyShareOf(contents: Contents): Fields | undefined {
  return contents.get(EXTENSION.keyShare) ?? contents.get(EXTENSION.draftKeyShare)
}

function codesOf(contents: Contents): Extensions {
  return EXTENSIONS.of(String.fromCharCode(...contents.keys()))
}

function readExtensions(all: Fields): Contents {
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
