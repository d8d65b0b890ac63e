import { endOf } from '../ends.js'
import { type Cursor, type Guess, INVALID, type InferHint, NEED_MORE } from '../protocol.js'
import { clientIdAt, int32, isSize, keyAt, RESPONSE_HEAD, requestHead, versionAt } from './head.js'
import { type Look, lookAtRequest, lookAtResponse } from './look.js'
import { findRequest } from './search.js'

/** Without a request in this many bytes it is another protocol. */
const MAX_SEARCH = 16 * 1024
/** Requests that the first answer may belong to. */
const MAX_ASKED = 64
// Of an answer: not there or not yet to be told, and to nothing that was asked.
const UNKNOWN = -1
const UNASKED = -2

/** Who sends requests is the client; see `Protocol.infer`. */
export function infer(sent: Cursor, received: Cursor, hint: InferHint): Guess {
  return endOf(look(sent, received, hint.fromStart), look(received, sent, hint.fromStart))
}

// Whether `client` and `server` are the two ends.
function look(client: Cursor, server: Cursor, fromStart: boolean): Look {
  const { buf, pos, end } = client
  if (pos === end) return lookAtServer(server, fromStart)
  const { at, sure } = fromStart ? { at: pos, sure: true } : findRequest(buf, pos, end, undefined)
  if (!sure) return end - pos < MAX_SEARCH ? 'more' : 'no'
  const request = lookAtRequest(buf, at, end)
  if (request === 'no' || request === 'more') return request
  const asked = findAsked(client, at, server)
  if (asked === UNASKED && fromStart) return 'no'
  // Not all that speak it answer to the letter.
  const certain = request === 'yes' && (isNamed(buf, at, end) || isFollowed(buf, at, end))
  return certain || (asked >= 0 && isAnswered(client, asked, server)) ? 'yes' : 'more'
}

// A server waits to be asked; on an older connection it may be answering.
function lookAtServer({ pos, end }: Cursor, fromStart: boolean): Look {
  return pos === end || (!fromStart && end - pos < MAX_SEARCH) ? 'more' : 'no'
}

function isNamed(buf: Buffer, at: number, end: number): boolean {
  const client = clientIdAt(buf, at, requestHead(buf, at, end))
  return client !== null && client !== ''
}

function isFollowed(buf: Buffer, at: number, end: number): boolean {
  return lookAtRequest(buf, at + 4 + int32(buf, at), end) === 'yes'
}

// The place of the request that has the number of the first answer; it is one of those from `at` on.
function findAsked(client: Cursor, at: number, { buf, pos, end }: Cursor): number {
  if (end - pos < RESPONSE_HEAD) return UNKNOWN
  if (!isSize(int32(buf, pos), 4)) return UNASKED
  const id = int32(buf, pos + 4)
  let place = at
  for (let n = 0; n < MAX_ASKED && place < client.end; n++) {
    const to = requestHead(client.buf, place, client.end)
    if (to === INVALID) return UNASKED
    if (to === NEED_MORE) return UNKNOWN
    if (int32(client.buf, place + 8) === id) return place
    place += 4 + int32(client.buf, place)
  }
  return place === client.end ? UNASKED : UNKNOWN
}

function isAnswered({ buf }: Cursor, at: number, server: Cursor): boolean {
  const answer = lookAtResponse(server.buf, server.pos, server.end, keyAt(buf, at), versionAt(buf, at))
  return answer === 'yes' || answer === 'weak'
}
