import type { Cursor, Guess, InferHint } from '../protocol.js'
import { findPush, lookAtPush } from './pushes.js'
import { COMMANDS, CONTAINERS } from './syntax.js'
import { TYPE } from './table.js'
import { CR, headerEnd, isAggregate, isBulk, isScalar, isText, LF, lengthAt, mayBeginReply } from './values.js'

/**
 * What the bytes of one direction look like: `command` a known one · `strings` an array of strings: a command or a reply · `line`
 * an inline command · `push` what only a server sends · `refusal` a reply that needs no command · `more` cannot be told yet.
 */
type Sign = 'command' | 'strings' | 'line' | 'reply' | 'push' | 'refusal' | 'more' | 'no'

const MAX_NAME = 64
const MAX_LINE = 512
const ERROR = /^-[A-Z][A-Z0-9_]*(?: |$)/
const REFUSAL = /^-(?:ERR max number of clients|DENIED )/
const FIRST_WORD = /^[A-Za-z]+/
const OTHERS_LINE = / HTTP\/\d|^(?:AUTH|QUIT)\b/i

/** Who sends commands is the client; see `Protocol.infer`. */
export function infer(sent: Cursor, received: Cursor, hint: InferHint): Guess {
  const { fromStart, role } = hint
  const ours = signOf(sent, fromStart)
  const theirs = signOf(received, fromStart)
  const client = isClient(ours, theirs, fromStart, role !== 'server')
  const server = isClient(theirs, ours, fromStart, role !== 'client')
  if (client === 'yes') return 'client'
  if (server === 'yes') return 'server'
  // The reply to COMMAND LIST looks like a command.
  if (fromStart && ours === 'command' && theirs === 'command' && role !== 'unknown') return role
  return client === 'no' && server === 'no' ? 'no' : 'need-more'
}

// `connects`: it is not known to have been connected to, as a master is that sends commands to its replica.
function isClient(sign: Sign, other: Sign, fromStart: boolean, connects: boolean): 'yes' | 'more' | 'no' {
  const replies = other === 'reply' || other === 'push' || other === 'refusal'
  switch (sign) {
    case 'command':
      if (replies || other === 'strings') return 'yes'
      if (other === 'more') return fromStart || connects ? 'yes' : 'more'
      if (other === 'no') return fromStart ? 'no' : 'yes'
      return other === 'command' ? 'more' : 'no'
    case 'strings':
    case 'line':
      if (replies) return 'yes'
      return other === 'more' || other === 'strings' ? 'more' : 'no'
    case 'more':
      if (other === 'push' || other === 'refusal') return 'yes'
      return other === 'no' ? 'no' : 'more'
    default:
      return 'no'
  }
}

function signOf({ buf, pos, end }: Cursor, fromStart: boolean): Sign {
  const sign = signAt(buf, pos, end)
  if (sign !== 'no' || fromStart) return sign
  // Joined in the middle of a string: a message or a command may follow it.
  const command = findCommand(buf, pos, end)
  if (command >= 0 && lookAtCommand(buf, command, end) === 'command') return 'command'
  const push = findPush(buf, pos, end)
  return push >= 0 && lookAtPush(buf, push, end) === 'yes' ? 'push' : 'no'
}

function signAt(buf: Buffer, start: number, end: number): Sign {
  let pos = start
  while (pos < end && (buf[pos] === LF || buf[pos] === CR)) pos++
  if (pos === end) return 'more'
  const push = lookAtPush(buf, pos, end)
  if (push !== 'no') return push === 'yes' ? 'push' : 'more'
  const type = buf[pos] as number
  if (!mayBeginReply(type)) return lookAtLine(buf, pos, end)
  if (isText(type)) return lookAtText(buf, pos, end)
  if (!isBulk(type) && !isAggregate(type)) return lookAtScalar(type, buf, pos, end)
  const cr = headerEnd(buf, pos + 1, end)
  if (cr <= 0) return cr === 0 ? 'more' : 'no'
  const length = lengthAt(buf, pos + 1, cr)
  if (length < -1) return 'no'
  if (isBulk(type)) return lookAtBulk(buf, cr + 2, end, length)
  if (length <= 0) return 'reply'
  if (cr + 2 === end) return 'more'
  if (!mayBeginReply(buf[cr + 2] as number)) return 'no'
  return type === TYPE.array && buf[cr + 2] === TYPE.bulk ? lookAtCommand(buf, pos, end) : 'reply'
}

function lookAtBulk(buf: Buffer, content: number, end: number, length: number): Sign {
  const cr = content + Math.max(length, 0)
  if (length < 0 || cr >= end) return 'reply'
  return buf[cr] === CR ? 'reply' : 'no'
}

