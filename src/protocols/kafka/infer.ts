import { isUtf8 } from 'node:buffer'
import { endOf } from '../ends.js'
import { type Cursor, type Guess, INVALID, type InferHint, NEED_MORE } from '../protocol.js'
import { clientIdAt, int32, isSize, keyAt, REQUEST_HEAD, RESPONSE_HEAD, requestHead, versionAt } from './head.js'
import { type Look, lookAtRequest, lookAtResponse } from './look.js'
import { findRequest, NEAR } from './search.js'

/** Without a request in this many bytes it is another protocol. */
const MAX_SEARCH = 16 * 1024
/** Requests that the first answer may belong to. */
const MAX_ASKED = 64
/** The least that the body of a request is believed to have. */
const BODY_MIN = 4
/** Requests in a row, of a client that has no name. */
const CHAIN = 3
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
  // Behind other bytes, where there are answers, they tell.
  const mayBeAlone = at === pos || server.pos === server.end
  // Not all that speak it answer to the letter.
  const certain =
    request === 'yes' &&
    mayGoOn(buf, at, end) &&
    ((mayBeAlone && isAlone(buf, at, end, fromStart)) || isFollowed(buf, at, end))
  const told = fromStart || (isNamed(buf, at, end) && mayGoOn(buf, at, end))
  return certain || (told && asked >= 0 && isAnswered(client, asked, server)) ? 'yes' : 'more'
}

// A server waits to be asked; on an older connection it may be answering.
function lookAtServer({ pos, end }: Cursor, fromStart: boolean): Look {
  return pos === end || (!fromStart && end - pos < MAX_SEARCH) ? 'more' : 'no'
}

// In the middle of a connection much else is a number, a length and a name: there must be a body.
function isAlone(buf: Buffer, at: number, end: number, fromStart: boolean): boolean {
  const body = requestHead(buf, at, end)
  return (
    isNamed(buf, at, end) &&
    (fromStart || (nextOf(buf, at) - body >= BODY_MIN && isUtf8(buf.subarray(at + REQUEST_HEAD, body))))
  )
}

function isNamed(buf: Buffer, at: number, end: number): boolean {
  const client = clientIdAt(buf, at, requestHead(buf, at, end))
  return client !== null && client !== ''
}

const nextOf = (buf: Buffer, at: number): number => at + 4 + int32(buf, at)

// Behind a request nothing follows, or another one.
function mayGoOn(buf: Buffer, at: number, end: number): boolean {
  return nextOf(buf, at) >= end || lookAtRequest(buf, nextOf(buf, at), end) !== 'no'
}

// By as many as are no accident, each of which counts on.
function isFollowed(buf: Buffer, start: number, end: number): boolean {
  let at = start
  for (let n = 1; n < CHAIN; n++) {
    const next = nextOf(buf, at)
    if (lookAtRequest(buf, next, end) !== 'yes') return false
    const ahead = (int32(buf, next + 8) - int32(buf, at + 8)) | 0
    if (ahead <= 0 || ahead >= NEAR) return false
    at = next
  }
  return mayGoOn(buf, at, end)
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

function isAnswered(client: Cursor, at: number, server: Cursor): boolean {
  const { buf } = client
  const answer = lookAtResponse(server.buf, server.pos, server.end, keyAt(buf, at), versionAt(buf, at))
  if (answer === 'yes') return true
  // Of what cannot be read the sizes tell.
  const whole = nextOf(buf, at) <= client.end && mayGoOn(buf, at, client.end)
  return answer === 'weak' && whole && isNamed(buf, at, client.end) && nextOf(server.buf, server.pos) === server.end
}
