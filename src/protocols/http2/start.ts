import { u32 } from '../byte-reader.js'
import type { Cursor, Kind } from '../protocol.js'
import {
  ACK,
  CONTINUATION,
  DATA,
  END_HEADERS,
  END_STREAM,
  FRAME_HEADER,
  GOAWAY,
  HEADERS,
  PADDED,
  PAYLOAD_DEFAULT,
  PING,
  PREFACE,
  PRIORITY,
  PUSH_PROMISE,
  RST_STREAM,
  SETTINGS,
  type State,
  WINDOW_UPDATE,
  WITH_PRIORITY,
} from './frames.js'

/** Frames in a row that are no accident. */
const CHAIN = 4
/** A header that stands alone needs a payload that hides the next one. */
const LONG = 1024

/** May a frame of this type have this length, stream and direction? RFC 9113 §6. */
export function isFrame(type: number, length: number, id: number, kind: Kind | undefined): boolean {
  switch (type) {
    case DATA:
    case CONTINUATION:
      return id > 0
    case HEADERS:
      return id > 0 && (kind !== 'request' || id % 2 === 1)
    case PRIORITY:
      return id > 0 && length === 5
    case RST_STREAM:
      return id > 0 && length === 4
    case SETTINGS:
      return id === 0 && length % 6 === 0
    case PUSH_PROMISE:
      return id % 2 === 1 && length >= 4 && kind !== 'request'
    case PING:
      return id === 0 && length === 8
    case GOAWAY:
      return id === 0 && length >= 8
    case WINDOW_UPDATE:
      return length === 4
    default:
      return true
  }
}

const FLAGS: readonly number[] = [
  END_STREAM | PADDED,
  END_STREAM | END_HEADERS | PADDED | WITH_PRIORITY,
  0,
  0,
  ACK,
  END_HEADERS | PADDED,
  ACK,
  0,
  0,
  END_HEADERS,
]

/** Where the frame at `at` ends, if these nine bytes begin one as an ordinary peer sends it after that at `before`; else -1. */
export function frameEnd(buf: Buffer, before: number, at: number, kind: Kind | undefined, longest: number): number {
  // First what most bytes are not, for it is asked at every one of what was lost sight of.
  const type = buf[at + 3] as number
  const flags = buf[at + 4] as number
  if (type > CONTINUATION || (flags & ~(FLAGS[type] as number)) !== 0) return -1
  const length = u32(buf, at) >>> 8
  const id = u32(buf, at + 5)
  if (id >= 2 ** 31 || length > longest || !isFrame(type, length, id, kind)) return -1
  if (type === DATA && length === 0 && flags !== END_STREAM) return -1
  if (type === HEADERS && length === 0) return -1
  if (type === SETTINGS && flags === ACK && length > 0) return -1
  return opensBlock(buf, before) === (type === CONTINUATION) ? at + FRAME_HEADER + length : -1
}

// RFC 9113 §4.3: then a CONTINUATION must follow.
function opensBlock(buf: Buffer, frame: number): boolean {
  const type = frame < 0 ? DATA : buf[frame + 3]
  const block = type === HEADERS || type === PUSH_PROMISE || type === CONTINUATION
  return block && ((buf[frame + 4] as number) & END_HEADERS) === 0
}

/** The offset of a frame that is followed by others, or that ends with the window; see `Protocol.findBoundary`. */
export function findBoundary(kind: Kind | undefined, bytes: Cursor, state?: State): number {
  const { buf, pos, end } = bytes
  const longest = kind === undefined || state === undefined ? PAYLOAD_DEFAULT : state.side(kind).payloadMax
  for (let at = pos; at + FRAME_HEADER <= end; at++) {
    if (isPreface(buf, at, end) || isBoundary(buf, at, end, kind, longest, state)) return at
  }
  return -1
}

function isPreface(buf: Buffer, at: number, end: number): boolean {
  const next = at + PREFACE.length
  return buf[at] === PREFACE[0] && next <= end && buf.compare(PREFACE, 0, PREFACE.length, at, next) === 0
}

function isBoundary(
  buf: Buffer,
  start: number,
  end: number,
  kind: Kind | undefined,
  longest: number,
  state?: State,
): boolean {
  let before = -1
  let at = start
  for (let n = 0; n < CHAIN; ) {
    if (at === end && at > start) return true
    if (at + FRAME_HEADER > end) return n > 1 || (n === 1 && isLongBody(buf, start, state))
    const next = frameEnd(buf, before, at, kind, longest)
    if (next < 0) return false
    // Many bytes look like a part of the body of some stream.
    if (buf[at + 3] !== DATA || isKnown(buf, at, state)) n++
    before = at
    at = next
  }
  return true
}

function isKnown(buf: Buffer, at: number, state: State | undefined): boolean {
  return state?.exchanges.has(buf.readUInt32BE(at + 5)) === true
}

// It is so long that no other frame can be in sight.
function isLongBody(buf: Buffer, at: number, state: State | undefined): boolean {
  return buf[at + 3] === DATA && buf.readUIntBE(at, 3) >= LONG && isKnown(buf, at, state)
}
