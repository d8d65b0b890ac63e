import type { Json } from '../../records/table.js'
import { type Cursor, INVALID, type Kind, NEED_MORE } from '../protocol.js'
import { FieldReader } from './fields.js'
import { type Frame, Message, Piece } from './message.js'
import { type MethodSpec, methodSpec } from './methods.js'
import { pair } from './pairing.js'
import { parseHeader } from './properties.js'
import { redactArguments } from './secrets.js'
import type { State } from './state.js'
import { FRAME } from './table.js'

/** Type, channel and size stand before the payload of a frame, an octet behind it. */
export const HEAD = 7
export const FRAME_END = 0xce
/** `AMQP` and a version. */
export const PROTOCOL_HEADER = 8
export const LETTER_A = 0x41
/** The largest frames; methods and content headers are read in one piece. */
const MAX_PIECE = 1024 * 1024 - HEAD - 1
const MAX_BODY = 128 * 1024 * 1024
/** Text of arguments and properties that is shown at least. */
const LEAST_ROOM = 1024

/** One frame of either direction, or a part of one. */
export function parse(kind: Kind, bytes: Cursor, s: State, out: Frame[]): number {
  const side = s.sides[kind]
  if (side.body !== null) return parseBody(kind, bytes, s, out)
  const { buf, pos, end } = bytes
  if (pos === end) return NEED_MORE
  if (s.other !== null && kind === 'request') {
    s.conn.become(s.other)
    return NEED_MORE
  }
  if (buf[pos] === LETTER_A) return parseProtocolHeader(kind, bytes, s, out)
  if (end - pos < HEAD) {
    bytes.want = HEAD
    return isFrameType(buf[pos] as number) ? NEED_MORE : invalid(kind, s)
  }
  const type = buf[pos] as number
  const channel = buf.readUInt16BE(pos + 1)
  const size = buf.readUInt32BE(pos + 3)
  if (!isFrame(type, channel, size, s.frameMax)) return invalid(kind, s)
  if (type === FRAME.body) {
    side.body = { of: side.contents.get(channel) ?? null, left: size + 1, lost: false }
    return HEAD
  }
  if (end - pos < HEAD + size + 1) {
    bytes.want = HEAD + size + 1
    return NEED_MORE
  }
  const payload: Payload = { buf, channel, from: pos + HEAD, to: pos + HEAD + size }
  if (buf[payload.to] !== FRAME_END || !parsePayload(kind, type, payload, s, out)) return invalid(kind, s)
  return HEAD + size + 1
}

/** The payload of a frame: `buf[from, to)`. */
interface Payload {
  readonly buf: Buffer
  readonly channel: number
  readonly from: number
  readonly to: number
}

function invalid(kind: Kind, s: State): number {
  s.lose(kind)
  return INVALID
}

function isFrameType(type: number): boolean {
  return type === FRAME.method || type === FRAME.header || type === FRAME.body || type === FRAME.heartbeat
}

/** Whether a frame may begin so. */
export function isFrame(type: number, channel: number, size: number, frameMax: number): boolean {
  if (type === FRAME.heartbeat) return channel === 0 && size === 0
  if (!isFrameType(type) || (frameMax > 0 && size + HEAD + 1 > frameMax)) return false
  if (type === FRAME.body) return channel > 0 && size <= MAX_BODY
  return size <= MAX_PIECE && (type === FRAME.method ? size >= 4 : channel > 0)
}

// 4.2.2: `AMQP`, and then 0, 0, 9, 1; of other versions the protocol's id, major, minor and revision.
function parseProtocolHeader(kind: Kind, bytes: Cursor, s: State, out: Frame[]): number {
  const { buf, pos, end } = bytes
  if (end - pos < PROTOCOL_HEADER) {
    bytes.want = PROTOCOL_HEADER
    return 'AMQP'.startsWith(buf.toString('latin1', pos, Math.min(end, pos + 4))) ? NEED_MORE : invalid(kind, s)
  }
  const version = versionAt(buf, pos)
  if (version === undefined) return invalid(kind, s)
  const message = new Message(kind, null, 0, undefined)
  message.args = { protocol_header: version }
  message.order = s.order++
  message.whole = true
  message.silent = true
  out.push(message)
  if (kind === 'request') {
    s.header = message
    s.other = version === '1.0' ? 'amqp1.0' : null
  } else if (version === '1.0') s.conn.become('amqp1.0')
  else if (s.header !== null) {
    message.request = s.header
    s.header.answer = message
    s.other = null
  }
  return PROTOCOL_HEADER
}

/** The version that a protocol header at `pos` asks for; undefined: there is none. */
export function versionAt(buf: Buffer, pos: number): string | undefined {
  if (buf.toString('latin1', pos, pos + 4) !== 'AMQP') return undefined
  const [id, major, minor, revision] = buf.subarray(pos + 4, pos + PROTOCOL_HEADER)
  // In 1.0 the id tells what follows: 0 AMQP, 2 TLS, 3 SASL.
  if (major === 1 && minor === 0 && revision === 0 && (id === 0 || id === 2 || id === 3)) return '1.0'
  if (id === 0 && major === 0 && minor === 9 && revision === 1) return '0-9-1'
  if (id === 1 && major === 1 && (minor === 0 || minor === 8 || minor === 9)) {
    // 0-8 puts its numbers in another order: major 8, minor 0.
    return minor === 0 ? (revision === 10 ? '0-10' : '0-9') : minor === 8 ? '0-8' : '0-9'
  }
  return undefined
}

