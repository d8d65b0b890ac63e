import { REDACTED } from '../../records/redact.js'
import type { Command, Reply } from './frames.js'
import { abandonAll, giveUp, loseReplies, type State, settle } from './state.js'
import { COMMANDS, RETRIEVALS } from './syntax.js'
import { ANSWER, DIALECT } from './table.js'

// What is wrong with the line itself is said of a command that wants no answer too.
const BAD_LINE = /^(?:line|bad command line|$)/

/** The value of a `set`, unless it is the login that a server wants: a user name and a password. */
export function loginOf(command: Command, value: string, s: State): string {
  if (command.name.startsWith('sasl_')) return REDACTED
  return s.locked && command.name === 'set' ? REDACTED : value
}

/** An answer is complete. */
export function finishReply(reply: Reply, s: State): void {
  s.answered = true
  if (reply.dialect !== DIALECT.binary) noticeLogin(reply, s)
  if (s.turns.paired) answer(reply, s)
  else giveUp(s)
}

function noticeLogin(reply: Reply, s: State): void {
  const [first] = s.pending
  if (reply.status === 'CLIENT_ERROR' && reply.text === 'unauthenticated') s.locked = true
  else if (reply.status === 'STORED') s.locked = false
  if (reply.text === 'authentication failure' && first?.name === 'set' && s.conn.options.redact) first.value = REDACTED
}

function answer(reply: Reply, s: State): void {
  const { pending } = s
  const found: number[] = []
  for (let i = 0; i < pending.length; i++) {
    const command = pending[i] as Command
    if (answers(reply, command)) found.push(i)
    if (!command.quiet) break
  }
  const [at = -1] = found
  if (found.length === 1) answerOne(reply, at, s)
  // Which of several quiet commands it answers does not show.
  else if (found.length > 1) abandonAll(s, (found.at(-1) as number) + 1)
  // The rest of those.
  else if (isOfQuiet(reply)) s.outcomes.strays++
  else loseReplies(s)
}

function answerOne(reply: Reply, at: number, s: State): void {
  const command = s.pending[at] as Command
  settle(s, at + 1, reply)
  if (command.name === 'watch' && reply.status === 'OK') s.conn.become('opaque')
}

function isOfQuiet(reply: Reply): boolean {
  if (reply.dialect === DIALECT.text) return false
  return reply.dialect === DIALECT.meta
    ? reply.status !== 'MN'
    : [0x09, 0x0d, 0x1e, 0x24].includes(reply.opcode) || (reply.opcode >= 0x11 && reply.opcode <= 0x1a)
}

function answers(reply: Reply, command: Command): boolean {
  if (reply.dialect === DIALECT.binary || command.dialect === DIALECT.binary) return answersBinary(reply, command)
  if (reply.type === ANSWER.error) return !(command.behindMute && BAD_LINE.test(reply.text))
  const syntax = COMMANDS.get(command.name)
  if (syntax === undefined) return true
  if (!syntax.answers.test(reply.status)) return false
  if (reply.type === ANSWER.statistics && (syntax.form === 'get' || syntax.form === 'gat')) return false
  if (reply.hits > 0 && command.name === 'stats') return false
  return repeats(reply, command) && !(command.quiet && isHidden(reply, command))
}

function answersBinary(reply: Reply, command: Command): boolean {
  if (reply.opcode !== command.opcode || reply.opaque !== command.opaque) return false
  if (!command.quiet) return true
  const retrieves = RETRIEVALS.has(command.name)
  // A hit, or an error; else only what fails.
  if (retrieves ? reply.status === 'Key not found' : reply.status === 'No error') return false
  return reply.key === null || command.keys.includes(reply.key)
}

// An answer repeats the opaque and the key where the command wants that; EN, ME and MN do not.
function repeats(reply: Reply, command: Command): boolean {
  const { opaque, key, status } = reply
  if (opaque !== '' && opaque !== command.opaque) return false
  if (key !== null && !command.keys.includes(key) && command.cut === 0) return false
  if (reply.dialect !== DIALECT.meta || status === 'EN' || status === 'ME' || status === 'MN') return true
  if (opaque === '' && command.opaque !== '') return false
  return key !== null || !command.args.includes('k') || status === 'NF'
}

// In quiet mode: a miss of mg, success of the others.
function isHidden({ status }: Reply, { name }: Command): boolean {
  return status === (name === 'mg' ? 'EN' : 'HD')
}
