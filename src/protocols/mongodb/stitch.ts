import { shorten } from '../lists.js'
import type { Emit } from '../protocol.js'
import { type Frame, giveUp, Reply, Request, type State } from './state.js'
import { CUT_REQ, CUT_RESP, type MongodbRow, RESULT } from './table.js'

/** Rows of the requests that want no answer, of the answers, and at the end of the requests that have none. */
export function stitch(
  requests: Frame[],
  responses: Frame[],
  s: State,
  emit: Emit<MongodbRow>,
  ended: boolean,
): number {
  for (const request of requests) {
    if (request instanceof Request && (request.quiet || request.abandoned)) emitRequest(request, emit)
  }
  for (const reply of responses) if (reply instanceof Reply) emitReply(reply, s, emit)
  shorten(responses)
  if (ended) {
    if (s.server.message instanceof Reply) giveUp(s.server.message.request)
    for (const request of requests) if (request instanceof Request) emitRequest(request, emit)
    shorten(requests)
  } else keep(requests)
  const { strays } = s
  s.strays = 0
  return strays
}

function keep(requests: Frame[]): void {
  let kept = 0
  for (const request of requests) if (request instanceof Request && !request.done) requests[kept++] = request
  shorten(requests, kept)
}

function emitRequest(request: Request, emit: Emit<MongodbRow>): void {
  if (request.done) return
  request.done = true
  if (request.doubtful && !request.quiet) giveUp(request)
  const result = request.quiet ? RESULT.none : request.abandoned ? null : RESULT.unknown
  emit(request, undefined, row(request, null, result), request.cut ? CUT_REQ : 0)
}

function emitReply(reply: Reply, s: State, emit: Emit<MongodbRow>): void {
  const { request } = reply
  // What began before the request does not answer it.
  if (!reply.follows && reply.startNs < request.startNs) {
    s.strays++
    giveUp(request)
    emitRequest(request, emit)
    return
  }
  // What it follows is not known in full.
  if (reply.follows && request.lost) reply.lost = true
  const cut = (request.cut && !reply.follows ? CUT_REQ : 0) | (reply.cut ? CUT_RESP : 0)
  emit(reply.follows ? undefined : request, reply, row(request, reply, resultOf(reply)), cut)
  request.done = true
}

function resultOf({ facts }: Reply): number | null {
  if (facts.errors > 0 || facts.ok === 0) return RESULT.err
  // Of a long compressed answer only the start was read: an error is short.
  return facts.ok === null && facts.documents === null ? null : RESULT.ok
}

function row(request: Request, reply: Reply | null, result: number | null): MongodbRow {
  const asked = request.facts
  const told = reply?.facts
  const first = reply === null || !reply.follows
  return {
    req_op: first ? request.op : null,
    req_cmd: asked.command,
    req_database: asked.database,
    req_collection: asked.collection,
    req_body: first ? request.body : null,
    req_docs: first ? asked.documents : null,
    req_size: first ? request.size : null,
    resp_result: result,
    resp_body: reply === null ? null : reply.body,
    resp_docs: told?.documents ?? null,
    resp_n: told?.n ?? null,
    resp_size: reply === null ? null : reply.size,
    resp_errors: told === undefined ? null : told.errors,
    resp_error_code: told?.code ?? null,
    resp_error_name: told?.codeName ?? null,
    resp_error: told?.errmsg ?? null,
  }
}
