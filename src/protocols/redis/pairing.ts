import type { Command } from './command.js'
import { isConfirmation, isMessage, isMonitored } from './pushes.js'
import type { Reply } from './reply.js'
import { redactError } from './secrets.js'
import { giveUp, loseReplies, REPLIES, type State } from './state.js'
import { TYPE } from './table.js'

/** What a client that has subscribed may send (RESP2). */
const SUBSCRIBER: ReadonlySet<string> = new Set(
  'SUBSCRIBE PSUBSCRIBE SSUBSCRIBE UNSUBSCRIBE PUNSUBSCRIBE SUNSUBSCRIBE PING QUIT RESET'.split(' '),
)

/** What stands for the command where the server speaks unasked; null: it answers one. */
export function eventOf(reply: Reply, s: State): string | null {
  const { type, word } = reply
  if (isMonitored(reply)) return 'PUSH MONITOR'
  if (type !== TYPE.push && type !== TYPE.array) return null
  if (isConfirmation(reply)) {
    // A subscription that had fewer confirmations than expected.
    if (s.pending.length > 1 && s.pending.first?.reply && !isFor(s.pending.first, reply)) finish(s.pending.first, s)
    const isOwn = isFor(s.pending.first, reply)
    if (s.turns.paired && isOwn) return null
    // Perhaps it answers the command, which then does not wait for another.
    if (isOwn) giveUp(s)
    s.subscriptions.confirm(reply)
    // But for shards that move away, a command was missed.
    reply.lost = word !== 'sunsubscribe' || !s.turns.paired
  } else if (isMessage(reply)) {
    return type === TYPE.push || mayBeMessage(s) ? 'PUSH PUB' : null
  } else if (type === TYPE.array) return null
  return `PUSH ${word.toUpperCase()}`.trimEnd()
}

function isFor(command: Command | undefined, reply: Reply): boolean {
  return command?.name?.toLowerCase() === reply.word
}

// In RESP2, messages look like other replies.
function mayBeMessage(s: State): boolean {
  const { first } = s.pending
  return s.subscriptions.some || first === undefined || SUBSCRIBER.has(first.name ?? '')
}

/** The reply answers the first command that waits. */
export function answer(reply: Reply, s: State): void {
  const { pending } = s
  const confirms = isConfirmation(reply) && isFor(pending.first, reply)
  // A subscription that had fewer confirmations than expected.
  if (!confirms && pending.first?.reply) finish(pending.first, s)
  const { first } = pending
  if (reply.word === 'REPLCONF' && reply.type === TYPE.array) reverse(s)
  else if (first === undefined) answerNothing(reply, s)
  else if (!confirms || confirm(first, reply, s)) settle(reply, s)
}

// A server speaks first to refuse a client; else a command was missed, or one that should silence the server was refused.
function answerNothing(reply: Reply, s: State): void {
  if (!s.asked && reply.type === TYPE.error) reply.event = ''
  else loseReplies(s)
  s.replies = REPLIES.on
}

// The "server" acknowledges: it is a replica, and the "client" its master.
function reverse(s: State): void {
  loseReplies(s)
  s.conn.become('opaque')
}

/** The first command that waits has its reply. */
export function settle(reply: Reply, s: State): void {
  const command = s.pending.first as Command
  s.turns.answer(s.pending.length)
  command.reply = reply
  finish(command, s)
  const { name } = command
  if (name === 'RESET') s.subscriptions.clear()
  if (name === 'ACL SETUSER' && s.conn.options.redact) reply.text = redactError(reply.text)
  if ((name === 'PSYNC' || name === 'SYNC') && reply.errors === 0) s.conn.become('opaque')
}

function finish(command: Command, s: State): void {
  command.done = true
  s.pending.shift()
}

// One confirmation a channel; without a channel, as many as there were. True: it is the last one.
function confirm(command: Command, reply: Reply, s: State): boolean {
  const left = s.subscriptions.confirm(reply)
  const before = command.reply
  command.reply = reply
  command.confirmed++
  if (before !== null) append(reply, before, command.confirmed === 2, s.conn.options.bodyBytes)
  if (command.count === 0 && !s.subscriptions.sure && reply.word !== 'sunsubscribe') reply.lost = true
  return command.count === 0 ? left === 0 : command.confirmed >= command.count
}

// The reply becomes all confirmations so far.
function append(reply: Reply, before: Reply, second: boolean, limit: number): void {
  const list = second ? `[${before.text}` : before.text.slice(0, -1)
  const fits = list.length + reply.text.length < limit
  reply.text = fits ? `${list},${reply.text}]` : before.text
  reply.cut = reply.cut || before.cut || !fits
  reply.size += before.size
  reply.lost = reply.lost || before.lost
}