function lookAtScalar(type: number, buf: Buffer, pos: number, end: number): Sign {
  const line = lineAt(buf, pos, end)
  if (line === undefined) return 'no'
  if (!line.whole) return 'more'
  if (!endsReply(buf, pos, end)) return 'no'
  return isScalar(type, buf, pos + 1, pos + line.text.length) ? 'reply' : 'no'
}

// The printable text of the line at `pos`; undefined: it is none. `whole` tells whether its end has come.
function lineAt(buf: Buffer, pos: number, end: number): { readonly text: string; readonly whole: boolean } | undefined {
  const lf = buf.indexOf(LF, pos)
  const whole = lf >= 0 && lf < end
  let last = Math.min(whole ? lf : end, pos + MAX_LINE)
  if (buf[last - 1] === CR) last--
  for (let i = pos; i < last; i++) if ((buf[i] as number) < 32) return undefined
  return { text: buf.toString('latin1', pos, last), whole: whole || end - pos > MAX_LINE }
}

function lookAtText(buf: Buffer, pos: number, end: number): Sign {
  const line = lineAt(buf, pos, end)
  if (line === undefined) return 'no'
  if (!line.whole) return 'more'
  if (!endsReply(buf, pos, end)) return 'no'
  if (buf[pos] === TYPE.simple) return 'reply'
  if (REFUSAL.test(line.text)) return 'refusal'
  return ERROR.test(line.text) ? 'reply' : 'no'
}

// With CR LF, and behind it nothing or another reply.
function endsReply(buf: Buffer, pos: number, end: number): boolean {
  const lf = buf.indexOf(LF, pos)
  if (lf < 0 || lf >= end) return true
  return buf[lf - 1] === CR && (lf + 1 === end || mayBeginReply(buf[lf + 1] as number))
}

// Behind an inline command nothing, an empty line or another command.
function endsLine(buf: Buffer, pos: number, end: number): boolean {
  const next = buf.indexOf(LF, pos) + 1
  if (next === 0 || next >= end || [TYPE.array, CR, LF].includes(buf[next] as number)) return true
  const [word = ''] = FIRST_WORD.exec(buf.toString('latin1', next, Math.min(end, next + MAX_NAME))) ?? []
  return isKnown(word) || (word !== '' && next + word.length === end)
}

function lookAtLine(buf: Buffer, pos: number, end: number): Sign {
  const line = lineAt(buf, pos, end)
  const word = line === undefined ? undefined : FIRST_WORD.exec(line.text)?.[0]
  if (line === undefined || word === undefined) return 'no'
  if (!line.whole && word.length === line.text.length && word.length <= MAX_NAME) return 'more'
  if (!isKnown(word) || OTHERS_LINE.test(line.text)) return 'no'
  if (!line.whole) return 'more'
  return endsLine(buf, pos, end) ? 'line' : 'no'
}

function isKnown(word: string): boolean {
  const name = word.toUpperCase()
  return COMMANDS.has(name) || CONTAINERS.has(name)
}

// `*2\r\n$3\r\nGET…`: strings only.
function lookAtCommand(buf: Buffer, pos: number, end: number): Sign {
  const head = headerEnd(buf, pos + 1, end)
  if (head <= 0) return head === 0 ? 'more' : 'no'
  const count = lengthAt(buf, pos + 1, head)
  if (count < 1) return 'no'
  let sign: Sign = 'more'
  let at = head + 2
  for (let i = 0; i < count && at < end; i++) {
    if (buf[at] !== TYPE.bulk) return i > 0 && mayBeginReply(buf[at] as number) ? 'reply' : 'no'
    const cr = headerEnd(buf, at + 1, end)
    if (cr <= 0) return cr === 0 ? sign : 'no'
    const length = lengthAt(buf, at + 1, cr)
    if (length < 0) return length === -1 ? 'reply' : 'no'
    const content = cr + 2
    if (i === 0) sign = lookAtName(buf, content, end, length)
    at = content + length + 2
    if (at - 2 < end && buf[at - 2] !== CR) return 'no'
  }
  return sign
}

function lookAtName(buf: Buffer, start: number, end: number, length: number): Sign {
  if (length === 0 || length > MAX_NAME) return 'strings'
  if (end - start < length) return 'more'
  return isKnown(buf.toString('latin1', start, start + length)) ? 'command' : 'strings'
}

/** The next offset at which a command may begin, or -1. */
export function findCommand(buf: Buffer, pos: number, end: number): number {
  for (let at = buf.indexOf(TYPE.array, pos); at >= 0 && at < end; at = buf.indexOf(TYPE.array, at + 1)) {
    const sign = lookAtCommand(buf, at, end)
    if (sign !== 'no' && sign !== 'reply') return at
  }
  return -1
}
