import { bytesOf } from './bytes.js'
import type { Packet } from './capture-file.js'
import type { Fragments } from './fragments.js'

/** Who has sent an IP packet, and to whom. */
export interface Addresses {
  readonly family: 'inet' | 'inet6'
  /** Both addresses, source first, stand in the bytes of the packet from here on: 4 bytes each, of IPv6 16. */
  readonly packet: DataView
  readonly addresses: number
}

/** What an IP packet carries. */
export interface Payload extends Addresses {
  readonly protocol: number
  /** The payload are the bytes [start, end) of the view; `length` of it was on the wire. */
  readonly view: DataView
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
/** IP in IP: RFC 2003, RFC 2473 and RFC 4213. */
const TUNNELS: readonly number[] = [4, 41]

/**
 * What the IP packet within a packet carries; of one that came in fragments, with its last one. `waiting`: others must come
 * first · undefined: no IP, or a cut header.
 */
export function payloadOf(packet: Packet, fragments: Fragments): Payload | 'waiting' | undefined {
  const outer = ip(packet, networkHeader(packet), fragments)
  if (outer === undefined || outer === 'waiting' || !TUNNELS.includes(outer.protocol)) return outer
  const { view, start, end, length } = outer
  return ip({ ...packet, view, start, end, length }, start, fragments)
}

// `at`: the offset of the IP header, or -1.
function ip(packet: Packet, at: number, fragments: Fragments): Payload | 'waiting' | undefined {
  if (at < 0 || at >= packet.end) return undefined
  return packet.view.getUint8(at) >> 4 === 6 ? ipv6(packet, at, fragments) : ipv4(packet, at, fragments)
}

// The offset of the IP header, or -1.
function networkHeader({ view, start, end, linkType }: Packet): number {
  switch (linkType) {
    case LINK.ethernet:
      return ethernet(view, start + 12, end)
    case LINK.sll:
      return ethernet(view, start + 14, end)
    case LINK.sll2:
      return start + 20
    case LINK.wifi:
      return wifi(view, start, end)
    case LINK.radiotap:
      return start + 4 <= end ? wifi(view, start + view.getUint16(start + 2, true), end) : -1
    case LINK.null:
    case LINK.loop:
      return start + 4
    case LINK.raw:
    case LINK.raw12:
    case LINK.raw14:
    case LINK.ipv4:
    case LINK.ipv6:
      return start
    default:
      return -1
  }
}

// `at`: the offset of the EtherType; VLAN tags (IEEE 802.1Q) are passed.
function ethernet(view: DataView, at: number, end: number): number {
  for (let type = at; type + 2 <= end; type += 4) {
    const value = view.getUint16(type)
    if (value === ETHERTYPE.ipv4 || value === ETHERTYPE.ipv6) return type + 2
    if (value !== ETHERTYPE.vlan && value !== ETHERTYPE.qinq) return -1
  }
  return -1
}

const WIFI = { type: 0x0c, data: 0x08, empty: 0x40, qos: 0x80, distribution: 0x03, encrypted: 0x40, htc: 0x80 } as const
const SNAP = Buffer.from('aaaa03000000', 'hex')

// IEEE 802.11 §9.3.2: a data frame that is not encrypted holds LLC and SNAP (IEEE 802), then the EtherType.
function wifi(view: DataView, at: number, end: number): number {
  if (at + 2 > end) return -1
  const [control, flags] = [view.getUint8(at), view.getUint8(at + 1)]
  if ((control & WIFI.type) !== WIFI.data || control & WIFI.empty || flags & WIFI.encrypted) return -1
  const qos = control & WIFI.qos ? (flags & WIFI.htc ? 6 : 2) : 0
  const llc = at + ((flags & WIFI.distribution) === WIFI.distribution ? 30 : 24) + qos
  if (llc + SNAP.length > end || !SNAP.equals(bytesOf(view, llc, llc + SNAP.length))) return -1
  return ethernet(view, llc + SNAP.length, end)
}

function ipv4(packet: Packet, at: number, fragments: Fragments): Payload | 'waiting' | undefined {
  const { view, end } = packet
  if (at + 20 > end || view.getUint8(at) >> 4 !== 4) return undefined
  const header = (view.getUint8(at) & 15) * 4
  // Segmentation offload leaves the length 0.
  const total = view.getUint16(at + 2) || packet.start + packet.length - at
  if (header < 20 || total < header) return undefined
  const whole = payload(packet, view.getUint8(at + 9), 'inet', at + 12, at + header, at + total)
  const place = view.getUint16(at + 6)
  if ((place & 0x3fff) === 0) return whole
  return fragments.add(whole, view.getUint16(at + 4), (place & 0x1fff) * 8, (place & 0x2000) !== 0)
}

function ipv6(packet: Packet, at: number, fragments: Fragments): Payload | 'waiting' | undefined {
  const { view, end } = packet
  if (at + 40 > end) return undefined
  const until = at + 40 + (view.getUint16(at + 4) || packet.start + packet.length - at - 40)
  let next = view.getUint8(at + 6)
  let header = at + 40
  while (SKIPPED_HEADERS.includes(next) && header + 8 <= end) {
    next = view.getUint8(header)
    header += (view.getUint8(header + 1) + 1) * 8
  }
  if (header + 8 > Math.min(until, end)) return undefined
  if (next !== FRAGMENT_HEADER) return payload(packet, next, 'inet6', at + 8, header, until)
  const place = view.getUint16(header + 2)
  const whole = payload(packet, view.getUint8(header), 'inet6', at + 8, header + 8, until)
  // RFC 8200 §4.5: a fragment that is all there is.
  if ((place & 0xfff9) === 0) return whole
  return fragments.add(whole, view.getUint32(header + 4), place & 0xfff8, (place & 1) !== 0)
}

// buf[start, end) of the packet, as far as it was captured.
function payload(
  { view, end: captured }: Packet,
  protocol: number,
  family: Payload['family'],
  addresses: number,
  start: number,
  end: number,
): Payload {
  return {
    protocol,
    family,
    packet: view,
    addresses,
    view,
    start: Math.min(start, captured),
    end: Math.min(end, captured),
    length: end - start,
  }
}

/** Writes the source address (0) or the destination address (1) as 16 bytes, IPv6 or v4-mapped, where zeros are. */
export function writeAddress(into: Buffer, at: number, { family, packet, addresses }: Addresses, which: 0 | 1): void {
  const size = family === 'inet' ? 4 : 16
  if (family === 'inet') into[at + 10] = into[at + 11] = 0xff
  for (let i = 0; i < size; i++) into[at + 16 - size + i] = packet.getUint8(addresses + which * size + i)
}

/** An address as a text that no other one has. */
export function addressText({ family, packet, addresses }: Addresses, which: 0 | 1): string {
  if (family === 'inet') {
    const at = addresses + which * 4
    return String.fromCharCode(packet.getUint16(at), packet.getUint16(at + 2))
  }
  return bytesOf(packet, addresses + which * 16, addresses + (which + 1) * 16).toString('latin1')
}
