import { shorten } from '../lists.js'
import type { Emit, Span } from '../protocol.js'
import type { Records, State } from './state.js'
import { HANDSHAKE, type TlsRow } from './table.js'

/** The row of the handshake, when it has ended. */
export function stitch(
  requests: Records[],
  responses: Records[],
  s: State,
  emit: Emit<TlsRow>,
  ended: boolean,
): number {
  shorten(requests)
  shorten(responses)
  if (s.emitted || !(s.done || ended)) return 0
  s.emitted = true
  const { row } = s
  if (row.req_type === null && row.version === null && row.alert === null) return 0
  if (!s.done) row.handshake = howItStands(s)
  const response = answerOf(s)
  const lost = s.client.torn || s.server.torn
  const request = s.request
  if (request !== undefined) request.lost ||= lost
  if (response !== undefined) response.lost ||= lost
  emit(request, response, row, s.cut)
  return 0
}

// From the first to the last record of the server.
function answerOf({ first, last }: State): Span | undefined {
  if (first === undefined || last === undefined) return undefined
  return { startNs: first.startNs, endNs: last.endNs, lost: first.lost || last.lost }
}

// A client that went on was answered, but this was not seen.
function howItStands({ client, server, row }: State): number | null {
  if (client.torn || server.torn || row.req_type === null) return null
  if (server.count > 0) return HANDSHAKE.incomplete
  return client.count > 1 ? null : HANDSHAKE.unanswered
}
