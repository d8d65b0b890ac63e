import type { Packet } from './capture-file.js'

/** A TCP segment of a packet. Addresses are IPv6 or v4-mapped, 16 bytes at an offset of `buf`. */
export interface Segment {
  readonly buf: Buffer
  readonly family: 'inet' | 'inet6'
  /** Both addresses as 32 bytes, source first. */
  readonly addresses: Buffer
  readonly sourcePort: number
  readonly destinationPort: number
  readonly seq: number
  readonly ack: number
  readonly flags: number
  /** The payload is buf[start, end); `length` of it was on the wire. */
  readonly start: number
  readonly end: number
  readonly length: number
}

export const TCP = { FIN: 1, SYN: 2, RST: 4, ACK: 16 } as const

const LINK = {
  null: 0,
  ethernet: 1,
  raw: 101,
  raw12: 12,
  raw14: 14,
  loop: 108,
  sll: 113,
  ipv4: 228,
  ipv6: 229,
  sll2: 276,
} as const
const ETHERTYPE = { ipv4: 0x0800, vlan: 0x8100, ipv6: 0x86dd, qinq: 0x88a8 } as const
const PROTOCOL_TCP = 6
/** IPv6 extension headers that say how long they are: hop-by-hop, routing, destination options. */
const SKIPPED_HEADERS: readonly number[] = [0, 43, 60]

/** The TCP segment of a packet; undefined where it holds none that is whole (another protocol, a fragment, a cut header). */
export function segmentOf(packet: Packet): Segment | undefined {
  const at = networkHeader(packet)
  if (at < 0 || at >= packet.bytes.length) return undefined
  return (packet.bytes[at] as number) >> 4 === 6 ? ipv6(packet, at) : ipv4(packet, at)
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

function ipv4(packet: Packet, at: number): Segment | undefined {
  const { bytes } = packet
  if (at + 20 > bytes.length || (bytes[at] as number) >> 4 !== 4) return undefined
  const header = ((bytes[at] as number) & 15) * 4
  // A fragment but the first has no TCP header, and the first has not all of the segment.
  if (header < 20 || bytes[at + 9] !== PROTOCOL_TCP || (bytes.readUInt16BE(at + 6) & 0x3fff) !== 0) return undefined
  const addresses = Buffer.alloc(32)
  for (const [to, from] of [
    [0, 12],
    [16, 16],
  ] as const) {
    addresses.fill(0xff, to + 10, to + 12)
    bytes.copy(addresses, to + 12, at + from, at + from + 4)
  }
  // Segmentation offload leaves the length 0.
  const total = bytes.readUInt16BE(at + 2) || packet.length - at
  return tcp(packet, at + header, at + total, 'inet', addresses)
}

function ipv6(packet: Packet, at: number): Segment | undefined {
  const { bytes } = packet
  if (at + 40 > bytes.length) return undefined
  let next = bytes[at + 6] as number
  let header = at + 40
  while (SKIPPED_HEADERS.includes(next) && header + 8 <= bytes.length) {
    next = bytes[header] as number
    header += ((bytes[header + 1] as number) + 1) * 8
  }
  if (next !== PROTOCOL_TCP) return undefined
  const total = bytes.readUInt16BE(at + 4) || packet.length - at - 40
  return tcp(packet, header, at + 40 + total, 'inet6', Buffer.from(bytes.subarray(at + 8, at + 40)))
}

function tcp(
  { bytes }: Packet,
  at: number,
  end: number,
  family: Segment['family'],
  addresses: Buffer,
): Segment | undefined {
  if (at + 20 > bytes.length) return undefined
  const start = at + ((bytes[at + 12] as number) >> 4) * 4
  if (start < at + 20 || start > end) return undefined
  return {
    buf: bytes,
    family,
    addresses,
    sourcePort: bytes.readUInt16BE(at),
    destinationPort: bytes.readUInt16BE(at + 2),
    seq: bytes.readUInt32BE(at + 4),
    ack: bytes.readUInt32BE(at + 8),
    flags: bytes[at + 13] as number,
    start: Math.min(start, bytes.length),
    end: Math.min(end, bytes.length),
    length: end - start,
  }
}
