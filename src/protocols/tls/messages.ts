import { jsonString } from '../../records/bounded.js'
import { cutText, text } from '../../records/text.js'
import type { Kind } from '../protocol.js'
import { type Certificate, readCertificate, readLeaf } from './certificate.js'
import { ja3, ja3s, ja4 } from './fingerprint.js'
import {
  type ClientHello,
  readClientHello,
  readNamedCurve,
  readRetryRequest,
  readServerHello,
  type ServerHello,
} from './hello.js'
import { CONTENT, EXTENSION, groupName, isTls13, MESSAGE, VERSION, versionName } from './names.js'
import { namesJson } from './offers.js'
import { type OldServerHello, oldSuites } from './ssl2.js'
import type { State } from './state.js'
import { suiteName } from './suites.js'
import { cutBit, type TlsRow } from './table.js'

const SUITES_MAX = 100
const EPHEMERAL_CURVE = /^TLS_ECDHE_|^TLS_ECDH_anon_/

/** A whole handshake message `buf[pos, end)` without its head, in the clear. */
export function takeMessage(kind: Kind, type: number, buf: Buffer, pos: number, end: number, s: State): void {
  const { row } = s
  const server = kind === 'response'
  switch (type) {
    case MESSAGE.clientHello:
      if (!server) takeClientHello(readClientHello(buf, pos, end), s)
      break
    case MESSAGE.serverHello:
      if (server) takeServerHello(readServerHello(buf, pos, end), s)
      break
    case MESSAGE.helloRetryRequest:
      if (server) takeServerHello(readRetryRequest(buf, pos, end), s)
      break
    case MESSAGE.certificate:
      takeCertificate(server, buf, pos, end, s)
      break
    case MESSAGE.serverKeyExchange:
      row.resumed = false
      if (EPHEMERAL_CURVE.test(row.cipher ?? '')) row.named_group = named(readNamedCurve(buf, pos, end))
      break
    case MESSAGE.certificateRequest:
      row.client_cert_requested = true
      break
    case MESSAGE.serverHelloDone:
      row.resumed = false
      row.client_cert_requested ??= s.server.torn ? null : false
      break
  }
}

function takeClientHello(hello: ClientHello, s: State): void {
  const { row } = s
  // The second is an answer to a HelloRetryRequest.
  if (row.ja3 !== null || s.old) return
  row.req_type = CONTENT.handshake
  // What came before is of no handshake.
  s.client.torn = false
  row.server_name = hello.serverName
  row.ja3 = ja3(hello)
  row.ja4 = ja4(hello)
  row.req_ciphers = hello.suites.names
  if (hello.suites.cut) s.cut |= cutBit('req_ciphers')
  row.req_body = limited('req_body', bodyOf(hello, offered), s)
  s.session = hello.session
  s.early = hello.extensions.codes.includes(EXTENSION.earlyData)
}

// What an extension holds as JSON: asked of those that offers.ts lists as shown.
function offered(hello: ClientHello, code: number): string | undefined {
  switch (code) {
    case EXTENSION.serverName:
      return hello.serverName === null ? undefined : jsonString(hello.serverName)
    case EXTENSION.alpn:
      return hello.protocols.json
    case EXTENSION.supportedVersions:
      return hello.versions.json
    case EXTENSION.supportedGroups:
      return hello.groups.json
    case EXTENSION.keyShare:
    case EXTENSION.draftKeyShare:
      return namesJson(hello.shares.map(groupName))
    default:
      return undefined
  }
}

function takeServerHello(hello: ServerHello, s: State): void {
  const { row } = s
  row.version = hello.version
  if (hello.retry) {
    row.hello_retry = true
    return
  }
  row.cipher = hello.suite === null ? null : suiteName(hello.suite)
  row.alpn = hello.alpn
  row.ja3s = ja3s(hello)
  row.resp_body = limited('resp_body', bodyOf(hello, chosen), s)
  row.hello_retry ??= s.server.torn ? null : false
  s.echoed = hello.session !== '' && hello.session === s.session
  if (!isTls13(hello.version)) return
  row.named_group = named(hello.group)
  row.resumed = hello.extensions.codes.includes(EXTENSION.preSharedKey)
  s.server.encrypted = true
  s.client.encrypted = true
}

/** The server goes over to encryption, up to TLS 1.2: without a full handshake it resumes a session, RFC 5246 §7.3, RFC 5077 §3.1. */
export function settleResumption(s: State): void {
  if (s.row.version !== null && (s.echoed || !s.server.torn)) s.row.resumed ??= true
}

function chosen({ version, alpn, group }: ServerHello, code: number): string | undefined {
  switch (code) {
    case EXTENSION.alpn:
      return alpn === null ? '[]' : `[${jsonString(alpn)}]`
    case EXTENSION.supportedVersions:
      return jsonString(versionName(version))
    case EXTENSION.keyShare:
    case EXTENSION.draftKeyShare:
      return group === null ? undefined : jsonString(groupName(group))
    default:
      return undefined
  }
}

function named(group: number | null): string | null {
  return group === null ? null : groupName(group)
}

function takeCertificate(server: boolean, buf: Buffer, pos: number, end: number, s: State): void {
  const { row } = s
  if (server) row.resumed = false
  const leaf = readLeaf(buf, pos, end)
  if (leaf === null) return
  if (!server) {
    row.client_cert_subject = limited('client_cert_subject', leaf.subject, s)
    return
  }
  showCertificate(leaf, s)
}

function showCertificate(leaf: Certificate, s: State): void {
  const { row } = s
  row.cert_subject = limited('cert_subject', leaf.subject, s)
  row.cert_issuer = limited('cert_issuer', leaf.issuer, s)
  row.cert_san = leaf.names
  row.cert_not_after = leaf.notAfter
}

/** A ClientHello in the form of SSL 2.0: only its suites. */
export function takeOldClientHello(buf: Buffer, pos: number, end: number, s: State): void {
  s.old = true
  s.row.req_type = CONTENT.handshake
  s.row.req_ciphers = oldSuites(buf, pos, end).slice(0, SUITES_MAX)
}

/** A ServerHello of SSL 2.0. */
export function takeOldServerHello({ resumed, certificate }: OldServerHello, s: State): void {
  s.row.version = VERSION.ssl2
  s.row.resumed = resumed
  const leaf = readCertificate(certificate)
  if (leaf !== null) showCertificate(leaf, s)
}

function bodyOf<H extends ClientHello | ServerHello>(
  hello: H,
  content: (hello: H, code: number) => string | undefined,
): string {
  const { shown, after } = hello.extensions
  let out = '{'
  for (const { code, before } of shown) out += before + (content(hello, code) ?? 'true')
  return `${out}${after}}`
}

function limited(column: keyof TlsRow, value: string, s: State): string {
  const limit = s.conn.options.bodyBytes
  if (value.length * 3 <= limit || Buffer.byteLength(value) <= limit) return value
  const bytes = Buffer.from(value)
  s.cut |= cutBit(column)
  return text(bytes, 0, cutText(bytes, 0, bytes.length, limit))
}
