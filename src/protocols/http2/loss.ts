import type { Kind } from '../protocol.js'
import type { State } from './frames.js'
import { finish } from './messages.js'

/** The place in this direction is lost, and with it what the frames that were missed have said. */
export function losePlace(state: State, kind: Kind): void {
  const side = state.side(kind)
  // Else nothing could be heard since it was lost before: that is one loss.
  const heard = side.certain
  side.reset()
  side.certain = false
  side.fresh = false
  side.heads.forget()
  // They may have agreed upon longer frames.
  state.side(kind === 'request' ? 'response' : 'request').agreed = false
  if (kind === 'request') loseRequests(state)
  else loseResponses(state, heard)
}

// The end of those that were under way may be among it.
function loseRequests(state: State): void {
  for (const exchange of state.exchanges.values()) {
    const { request, response } = exchange
    if (request === undefined || request.ended) continue
    request.lost = true
    request.endless = true
    request.ended = true
    if (response?.ended) finish(state, exchange)
  }
}

function loseResponses(state: State, heard: boolean): void {
  for (const exchange of state.exchanges.values()) {
    const { response, missed } = exchange
    if (response?.ended) continue
    if (response !== undefined) {
      response.lost = true
      response.endless = true
    }
    // Nothing was heard of it since the last loss.
    if (missed && heard) finish(state, exchange)
    else exchange.missed = true
  }
}
