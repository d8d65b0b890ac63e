import { redactForm } from '../../records/redact.js'
import { shorten } from '../lists.js'
import type { Emit } from '../protocol.js'
import type { Shown } from './body.js'
import type { Frame, Request, Response, State } from './frames.js'
import { addValue, Headers } from './headers.js'
import { CONTENT, CUT_REQ_BODY, CUT_REQ_PATH, CUT_RESP_BODY, type HttpRow } from './table.js'

type EmitRow = Emit<HttpRow>

/** Emits the exchanges that are complete (who answers whom was decided in `claim`); see `Protocol.stitch`. */
export function stitch(requests: Frame[], responses: Frame[], state: State, emit: EmitRow, ended: boolean): number {
  while (requests.length > 0) requests.pop()
  if (state.broken.length > 0) emitBroken(state, emit)
  if (responses.length > 0) emitAnswered(responses, state, emit, ended)
  if (ended) emitOpen(state, emit)
  const { givenUp } = state
  state.givenUp = 0
  return givenUp
}

function emitAnswered(responses: Frame[], state: State, emit: EmitRow, ended: boolean): void {
  let kept = 0
  for (let i = 0; i < responses.length; i++) {
    const response = responses[i] as Response
    if (!ended && mustWait(response, state)) responses[kept++] = response
    else if (response.request !== undefined || isAlone(response, state)) {
      emitRow(response.request, response, response, state, emit)
    } else state.givenUp++
  }
  while (responses.length > kept) responses.pop()
}

function mustWait(response: Response, state: State): boolean {
  if (response === state.early || response === state.doubt) return !response.alone
  return response.request?.open === true
}

// The server spoke first and was never asked, or what it answers is no request.
function isAlone(response: Response, state: State): boolean {
  return response.alone || (state.unbroken && response === state.early)
}

function emitBroken(state: State, emit: EmitRow): void {
  for (const { request, response } of state.broken) emitRow(request, undefined, response, state, emit)
  shorten(state.broken)
}

// The end: what is still moving, then what is still unanswered.
function emitOpen(state: State, emit: EmitRow): void {
  const { message } = state.response
  state.response.reset()
  if (message?.request !== undefined) {
    message.request.lost = true
    message.endless = true
    emitRow(message.request, undefined, message, state, emit)
  }
  const missed = state.responseLost || message !== undefined
  for (const request of state.pending) {
    request.lost = request.lost || request.open || missed
    request.endless = request.endless || request.open
    emitRow(request, undefined, undefined, state, emit)
  }
  shorten(state.pending)
}

// `span`: the response if its last byte was seen.
function emitRow(
  request: Request | undefined,
  span: Response | undefined,
  response: Response | undefined,
  state: State,
  emit: EmitRow,
): void {
  const head = request?.head
  const answer = response?.head
  const sent = request?.body?.show() ?? NOTHING
  const received = response?.body?.show() ?? NOTHING
  const version = answer?.version ?? head?.version ?? 0
  const form = state.conn.options.redact && head?.fields.format.form === true
  const row: HttpRow = {
    major_version: version >= 10 ? 1 : 0,
    minor_version: version % 10,
    content_type: answer?.fields.format.content ?? CONTENT.unknown,
    req_headers: request === undefined ? null : headersOf(request),
    req_method: head?.method ?? null,
    req_path: head?.target ?? null,
    req_body: form && sent.text !== null ? redactForm(sent.text) : sent.text,
    req_body_size: request === undefined ? null : sizeOf(request),
    resp_headers: response === undefined ? null : headersOf(response),
    resp_status: answer?.status || null,
    resp_message: answer?.reason ?? null,
    resp_body: received.text,
    resp_body_size: response === undefined ? null : sizeOf(response),
  }
  emit(request, span, row, (head?.cut ? CUT_REQ_PATH : 0) | cutOf(sent, received))
}

const NOTHING: Shown = { text: null, cut: false }

function sizeOf(message: Frame): number | null {
  return message.endless ? null : (message.body?.size ?? 0)
}

// The same object for the same head, so that it need not be encoded anew; a copy where there are trailers.
function headersOf({ head, trailers }: Frame): Headers {
  const { headers } = head.fields
  if (trailers === undefined) return headers
  const all = new Headers()
  for (const part of [headers, trailers]) {
    for (const [name, values] of Object.entries(part)) for (const value of values) addValue(all, name, value)
  }
  return all
}

function cutOf(sent: Shown, received: Shown): number {
  return (sent.cut ? CUT_REQ_BODY : 0) | (received.cut ? CUT_RESP_BODY : 0)
}
