import type { Packet } from './capture-file.js'
import type { Fragments } from './fragments.js'

/** Who has sent an IP packet, and to whom. */
export interface Addresses {
  readonly family: 'inet' | 'inet6'
  /** Both addresses, source first, stand in the bytes of the packet from here on: 4 bytes each, of IPv6 16. */
  readonly packet: Buffer
  readonly addresses: number
}

/** What an IP packet carries. */
export interface Payload extends Addresses {
  readonly protocol: number
  /** The payload is buf[start, end); `length` of it was on the wire. */
  readonly buf: Buffer
  readonly start: number
  readonly end: number
  readonly length: number
}

const LINK = {
  null: 0,
  ethernet: 1,
  raw: 101,
  wifi: 105,
  radiotap: 127,
  raw12: 12,
  raw14: 14,
  loop: 108,
  sll: 113,
  ipv4: 228,
  ipv6: 229,
  sll2: 276,
} as const
const ETHERTYPE = { ipv4: 0x0800, vlan: 0x8100, ipv6: 0x86dd, qinq: 0x88a8 } as const
/** IPv6 extension headers that say how long they are: hop-by-hop, routing, destination options. */
const SKIPPED_HEADERS: readonly number[] = [0, 43, 60]
const FRAGMENT_HEADER = 44

/**
 * What the IP packet within a packet carries; of one that came in fragments, with its last one. `waiting`: others must come
 * first · undefined: no IP, or a cut header.
 */
export function payloadOf(packet: Packet, fragments: Fragments): Payload | 'waiting' | undefined {
  const at = networkHeader(packet)
  if (at < 0 || at >= packet.bytes.length) return undefined
  return (packet.bytes[at] as number) >> 4 === 6 ? ipv6(packet, at, fragments) : ipv4(packet, at, fragments)
}

// The offset of the IP header, or -1.
function networkHeader({ bytes, linkType }: Packet): number {
  switch (linkType) {
    case LINK.ethernet:
      return ethernet(bytes, 12)
    case LINK.sll:
      return ethernet(bytes, 14)
    case LINK.sll2:
      return bytes.length >= 20 ? 20 : -1
    case LINK.wifi:
      return wifi(bytes, 0)
    case LINK.radiotap:
      return bytes.length >= 4 ? wifi(bytes, bytes.readUInt16LE(2)) : -1
    case LINK.null:
    case LINK.loop:
      return 4
    case LINK.raw:
    case LINK.raw12:
    case LINK.raw14:
    case LINK.ipv4:
    case LINK.ipv6:
      return 0
    default:
      return -1
  }
}

// `at`: the offset of the EtherType; VLAN tags (IEEE 802.1Q) are passed.
function ethernet(bytes: Buffer, at: number): number {
  for (let type = at; type + 2 <= bytes.length; type += 4) {
    const value = bytes.readUInt16BE(type)
    if (value === ETHERTYPE.ipv4 || value === ETHERTYPE.ipv6) return type + 2
    if (value !== ETHERTYPE.vlan && value !== ETHERTYPE.qinq) return -1
  }
  return -1
}

const WIFI = { type: 0x0c, data: 0x08, empty: 0x40, qos: 0x80, distribution: 0x03, encrypted: 0x40, htc: 0x80 } as const
const SNAP = Buffer.from('aaaa03000000', 'hex')

// IEEE 802.11 §9.3.2: a data frame that is not encrypted holds LLC and SNAP (IEEE 802), then the EtherType.
function wifi(bytes: Buffer, at: number): number {
  const [control = 0, flags = 0] = bytes.subarray(at, at + 2)
  if ((control & WIFI.type) !== WIFI.data || control & WIFI.empty || flags & WIFI.encrypted) return -1
  const qos = control & WIFI.qos ? (flags & WIFI.htc ? 6 : 2) : 0
  const llc = at + ((flags & WIFI.distribution) === WIFI.distribution ? 30 : 24) + qos
  return bytes.compare(SNAP, 0, SNAP.length, llc, Math.min(llc + SNAP.length, bytes.length)) === 0
    ? ethernet(bytes, llc + SNAP.length)
    : -1
}

function ipv4(packet: Packet, at: number, fragments: Fragments): Payload | 'waiting' | undefined {
  const { bytes } = packet
  if (at + 20 > bytes.length || (bytes[at] as number) >> 4 !== 4) return undefined
  const header = ((bytes[at] as number) & 15) * 4
  // Segmentation offload leaves the length 0.
  const total = bytes.readUInt16BE(at + 2) || packet.length - at
  if (header < 20 || total < header) return undefined
  const whole = payload(bytes, bytes[at + 9] as number, 'inet', at + 12, at + header, at + total)
  const place = bytes.readUInt16BE(at + 6)
  if ((place & 0x3fff) === 0) return whole
  return fragments.add(whole, bytes.readUInt16BE(at + 4), (place & 0x1fff) * 8, (place & 0x2000) !== 0)
}

function ipv6(packet: Packet, at: number, fragments: Fragments): Payload | 'waiting' | undefined {
  const { bytes } = packet
  if (at + 40 > bytes.length) return undefined
  const end = at + 40 + (bytes.readUInt16BE(at + 4) || packet.length - at - 40)
  let next = bytes[at + 6] as number
  let header = at + 40
  while (SKIPPED_HEADERS.includes(next) && header + 8 <= bytes.length) {
    next = bytes[header] as number
    header += ((bytes[header + 1] as number) + 1) * 8
  }
  if (header + 8 > Math.min(end, bytes.length)) return undefined
  if (next !== FRAGMENT_HEADER) return payload(bytes, next, 'inet6', at + 8, header, end)
  const place = bytes.readUInt16BE(header + 2)
  const whole = payload(bytes, bytes[header] as number, 'inet6', at + 8, header + 8, end)
  // RFC 8200 §4.5: a fragment that is all there is.
  if ((place & 0xfff9) === 0) return whole
  return fragments.add(whole, bytes.readUInt32BE(header + 4), place & 0xfff8, (place & 1) !== 0)
}

function payload(
  buf: Buffer,
  protocol: number,
  family: Payload['family'],
  addresses: number,
  start: number,
  end: number,
): Payload {
  const { length } = buf
  return {
    protocol,
    family,
    packet: buf,
    addresses,
    buf,
    start: Math.min(start, length),
    end: Math.min(end, length),
    length: end - start,
  }
}

/** The source address (0) or the destination address (1) as 16 bytes, IPv6 or v4-mapped; a copy. */
export function addressOf({ family, packet, addresses }: Addresses, which: 0 | 1): Buffer {
  const address = Buffer.alloc(16)
  const size = family === 'inet' ? 4 : 16
  if (family === 'inet') address.fill(0xff, 10, 12)
  packet.copy(address, 16 - size, addresses + which * size, addresses + (which + 1) * size)
  return address
}

/** An address as a text that no other one has. */
export function addressText({ family, packet, addresses }: Addresses, which: 0 | 1): string {
  if (family === 'inet') {
    const at = addresses + which * 4
    return String.fromCharCode(packet.readUInt16BE(at), packet.readUInt16BE(at + 2))
  }
  return packet.toString('latin1', addresses + which * 16, addresses + (which + 1) * 16)
}
