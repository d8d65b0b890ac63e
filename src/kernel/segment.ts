import { type Addresses, addressText, type Payload } from './ip.js'

/** What segments and datagrams have in common. */
export interface Datagram extends Addresses {
  readonly view: DataView
  readonly sourcePort: number
  readonly destinationPort: number
  /** The payload are the bytes [start, end) of the view; `length` of it was on the wire. */
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
export function segmentOf({ view, family, packet, addresses, start: at, end, length }: Payload): Segment | undefined {
  if (at + 20 > end) return undefined
  const header = (view.getUint8(at + 12) >> 4) * 4
  if (header < 20 || header > length) return undefined
  return {
    view,
    family,
    packet,
    addresses,
    sourcePort: view.getUint16(at),
    destinationPort: view.getUint16(at + 2),
    seq: view.getUint32(at + 4),
    ack: view.getUint32(at + 8),
    flags: view.getUint8(at + 13),
    start: Math.min(at + header, end),
    end,
    length: length - header,
  }
}

/** The UDP datagram that an IP packet carries; undefined where its header is cut or makes no sense. */
export function datagramOf({ view, family, packet, addresses, start: at, end, length }: Payload): Datagram | undefined {
  if (at + 8 > end) return undefined
  // RFC 2675 §4: 0 in a jumbogram; segmentation offload leaves it 0 too.
  const size = view.getUint16(at + 4) || length
  if (size < 8 || size > length) return undefined
  return {
    view,
    family,
    packet,
    addresses,
    sourcePort: view.getUint16(at),
    destinationPort: view.getUint16(at + 2),
    start: at + 8,
    end: Math.min(at + size, end),
    length: size - 8,
  }
}

/** Is its sender the lower of the two ends? */
export function isFromLower({ family, packet, addresses, sourcePort, destinationPort }: Datagram): boolean {
  const size = family === 'inet' ? 4 : 16
  for (let at = addresses; at < addresses + size; at++) {
    const order = packet.getUint8(at) - packet.getUint8(at + size)
    if (order !== 0) return order < 0
  }
  return sourcePort <= destinationPort
}

/** The key of a pair of ends, the same for what either of them sends. */
export function flowKey(datagram: Datagram, fromLower: boolean): string {
  const { family, packet, sourcePort, destinationPort } = datagram
  const lowerPort = fromLower ? sourcePort : destinationPort
  const upperPort = fromLower ? destinationPort : sourcePort
  if (family === 'inet6') {
    const [lower, upper] = [addressText(datagram, fromLower ? 0 : 1), addressText(datagram, fromLower ? 1 : 0)]
    return lower + upper + String.fromCharCode(lowerPort, upperPort)
  }
  const lower = datagram.addresses + (fromLower ? 0 : 4)
  const upper = datagram.addresses + (fromLower ? 4 : 0)
  return String.fromCharCode(
    packet.getUint16(lower),
    packet.getUint16(lower + 2),
    packet.getUint16(upper),
    packet.getUint16(upper + 2),
    lowerPort,
    upperPort,
  )
}
