import { NEED_MORE } from '../protocol.js'
import { KEY } from './apis.js'
import { clientIdAt, int32, RESPONSE_HEAD, requestHead } from './head.js'
import { type Budget, type Look, lookAtRequest, lookAtResponse } from './look.js'
import type { Request, State } from './state.js'

/** How far correlation ids may be apart. */
export const NEAR = 1 << 16

/** Bytes of bodies that one search reads. */
const SEARCH_BYTES = 1 << 20

/** Bytes of an answer to ApiVersions that names any. */
const VERSIONS_MIN = 16

/** A place in a window; not `sure`: a frame may begin there, but more bytes must tell. */
export interface Place {
  readonly at: number
  readonly sure: boolean
}

/** Where in `buf[pos, end)` a request begins, else the first place where one may; `end` where there is none. */
export function findRequest(buf: Buffer, pos: number, end: number, s: State | undefined): Place {
  const budget = { left: SEARCH_BYTES }
  let open = end
  for (let at = pos; at < end; at++) {
    // A size below 256 MiB, then a key and a version below 256.
    if ((buf[at] as number) > 0x0f || (at + 4 < end && buf[at + 4] !== 0) || (at + 6 < end && buf[at + 6] !== 0))
      continue
    const look = lookAtRequest(buf, at, end, budget)
    if (look === 'yes' || (look === 'weak' && isExpected(buf, at, end, s))) return { at, sure: true }
    if (look === 'more') open = Math.min(open, at)
  }
  return { at: open, sure: false }
}

// By the client and the number of the last request; without one, any client that has a name.
function isExpected(buf: Buffer, pos: number, end: number, s: State | undefined): boolean {
  const to = requestHead(buf, pos, end)
  if (to <= NEED_MORE) return false
  const client = clientIdAt(buf, pos, to)
  if (s?.clientId === undefined) return client !== null && client !== ''
  const ahead = (int32(buf, pos + 8) - s.lastId) | 0
  return client === s.clientId && ahead >= 0 && ahead < NEAR
}

/** Where the answer to a pending request begins, else the first place where one may; `end` where there is none. */
export function findResponse(buf: Buffer, pos: number, end: number, s: State): Place {
  const budget = { left: SEARCH_BYTES }
  let open = end
  for (let at = pos; at < end; at++) {
    if ((buf[at] as number) > 0x0f) continue
    const look = end - at < RESPONSE_HEAD ? 'more' : lookAtAnswer(buf, at, end, s, budget)
    // Loss ends where a call begins, and most calls begin with a frame.
    if (look === 'yes' || (look === 'weak' && at === pos && !s.response.astray)) return { at, sure: true }
    if (look !== 'no') open = Math.min(open, at)
  }
  return { at: open, sure: false }
}

function lookAtAnswer(buf: Buffer, at: number, end: number, s: State, budget: Budget): Look {
  const request = s.pending.get(int32(buf, at + 4))
  if (request === undefined || isZeros(buf, at, request)) return 'no'
  return lookAtResponse(buf, at, end, request.key, request.version ?? 0, budget)
}

// The first request is often ApiVersions with number 0; the answer to it names some APIs.
function isZeros(buf: Buffer, at: number, { key, id }: Request): boolean {
  return key === KEY.apiVersions && id === 0 && int32(buf, at) < VERSIONS_MIN && buf[at + 9] === 0
}
