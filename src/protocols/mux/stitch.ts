import { shorten } from '../lists.js'
import type { Emit, Span } from '../protocol.js'
import type { Message } from './message.js'
import type { Exchange, State } from './state.js'
import { CUT_REQUEST, CUT_RESPONSE, type MuxRow, SENDER } from './table.js'
import { isMarker, NO_REPLY } from './types.js'

/** Rows of the exchanges that are over; messages know theirs since they were parsed. */
export function stitch(
  requests: Message[],
  responses: Message[],
  s: State,
  emit: Emit<MuxRow>,
  ended: boolean,
): number {
  shorten(requests)
  shorten(responses)
  for (const exchange of s.done) emitExchange(exchange, emit)
  shorten(s.done)
  if (ended) {
    const open = [...s.client.removeAll(), ...s.server.removeAll()]
    for (const exchange of open) emitExchange(exchange, emit)
  }
  const { strays } = s
  s.strays = 0
  return strays
}

function emitExchange(exchange: Exchange, emit: Emit<MuxRow>): void {
  const { request, response } = exchange
  if (exchange.abandoned) request.lost = true
  const row: MuxRow = {
    req_type: request.type,
    req_sender: exchange.fromServer ? SENDER.server : SENDER.client,
    tag: isMarker(request.type) && request.which > 0 ? request.which : request.tag,
    req_method: request.method,
    destination: request.destination || null,
    dtab: request.dtab || null,
    req_contexts: request.contexts,
    req_body: request.body,
    req_body_size: request.size,
    resp_type: response?.type ?? missing(exchange),
    status: response?.status ?? null,
    discarded: exchange.discarded,
    resp_contexts: response?.contexts ?? null,
    resp_body: response?.body ?? null,
    resp_body_size: response?.size ?? null,
  }
  const cut = (request.cut ? CUT_REQUEST : 0) | (response?.cut ? CUT_RESPONSE : 0)
  emit(spanOf(request), response && spanOf(response), row, cut)
}

function missing({ request, abandoned }: Exchange): number | null {
  if (isMarker(request.type) || request.tag === 0) return NO_REPLY.none
  return abandoned ? null : NO_REPLY.unanswered
}

// From its first fragment on.
function spanOf(message: Message): Span {
  const { first } = message
  if (first === undefined || first === message) return message
  return { startNs: first.startNs, endNs: message.endNs, lost: first.lost || message.lost }
}
