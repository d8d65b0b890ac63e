import { type Cursor, INVALID, type Kind, NEED_MORE } from '../protocol.js'
import { takeGoaway, takeHttp1, takeReset, takeSettings } from './control.js'
import {
  BLOCK_MAX,
  Block,
  CONTINUATION,
  DATA,
  END_HEADERS,
  END_STREAM,
  FRAGMENT_MAX,
  FRAME_HEADER,
  type Frame,
  GOAWAY,
  HEADERS,
  PADDED,
  PAYLOAD_DEFAULT,
  PREFACE,
  PUSH_PROMISE,
  RST_STREAM,
  SETTINGS,
  type Side,
  type State,
  WITH_PRIORITY,
} from './frames.js'
import { losePlace } from './loss.js'
import { bodyOf, endHalf, halfFor, pushFrame, takeHeaders, takePromise } from './messages.js'
import { isFrame } from './start.js'

const STATUS_LINE_MAX = 256

/** Reads a frame, or a part of a body; see `Protocol.parse`. */
export function parse(kind: Kind, bytes: Cursor, state: State, out: Frame[]): number {
  const side = state.side(kind)
  if (side.open) {
    if (side.left > 0 && bytes.pos === bytes.end) return NEED_MORE
    if (side.left > 0) return eatPayload(bytes, bytes.pos, side, state, out)
    finishPayload(side, state, out)
  }
  let eaten = readFrame(bytes, side, state, out)
  if (eaten === INVALID && kind === 'response' && side.fresh) eaten = readHttp1(bytes, side, state, out)
  if (eaten > 0) {
    side.certain = true
    side.fresh = false
  } else if (eaten < 0) losePlace(state, kind)
  return eaten
}

/** `length` bytes are missing; see `Protocol.gap`. */
export function gap(kind: Kind, length: number, state: State, lost: boolean): boolean {
  const side = state.side(kind)
  if (!side.open || length > side.left) {
    losePlace(state, kind)
    return false
  }
  const half = side.half
  const content = Math.max(Math.min(length, side.left - side.padding), 0)
  side.left -= length
  if (half === undefined) return true
  const body = bodyOf(state, side)
  if (lost && !body.sated) half.lost = true
  body.skip(content)
  return true
}

function readFrame(bytes: Cursor, side: Side, state: State, out: Frame[]): number {
  const { buf, pos, end } = bytes
  if (side.kind === 'request' && mayBePreface(bytes)) return readPreface(bytes, state, out)
  if (end - pos < FRAME_HEADER) return wait(bytes, FRAME_HEADER)
  const length = buf.readUIntBE(pos, 3)
  const type = buf[pos + 3] as number
  const flags = buf[pos + 4] as number
  const id = buf.readUInt32BE(pos + 5) % 2 ** 31
  if (!isFrame(type, length, id, side.kind) || !hasRoom(state, side, type, length, id)) return INVALID
  // RFC 9113 §6.10: nothing comes between the frames of a header block.
  if ((type === CONTINUATION) !== (side.block !== undefined)) return INVALID
  switch (type) {
    case DATA:
      return readData(bytes, length, flags, id, side, state, out)
    case HEADERS:
    case PUSH_PROMISE:
    case CONTINUATION:
      return readBlock(bytes, length, type, flags, id, side, state, out)
    case SETTINGS:
    case GOAWAY:
    case RST_STREAM:
      if (length > PAYLOAD_DEFAULT) break
      if (end - pos < FRAME_HEADER + length) return wait(bytes, FRAME_HEADER + length)
      takeControl(buf, pos + FRAME_HEADER, length, type, id, side, state, out)
      return FRAME_HEADER + length
  }
  openPayload(side, length, 0, false)
  return eatPayload(bytes, pos + FRAME_HEADER, side, state, out)
}

// RFC 9113 §4.2. Where it was not seen what was agreed upon, only a body that is known may teach it.
function hasRoom(state: State, side: Side, type: number, length: number, id: number): boolean {
  if (length <= side.payloadMax) return true
  if (side.agreed || type !== DATA || !state.exchanges.has(id)) return false
  side.payloadMax = length
  return true
}

// An answer in HTTP/1 to the preface, up to the end of the connection.
function readHttp1(bytes: Cursor, side: Side, state: State, out: Frame[]): number {
  const length = Math.min(bytes.end - bytes.pos, STATUS_LINE_MAX)
  const line = bytes.buf.toString('latin1', bytes.pos, bytes.pos + length)
  if (!line.startsWith('HTTP/1.')) return INVALID
  if (!line.includes('\n') && length < STATUS_LINE_MAX) return wait(bytes, length + 1)
  takeHttp1(state, line, out)
  openPayload(side, Number.MAX_SAFE_INTEGER, 0, false)
  return eatPayload(bytes, bytes.pos, side, state, out)
}

