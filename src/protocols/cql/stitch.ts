import { shorten } from '../lists.js'
import type { Emit } from '../protocol.js'
import { errorName, isUnasked } from './errors.js'
import { OP } from './header.js'
import { type Frame, giveUp, Request, Response, type State } from './state.js'
import { type CqlRow, CUT_REQ, CUT_RESP, UNANSWERED } from './table.js'

/** Rows of the answers as they come, of requests whose answers are lost, and at the end of those that have none. */
export function stitch(requests: Frame[], responses: Frame[], s: State, emit: Emit<CqlRow>, ended: boolean): number {
  for (const request of requests) if (request instanceof Request && request.abandoned) emitRequest(request, emit)
  for (const response of responses) if (response instanceof Response) emitResponse(response, s, emit)
  shorten(responses)
  if (ended) {
    const { message } = s.server
    if (message instanceof Response && message.request !== null) giveUp(message.request)
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

function emitRequest(request: Request, emit: Emit<CqlRow>): void {
  if (request.done) return
  request.done = true
  emit(request, undefined, row(request, null), request.cut ? CUT_REQ : 0)
}

function emitResponse(response: Response, s: State, emit: Emit<CqlRow>): void {
  const { request } = response
  if (request === null && response.op === OP.error && !isUnasked(response.code)) {
    s.strays++
    return
  }
  if (request === null) {
    emit(undefined, response, row(null, response), response.cut ? CUT_RESP : 0)
    return
  }
  // What began before the request does not answer it.
  if (response.startNs < request.startNs) {
    s.strays++
    giveUp(request)
    emitRequest(request, emit)
    return
  }
  if (request.done) return
  request.done = true
  emit(request, response, row(request, response), (request.cut ? CUT_REQ : 0) | (response.cut ? CUT_RESP : 0))
}

function row(request: Request | null, response: Response | null): CqlRow {
  return {
    protocol_version: request?.version ?? response?.version ?? null,
    req_op: request === null ? null : request.op,
    req_body: request === null ? null : request.body,
    req_consistency: request === null ? null : request.consistency,
    req_paging: request === null || !pages(request) ? null : request.paging,
    req_size: request === null ? null : request.size,
    resp_op: response === null ? unanswered(request) : response.op,
    resp_body: response === null ? null : response.body,
    resp_rows: response === null ? null : response.rows,
    resp_more_pages: response === null ? null : response.morePages,
    resp_warnings: response === null ? null : response.warnings,
    resp_tracing_id: response === null ? null : response.tracingId,
    resp_error_code: response === null ? null : response.code,
    resp_error_name: response === null || response.code === null ? null : errorName(response.code),
    resp_error: response === null ? null : response.message,
    resp_size: response === null ? null : response.size,
  }
}

function unanswered(request: Request | null): number | null {
  return request?.abandoned === true ? null : UNANSWERED
}

function pages({ op, body }: Request): boolean {
  return body !== null && (op === OP.query || op === OP.execute)
}
