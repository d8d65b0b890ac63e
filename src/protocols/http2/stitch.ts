import { redactForm } from '../../records/redact.js'
import type { Shown } from '../http/body.js'
import { addValue, Headers } from '../http/headers.js'
import { CONTENT, CUT_REQ_BODY, CUT_REQ_PATH, CUT_RESP_BODY, type HttpRow } from '../http/table.js'
import { shorten } from '../lists.js'
import type { Emit } from '../protocol.js'
import type { Exchange, Frame, Half, State } from './frames.js'
import { grpcFailure } from './grpc.js'
import { UNKNOWN } from './hpack.js'
import { finish } from './messages.js'

type EmitRow = Emit<HttpRow>

/** Emits the streams that are complete; see `Protocol.stitch`. The frames have been dated, and are needed no more. */
export function stitch(requests: Frame[], responses: Frame[], state: State, emit: EmitRow, ended: boolean): number {
  shorten(requests)
  shorten(responses)
  if (ended) endAll(state)
  if (state.done.length > 0) {
    for (const exchange of state.done) emitRow(exchange, state, emit)
    shorten(state.done)
  }
  const { givenUp } = state
  state.givenUp = 0
  return givenUp
}

function endAll(state: State): void {
  for (const exchange of state.exchanges.values()) {
    const { request, response } = exchange
    if (request !== undefined && !request.ended) request.endless = true
    if (response !== undefined && !response.ended) response.endless = true
    if (response === undefined) exchange.failure ??= state.goaway
    if (request !== undefined && (response !== undefined || !request.ended)) request.lost = true
    finish(state, exchange)
  }
}

function emitRow(exchange: Exchange, state: State, emit: EmitRow): void {
  const { request, response } = exchange
  if (request === undefined) return
  const { redact, bodyBytes } = state.conn.options
  const head = request.head
  const answer = response?.head
  const sent = request.body?.show() ?? NOTHING
  const received = response?.body?.show() ?? NOTHING
  const hidden = head?.whole === false ? UNKNOWN : null
  const form = redact && head?.format(bodyBytes).form === true
  const row: HttpRow = {
    major_version: 2,
    minor_version: 0,
    content_type: answer?.format(bodyBytes).content ?? CONTENT.unknown,
    req_headers: headersOf(request),
    req_method: head?.method ?? hidden,
    req_path: head?.path ?? (head?.method === 'CONNECT' ? head.authority : undefined) ?? hidden,
    req_body: form && sent.text !== null ? redactForm(sent.text) : sent.text,
    req_body_size: sizeOf(request),
    resp_headers: response === undefined ? null : headersOf(response),
    resp_status: answer?.status || null,
    resp_message: exchange.failure ?? failureOf(response),
    resp_body: received.text,
    resp_body_size: response === undefined || isBare(response) ? null : sizeOf(response),
  }
  const span = ended(response)
  if (exchange.missed || (span === undefined && response?.lost === true)) request.lost = true
  emit(request, span, row, (head?.cut === true ? CUT_REQ_PATH : 0) | cutOf(sent, received))
}

const NOTHING: Shown = { text: null, cut: false }

// The response, if its last byte was seen.
function ended(response: Half | undefined): Half | undefined {
  if (response?.ended !== true) return undefined
  response.endNs = response.last?.endNs ?? response.endNs
  return response
}

function sizeOf(half: Half): number | null {
  return half.endless ? null : (half.body?.size ?? 0)
}

// Nothing but its end.
function isBare({ head, body, trailers }: Half): boolean {
  return head === undefined && body === undefined && trailers === undefined
}

// The same object for the same block, so that it need not be encoded anew; a copy where there are trailers.
function headersOf({ head, trailers }: Half): Headers | null {
  if (trailers === undefined) return head?.headers ?? null
  if (head === undefined) return trailers.headers
  const all = new Headers()
  for (const part of [head.headers, trailers.headers]) {
    for (const [name, values] of Object.entries(part)) for (const value of values) addValue(all, name, value)
  }
  return all
}

function failureOf(response: Half | undefined): string | null {
  const last = response?.trailers ?? response?.head
  return last === undefined ? null : grpcFailure(last.headers)
}

function cutOf(sent: Shown, received: Shown): number {
  return (sent.cut ? CUT_REQ_BODY : 0) | (received.cut ? CUT_RESP_BODY : 0)
}
