import { dropFirst, shorten } from '../lists.js'
import type { Emit, Span } from '../protocol.js'
import { COM, isAnswered } from './commands.js'
import { describeExecution, noteLongData } from './params.js'
import { Answer, Command, FILLER, type Frame, type State } from './state.js'
import { type MysqlRow, RESULT } from './table.js'

const REQ_BODY = 1 << 1
const RESP_BODY = 1 << 3

/** Rows of the commands that are done, in their order; answers know their command since they were parsed. */
export function stitch(requests: Frame[], responses: Frame[], s: State, emit: Emit<MysqlRow>, ended: boolean): number {
  let done = 0
  for (; done < requests.length; done++) {
    const command = requests[done] as Frame
    if (!(command instanceof Command) || command.code === FILLER) continue
    if (isAnswered(command.code) && command.answer === null && !command.abandoned && !ended) break
    emitExchange(command, s, emit)
  }
  dropFirst(requests, done)
  for (const answer of responses) if (answer instanceof Answer && answer.unasked) emitUnasked(answer, emit)
  shorten(responses)
  const strays = s.strays
  s.strays = 0
  return strays
}

function emitExchange(command: Command, s: State, emit: Emit<MysqlRow>): void {
  const answer = earlier(command.answer, command) ? null : command.answer
  if (answer !== command.answer) command.lost = true
  if (command.code === COM.sendLongData) noteLongData(command)
  if (command.code === COM.reset && command.statement !== null) command.statement.ahead = []
  if (command.payload !== null && (command.code === COM.execute || command.code === COM.bulkExecute)) {
    command.text = describeExecution(command, s)
  }
  const cut = (command.cut && command.text !== null ? REQ_BODY : 0) | (answer?.cut ? RESP_BODY : 0)
  const result = answer === null ? unanswered(command) : answer.result
  emit(command, answer ?? undefined, row(command.code, command.text, result, answer), cut)
}

// What began before the request does not answer it.
function earlier(answer: Span | null, command: Span): boolean {
  return answer !== null && answer.startNs < command.startNs
}

function unanswered(command: Command): number | null {
  if (!isAnswered(command.code)) return RESULT.none
  return command.abandoned || command.answer !== null ? null : RESULT.unknown
}

function emitUnasked(answer: Answer, emit: Emit<MysqlRow>): void {
  emit(undefined, answer, row(answer.code, null, answer.result, answer), answer.cut ? RESP_BODY : 0)
}

function row(code: number | null, body: string | null, result: number | null, answer: Answer | null): MysqlRow {
  return {
    req_cmd: code,
    req_body: body,
    resp_result: result,
    resp_body: answer === null ? null : answer.body,
    resp_rows: answer === null || answer.sets === 0 ? null : answer.rows,
    resp_affected_rows:
      answer === null || !Number.isSafeInteger(answer.affected) || answer.affected < 0 ? null : answer.affected,
    resp_error_code: answer === null ? null : answer.errorCode,
    resp_sqlstate: answer === null ? null : answer.sqlstate,
  }
}
