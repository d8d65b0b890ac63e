import type { Cursor, Kind } from '../protocol.js'
import { isControl } from './frames.js'
import { Header, isCloseCode, MASKED } from './header.js'
import { CLOSE, CONTINUATION, TEXT } from './table.js'

/** Bits of evidence: what other bytes have with a probability of 2 to the power of -n. */
const OF_HEADER = 5
const OF_CLOSE = 4
const OF_END = 7
/** So many are no accident. */
export const ENOUGH = 32
/** Bytes of a text that are looked at; where they are not masked, much else is text behind a number and a length. */
const TEXT_LOOK = 40
const PLAIN_LOOK = 20
/** The bits of a mask that ASCII does not have. */
const HIGH = 0x80808080

/** The offset at which a frame begins, as those tell that follow; see `Protocol.findBoundary`. */
export function findBoundary(kind: Kind, bytes: Cursor): number {
  const { buf, pos, end } = bytes
  const header = new Header()
  const masked = kind === 'request'
  for (let at = pos; at + 2 <= end; at++) {
    if ((buf[at + 1] as number) >= MASKED === masked && evidence(kind, buf, at, end, header) >= ENOUGH) return at
  }
  return -1
}

/** How much speaks for frames of this direction in `buf[start, end)`; -1: they are none. */
export function evidence(kind: Kind, buf: Buffer, start: number, end: number, header = new Header()): number {
  let bits = 0
  let unfinished: boolean | undefined
  let mask = 0
  for (let at = start; bits < ENOUGH; ) {
    if (at === end) return bits + (at > start && unfinished !== true ? OF_END : 0)
    if (!header.read(buf, at, end)) return -1
    if (end - at < header.size) return bits
    if (!header.isOrdinary(kind)) return -1
    // RFC 6455 §5.4; what goes on where nothing has begun may be any two bytes and a length.
    if (!isControl(header.opcode)) {
      if (unfinished === (header.opcode !== CONTINUATION)) return -1
      unfinished = !header.final
    }
    const from = at + header.size
    const to = from + header.length
    // RFC 6455 §5.3: each has a mask of its own; in a payload that repeats itself they are the same.
    if (header.opcode !== CONTINUATION && (mask === 0 || header.mask !== mask)) bits += OF_HEADER
    mask = header.mask
    if (to > end) return bits
    const more = ofPayload(header, buf, from, to)
    if (more < 0) return -1
    bits += more
    at = to
  }
  return bits
}

function ofPayload({ opcode, compressed, mask, length }: Header, buf: Buffer, from: number, to: number): number {
  if (opcode === CLOSE) {
    if (length === 0) return 0
    return length > 1 && isCloseCode(buf.readUInt16BE(from) ^ (mask >>> 16)) ? OF_CLOSE : -1
  }
  return opcode === TEXT && !compressed
    ? ofText(buf, from, Math.min(to, from + (mask === 0 ? PLAIN_LOOK : TEXT_LOOK)), mask)
    : 0
}

// A bit for each byte that is ASCII; a mask that is ASCII would make a text of a text.
function ofText(buf: Buffer, from: number, to: number, mask: number): number {
  const tells = mask === 0 || (mask & HIGH) !== 0
  let bits = 0
  let follow = 0
  for (let at = from; at < to; at++) {
    const byte = ((buf[at] as number) ^ (mask >>> (8 * (3 - ((at - from) & 3))))) & 0xff
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13) return -1
    // RFC 6455 §5.6: it is UTF-8. RFC 3629 §3.
    if (byte >= 0x80 && byte < 0xc0 ? follow === 0 : follow > 0 || byte === 0xc0 || byte === 0xc1 || byte > 0xf4)
      return -1
    if (byte >= 0xc0) follow = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3
    else if (byte >= 0x80) follow--
    else if (tells) bits++
  }
  return bits
}
