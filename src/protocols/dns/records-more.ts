import { ipv6Text, quoted, type Rdata } from './rdata.js'

export function soa(data: Rdata): string {
  const [server, mailbox] = [data.name(), data.name()]
  return `${server} ${mailbox} ${data.u32()} ${data.u32()} ${data.u32()} ${data.u32()} ${data.u32()}`
}

export function srv(data: Rdata): string {
  return `${data.u16()} ${data.u16()} ${data.u16()} ${data.name()}`
}

/** RFC 3403 §4.1. */
export function naptr(data: Rdata): string {
  return `${data.u16()} ${data.u16()} ${data.string()} ${data.string()} ${data.string()} ${data.name()}`
}

/** RFC 8659 §4.1. */
export function caa(data: Rdata): string {
  const flags = data.u8()
  const tag = data.bytes(data.u8()).toString('latin1')
  if (!/^[A-Za-z0-9]+$/.test(tag)) data.bad = true
  return `${flags} ${tag} ${quoted(data.bytes())}`
}

/** RFC 4034 §5.1. */
export function ds(data: Rdata): string {
  return `${data.u16()} ${data.u8()} ${data.u8()} ${data.hex()}`
}

/** RFC 4034 §2.1. */
export function dnskey(data: Rdata): string {
  return `${data.u16()} ${data.u8()} ${data.u8()} ${data.base64()}`
}

/** RFC 5155 §3.2. */
export function nsec3(data: Rdata): string {
  const head = `${data.u8()} ${data.u8()} ${data.u16()} ${data.hex(data.u8()) || '-'} ${data.base32(data.u8())}`
  const types = data.typeBitmap()
  return types === '' ? head : `${head} ${types}`
}

/** RFC 1035 §3.4.2: the ports of a protocol that a host serves. */
export function services(data: Rdata): string {
  const ports: number[] = []
  const head = `${data.ipv4()} ${data.u8()}`
  const bits = data.bytes()
  for (let i = 0; i < bits.length * 8; i++) if ((bits[i >> 3] as number) & (0x80 >> (i & 7))) ports.push(i)
  return [head, ...ports].join(' ')
}

const EQUATOR = 2 ** 31
const ALTITUDE_BASE_CM = 10_000_000

/** RFC 1876 §3. */
export function location(data: Rdata): string {
  if (data.u8() !== 0) data.bad = true
  const sizes = [centimetres(data), centimetres(data), centimetres(data)]
  const [latitude, longitude] = [angle(data.u32(), 'N', 'S'), angle(data.u32(), 'E', 'W')]
  const altitude = ((data.u32() - ALTITUDE_BASE_CM) / 100).toFixed(2)
  return `${latitude} ${longitude} ${altitude}m ${sizes.join(' ')}`
}

// Four bits of mantissa, four of exponent.
function centimetres(data: Rdata): string {
  const byte = data.u8()
  const [mantissa, exponent] = [byte >> 4, byte & 15]
  if (mantissa > 9 || exponent > 9) data.bad = true
  return exponent > 1 ? `${mantissa * 10 ** (exponent - 2)}m` : `0.${`${mantissa * 10 ** exponent}`.padStart(2, '0')}m`
}

// Thousandths of a second of arc.
function angle(value: number, positive: string, negative: string): string {
  const total = Math.abs(value - EQUATOR)
  const seconds = ((total % 60_000) / 1000).toFixed(3)
  const minutes = Math.floor(total / 60_000)
  return `${Math.floor(minutes / 60)} ${minutes % 60} ${seconds} ${value >= EQUATOR ? positive : negative}`
}

/** RFC 3123 §4. */
export function prefixes(data: Rdata): string {
  const list: string[] = []
  while (data.left > 0) {
    const family = data.u16()
    const prefix = data.u8()
    const byte = data.u8()
    const bytes = data.bytes(byte & 0x7f)
    const size = family === 1 ? 4 : 16
    if (family < 1 || family > 2 || bytes.length > size) data.bad = true
    const text = addressText(family, bytes)
    list.push(`${byte & 0x80 ? '!' : ''}${family}:${text}/${prefix}`)
  }
  return list.join(' ')
}

/** An address of family 1 (IPv4) or 2 (IPv6), of which trailing zeros may have been left out. */
export function addressText(family: number, bytes: Buffer): string {
  const whole = Buffer.alloc(family === 1 ? 4 : 16)
  bytes.copy(whole)
  return family === 1 ? whole.join('.') : ipv6Text(whole)
}

/** RFC 4025 §2: how to reach a host, and its key. */
export function ipseckey(data: Rdata): string {
  const [precedence, kind, algorithm] = [data.u8(), data.u8(), data.u8()]
  return `${precedence} ${kind} ${algorithm} ${gateway(data, kind)} ${data.base64()}`.trimEnd()
}

function gateway(data: Rdata, kind: number): string {
  if (kind === 1) return data.ipv4()
  if (kind === 2) return data.ipv6()
  if (kind > 3) data.bad = true
  return kind === 3 ? data.name() : '.'
}

/** RFC 8005 §5: a host's identity, its key, and where to meet it. */
export function hip(data: Rdata): string {
  const [identity, algorithm, key] = [data.u8(), data.u8(), data.u16()]
  const parts = [`${algorithm}`, data.hex(identity), data.base64(key)]
  while (data.left > 0) parts.push(data.name())
  return parts.join(' ')
}