function mayBePreface({ buf, pos, end }: Cursor): boolean {
  const length = Math.min(end - pos, PREFACE.length)
  return length > 0 && buf[pos] === PREFACE[0] && buf.compare(PREFACE, 0, length, pos, pos + length) === 0
}

function readPreface(bytes: Cursor, state: State, out: Frame[]): number {
  if (bytes.end - bytes.pos < PREFACE.length) return wait(bytes, PREFACE.length)
  out.push(state.rest)
  return PREFACE.length
}

function wait(bytes: Cursor, want: number): number {
  bytes.want = want
  return NEED_MORE
}

function takeControl(
  buf: Buffer,
  at: number,
  length: number,
  type: number,
  id: number,
  side: Side,
  state: State,
  out: Frame[],
): void {
  if (type === RST_STREAM) {
    takeReset(state, side.kind, id, buf.readUInt32BE(at), out)
    return
  }
  if (type === SETTINGS) takeSettings(state, side.kind, buf, at, at + length)
  else if (side.kind === 'response') takeGoaway(state, buf.readUInt32BE(at) % 2 ** 31, buf.readUInt32BE(at + 4))
  out.push(state.rest)
}

function openPayload(side: Side, length: number, padding: number, ends: boolean): void {
  side.open = true
  side.left = length
  side.padding = padding
  side.ends = ends
  side.exchange = undefined
}

// RFC 9113 §6.1
function readData(
  bytes: Cursor,
  length: number,
  flags: number,
  id: number,
  side: Side,
  state: State,
  out: Frame[],
): number {
  const { buf, pos, end } = bytes
  const padded = (flags & PADDED) !== 0 ? 1 : 0
  const from = pos + FRAME_HEADER + padded
  if (padded > length) return INVALID
  if (end < from) return wait(bytes, from - pos)
  const padding = padded > 0 ? (buf[from - 1] as number) : 0
  if (padding + padded > length) return INVALID
  openPayload(side, length - padded, padding, (flags & END_STREAM) !== 0)
  side.exchange = halfFor(state, side.kind, id)
  return eatPayload(bytes, from, side, state, out)
}

// → how many bytes are eaten of the window, with those before `at`.
function eatPayload(bytes: Cursor, at: number, side: Side, state: State, out: Frame[]): number {
  const n = Math.min(side.left, bytes.end - at)
  const content = Math.min(n, side.left - side.padding)
  if (side.half !== undefined && content > 0) {
    const rest = side.ends ? side.left - side.padding - content : -1
    bodyOf(state, side).take(bytes.buf, at, at + content, rest)
  }
  side.left -= n
  if (side.left === 0) finishPayload(side, state, out)
  // The end is left to arrive, so that its time is known.
  else if (side.half === undefined || bodyOf(state, side).sated) bytes.skip = side.left - 1
  return at + n - bytes.pos
}

function finishPayload(side: Side, state: State, out: Frame[]): void {
  const { exchange, half, ends } = side
  side.reset()
  if (exchange === undefined || half === undefined) {
    out.push(state.rest)
    return
  }
  pushFrame(state, side.kind, half, ends, out)
  if (ends) endHalf(state, exchange, half)
}

// RFC 9113 §6.2, §6.6, §6.10. A block is one frame to us, so that its time is that of all its parts.
function readBlock(
  bytes: Cursor,
  length: number,
  type: number,
  flags: number,
  id: number,
  side: Side,
  state: State,
  out: Frame[],
): number {
  const { buf, pos, end } = bytes
  if (length > FRAGMENT_MAX) return INVALID
  if (end - pos < FRAME_HEADER + length) return wait(bytes, FRAME_HEADER + length)
  const next = pos + FRAME_HEADER + length
  let at = pos + FRAME_HEADER
  let stop = next
  if (type !== CONTINUATION && (flags & PADDED) !== 0 && length > 0) stop -= buf[at++] as number
  if (type === HEADERS && (flags & WITH_PRIORITY) !== 0) at += 5
  if (type === PUSH_PROMISE) at += 4
  if (at > stop) return INVALID
  const promised = type === PUSH_PROMISE ? buf.readUInt32BE(at - 4) % 2 ** 31 : 0
  const block = side.block ?? new Block(id, promised, (flags & END_STREAM) !== 0)
  if (block.id !== id || block.length + stop - at > BLOCK_MAX) return INVALID
  const last = (flags & END_HEADERS) !== 0
  const whole = last && block.length === 0
  if (!whole) block.add(buf, at, stop)
  side.block = last ? undefined : block
  if (!last) return next - pos
  const head = whole ? side.heads.read(buf, at, stop) : side.heads.read(block.bytes, 0, block.length)
  if (block.promised > 0) takePromise(state, block.promised, head, out)
  else takeHeaders(state, side.kind, id, head, block.ends, out)
  return next - pos
}
