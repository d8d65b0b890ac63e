import { dropFirst, shorten } from '../lists.js'
import type { Emit, Span } from '../protocol.js'
import { describe } from './params.js'
import { Answer, CMD, type Frame, Request, type State } from './state.js'
import { type PgsqlRow, RESULT } from './table.js'

const REQ = 1 << 1
const RESP = 1 << 3

/** Rows of the requests that are done, in their order; answers know their request since they were parsed. */
export function stitch(requests: Frame[], responses: Frame[], s: State, emit: Emit<PgsqlRow>, ended: boolean): number {
  let done = 0
  for (; done < requests.length; done++) {
    const request = requests[done] as Frame
    if (!(request instanceof Request) || isSilent(request)) continue
    if (!isSettled(request) && !ended) break
    emitExchange(request, s, emit)
  }
  dropFirst(requests, done)
  // What is copied to the server is nothing to wait with.
  while (requests.length > 1 && (requests.at(-1) as Request).cmd === CMD.filler) requests.pop()
  for (const answer of responses) if (answer instanceof Answer && answer.unasked) emitUnasked(answer, emit)
  shorten(responses)
  const strays = s.strays
  s.strays = 0
  return strays
}

function isSilent({ cmd }: Request): boolean {
  return cmd === CMD.filler || cmd === CMD.copyEnd || cmd === CMD.encryption
}

function isSettled(request: Request): boolean {
  return request.answer !== null || request.abandoned || request.skipped || request.cmd === CMD.cancel
}

function emitExchange(request: Request, s: State, emit: Emit<PgsqlRow>): void {
  const answer = earlier(request.answer, request) ? null : request.answer
  if (answer !== request.answer) request.lost = true
  // They only close what was begun: worth a row where that fails.
  if ((request.cmd === CMD.sync || request.cmd === CMD.close) && answer?.result !== RESULT.err) return
  if (request.cmd === CMD.bind || request.cmd === CMD.execute) describe(request, s)
  const result = answer === null ? unanswered(request) : answer.result
  const cut = (request.cut && request.text !== null ? REQ : 0) | (answer?.cut ? RESP : 0)
  emit(request, answer ?? undefined, row(request.cmd, request.text, result, answer), cut)
}

// What began before the request does not answer it.
function earlier(answer: Span | null, request: Span): boolean {
  return answer !== null && answer.startNs < request.startNs
}

function unanswered(request: Request): number | null {
  if (request.skipped || request.cmd === CMD.cancel) return RESULT.none
  return request.abandoned || request.answer !== null ? null : RESULT.unknown
}

function emitUnasked(answer: Answer, emit: Emit<PgsqlRow>): void {
  emit(undefined, answer, row(null, null, answer.result, answer), answer.cut ? RESP : 0)
}

function row(cmd: string | null, req: string | null, result: number | null, answer: Answer | null): PgsqlRow {
  return {
    req_cmd: cmd,
    req,
    resp_result: result,
    resp: answer === null ? null : answer.body,
    resp_rows: answer === null || answer.rows < 0 ? null : answer.rows,
    resp_affected_rows: answer === null || answer.affected < 0 ? null : answer.affected,
    resp_sqlstate: answer === null ? null : answer.sqlstate,
  }
}
