import { ByteCursor } from '../cursor.js'
import { endOf } from '../ends.js'
import type { Cursor, Guess, InferHint } from '../protocol.js'
import { HEADER, Header, MAGIC } from './binary.js'
import { FRAME, readFrame } from './frame-header.js'
import { lineEnd, numberOf, wordsOf } from './line.js'
import { COMMANDS } from './syntax.js'

const MAX_LINE = 8192
const SHORT_LINE = 512
/** So much of a value behind the line of its command is enough. */
const LARGE = 1024
const LONG_DATAGRAM = 512
const FIRST_LINE = /^([a-z_]*)([^\r\n]*)/
const UNANSWERED = / (?:noreply|q)(?: |$)/

/** `sure` alone is enough · `command` is with an answer that fits · `reply` · `more` cannot be told yet. */
type Sign = 'sure' | 'command' | 'reply' | 'more' | 'no'

/** Who sends commands is the client; see `Protocol.infer`. */
export function infer(sent: Cursor, received: Cursor, hint: InferHint): Guess {
  if (hint.transport === 'datagram') return inferDatagram(sent, received)
  const client = isClient(sent, received, hint.fromStart)
  const server = isClient(received, sent, hint.fromStart)
  return endOf(client, server, hint.role)
}

function inferDatagram(sent: Cursor, received: Cursor): Guess {
  const [message, there, back] =
    sent.end > sent.pos ? ([sent, 'client', 'server'] as const) : ([received, 'server', 'client'] as const)
  const bytes = new ByteCursor(message.buf, Math.min(message.pos + FRAME, message.end), message.end)
  const request = readFrame('request', message)
  if (request?.parts === 1 && /^(?:sure|command)$/.test(requestAt(bytes.buf, bytes.pos, bytes.end))) return there
  const response = readFrame('response', message)
  // A datagram that is not the last is long.
  if (response?.part !== 0 || (response.parts > 1 && message.end - message.pos < LONG_DATAGRAM)) return 'no'
  return ['', 'incr'].some((command) => signOfReply(bytes, command) === 'reply') ? back : 'no'
}

function isClient(requests: Cursor, responses: Cursor, fromStart: boolean): 'yes' | 'no' | 'more' {
  const asked = signOfRequest(requests, fromStart)
  if (asked === 'no') return 'no'
  const isAnswered = responses.pos < responses.end
  const answered = signOfReply(responses, fromStart && isAnswered ? nameOf(requests) : '')
  if (answered === 'no') return asked === 'sure' && !fromStart ? 'yes' : 'no'
  if (asked === 'sure') return 'yes'
  return asked === 'command' && answered === 'reply' ? 'yes' : 'more'
}

// '': what answers first may answer a later command.
function nameOf({ buf, pos, end }: Cursor): string {
  const [, name = '', rest = ''] = FIRST_LINE.exec(buf.toString('latin1', pos, Math.min(end, pos + MAX_LINE))) ?? []
  return UNANSWERED.test(rest) ? '' : name
}

function signOfRequest({ buf, pos, end }: Cursor, fromStart: boolean): Sign {
  const sign = requestAt(buf, pos, end)
  if (sign !== 'no' || fromStart) return sign
  const at = findCommand(buf, pos, end)
  return at < 0 ? 'no' : requestAt(buf, at, end)
}

function requestAt(buf: Buffer, pos: number, end: number): Sign {
  if (pos === end) return 'more'
  if (buf[pos] === MAGIC.request) return binaryAt(buf, pos, end)
  const next = lineEnd(buf, pos, end, MAX_LINE)
  if (next < 0) return 'no'
  const words = wordsOf(buf, pos, next === 0 ? Math.min(end, pos + SHORT_LINE) + 1 : next)
  if (next === 0) return mayBecome(words) ? 'more' : 'no'
  if (!isCommand(words)) return 'no'
  const size = sizeOf(words)
  if (size < 0) return 'command'
  const last = next + size
  if (last >= end) return end - next < LARGE ? 'command' : 'sure'
  // The value ends where its length says.
  if (buf[last] !== 13) return 'no'
  return last + 1 < end ? (buf[last + 1] === 10 ? 'sure' : 'no') : 'command'
}

function mayBecome([name = '', ...rest]: readonly string[]): boolean {
  if (rest.length > 0) return COMMANDS.has(name)
  return [...COMMANDS.keys()].some((each) => each.startsWith(name))
}

function binaryAt(buf: Buffer, pos: number, end: number): Sign {
  if (end - pos < HEADER) return 'more'
  const header = new Header(buf, pos)
  if (!header.isRequest) return 'no'
  const next = pos + HEADER + header.extras + header.key + header.value
  return next === end || buf[next] === MAGIC.request ? 'sure' : 'command'
}

function sizeOf(words: readonly string[]): number {
  const form = COMMANDS.get(words[0] as string)?.form
  return form === 'store' ? numberOf(words[4]) : words[0] === 'ms' ? numberOf(words[2]) : -1
}

