import { text } from '../../records/text.js'
import { Fields } from '../fields.js'
import { EXTENSION, isTls13, MESSAGE } from './names.js'
import {
  EXTENSIONS,
  type Extensions,
  GROUPS,
  type Groups,
  POINT_FORMATS,
  PROTOCOLS,
  type Protocols,
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

/** What a ClientHello offers. Lists are in the order of the wire. */
export interface ClientHello {
  /** `legacy_version`. */
  readonly version: number
  /** As latin1. */
  readonly session: string
  readonly suites: Suites
  readonly extensions: Extensions
  readonly serverName: string | null
  readonly protocols: Protocols
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

/** Extensions in the order of the wire; of those that come twice the first counts. */
class Contents {
  readonly #list: Fields
  readonly #codes: number[] = []
  /** Where the length of the content is. */
  readonly #starts: number[] = []

  constructor(all: Fields) {
    const list = all.left >= 2 ? all.vector(2) : all.take(0)
    this.#list = list
    while (list.left >= 4) {
      this.#codes.push(list.uint(2))
      this.#starts.push(list.pos)
      list.skip(list.uint(2))
    }
  }

  get extensions(): Extensions {
    return EXTENSIONS.of(String.fromCharCode(...this.#codes))
  }

  get(code: number): Fields | undefined {
    const at = this.#codes.indexOf(code)
    return at < 0 ? undefined : new Fields(this.#list.buf, this.#starts[at] as number, this.#list.end).vector(2)
  }

  /** A list with a length of `size` bytes before it, as latin1; empty where there is none. */
  list(code: number, size: number): string {
    return this.get(code)?.vector(size).latin1() ?? ''
  }

  get share(): Fields | undefined {
    return this.get(EXTENSION.keyShare) ?? this.get(EXTENSION.draftKeyShare)
  }
}

/** RFC 8446 §4.1.2; RFC 5246 §7.4.1.2. */
export function readClientHello(buf: Buffer, pos: number, end: number): ClientHello {
  const all = new Fields(buf, pos, end)
  const version = all.uint(2)
  all.skip(32)
  const session = all.vector(1).latin1()
  const suites = SUITES.of(all.vector(2).latin1())
  all.skip(all.uint(1))
  const contents = new Contents(all)
  return {
    version,
    session,
    suites,
    extensions: contents.extensions,
    serverName: readServerName(contents.get(EXTENSION.serverName)),
    protocols: PROTOCOLS.of(contents.list(EXTENSION.alpn, 2)),
    versions: VERSIONS.of(contents.list(EXTENSION.supportedVersions, 1)),
    groups: GROUPS.of(contents.list(EXTENSION.supportedGroups, 2)),
    shares: readShares(contents.share),
    pointFormats: POINT_FORMATS.of(contents.list(EXTENSION.pointFormats, 1)),
    signatures: SIGNATURES.of(contents.list(EXTENSION.signatureAlgorithms, 2)),
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
  const contents = new Contents(all)
  const versions = contents.get(EXTENSION.supportedVersions)
  const { share } = contents
  return {
    retry,
    legacy,
    version: versions?.left === 2 ? versions.uint(2) : legacy,
    session,
    suite,
    extensions: contents.extensions,
    alpn: PROTOCOLS.of(contents.list(EXTENSION.alpn, 2)).first,
    group: share !== undefined && share.left >= 2 ? share.uint(2) : null,
  }
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

function readShares(content: Fields | undefined): number[] {
  const list = content?.vector(2)
  const groups: number[] = []
  while (list !== undefined && list.left >= 4) {
    groups.push(list.uint(2))
    list.skip(list.uint(2))
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
