import { readConnect } from './connect.js'
import { type Filter, Packet } from './packet.js'
import { readProperties } from './properties.js'
import type { Reader } from './reader.js'
import { CUT, TYPE } from './table.js'

/** Formats of packets: MQTT 3.1 and 3.1.1 have the same. */
export const FORMAT = { unknown: 0, four: 4, five: 5 } as const

/** Body of a packet that is decoded, bytes; the rest is passed over. */
export const HEAD_MAX = 32 * 1024

/** What a packet looks like from its first byte, and how many bytes follow its fixed header. */
export interface Header {
  readonly first: number
  readonly size: number
}

/** Decodes the body of a packet in this format; null: it is none. What is longer than HEAD_MAX may end anywhere. */
export function decode({ first, size }: Header, r: Reader, five: boolean, redact: boolean): Packet | null {
  const type = first >> 4
  const start = r.pos
  const packet = type === TYPE.connect ? readConnect(r, redact) : new Packet(type, five)
  if (packet === null) return null
  if (type === TYPE.publish) readPublish(packet, first, r, redact)
  else if (type !== TYPE.connect && !readBody(packet, r, size, redact)) return null
  // What is left over belongs to no field; a PUBLISH has its payload there.
  const whole = size <= HEAD_MAX || type === TYPE.publish
  // The server's own answer to a malformed CONNECT tells more than we can.
  if (type === TYPE.connect) r.pos = r.end
  else if (whole && (!r.ok || (r.left > 0 && type !== TYPE.publish))) return null
  packet.head = r.pos - start
  if (!r.ok) packet.cut |= CUT.filters | CUT.reqProperties
  if (packet.properties.cut) packet.cut |= CUT.reqProperties
  if (r.cut && packet.topic !== null) packet.cut |= CUT.topic
  return packet
}

// The topic, the packet identifier, the properties: up to the payload.
function readPublish(packet: Packet, first: number, r: Reader, redact: boolean): void {
  packet.qos = (first >> 1) & 3
  packet.retain = (first & 1) !== 0
  packet.dup = (first & 8) !== 0
  packet.topic = r.string()
  if (packet.qos > 0) packet.id = r.uint16()
  if (!packet.five) return
  const start = r.pos
  packet.passed = r.variable()
  if (packet.passed > HEAD_MAX) {
    packet.cut |= CUT.reqProperties
    return
  }
  r.pos = start
  packet.passed = 0
  packet.properties = readProperties(r, TYPE.publish, redact)
}

function readBody(packet: Packet, r: Reader, size: number, redact: boolean): boolean {
  switch (packet.type) {
    case TYPE.connack:
      packet.sessionPresent = (r.byte() & 1) !== 0
      return readOutcome(packet, r, redact)
    case TYPE.puback:
    case TYPE.pubrec:
    case TYPE.pubrel:
    case TYPE.pubcomp:
      packet.id = r.uint16()
      // MQTT 5 §3.4.2.1: without a reason code it is Success.
      return packet.five ? readOutcome(packet, r, redact) : size === 2
    case TYPE.subscribe:
    case TYPE.unsubscribe:
      return readFilters(packet, r, redact)
    case TYPE.suback:
    case TYPE.unsuback:
      return readCodes(packet, r, redact)
    case TYPE.disconnect:
    case TYPE.auth:
      return packet.five ? readOutcome(packet, r, redact) : size === 0 && packet.type === TYPE.disconnect
    default:
      return size === 0
  }
}

// A reason code and properties, either of which may be left out at the end.
function readOutcome(packet: Packet, r: Reader, redact: boolean): boolean {
  packet.code = r.left > 0 ? r.byte() : 0
  if (packet.five && r.left > 0) packet.properties = readProperties(r, packet.type, redact)
  return true
}

function readFilters(packet: Packet, r: Reader, redact: boolean): boolean {
  packet.id = r.uint16()
  if (packet.five) packet.properties = readProperties(r, packet.type, redact)
  const subscribes = packet.type === TYPE.subscribe
  const filters: Filter[] = []
  let qos = 0
  while (r.ok && r.left > 0) {
    const filter = r.string()
    const options = subscribes ? r.byte() : 0
    if (!r.ok) break
    if (!areOptions(options, packet.five)) return false
    qos = Math.max(qos, options & 3)
    filters.push(subscribes ? { filter, ...optionsOf(options, packet.five) } : { filter })
  }
  if (filters.length === 0) return false
  packet.filters = filters
  packet.topic = filters.map(({ filter }) => filter).join(',')
  packet.qos = subscribes ? qos : null
  return true
}

// MQTT 3.1.1 §3.8.3: six reserved bits; MQTT 5 §3.8.3.1: two. QoS 3 and retain handling 3 are errors.
function areOptions(options: number, five: boolean): boolean {
  if ((options & 3) === 3) return false
  return five ? options < 0x40 && (options & 0x30) !== 0x30 : options < 4
}

function optionsOf(options: number, five: boolean): { readonly [option: string]: number | boolean } {
  const qos = options & 3
  if (!five) return { qos }
  return {
    qos,
    no_local: (options & 4) !== 0,
    retain_as_published: (options & 8) !== 0,
    retain_handling: options >> 4,
  }
}

function readCodes(packet: Packet, r: Reader, redact: boolean): boolean {
  packet.id = r.uint16()
  // MQTT 3.1.1 §3.11: an UNSUBACK has no codes.
  if (!packet.five && packet.type === TYPE.unsuback) return true
  if (packet.five) packet.properties = readProperties(r, packet.type, redact)
  if (!r.ok) return true
  packet.codes = [...r.buf.subarray(r.pos, r.end)]
  r.pos = r.end
  packet.code = packet.codes.reduce((worst, code) => Math.max(worst, code), 0)
  return packet.codes.length > 0
}
