import type { Json } from '../../records/table.js'
import { shorten } from '../lists.js'
import type { Emit } from '../protocol.js'
import { type Frame, Message, type Piece } from './message.js'
import type { State } from './state.js'
import { type AmqpRow, bitOf, FRAME, UNANSWERED } from './table.js'

const CUT_ARGS = { request: bitOf('req_msg'), response: bitOf('resp_msg') } as const
const CUT_PROPERTIES = { request: bitOf('req_properties'), response: bitOf('resp_properties') } as const
const CUT_BODY = { request: bitOf('req_body'), response: bitOf('resp_body') } as const

/** Rows of the messages that wait for nothing, in their order; answers know their request since they were parsed. */
export function stitch(requests: Frame[], responses: Frame[], s: State, emit: Emit<AmqpRow>, ended: boolean): number {
  if (ended) s.end()
  const due: Message[] = []
  take(requests, due)
  take(responses, due)
  take(s.released, due)
  if (due.length > 1) due.sort((a, b) => a.order - b.order)
  let strays = 0
  for (const message of due) if (emitDue(message, emit) && message.stray) strays++
  return strays
}

function take(frames: Frame[], due: Message[]): void {
  if (frames.length === 0) return
  for (const frame of frames) {
    const message = frame instanceof Message ? frame : extended(frame)
    if (message !== null) due.push(message)
  }
  shorten(frames)
}

// The message that ends with its last frame so far.
function extended({ of, endNs, lost }: Piece): Message | null {
  if (of === null) return null
  of.endNs = endNs
  of.lost = of.lost || lost
  return of
}

// true: it is done with. One whose last frames came together is due more than once.
function emitDue(message: Message, emit: Emit<AmqpRow>): boolean {
  if (message.emitted || (!message.whole && !message.released)) return false
  if (message.waits || message.answer !== null) return false
  message.emitted = true
  for (const each of message.confirms) emitRow(each, message, emit)
  if (message.request !== null) emitRow(message.request, message, emit)
  else if (!message.silent) emitRow(message, null, emit)
  return true
}

function emitRow(first: Message, second: Message | null, emit: Emit<AmqpRow>): void {
  const request = first.kind === 'request' ? first : second
  const response = first.kind === 'request' ? second : first
  const row = rowOf(first, second, request, response)
  emit(first, second ?? undefined, row, cutOf(request) | cutOf(response))
}

function cutOf(message: Message | null): number {
  if (message === null) return 0
  const { kind, argsCut, propertiesCut, bodySize, body } = message
  const ofBody = bodySize !== null && body.cut ? CUT_BODY[kind] : 0
  return (argsCut ? CUT_ARGS[kind] : 0) | (propertiesCut ? CUT_PROPERTIES[kind] : 0) | ofBody
}

function rowOf(first: Message, second: Message | null, request: Message | null, response: Message | null): AmqpRow {
  return {
    frame_type: first.frameType,
    channel: first.channel,
    req_class_id: classOf(request),
    req_method_id: methodOf(request),
    resp_class_id: classOf(response),
    resp_method_id: methodOf(response),
    req_method: nameOf(request) ?? (first === response && first.unanswered ? UNANSWERED : null),
    resp_method: nameOf(response) ?? (first === request && first.unanswered ? UNANSWERED : null),
    req_msg: argsOf(request),
    resp_msg: argsOf(response),
    exchange: named('exchange', first, second) ?? named('source', first, second),
    routing_key: named('routing_key', first, second),
    queue: named('queue', first, second),
    req_properties: request?.properties ?? null,
    resp_properties: response?.properties ?? null,
    req_body: bodyOf(request),
    resp_body: bodyOf(response),
    req_body_size: request?.bodySize ?? null,
    resp_body_size: response?.bodySize ?? null,
  }
}

function classOf(message: Message | null): number | null {
  return message?.frameType === FRAME.method ? message.classId : null
}

function methodOf(message: Message | null): number | null {
  return message?.frameType === FRAME.method ? message.methodId : null
}

function nameOf(message: Message | null): string | null {
  if (message?.frameType !== FRAME.method) return null
  return message.spec?.name ?? `UNKNOWN_${message.classId}_${message.methodId}`
}

// A heartbeat has no arguments, but it is told who sent it.
function argsOf(message: Message | null): Json {
  return message?.frameType === FRAME.heartbeat ? {} : (message?.args ?? null)
}

function bodyOf(message: Message | null): string | null {
  return message === null || message.bodySize === null ? null : message.body.text()
}

function named(name: string, one: Message | null, other: Message | null): string | null {
  return textOf(name, one) ?? textOf(name, other)
}

function textOf(name: string, message: Message | null): string | null {
  const value = message?.arg(name)
  return typeof value === 'string' ? value : null
}
