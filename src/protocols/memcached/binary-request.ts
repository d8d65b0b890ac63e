import { text } from '../../records/text.js'
import { type Cursor, INVALID, NEED_MORE } from '../protocol.js'
import { HEADER, Header, OPERATIONS } from './binary.js'
import { Command, type Frame } from './frames.js'
import { beginValue } from './request.js'
import { enqueue, loseCommands, type State } from './state.js'
import { DIALECT } from './table.js'

/** Quiet operations: of those that retrieve, hits are answered; of the others, what fails. */
const QUIET = /^(?!quit).+q$/

/** A request of the binary protocol, up to its value. */
export function parseBinaryRequest(bytes: Cursor, s: State, out: Frame[]): number {
  const { buf, pos, end } = bytes
  if (end - pos < HEADER) {
    bytes.want = HEADER
    return NEED_MORE
  }
  const header = new Header(buf, pos)
  const isKnown = OPERATIONS.has(header.opcode)
  if (isKnown ? !header.isRequest : !header.isSound) {
    loseCommands(s)
    return INVALID
  }
  const body = HEADER + header.extras + header.key
  if (end - pos < body) {
    bytes.want = body
    return NEED_MORE
  }
  const command = commandOf(header, buf, pos + HEADER)
  if (!isKnown || OPERATIONS.get(header.opcode)?.value) command.valueSize = header.value
  out.push(command)
  if (header.value > 0) beginValue(command, 0, bytes, s)
  else if (command.valueSize !== null) command.value = ''
  enqueue(s, command)
  return body
}

function commandOf(header: Header, buf: Buffer, extras: number): Command {
  const { opcode } = header
  const name = OPERATIONS.get(opcode)?.name ?? `opcode_${opcode.toString(16).padStart(2, '0')}`
  const command = new Command(DIALECT.binary, name)
  command.opcode = opcode
  command.opaque = header.opaque
  command.quiet = QUIET.test(name) && OPERATIONS.has(opcode)
  command.mute = name === 'quitq'
  if (header.cas !== '0') command.cas = header.cas
  const key = extras + header.extras
  if (header.key > 0) {
    command.keys.push(text(buf, key, key + header.key))
    command.count = 1
  }
  readExtras(command, header.extras, buf, extras)
  return command
}

// Flags and expiration of what is stored; delta, initial value and expiration of a counter; else an expiration.
function readExtras(command: Command, length: number, buf: Buffer, pos: number): void {
  if (length === 8) {
    command.flags = buf.readUInt32BE(pos)
    command.exptime = buf.readUInt32BE(pos + 4)
  } else if (length === 20) {
    command.args = [buf.readBigUInt64BE(pos).toString(), buf.readBigUInt64BE(pos + 8).toString()]
    command.exptime = buf.readUInt32BE(pos + 16)
  } else if (length === 4 && command.name === 'verbosity') command.args = [`${buf.readUInt32BE(pos)}`]
  else if (length === 4) command.exptime = buf.readUInt32BE(pos)
}
