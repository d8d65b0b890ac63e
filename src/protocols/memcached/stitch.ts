import { shorten } from '../lists.js'
import type { Emit } from '../protocol.js'
import type { Command, Frame, Reply } from './frames.js'
import type { Outcomes } from './state.js'
import { RETRIEVALS } from './syntax.js'
import { ANSWER, CUT, type MemcachedRow, TRANSPORT } from './table.js'
import { textOf } from './values.js'

/** Rows of the exchanges that have ended; commands know their answers since they were parsed. */
export function stitch(requests: Frame[], responses: Frame[], outcomes: Outcomes, emit: Emit<MemcachedRow>): number {
  shorten(requests)
  shorten(responses)
  for (const command of outcomes.ready) emitExchange(command, outcomes, emit)
  shorten(outcomes.ready)
  const { strays } = outcomes
  outcomes.strays = 0
  return strays
}

function emitExchange(command: Command, { transport }: Outcomes, emit: Emit<MemcachedRow>): void {
  // What began before the command does not answer it.
  const isEarlier = command.answer !== null && command.answer.startNs < command.startNs
  if (isEarlier) command.lost = true
  const answer = isEarlier ? null : command.answer
  const hits = hitsOf(command, answer)
  const values = RETRIEVALS.has(command.name)
  const row: MemcachedRow = {
    transport: transport === 'datagram' ? TRANSPORT.udp : TRANSPORT.tcp,
    dialect: command.dialect,
    req_cmd: command.name,
    keys: command.count === 0 ? null : command.keys,
    req_args: command.args.length === 0 ? null : command.args,
    flags: command.flags ?? answer?.flags ?? null,
    exptime: command.exptime,
    cas: command.cas ?? answer?.cas ?? null,
    req_value: command.value,
    req_value_size: command.valueSize,
    resp_type: answer?.type ?? unanswered(command),
    status: answer?.status ?? null,
    resp: answer === null ? null : respOf(answer, command),
    resp_value_size: answer !== null && values ? answer.size : null,
    hits,
    misses: hits === null ? null : command.count - hits,
  }
  emit(command, answer ?? undefined, row, command.cut | (answer?.cut ? CUT.resp : 0))
}

function respOf(answer: Reply, command: Command): string | null {
  const isEmpty = answer.values.length === 0 && answer.text === ''
  return isEmpty ? null : textOf(answer, answer.type === ANSWER.statistics ? 0 : command.count)
}

// A quiet retrieval without an answer missed.
function hitsOf(command: Command, answer: Reply | null): number | null {
  if (!RETRIEVALS.has(command.name) || answer?.type === ANSWER.error) return null
  if (answer === null) return command.mute ? 0 : null
  return Math.min(command.count, answer.status === 'HD' ? 1 : answer.hits)
}

function unanswered(command: Command): number | null {
  if (command.mute) return ANSWER.none
  if (command.abandoned || command.answer !== null) return null
  return command.quiet ? ANSWER.none : ANSWER.unanswered
}
