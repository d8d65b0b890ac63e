import { redactForm } from '../../records/redact.js'
import type { Emit } from '../protocol.js'
import { type Shown, showBody } from './body.js'
import type { Frame, Request, Response, State } from './frames.js'
import { CONTENT, CUT_REQ_BODY, CUT_RESP_BODY, type HttpRow } from './table.js'

type EmitRow = Emit<HttpRow>

/** Emits the exchanges that are complete (who answers whom was decided in `claim`); see `Protocol.stitch`. */
export function stitch(requests: Frame[], responses: Frame[], state: State, emit: EmitRow, ended: boolean): number {
  requests.length = 0
  if (state.broken.length > 0) emitBroken(state, emit)
  let kept = 0
  for (const frame of responses) {
    const response = frame as Response
    if (!ended && mustWait(response, state)) responses[kept++] = response
    else if (response.request === undefined) state.givenUp++
    else emitRow(response.request, response, response, state, emit)
  }
  responses.length = kept
  if (ended) emitOpen(state, emit)
  const { givenUp } = state
  state.givenUp = 0
  return givenUp
}

function mustWait(response: Response, state: State): boolean {
  if (response === state.early || response === state.doubt) return true
  return response.request?.open === true
}

function emitBroken(state: State, emit: EmitRow): void {
  for (const { request, response } of state.broken) emitRow(request, undefined, response, state, emit)
  state.broken.length = 0
}

// The end: what is still moving, then what is still unanswered.
function emitOpen(state: State, emit: EmitRow): void {
  const { message } = state.response
  state.response.reset()
  if (message?.request !== undefined) {
    message.request.lost = true
    emitRow(message.request, undefined, message, state, emit)
  }
  const missed = state.responseLost || message !== undefined
  for (const request of state.pending) {
    request.lost = request.lost || missed
    emitRow(request, undefined, undefined, state, emit)
  }
  state.pending.length = 0
}

// `span`: the response if its last byte was seen.
function emitRow(
  request: Request,
  span: Response | undefined,
  response: Response | undefined,
  state: State,
  emit: EmitRow,
): void {
  const sent = showBody(request.body, request.fields)
  const received = response === undefined ? undefined : showBody(response.body, response.fields)
  const { redact } = state.conn.options
  const row: HttpRow = {
    major_version: 1,
    minor_version: response?.minor ?? request.minor,
    content_type: response?.fields.content ?? CONTENT.unknown,
    req_headers: request.fields.headers,
    req_method: request.method,
    req_path: request.target,
    req_body: redact && sent.text !== null && request.fields.form ? redactForm(sent.text) : sent.text,
    req_body_size: request.body?.size ?? 0,
    resp_headers: response?.fields.headers ?? null,
    resp_status: response?.status ?? null,
    resp_message: response?.reason ?? null,
    resp_body: received?.text ?? null,
    resp_body_size: response === undefined ? null : (response.body?.size ?? 0),
  }
  emit(request, span, row, cutOf(sent, received))
}

function cutOf(sent: Shown, received: Shown | undefined): number {
  return (sent.cut ? CUT_REQ_BODY : 0) | (received?.cut === true ? CUT_RESP_BODY : 0)
}
