import type { Kind } from '../protocol.js'
import { decode, FORMAT, HEAD_MAX, type Header } from './decode.js'
import { fitsSize, headOf, lengthOfSize, mayBegin, sizeAt } from './header.js'
import type { Packet } from './packet.js'
import { Reader } from './reader.js'
import { reasonOf } from './reasons.js'
import { TYPE } from './table.js'

/** What is shown is of no interest here; topics are judged by this much of them. */
const LIMIT = 256
/** So many packets in a row are certain. */
const ENOUGH = 4
/** What a packet weighs as a sign of MQTT. */
const WEIGHT: Readonly<Record<number, number>> = {
  [TYPE.connect]: 4,
  [TYPE.publish]: 2,
  [TYPE.subscribe]: 3,
  [TYPE.unsubscribe]: 3,
}

/** Continue, re-authenticate; success, continue. */
const AUTH_CODES: Readonly<Record<Kind, readonly number[]>> = { request: [0x18, 0x19], response: [0, 0x18] }

/** A packet and its format, where that was not known before; `certain`: no other format is possible. */
export interface Decoded {
  readonly packet: Packet
  readonly certain: boolean
}

/** Decodes the packet whose head is `buf[start, end)`; undefined: it is none. */
export function decodeAs(
  header: Header,
  buf: Buffer,
  start: number,
  end: number,
  format: number,
  limit: number,
  redact: boolean,
): Decoded | undefined {
  const as = (five: boolean): Packet | null => decode(header, new Reader(buf, start, end, limit), five, redact)
  if (format === FORMAT.unknown) return choose(header, buf, start, as(false), as(true))
  // A server that does not know version 5 refuses it in the format of version 3.
  const five = format === FORMAT.five && !(header.first >> 4 === TYPE.connack && header.size === 2)
  const packet = as(five)
  return packet === null ? undefined : { packet, certain: true }
}

function choose(
  { size }: Header,
  buf: Buffer,
  start: number,
  four: Packet | null,
  five: Packet | null,
): Decoded | undefined {
  if (four === null || five === null) {
    const packet = four ?? five
    return packet === null ? undefined : { packet, certain: true }
  }
  if (four.type !== TYPE.publish) return { packet: four, certain: false }
  if (four.head === size) return { packet: four, certain: true }
  // No properties, or a payload that begins with NUL.
  return { packet: five, certain: buf[start + four.head] !== 0 }
}

/** The length of the packet at `pos`, strictly checked as far as it has come; 0: cannot be told yet, -1: there is none. */
function lookAt(kind: Kind, buf: Buffer, pos: number, end: number, format: number): { size: number; weight: number } {
  const no = { size: -1, weight: 0 }
  const more = { size: 0, weight: 0 }
  const first = buf[pos] as number
  if (!mayBegin(kind, first)) return no
  const length = lengthOfSize(buf, pos + 1, end)
  if (length <= 0) return length < 0 ? no : more
  const header = { first, size: sizeAt(buf, pos + 1, length) }
  if (!fitsSize(header)) return no
  const start = pos + 1 + length
  const head = headOf(header, buf, start, end, format)
  if (head < 0) return no
  if (head > end - start) return more
  const found = decodeAs(header, buf, start, start + head, format, LIMIT, true)
  if (found === undefined || !isPlausible(kind, found.packet, header)) return no
  const size = 1 + length + header.size
  // Strings have their length before them: in the midst of a packet, what comes behind a digit may look like a PUBLISH.
  if (length === 1 && size > end - pos) return more
  return { size, weight: WEIGHT[first >> 4] ?? 1 }
}

function isPlausible(kind: Kind, packet: Packet, { size }: Header): boolean {
  if (packet.id === 0) return false
  if (packet.five && packet.code !== null && reasonOf(packet.type, true, packet.code) === null) return false
  // MQTT 5 §3.15.2.1.
  if (packet.type === TYPE.auth) return AUTH_CODES[kind].includes(packet.code as number)
  if (packet.type === TYPE.publish) return isTopic(packet)
  if (packet.filters !== null) return packet.filters.every(({ filter }) => filter !== '' && isPrintable(filter))
  if (packet.type === TYPE.connack) return size >= 2 && (packet.code as number) <= 0xa2
  return size <= HEAD_MAX && packet.codes.every((code) => code <= 2 || code >= 0x80 || code === 0x11)
}

// MQTT 5 §4.7: no wildcards; empty only where an alias stands for it.
function isTopic({ topic, properties }: Packet): boolean {
  if (topic === null || topic === '') return properties.alias > 0
  return !/[+#]/.test(topic) && isPrintable(topic)
}

function isPrintable(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    // Controls, and bytes that are no UTF-8.
    if (c < 32 || c === 127 || (c >= 0xdc80 && c <= 0xdcff && (text.charCodeAt(i - 1) & 0xfc00) !== 0xd800))
      return false
  }
  return true
}

/** Packets in a row from `pos` to the end of what is there. */
export interface Chain {
  /** How many; 0: nothing can be told yet, -1: this is no packet, or they do not lead to the end. */
  readonly count: number
  readonly weight: number
}

/** Follows packets from `pos`; a few are enough. */
export function chainAt(kind: Kind, buf: Buffer, pos: number, end: number, format: number): Chain {
  let count = 0
  let weight = 0
  let before = pos
  let at = pos
  while (at < end && count < ENOUGH) {
    const { size, weight: more } = lookAt(kind, buf, at, end, format)
    // MQTT 5 §3.14.4: nothing follows a DISCONNECT.
    if (size < 0 || (at > pos && (buf[before] as number) >> 4 === TYPE.disconnect)) return { count: -1, weight: 0 }
    if (size === 0) break
    count++
    // A number that is repeated tells no more than once.
    if (more > 1 || at === pos || buf.compare(buf, before, at, at, at + size) !== 0) weight += more
    before = at
    at += size
  }
  return { count, weight }
}

/** The first offset at which packets begin that lead to the end of what is there; -1: none. */
export function findChain(kind: Kind, buf: Buffer, pos: number, end: number, format: number, least: number): number {
  for (let at = pos; at < end; at++) {
    if (!mayBegin(kind, buf[at] as number)) continue
    const { count, weight } = chainAt(kind, buf, at, end, format)
    // PINGs are short and come alone: nothing else may follow them.
    if (count > 0 && weight >= least && (weight > count || count === 1 || !isPing(buf[at] as number))) return at
  }
  return -1
}

function isPing(first: number): boolean {
  const type = first >> 4
  return type === TYPE.pingreq || type === TYPE.pingresp
}
