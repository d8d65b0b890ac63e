import type { Kind } from '../protocol.js'
import { FORMAT, HEAD_MAX, type Header } from './decode.js'
import { TYPE } from './table.js'

/** Types that a client sends, and those that a server does. */
const FROM: Readonly<Record<Kind, ReadonlySet<number>>> = {
  request: new Set([1, 3, 4, 5, 6, 7, 8, 10, 12, 14, 15]),
  response: new Set([2, 3, 4, 5, 6, 7, 9, 11, 13, 14, 15]),
}
const EMPTY: ReadonlySet<number> = new Set([TYPE.pingreq, TYPE.pingresp])
const DUP = 8

/** For each byte whether a packet of this side may begin with it. */
const BEGINS: Readonly<Record<Kind, readonly boolean[]>> = {
  request: Array.from({ length: 256 }, (_, first) => begins('request', first)),
  response: Array.from({ length: 256 }, (_, first) => begins('response', first)),
}

/** Whether a packet of this side may begin with this byte. */
export function mayBegin(kind: Kind, first: number): boolean {
  return BEGINS[kind][first] === true
}

// MQTT 5 §2.1.3, and the DUP bit that MQTT 3.1 has there.
function begins(kind: Kind, first: number): boolean {
  const type = first >> 4
  if (!FROM[kind].has(type)) return false
  const flags = first & 15
  if (type === TYPE.publish) return (flags & 6) !== 6
  if (type === TYPE.pubrel || type === TYPE.subscribe || type === TYPE.unsubscribe) return (flags & ~DUP) === 2
  return flags === 0
}

/** The length of the remaining length at `pos`; 0: it has not come; -1: it is none. */
export function lengthOfSize(buf: Buffer, pos: number, end: number): number {
  for (let i = 0; i < 4; i++) {
    if (pos + i >= end) return 0
    if ((buf[pos + i] as number) < 0x80) return i > 0 && buf[pos + i] === 0 ? -1 : i + 1
  }
  return -1
}

/** The remaining length, which is known to be there; MQTT 5 §1.5.5. */
export function sizeAt(buf: Buffer, pos: number, length: number): number {
  let size = 0
  for (let i = 0; i < length; i++) size |= ((buf[pos + i] as number) & 0x7f) << (7 * i)
  return size
}

/** Whether a packet can be that long. */
export function fitsSize({ first, size }: Header): boolean {
  const type = first >> 4
  if (EMPTY.has(type)) return size === 0
  if (type === TYPE.disconnect || type === TYPE.auth) return true
  return size >= (type === TYPE.connect ? 12 : type === TYPE.subscribe ? 6 : type === TYPE.unsubscribe ? 5 : 2)
}

/** How many bytes of the body must be there to decode it, or to ask again: all up to the payload. -1: it is no packet. */
export function headOf({ first, size }: Header, buf: Buffer, start: number, end: number, format: number): number {
  if (first >> 4 !== TYPE.publish) return Math.min(size, HEAD_MAX)
  const there = Math.min(end - start, size)
  if (there < 2) return 2
  const topic = 2 + buf.readUInt16BE(start) + ((first & 6) === 0 ? 0 : 2)
  if (topic > size) return -1
  if (format === FORMAT.four || topic === size) return topic
  const length = lengthOfSize(buf, start + topic, start + there)
  if (length === 0 && there < size) return Math.max(there, topic) + 1
  const properties = length > 0 ? sizeAt(buf, start + topic, length) : size
  // Where the format is not known, these may be bytes of a payload.
  if (topic + length + properties > size) return format === FORMAT.five ? -1 : topic
  return topic + length + (properties > HEAD_MAX ? 0 : properties)
}
