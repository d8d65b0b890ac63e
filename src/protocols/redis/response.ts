import { type Cursor, FOREIGN, INVALID, NEED_MORE } from '../protocol.js'
import { answer, eventOf, settle } from './pairing.js'
import { findPush, lookAtPush } from './pushes.js'
import { Reply } from './reply.js'
import { HIDE, hiddenIn } from './secrets.js'
import { type Frame, giveUp, losePlace, type State } from './state.js'
import { TYPE } from './table.js'
import { LF, mayBeginReply } from './values.js'

/** One reply of the server, or a part of one. */
export function parseResponse(bytes: Cursor, s: State, out: Frame[]): number {
  const { buf, pos, end } = bytes
  if (!s.responding) {
    if (pos === end) return NEED_MORE
    const first = buf[pos] as number
    if (!s.turns.paired && s.turns.mayPair(s.pending.length) && mayBeginReply(first)) {
      s.placed = true
      s.turns.paired = true
    }
    if (!s.placed && !findPlace(bytes, s)) return passOver(bytes, s, out)
    if (s.turns.paired && leadsToReplication(first, s)) return parseForReplica(first, s, out)
    begin(s)
  }
  const eaten = s.response.read(bytes)
  if (eaten === INVALID) return invalid(s)
  if (s.response.whole) finish(s, out)
  return eaten
}

function begin(s: State): void {
  const { redact, bodyBytes } = s.conn.options
  s.responding = true
  s.response.reset()
  s.writer.begin(bodyBytes, redact ? hiddenIn(s.pending.first?.name) : HIDE.nothing)
}

function finish(s: State, out: Frame[]): void {
  const { reply } = s.writer
  reply.size = s.response.size
  s.responding = false
  s.answered = true
  out.push(reply)
  reply.event = eventOf(reply, s)
  if (reply.event !== null) return
  if (s.turns.paired) answer(reply, s)
  else giveUp(s)
}

function invalid(s: State): number {
  // The server's first bytes: another protocol.
  const foreign = s.conn.fromStart && !s.answered && !s.holes
  losePlace(s)
  return foreign ? FOREIGN : INVALID
}

/** `length` bytes of the server are missing; true: they are all within one string. */
export function responseGap(length: number, s: State): boolean {
  if (s.responding && s.response.gap(length)) return true
  losePlace(s)
  return false
}

// Where replies begin is not known, but what a server pushes can be told by its first bytes.
function findPlace({ buf, pos, end }: Cursor, s: State): boolean {
  s.placed = lookAtPush(buf, pos, end) === 'yes'
  return s.placed
}

function passOver({ buf, pos, end }: Cursor, s: State, out: Frame[]): number {
  const at = findPush(buf, pos, end)
  if (at === pos) return NEED_MORE
  giveUp(s)
  out.push(new Reply())
  return (at < 0 ? end : at) - pos
}

function leadsToReplication(first: number, s: State): boolean {
  const name = s.pending.first?.name
  return (name === 'SYNC' || name === 'PSYNC') && (first === LF || first === TYPE.bulk)
}

// The master is preparing a snapshot (an empty line now and then), or sends it: a bulk string without CR LF behind it.
function parseForReplica(first: number, s: State, out: Frame[]): number {
  const reply = new Reply()
  out.push(reply)
  if (first === LF) return 1
  reply.type = first
  settle(reply, s)
  return 1
}