function parsePayload(kind: Kind, type: number, payload: Payload, s: State, out: Frame[]): boolean {
  if (type === FRAME.method) return parseMethod(kind, payload, s, out)
  if (type === FRAME.header) return parseContentHeader(kind, payload, s, out)
  const heartbeat = new Message(kind, FRAME.heartbeat, 0, undefined)
  heartbeat.order = s.order++
  heartbeat.whole = true
  out.push(heartbeat)
  return true
}

/** What stands in a method frame. */
export interface Method {
  readonly spec: MethodSpec | undefined
  readonly classId: number
  readonly methodId: number
  readonly args: Json
  readonly cut: boolean
}

/** Reads a method; undefined: its arguments do not fit. */
export function readMethod(buf: Buffer, from: number, to: number, room: number): Method | undefined {
  const classId = buf.readUInt16BE(from)
  const methodId = buf.readUInt16BE(from + 2)
  const spec = methodSpec(classId, methodId)
  if (spec === undefined) return { spec, classId, methodId, args: null, cut: false }
  const reader = new FieldReader(buf, from + 4, to, room)
  const args = reader.arguments(spec.fields)
  return reader.done ? { spec, classId, methodId, args, cut: reader.cut } : undefined
}

function parseMethod(kind: Kind, { buf, channel, from, to }: Payload, s: State, out: Frame[]): boolean {
  const { bodyBytes, redact } = s.conn.options
  const method = readMethod(buf, from, to, Math.max(bodyBytes, LEAST_ROOM))
  if (method === undefined) return false
  const message = new Message(kind, FRAME.method, channel, method.spec)
  message.classId = method.classId
  message.methodId = method.methodId
  message.args = redact ? redactArguments(message.name, method.args) : method.args
  message.argsCut = method.cut
  message.order = s.order++
  out.push(message)
  if (method.spec?.content === true) s.await(message)
  else complete(message, s)
  return true
}

function complete(message: Message, s: State): void {
  message.whole = true
  pair(message, s)
}

function parseContentHeader(kind: Kind, { buf, channel, from, to }: Payload, s: State, out: Frame[]): boolean {
  const { bodyBytes, redact } = s.conn.options
  const header = parseHeader(buf, from, to, Math.max(bodyBytes, LEAST_ROOM), redact)
  if (header === undefined) return false
  const message = s.sides[kind].contents.get(channel)
  if (message === undefined || message.bodySize !== null) {
    s.abandon(kind, channel)
    out.push(new Piece(null))
    return true
  }
  message.properties = header.properties
  message.propertiesCut = header.cut
  message.bodySize = header.bodySize
  message.bodyLeft = header.bodySize
  const full = kind === 'request' && s.channels.get(channel)?.confirms.full === true
  message.body.begin(header.bodySize, full ? 0 : bodyBytes)
  out.push(new Piece(message))
  if (header.bodySize === 0) finishContent(message, s)
  return true
}

function finishContent(message: Message, s: State): void {
  s.sides[message.kind].contents.delete(message.channel)
  message.order = s.order++
  complete(message, s)
}

// A body frame is eaten as it comes.
function parseBody(kind: Kind, bytes: Cursor, s: State, out: Frame[]): number {
  const side = s.sides[kind]
  const { buf, pos, end: to } = bytes
  const frame = side.body
  if (frame === null) return NEED_MORE
  const n = Math.min(to - pos, Math.max(0, frame.left - 1))
  takeBody(frame.of, buf, pos, pos + n)
  frame.left -= n
  if (frame.left > 1) {
    if (n > 0 && (frame.of === null || frame.of.body.full)) bytes.skip = frame.left - 1
    return n
  }
  if (frame.left === 1 && pos + n === to) return n
  if (frame.left === 1 && buf[pos + n] !== FRAME_END) return invalid(kind, s)
  const eaten = n + frame.left
  side.body = null
  finishBody(kind, frame.of, frame.lost, s, out)
  return eaten
}

function takeBody(message: Message | null, buf: Buffer, from: number, to: number): void {
  if (message === null || message.bodySize === null) return
  message.body.take(buf, from, to)
  message.bodyLeft -= to - from
}

function finishBody(kind: Kind, message: Message | null, lost: boolean, s: State, out: Frame[]): void {
  const piece = new Piece(message)
  piece.lost = lost
  out.push(piece)
  if (message === null || message.whole || message.released) return
  // Without a header, or longer than that says.
  if (message.bodySize === null || message.bodyLeft < 0) s.abandon(kind, message.channel)
  else if (message.bodyLeft === 0) finishContent(message, s)
}

/** `length` bytes are missing; true: they are all within one body frame. `lost`: not left out on purpose. */
export function gap(kind: Kind, length: number, s: State, lost: boolean): boolean {
  const { body } = s.sides[kind]
  if (body === null || length > body.left) {
    s.lose(kind)
    return false
  }
  const inside = Math.min(length, body.left - 1)
  body.left -= length
  body.lost = body.lost || lost
  if (body.of === null) return true
  body.of.bodyLeft -= inside
  body.of.body.stop()
  body.of.lost = body.of.lost || lost
  return true
}
