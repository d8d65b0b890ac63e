import { type Addresses, addressText, type Payload } from './ip.js'

/** What segments and datagrams have in common. */
export interface Datagram extends Addresses {
  readonly buf: Buffer
  readonly sourcePort: number
  readonly destinationPort: number
  /** The payload is buf[start, end); `length` of it was on the wire. */
  readonly start: number
  readonly end: number
  readonly length: number
}

/** A TCP segment. */
export interface Segment extends Datagram {
  readonly seq: number
  readonly ack: number
  readonly flags: number
}

export const TCP = { FIN: 1, SYN: 2, RST: 4, ACK: 16 } as const
export const IPPROTO = { TCP: 6, UDP: 17 } as const

/** The TCP segment that an IP packet carries; undefined where its header is cut or makes no sense. */
export function segmentOf({ buf, family, packet, addresses, start: at, end, length }: Payload): Segment | undefined {
  if (at + 20 > end) return undefined
  const header = ((buf[at + 12] as number) >> 4) * 4
  if (header < 20 || header > length) return undefined
  return {
    buf,
    family,
    packet,
    addresses,
    sourcePort: buf.readUInt16BE(at),
    destinationPort: buf.readUInt16BE(at + 2),
    seq: buf.readUInt32BE(at + 4),
    ack: buf.readUInt32BE(at + 8),
    flags: buf[at + 13] as number,
    start: Math.min(at + header, end),
    end,
    length: length - header,
  }
}

/** The UDP datagram that an IP packet carries; undefined where its header is cut or makes no sense. */
export function datagramOf({ buf, family, packet, addresses, start: at, end, length }: Payload): Datagram | undefined {
  if (at + 8 > end) return undefined
  // RFC 2675 §4: 0 in a jumbogram; segmentation offload leaves it 0 too.
  const size = buf.readUInt16BE(at + 4) || length
  if (size < 8 || size > length) return undefined
  return {
    buf,
    family,
    packet,
    addresses,
    sourcePort: buf.readUInt16BE(at),
    destinationPort: buf.readUInt16BE(at + 2),
    start: at + 8,
    end: Math.min(at + size, end),
    length: size - 8,
  }
}

/** The keys of a pair of ends: as this one was sent, and as its answer is. */
export function flowKeys(datagram: Datagram): [string, string] {
  const source = addressText(datagram, 0) + String.fromCharCode(datagram.sourcePort)
  const destination = addressText(datagram, 1) + String.fromCharCode(datagram.destinationPort)
  return [source + destination, destination + source]
}
