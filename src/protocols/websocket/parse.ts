import { type Cursor, INVALID, type Kind, NEED_MORE } from '../protocol.js'
import { type Frame, isControl, Message, type Side, type State } from './frames.js'
import { Header } from './header.js'
import { show } from './shown.js'
import { CLOSE, CONTINUATION } from './table.js'

/** Bytes of a control message that are kept, whatever is shown. */
const CONTROL_KEPT = 1024

/** Reads a frame, or a part of one; see `Protocol.parse`. */
export function parse(kind: Kind, bytes: Cursor, state: State, out: Frame[]): number {
  const side = state.side(kind)
  if (side.open) {
    if (side.left > 0 && bytes.pos === bytes.end) return NEED_MORE
    if (side.left > 0) return eatPayload(bytes, bytes.pos, side, state, out)
    // It ended in a gap.
    finishFrame(side, state, out)
  }
  const { buf, pos, end } = bytes
  if (pos === end) return NEED_MORE
  const header = new Header()
  if (!header.read(buf, pos, end) || !fits(header, side)) {
    losePlace(side, state)
    return INVALID
  }
  if (end - pos < header.size) {
    bytes.want = header.size
    return NEED_MORE
  }
  open(header, side, state)
  return eatPayload(bytes, pos + header.size, side, state, out)
}

// RFC 6455 §5.4: a message is finished before the next one begins. One whose start was missed goes on.
function fits({ opcode }: Header, { unfinished }: Side): boolean {
  return unfinished === undefined || isControl(opcode) || opcode === CONTINUATION
}

function open(header: Header, side: Side, state: State): void {
  const { opcode, compressed } = header
  const goesOn = opcode === CONTINUATION && side.unfinished !== undefined
  const limit = opcode === CLOSE ? CONTROL_KEPT : state.conn.options.bodyBytes
  side.message = goesOn ? side.unfinished : new Message(opcode, compressed, limit)
  if (opcode === CONTINUATION && !goesOn) (side.message as Message).lost = true
  side.open = true
  side.left = header.length
  side.at = 0
  side.mask = header.mask
  side.final = header.final
}

// → how many bytes are eaten of the window, with those before `from`.
function eatPayload(bytes: Cursor, from: number, side: Side, state: State, out: Frame[]): number {
  const message = side.message as Message
  const n = Math.min(side.left, bytes.end - from)
  // What closes is read with the row.
  const brief = side.final && side.at === 0 && n === side.left && message.frames === 0 && message.opcode !== CLOSE
  message.take(bytes.buf, from, from + n, side.mask, side.at, brief)
  side.left -= n
  side.at += n
  if (side.left === 0) finishFrame(side, state, out)
  // The end is left to arrive, so that its time is known.
  else if (message.sated) bytes.skip = side.left - 1
  return from + n - bytes.pos
}

function finishFrame(side: Side, state: State, out: Frame[]): void {
  const message = side.message as Message
  message.frames++
  message.done = side.final
  if (message.done) message.shown = show(message, side.inflater, state.conn.options.bodyBytes)
  out.push(message.frames === 1 ? message : state.rest)
  side.open = false
  side.message = undefined
  if (!isControl(message.opcode)) side.unfinished = side.final ? undefined : message
}

/** `length` bytes are missing; see `Protocol.gap`. */
export function gap(kind: Kind, length: number, state: State, lost: boolean): boolean {
  const side = state.side(kind)
  const { message } = side
  if (message === undefined || length > side.left) {
    losePlace(side, state)
    return false
  }
  if (lost && !message.sated) message.lost = true
  message.skip(length)
  side.left -= length
  side.at += length
  return true
}

// What is under way ends somewhere in what is not known.
function losePlace(side: Side, state: State): void {
  for (const message of new Set([side.message, side.unfinished])) {
    if (message === undefined) continue
    if (message.frames === 0) state.givenUp++
    message.lost = true
    message.endless = true
    message.done = true
  }
  side.open = false
  side.message = undefined
  side.unfinished = undefined
  side.inflater.forget()
}
