import type { Json } from '../../records/table.js'
import { shorten } from '../lists.js'
import type { Emit } from '../protocol.js'
import type { Message } from './message.js'
import { type State, settle } from './state.js'
import { ANSWER, CUT_BODY, CUT_HEADERS, CUT_RESP, CUT_RESP_HEADERS, type NatsRow } from './table.js'

const CODES: Readonly<Record<string, number>> = {
  '+OK': ANSWER.ok,
  '-ERR': ANSWER.err,
  PONG: ANSWER.pong,
  MSG: ANSWER.msg,
  HMSG: ANSWER.hmsg,
}

/** Rows of the messages that wait for nothing, in their order; answers know their request since they were parsed. */
export function stitch(
  requests: Message[],
  responses: Message[],
  s: State,
  emit: Emit<NatsRow>,
  ended: boolean,
): number {
  const { released } = s
  if (ended) settle(s, false)
  const due = [...requests, ...responses, ...released, ...(ended ? remaining(s) : [])]
  if (due.length > 1) due.sort((a, b) => a.order - b.order)
  shorten(requests)
  shorten(responses)
  let strays = 0
  for (const message of new Set(due)) {
    const { request } = message
    if (request !== null) emit(request, message, rowOf(request, message), cutOf(request, message))
    else if (isStray(message)) strays++
    else if (!message.silent && !message.waits && message.answer === null)
      emit(message, undefined, rowOf(message, null), cutOf(message, null))
  }
  shorten(released)
  return strays
}

// PONG or +OK to what was not seen.
function isStray({ silent, line }: Message): boolean {
  return silent && (line.op === 'PONG' || line.op === '+OK')
}

// Nothing follows: what waits stays without an answer.
function remaining(s: State): Message[] {
  const inTurn = [...s.commands.end(), ...s.pings.end()]
  const waiting = [...new Set([...inTurn, ...s.inboxes.end()])].filter((message) => message.answer === null)
  for (const message of waiting) {
    message.unanswered = !message.lost && (message.expectsTurn || s.subscriptions.receives(message.line.replyTo ?? ''))
    message.expectsTurn = false
    message.expectsReply = false
  }
  return waiting
}

function cutOf(message: Message, answer: Message | null): number {
  const own = (message.cut ? CUT_BODY : 0) | (message.headersCut ? CUT_HEADERS : 0)
  return own | (answer?.cut === true ? CUT_RESP : 0) | (answer?.headersCut === true ? CUT_RESP_HEADERS : 0)
}

function rowOf(message: Message, answer: Message | null): NatsRow {
  const { op, subject } = message.line
  return {
    cmd: op,
    subject,
    body: bodyOf(message),
    req_headers: message.headers?.fields ?? null,
    req_body_size: sizeOf(message),
    resp_cmd: answer === null ? (message.unanswered ? ANSWER.unanswered : null) : (CODES[answer.line.op] ?? null),
    resp: answer === null ? null : (answer.payload ?? `${answer.line.op} ${answer.line.rest}`.trimEnd()),
    resp_headers: answer?.headers?.fields ?? null,
    resp_body_size: answer === null ? null : sizeOf(answer),
    resp_status: (answer ?? message).headers?.status ?? null,
  }
}

function sizeOf({ line }: Message): number | null {
  return line.size < 0 ? null : line.size - line.headerSize
}

function bodyOf({ line, options, payload }: Message): Json {
  const { op, subject, sid, queue, replyTo, max } = line
  if (op === 'INFO' || op === 'CONNECT') return options
  if (op === '-ERR') return line.rest.replace(/^'(.*)'$/s, '$1')
  const body: Record<string, Json> = {}
  if (subject !== null) body.subject = subject
  if (sid !== null) body.sid = sid
  if (queue !== null) body['queue group'] = queue
  if (replyTo !== null) body['reply-to'] = replyTo
  if (max > 0) body.max_msgs = max
  if (payload !== null) body.payload = payload
  return subject === null && sid === null && payload === null ? null : body
}
