import { text } from '../../records/text.js'
import { shorten } from '../lists.js'
import type { Emit } from '../protocol.js'
import { type Frame, Message, type Side, type State } from './frames.js'
import { EMPTY } from './inflate.js'
import { type Shown, show } from './shown.js'
import { CLOSE, CUT_PAYLOAD, TO_CLIENT, TO_SERVER, type WebSocketRow } from './table.js'

type EmitRow = Emit<WebSocketRow>

/** Emits the messages that are complete, each for itself; see `Protocol.stitch`. */
export function stitch(requests: Frame[], responses: Frame[], state: State, emit: EmitRow, ended: boolean): number {
  emitDone(requests, state.request, state, emit, ended)
  emitDone(responses, state.response, state, emit, ended)
  const { givenUp } = state
  state.givenUp = 0
  return givenUp
}

// A message whose last frame is still to come is kept; others may come between its frames.
function emitDone(frames: Frame[], side: Side, state: State, emit: EmitRow, ended: boolean): void {
  let kept = 0
  for (let i = 0; i < frames.length; i++) {
    const frame = frames[i] as Frame
    if (!(frame instanceof Message)) continue
    if (!frame.done && !ended) frames[kept++] = frame
    else emitRow(frame, side, state, emit)
  }
  shorten(frames, kept)
}

function emitRow(message: Message, side: Side, state: State, emit: EmitRow): void {
  if (!message.done) message.lost = message.endless = true
  const closes = message.opcode === CLOSE
  const shown = closes ? NOTHING : (message.shown ?? show(message, side.inflater, state.conn.options.bodyBytes))
  const payload = closes ? message.payload : EMPTY
  const coded = payload.length > 1
  const row: WebSocketRow = {
    direction: side.kind === 'request' ? TO_SERVER : TO_CLIENT,
    req_path: state.path,
    opcode: message.opcode,
    payload: shown.text,
    payload_size: message.endless ? null : message.size,
    frames: message.frames,
    compressed: message.compressed,
    close_code: coded ? payload.readUInt16BE(0) : null,
    close_reason: coded && payload.length > 2 ? text(payload, 2, payload.length) : null,
  }
  const asks = side.kind === 'request'
  emit(asks ? message : undefined, asks ? undefined : message, row, shown.cut ? CUT_PAYLOAD : 0)
}

const NOTHING: Shown = { text: null, cut: false }