/** Whether the words are a command as the specification has it. */
export function isCommand([name = '', ...words]: readonly string[]): boolean {
  const form = COMMANDS.get(name)?.form
  const [first = ''] = words
  if (form === undefined || words.some((word) => word.length > 250)) return false
  if (form === 'get') return words.length > 0
  if (form === 'gat') return numberOf(first) >= 0 && words.length > 1
  if (form === 'store') return isStore(name, words)
  if (name === 'mn') return words.length === 0
  if (form === 'meta')
    return first !== '' && words.slice(name === 'ms' ? 2 : 1).every((flag) => /^[A-Za-z]\S*$/.test(flag))
  if (name === 'incr' || name === 'decr') return /^\d{1,20}$/.test(words[1] ?? '')
  if (name === 'touch') return numberOf(words[1]) >= 0
  return form === 'one' ? words.length > 0 : words.length < 8
}

function isStore(name: string, words: readonly string[]): boolean {
  const [, flags, exptime = '', bytes] = words
  const most = name === 'cas' ? 6 : 5
  return numberOf(flags) >= 0 && /^-?\d{1,10}$/.test(exptime) && numberOf(bytes) >= 0 && words.length <= most
}

const GOT = /^VALUE \S{1,250} \d{1,10} \d{1,10}(?: \d{1,20})?\r\n/
const COMMON = /^(?:ERROR|CLIENT_ERROR [^\r\n]*|SERVER_ERROR [^\r\n]*)\r\n/
/** What the answers to a command look like; by its name where that is known. */
const ANSWERS: readonly (readonly [RegExp, RegExp])[] = [
  [/^gets?$|^gats?$/, GOT],
  [/^(?:gets?|gats?|stats)$/, /^END\r\n/],
  [/^(?:set|add|replace|append|prepend|cas)$/, /^(?:STORED|NOT_STORED|EXISTS|NOT_FOUND)\r\n/],
  [/^(?:incr|decr)$/, /^(?:\d{1,20} *|NOT_FOUND)\r\n/],
  [/^delete$/, /^(?:DELETED|NOT_FOUND)\r\n/],
  [/^touch$/, /^(?:TOUCHED|NOT_FOUND)\r\n/],
  [/^version$/, /^VERSION \S+\r\n/],
  [/^stats$/, /^(?:STAT|ITEM) \S+ [^\r\n]*\r\n|^RESET\r\n/],
  [/^(?:flush_all|verbosity|lru|slabs|cache_memlimit|lru_crawler|stats|watch)$/, /^OK\r\n/],
  [/^mg$/, /^(?:VA \d{1,10}(?: \S+)*|HD(?: \S+)*|EN)\r\n/],
  [/^m[sda]$/, /^(?:VA \d{1,10}|HD|NS|EX|NF)(?: \S+)*\r\n/],
  [/^mn$/, /^MN\r\n/],
  [/^me$/, /^(?:ME \S+(?: \S+=\S+)*|EN)\r\n/],
]
const NUMBER = /^\d/
/** An answer that is one line, with another line behind it. */
const LINE = /^(?!VA)[^\r\n]*\r\n(?=[^\n]*\n)/
const LONGEST = 320

// `command` '': any answer that can only be this protocol's.
function signOfReply({ buf, pos, end }: Cursor, command: string): Sign {
  if (pos === end) return 'more'
  if (buf[pos] === MAGIC.response) return replyHeaderAt(buf, pos, end)
  if (!beginsReply(buf[pos] as number)) return 'no'
  const start = buf.toString('latin1', pos, Math.min(end, pos + LONGEST))
  if (isReply(start, command)) return 'reply'
  const isOpen = !start.includes('\n') && start.length < LONGEST && /^[\x20-\x7e]*\r?$/.test(start)
  return isOpen ? 'more' : 'no'
}

// A digit or a capital letter.
function beginsReply(c: number): boolean {
  return (c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x5a)
}

// A number alone is no sign of what it answers.
function isReply(start: string, command: string): boolean {
  if (command === '' && NUMBER.test(start)) return false
  return isAnswerTo(command, start) && (!LINE.test(start) || isAnswerTo('', start.replace(LINE, '')))
}

function isAnswerTo(command: string, text: string): boolean {
  return (
    ANSWERS.some(([names, answer]) => (command === '' || names.test(command)) && answer.test(text)) || COMMON.test(text)
  )
}

function replyHeaderAt(buf: Buffer, pos: number, end: number): Sign {
  if (end - pos < HEADER) return 'more'
  return new Header(buf, pos).isResponse ? 'reply' : 'no'
}

/** The first offset at which a command begins: behind the end of a line, or a header of the binary protocol; -1: none. */
export function findCommand(buf: Buffer, pos: number, end: number): number {
  for (let at = pos; at < end; at++) {
    if (buf[at] === MAGIC.request && end - at >= HEADER && new Header(buf, at).isRequest) return at
    if ((at === pos || buf[at - 1] === 10) && isCommandAt(buf, at, end)) return at
  }
  return -1
}

function isCommandAt(buf: Buffer, at: number, end: number): boolean {
  const c = buf[at] as number
  if (c < 0x61 || c > 0x7a) return false
  const next = lineEnd(buf, at, end, MAX_LINE)
  return next > 0 && isCommand(wordsOf(buf, at, next))
}
