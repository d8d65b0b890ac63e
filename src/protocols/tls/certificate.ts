import { X509Certificate } from 'node:crypto'
import { Fields } from '../fields.js'

const SAN_MAX = 100
/** Certificates that are kept, and the longest of them. */
const KNOWN_MAX = 64
const KNOWN_BYTES_MAX = 8192
/** Commas inside of a quoted value do not part names. */
const NAME = /(?:[^,"]|"(?:[^"\\]|\\.)*")+/g

/** What a certificate says of itself. */
export interface Certificate {
  readonly subject: string
  readonly issuer: string
  readonly names: readonly string[]
  /** RFC 3339. */
  readonly notAfter: string | null
}

/** The first certificate of a Certificate message up to TLS 1.2, RFC 5246 §7.4.2; null: there is none, or it makes no sense. */
export function readLeaf(buf: Buffer, pos: number, end: number): Certificate | null {
  return readCertificate(new Fields(buf, pos, end).vector(3).vector(3).bytes())
}

/**
 * Reads certificates in DER and keeps what the last ones said, for OpenSSL takes 0.1 ms for each, and a server shows the same
 * on every connection. What it answers depends on the bytes alone.
 */
class Reader {
  readonly #known = new Map<string, Certificate | null>()

  read(der: Buffer): Certificate | null {
    if (der.length === 0 || der.length > KNOWN_BYTES_MAX) return parse(der)
    const key = der.toString('latin1')
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const certificate = parse(der)
    const [oldest] = this.#known.keys()
    if (this.#known.size >= KNOWN_MAX && oldest !== undefined) this.#known.delete(oldest)
    this.#known.set(key, certificate)
    return certificate
  }
}

const READER = new Reader()

/** A certificate in DER. */
export function readCertificate(der: Buffer): Certificate | null {
  return READER.read(der)
}

function parse(der: Buffer): Certificate | null {
  if (der.length === 0) return null
  try {
    const { subject, issuer, subjectAltName, validTo } = new X509Certificate(Buffer.from(der))
    return { subject: line(subject), issuer: line(issuer), names: split(subjectAltName), notAfter: date(validTo) }
  } catch {
    return null
  }
}

// A relative name a line; undefined where there is none.
function line(name: string | undefined): string {
  return (name ?? '').split('\n').join(', ')
}

function split(names: string | undefined): string[] {
  return (names?.match(NAME) ?? []).slice(0, SAN_MAX).map((name) => name.trim())
}

function date(value: string): string | null {
  const ms = Date.parse(value)
  return Number.isNaN(ms) ? null : `${new Date(ms).toISOString().slice(0, 19)}Z`
}
