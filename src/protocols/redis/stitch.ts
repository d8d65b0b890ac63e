import { dropFirst, shorten } from '../lists.js'
import type { Emit, Span } from '../protocol.js'
import { Command } from './command.js'
import { Reply } from './reply.js'
import type { Frame, State } from './state.js'
import { CUT_ARGS, CUT_RESP, type RedisRow, TYPE } from './table.js'

/** Rows of the commands that are done, in their order; replies know their command since they were parsed. */
export function stitch(requests: Frame[], responses: Frame[], s: State, emit: Emit<RedisRow>, ended: boolean): number {
  if (ended) cutShort(s)
  let done = 0
  for (; done < requests.length; done++) {
    const command = requests[done] as Frame
    if (!(command instanceof Command) || command.count < 0) continue
    if (!command.done && !command.mute && !command.abandoned && !ended) break
    emitExchange(command, emit)
  }
  dropFirst(requests, done)
  for (const reply of responses) if (reply instanceof Reply && reply.event !== null) emitEvent(reply, emit)
  shorten(responses)
  const { strays } = s
  s.strays = 0
  return strays
}

// The reply that is being read answers the first that waits.
function cutShort({ responding, turns, pending: { first } }: State): void {
  if (responding && turns.paired && first !== undefined) first.abandoned = first.lost = true
}

function emitExchange(command: Command, emit: Emit<RedisRow>): void {
  const { name, args, size } = command
  // A subscription may have had fewer confirmations than expected.
  const answered = command.done || (command.reply !== null && !command.abandoned)
  const reply = answered && !earlier(command.reply, command) ? command.reply : null
  if (answered && reply === null) command.lost = true
  const row: RedisRow = {
    req_cmd: name,
    req_args: args,
    req_size: size,
    resp: reply === null ? null : reply.text,
    resp_type: reply === null ? unanswered(command, answered) : reply.type,
    resp_size: reply === null ? null : reply.size,
    resp_errors: reply === null ? null : reply.errors,
  }
  emit(command, reply ?? undefined, row, (command.cut ? CUT_ARGS : 0) | (reply?.cut ? CUT_RESP : 0))
}

// What began before the command does not answer it.
function earlier(reply: Span | null, command: Span): boolean {
  return reply !== null && reply.startNs < command.startNs
}

function unanswered({ mute, abandoned }: Command, answered: boolean): number | null {
  if (mute) return TYPE.none
  return abandoned || answered ? null : TYPE.unanswered
}

function emitEvent(reply: Reply, emit: Emit<RedisRow>): void {
  const row: RedisRow = {
    req_cmd: reply.event === '' ? null : reply.event,
    req_args: null,
    req_size: null,
    resp: reply.text,
    resp_type: reply.type,
    resp_size: reply.size,
    resp_errors: reply.errors,
  }
  emit(undefined, reply, row, reply.cut ? CUT_RESP : 0)
}
