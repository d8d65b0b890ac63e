import { type Cursor, Filler, INVALID, NEED_MORE } from '../protocol.js'
import { MAGIC } from './binary.js'
import { parseBinaryRequest } from './binary-request.js'
import { Command, type Frame } from './frames.js'
import { lineEnd, numberOf, wordsOf } from './line.js'
import { loginOf } from './pairing.js'
import { complete, enqueue, loseCommands, type State } from './state.js'
import { COMMANDS } from './syntax.js'
import { CUT, DIALECT } from './table.js'

/** The longest line of a command: many keys may stand in it. */
const MAX_LINE = 64 * 1024
const MAX_ARGS = 32
/** No key and no argument is longer; what is longer is an error. */
const MAX_WORD = 250

/** One command of the client, or a part of one. */
export function parseRequest(bytes: Cursor, s: State, out: Frame[]): number {
  const { buf, pos, end } = bytes
  if (s.command !== null) return parseValue(bytes, s, out)
  if (pos === end) return NEED_MORE
  if (buf[pos] === MAGIC.request) return parseBinaryRequest(bytes, s, out)
  const next = lineEnd(buf, pos, end, MAX_LINE)
  if (next === 0) return NEED_MORE
  const command = next < 0 ? null : commandOf(wordsOf(buf, pos, next), s.shown)
  if (command === null) {
    loseCommands(s)
    return INVALID
  }
  out.push(command)
  if (command.valueSize !== null) beginValue(command, 2, bytes, s)
  enqueue(s, command)
  return next - pos
}

/** Goes on with the value of a command, and what ends it. */
export function beginValue(command: Command, ending: number, bytes: Cursor, s: State): void {
  command.reading = true
  s.command = command
  s.stored.begin(command.valueSize as number, ending, s.shown)
  bytes.skip = s.stored.needless
}

function parseValue(bytes: Cursor, s: State, out: Frame[]): number {
  const command = s.command as Command
  const eaten = s.stored.take(bytes.buf, bytes.pos, bytes.end)
  if (s.stored.left > 0) {
    bytes.skip = s.stored.needless
    return eaten
  }
  s.command = null
  const value = s.stored.shown()
  command.value = s.conn.options.redact ? loginOf(command, value, s) : value
  if (s.stored.cut) command.cut |= CUT.value
  out.push(new Filler())
  complete(s, command)
  return eaten
}

/** `length` bytes of the client are missing; true: they are all within one value. */
export function requestGap(length: number, s: State, lost: boolean): boolean {
  if (s.command === null || length > s.stored.left) {
    loseCommands(s)
    return false
  }
  s.command.lost = s.command.lost || lost
  s.stored.miss(length)
  return true
}

/** The command that the words are; null: they are none. */
export function commandOf(words: readonly string[], shown: number): Command | null {
  const [name, ...rest] = words
  if (name === undefined || !/^[a-z_]{2,32}$/.test(name)) return unknown(name)
  const { form } = COMMANDS.get(name) ?? { form: 'other' }
  const command = new Command(form === 'meta' ? DIALECT.meta : DIALECT.text, name)
  if (form !== 'meta' && rest.at(-1) === 'noreply') {
    command.mute = true
    rest.pop()
  }
  if (form === 'store') readStore(command, rest)
  else if (form === 'gat') readKeys(command, rest.slice(1), shown, numberOf(rest[0]))
  else if (form === 'get') readKeys(command, rest, shown, -1)
  else if (form === 'one') readOne(command, rest)
  else if (form === 'meta') readMeta(command, rest)
  else command.args = rest
  if (command.args.length > MAX_ARGS || command.args.some((word) => word.length > MAX_WORD)) {
    command.args = command.args.slice(0, MAX_ARGS).map((word) => word.slice(0, MAX_WORD))
    command.cut |= CUT.args
  }
  if (name === 'quit' || name === 'shutdown') command.mute = true
  return command
}

// A server answers any line with ERROR.
function unknown(name: string | undefined): Command | null {
  return name !== undefined && /^[\x21-\x7e]{1,32}$/.test(name) ? new Command(DIALECT.text, name) : null
}

// set key flags exptime bytes [noreply]; cas has its unique value behind them.
function readStore(command: Command, [key, flags, exptime, bytes, unique]: readonly string[]): void {
  addKey(command, key)
  command.flags = known(numberOf(flags))
  command.exptime = exptime === undefined ? null : known(numberOf(exptime.replace('-', '')), exptime.startsWith('-'))
  command.cas = unique ?? null
  // Where the line is wrong, no value is read.
  const size = numberOf(bytes)
  const isRight = command.flags !== null && command.exptime !== null && key !== undefined && key.length <= 250
  if (size >= 0 && size < 2 ** 31 && isRight) command.valueSize = size
}

function known(value: number, negative = false): number | null {
  return value < 0 ? null : negative ? -value : value
}

function readKeys(command: Command, keys: readonly string[], shown: number, exptime: number): void {
  command.exptime = known(exptime)
  let left = shown
  for (const key of keys) {
    if (left < key.length && command.keys.length > 0) {
      command.cut |= CUT.keys
      break
    }
    addKey(command, key)
    left -= key.length
  }
  command.count = keys.length
}

// incr key delta · delete key · touch key exptime
function readOne(command: Command, [key, ...rest]: readonly string[]): void {
  addKey(command, key)
  if (command.name === 'touch') command.exptime = known(numberOf(rest[0]))
  else command.args = rest
}

// mg key flags · ms key length flags, and a value
function readMeta(command: Command, [key, ...rest]: readonly string[]): void {
  addKey(command, key)
  const size = command.name === 'ms' ? numberOf(rest[0]) : -1
  if (size >= 0 && size < 2 ** 31) command.valueSize = size
  const flags = command.name === 'ms' ? rest.slice(1) : rest
  command.args = flags
  command.quiet = flags.includes('q')
  for (const flag of flags) {
    if (flag[0] === 'O') command.opaque = flag.slice(1)
    else if (flag[0] === 'T') command.exptime = known(numberOf(flag.slice(1)))
    else if (flag[0] === 'F') command.flags = known(numberOf(flag.slice(1)))
    else if (flag[0] === 'C') command.cas = flag.slice(1)
  }
}

function addKey(command: Command, key: string | undefined): void {
  if (key === undefined) return
  command.keys.push(key.slice(0, MAX_WORD))
  command.count = 1
  if (key.length > MAX_WORD) command.cut |= CUT.keys
}
