import { X509Certificate } from 'node:crypto'
import { Fields } from '../fields.js'
import { Known } from './known.js'

const SAN_MAX = 100
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
  return readCertificate(new Fields(buf, pos, end).vector(3).vector(3))
}

/** OpenSSL takes 0.1 ms for each, and a server shows the same on every connection. */
const CERTIFICATES = new Known(parse)

/** A certificate in DER. */
export function readCertificate(der: Fields): Certificate | null {
  return CERTIFICATES.of(der.latin1())
}

function parse(der: string): Certificate | null {
  if (der === '') return null
  try {
    const { subject, issuer, subjectAltName, validTo } = new X509Certificate(Buffer.from(der, 'latin1'))
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
