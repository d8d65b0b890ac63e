import { cutText, text } from '../../records/text.js'
import { type Cursor, INVALID, type Kind, NEED_MORE } from '../protocol.js'
import { FORMAT, type Header } from './decode.js'
import { fitsSize, headOf, lengthOfSize, mayBegin, sizeAt } from './header.js'
import { decodeAs } from './look.js'
import type { Packet } from './packet.js'
import { complete, completeLate } from './pairing.js'
import { losePlace, type Side, type State } from './state.js'
import { CUT, TYPE } from './table.js'

/** One packet, or a part of one. */
export function parse(kind: Kind, bytes: Cursor, s: State, out: Packet[]): number {
  const side = s.sides[kind]
  return side.packet === null ? parseHead(kind, bytes, s, out) : parseBody(kind, bytes, s, out)
}

function parseHead(kind: Kind, bytes: Cursor, s: State, out: Packet[]): number {
  const { buf, pos, end } = bytes
  if (pos === end) return NEED_MORE
  const first = buf[pos] as number
  if (!mayBegin(kind, first)) return invalid(kind, s)
  const length = lengthOfSize(buf, pos + 1, end)
  if (length <= 0) return length < 0 ? invalid(kind, s) : NEED_MORE
  const header: Header = { first, size: sizeAt(buf, pos + 1, length) }
  const start = pos + 1 + length
  const head = fitsSize(header) ? headOf(header, buf, start, end, s.format) : -1
  if (head < 0) return invalid(kind, s)
  if (head > end - start) {
    bytes.want = start - pos + head
    return NEED_MORE
  }
  const { bodyBytes, redact } = s.conn.options
  const decoded = decodeAs(header, buf, start, start + head, s.format, bodyBytes, redact)
  if (decoded === undefined) return invalid(kind, s)
  if (s.format === FORMAT.unknown && decoded.certain) s.format = decoded.packet.five ? FORMAT.five : FORMAT.four
  begin(decoded.packet, kind, header.size, s)
  const eaten = start - pos + decoded.packet.head
  if (s.sides[kind].left === 0) finish(kind, s, out, false)
  else bytes.skip = skippable(s.sides[kind])
  return eaten
}

function begin(packet: Packet, kind: Kind, size: number, s: State): void {
  const side = s.sides[kind]
  side.packet = packet
  side.left = size - packet.head
  side.before = packet.passed
  side.late = false
  side.chunks.length = 0
  side.collected = 0
  side.collecting = packet.type === TYPE.publish
  if (side.collecting) packet.payloadSize = Math.max(0, side.left - side.before)
}

function parseBody(kind: Kind, bytes: Cursor, s: State, out: Packet[]): number {
  const side = s.sides[kind]
  const eaten = Math.min(bytes.end - bytes.pos, side.left)
  if (eaten === 0 && side.left > 0) return NEED_MORE
  collect(side, bytes.buf, bytes.pos, bytes.pos + eaten, s.shown(kind))
  side.left -= eaten
  if (side.left === 0) finish(kind, s, out, eaten === 0 && side.late)
  else bytes.skip = skippable(side)
  return eaten
}

// Nobody needs what is behind the part of a payload that is shown.
function skippable(side: Side): number {
  return side.collecting ? 0 : side.left
}

function collect(side: Side, buf: Buffer, start: number, end: number, limit: number): void {
  const passed = Math.min(side.before, end - start)
  side.before -= passed
  if (!side.collecting) return
  // One byte more, to tell whether a character is split.
  const room = limit + 1 - side.collected
  const from = start + passed
  const to = Math.min(end, from + room)
  if (to > from) side.chunks.push(Buffer.from(buf.subarray(from, to)))
  side.collected += Math.max(0, to - from)
  side.collecting = side.collected <= limit
}

function finish(kind: Kind, s: State, out: Packet[], late: boolean): void {
  const side = s.sides[kind]
  const packet = side.packet as Packet
  side.packet = null
  if (packet.type === TYPE.publish) finishPayload(packet, side, s.shown(kind))
  out.push(packet)
  if (late) completeLate(packet, kind, s)
  else complete(packet, kind, s)
}

function finishPayload(packet: Packet, side: Side, limit: number): void {
  const bytes = Buffer.concat(side.chunks)
  side.chunks.length = 0
  const shown = cutText(bytes, 0, bytes.length, limit)
  packet.payload = text(bytes, 0, shown)
  if (shown < (packet.payloadSize as number)) packet.cut |= CUT.payload
}

/** `length` bytes of a side are missing; true: they are all within one packet. What was left out on purpose shows at once. */
export function gap(kind: Kind, length: number, s: State, lost: boolean): boolean {
  const side = s.sides[kind]
  if (side.packet === null || length > side.left) {
    losePlace(s, kind)
    return false
  }
  side.left -= length
  side.before = Math.max(0, side.before - length)
  side.collecting = false
  side.late = lost
  side.holes = side.holes || lost
  side.packet.lost = side.packet.lost || lost
  return true
}

function invalid(kind: Kind, s: State): number {
  losePlace(s, kind)
  return INVALID
}
