import type { Kind } from '../protocol.js'
import type { Message } from './message.js'
import { parseOptions } from './options.js'
import { type State, settle } from './state.js'
import { errorText } from './table.js'

const MAX_DOUBTFUL = 64
/** Subjects that clients make for replies, by default. */
const INBOX = /^(?:_INBOX|_R_)\./
/** A pull request of JetStream: as many messages come to its inbox as it asks for. */
const PULL = /\.CONSUMER\.MSG\.NEXT\./
const BATCH = /"batch":\s*(?:[2-9]|1\d)/

/** Which commands an error refuses, in verbose mode in place of +OK. */
const REFUSALS: readonly (readonly [RegExp, RegExp])[] = [
  [/^(?:User )?Auth/i, /^CONNECT$/],
  [/^(?:Permissions Violation for Publish|Maximum Payload)/i, /^H?PUB$/],
  [/^(?:Permissions Violation for Subscription|Invalid Subject|Maximum Subscriptions)/i, /^SUB$/],
]

/** Finds what a message answers, or what will answer it. `late`: that may have come before. */
export function pair(kind: Kind, message: Message, late: boolean, s: State): void {
  const { op, rest } = message.line
  if (op === 'INFO' || op === 'CONNECT') showOptions(message, rest, s)
  if (kind === 'request') pairRequest(message, op, late, s)
  else if (op === 'PING') s.pings.expect(message)
  else if (op === 'MSG' || op === 'HMSG') pairDelivery(message, s)
  else if (op === 'PONG' || op === '+OK') pairTurn(message, op, s)
  else if (op === '-ERR') pairRefusal(message, s)
}

function showOptions(message: Message, rest: string, s: State): void {
  const { bodyBytes, redact } = s.conn.options
  const { json, cut, verbose } = parseOptions(rest, bodyBytes, redact)
  message.options = json
  message.cut = cut
  if (message.line.op === 'INFO') return
  s.connected = true
  s.verbose = verbose
}

function pairRequest(message: Message, op: string, late: boolean, s: State): void {
  const { sid, subject, replyTo, max } = message.line
  settle(s, late)
  if (op === 'PONG') answer(message, s.pings.answer())
  else if (op === 'SUB') s.subscriptions.add(sid as string, subject as string)
  else if (op === 'UNSUB') s.subscriptions.remove(sid as string, max)
  else if (replyTo !== null && !late && s.subscriptions.mayReceive(replyTo)) {
    const many = PULL.test(subject as string) && BATCH.test(message.payload ?? '')
    s.inboxes.expect(replyTo, message, many)
  }
  if (late || op === 'PONG' || op === 'INFO' || op === '-ERR') return
  if (op === 'PING' || (s.verbose && !s.cluster)) s.commands.expect(message)
}

function pairDelivery(message: Message, s: State): void {
  const subject = message.line.subject as string
  const wanted = s.subscriptions.deliver(message.line.sid as string)
  // JetStream delivers to an inbox what keeps its own subject.
  const found = s.inboxes.answer(subject) ?? (wanted === undefined ? undefined : s.inboxes.answer(wanted))
  if (found === 'lost') message.lost = true
  else if (found !== undefined && found !== 'known') answer(message, found)
  else if (message.line.replyTo === null && INBOX.test(subject)) doubt(message, s)
}

function doubt(message: Message, s: State): void {
  if (s.holes) message.lost = true
  else if (s.doubtful.length < MAX_DOUBTFUL) {
    message.doubtful = true
    s.doubtful.push(message)
  }
}

function pairTurn(message: Message, op: string, s: State): void {
  const { next } = s.commands
  if (next === undefined) {
    // Joined in the middle of a verbose conversation.
    if (op === '+OK') s.verbose = true
    answer(message, s.commands.answer())
  } else if ((op === 'PONG') === (next.line.op === 'PING')) answer(message, s.commands.answer())
  else {
    s.commands.lose()
    answer(message, undefined)
  }
}

function pairRefusal(message: Message, s: State): void {
  const { next } = s.commands
  const text = errorText(message.line.rest)
  const fits = ([error, command]: readonly [RegExp, RegExp]): boolean =>
    error.test(text) && command.test(next?.line.op ?? '')
  if (!REFUSALS.some(fits)) return
  const request = s.commands.answer() as Message
  s.inboxes.refuse(request)
  answer(message, request)
}

function answer(message: Message, request: Message | undefined): void {
  message.silent = request === undefined || request.answer !== null || request.expectsReply
  if (message.silent) return
  message.request = request as Message
  message.request.answer = message
}
