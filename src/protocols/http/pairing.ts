import type { Kind } from '../protocol.js'
import type { Request, Response, State } from './frames.js'

// Which response answers which request is decided when a head is read, because that is when the kernel's order is known.
// While nothing is lost it is first in, first out. After a gap only what is certain is paired:
// - a client that does not pipeline has had every earlier answer when it sends, so a response answers the last request;
// - a client that pipelines leaves no way to tell: its connection is adrift from there on.

const MAX_PENDING = 1024

/** Several answers in a row: no byte between them may be withheld. */
export function pipelines(state: State): void {
  state.pipelined = true
  state.conn.whole = true
}

/** The head of a request has been read. */
export function enqueue(state: State, request: Request): void {
  request.afterGap = state.requestGap
  state.requestGap = false
  state.garbled = false
  if (!request.afterGap) {
    state.doubt = undefined
    const early = state.early
    state.early = undefined
    if (early !== undefined) {
      early.request = request
      return
    }
  }
  if (state.pending.length >= MAX_PENDING) drift(state)
  if (state.adrift) state.givenUp++
  else state.pending.push(request)
}

/** The head of a final response has been read: the request that it answers, where that is certain. */
export function claim(state: State, response: Response): Request | undefined {
  const { pending } = state
  const unseen = state.unseen || (state.joining && pending.length > 1)
  state.unseen = false
  state.joining = false
  if (state.adrift) return undefined
  if (pending.length === 0) return claimNothing(state, response)
  if (unseen) return claimForUnseen(state)
  if (state.responseGap) return claimAfterGap(state, response)
  if (pending.length > 1) pipelines(state)
  if (state.pipelined && pending[0]?.afterGap) return drift(state)
  state.responseLost = false
  const request = pending.shift()
  // If others were lost together with the first sight of pipelining, this answers one of them, and more answers follow.
  if (request?.afterGap && state.requestLost) state.doubt = response
  return request
}

// A client that pipelines, and what it asked before: which answer is the first to a request that was seen is not known.
function claimForUnseen(state: State): undefined {
  voidDoubt(state)
  for (const request of state.pending) breakOff(state, request, undefined)
  state.pending.length = 0
  state.responseLost = true
}

function claimNothing(state: State, response: Response): undefined {
  voidDoubt(state)
  response.alone = state.garbled
  state.garbled = false
  state.early = state.requestGap || state.responseLost ? undefined : response
}

function claimAfterGap(state: State, response: Response): Request | undefined {
  const { pending } = state
  state.responseGap = false
  if (state.pipelined && pending.length > 1) return drift(state)
  // Requests were missed after the last one as well: the answer may be theirs.
  const last = state.requestGap ? undefined : pending.pop()
  for (const request of pending) breakOff(state, request, undefined)
  pending.length = 0
  if (last !== undefined) state.doubt = response
  return last
}

function drift(state: State): undefined {
  voidDoubt(state)
  state.givenUp += state.pending.length
  state.pending.length = 0
  state.early = undefined
  state.adrift = true
}

function voidDoubt(state: State): void {
  const response = state.doubt
  state.doubt = undefined
  if (response?.request === undefined) return
  breakOff(state, response.request, undefined)
  response.request = undefined
  state.responseLost = true
}

function breakOff(state: State, request: Request, response: Response | undefined): void {
  request.lost = true
  state.broken.push({ request, response })
}

/** The client's next head begins `at` this offset behind `pos`, or is still to come (-1): what is before it is no head. */
export function passOver(state: State, at: number, pos: number): void {
  const isRest = at !== pos && !state.unbroken
  // Of a request that waits for its answer, it is that one's, also when the answer has come.
  if (isRest && !state.passing && state.pending.length === 0) state.unseen = true
  state.passing = isRest && at < 0
}

/** The place in this direction is lost: what is being read there is given up, and what can no longer be paired. */
export function losePlace(state: State, kind: Kind): void {
  if (kind === 'request') loseRequests(state)
  else loseResponses(state)
}

function loseRequests(state: State): void {
  const { message, heads } = state.request
  state.request.reset()
  // Where a connection was joined its first row does not wait.
  state.requestLost = heads.last !== undefined
  if (message !== undefined) {
    message.lost = true
    message.open = false
    message.endless = true
  }
  state.requestGap = true
  if (state.pending.length === 0) state.passing = false
  state.early = undefined
  voidDoubt(state)
}

function loseResponses(state: State): void {
  const { message } = state.response
  state.response.reset()
  if (message !== undefined && message === state.doubt) voidDoubt(state)
  if (message !== undefined) message.endless = true
  if (message?.request !== undefined) breakOff(state, message.request, message)
  else if (message !== undefined) state.givenUp++
  state.responseLost = true
  state.responseGap = state.responseGap || state.pending.length > 0
}
