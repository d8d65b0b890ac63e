import { type Cursor, INVALID, type Kind, NEED_MORE } from '../protocol.js'
import { Frame } from './frame.js'
import { isReadable, PREFIX_BYTES, prefixed } from './infer.js'
import {
  HEADER_BYTES,
  type Header,
  isPlausible,
  isQuestion,
  readHeader,
  readStructure,
  type Structure,
} from './message.js'
import type { Wire } from './name.js'
import type { State } from './state.js'
import { Transfer } from './transfer.js'
import { TYPE } from './words.js'

const TRANSFERS_MAX = 64

/** Reads a datagram, or the next message of a stream. */
export function parse(kind: Kind, bytes: Cursor, state: State, out: Frame[]): number {
  const { buf, pos, end } = bytes
  if (!state.stream) return add(kind, { buf, start: pos, end }, state, out) ? end - pos : INVALID
  if (pos === end) return NEED_MORE
  const message = prefixed(buf, pos, end)
  if (message === undefined) return INVALID
  bytes.want = PREFIX_BYTES + (message.length || HEADER_BYTES)
  const { start, length } = message
  if (length === 0 || start + length > end) return NEED_MORE
  return add(kind, message, state, out) ? PREFIX_BYTES + length : INVALID
}

// false: it is none of this kind.
function add(kind: Kind, wire: Wire, state: State, out: Frame[]): boolean {
  const header = readHeader(wire)
  if (header === undefined || header.response !== (kind === 'response')) return false
  const structure = readStructure(wire, header)
  if (!isReadable(header, structure)) return false
  out.push(header.response ? response(wire, header, structure, state) : query(wire, header, structure, state))
  return true
}

function query(wire: Wire, header: Header, structure: Structure, state: State): Frame {
  const frame = new Frame(wire, header, structure, state)
  const type = frame.question?.type
  if (!state.stream || (type !== TYPE.AXFR && type !== TYPE.IXFR)) return frame
  // A zone may be long, and every message of it says where the next one begins.
  state.conn.whole = true
  const [oldest] = state.transfers.keys()
  if (state.transfers.size >= TRANSFERS_MAX && oldest !== undefined) state.transfers.delete(oldest)
  state.transfers.set(header.id, new Transfer(frame.key, type === TYPE.IXFR))
  return frame
}

function response(wire: Wire, header: Header, structure: Structure, state: State): Frame {
  const transfer = state.transfers.get(header.id)
  const frame = new Frame(wire, header, structure, state, transfer?.body)
  if (transfer === undefined || (frame.key !== transfer.key && frame.key !== '')) return frame
  transfer.body = frame.body
  frame.transferred = true
  frame.key = transfer.key
  frame.last = header.rcode !== 0 || structure.malformed || transfer.add(wire.buf, structure.records)
  if (frame.last) state.transfers.delete(header.id)
  return frame
}

/** The offset of the next message of a stream. */
export function findBoundary(kind: Kind, { buf, pos, end }: Cursor): number {
  const response = kind === 'response'
  for (let at = pos; at + PREFIX_BYTES + HEADER_BYTES <= end; at++) {
    // First what most bytes are not: flags of this direction, and fewer than 256 questions.
    if ((buf[at + 4] as number) >= 0x80 !== response || buf[at + 6] !== 0 || buf[at + 7] === 0) continue
    if (isMessage(kind, buf, at, end)) return at
  }
  return -1
}

// Of one that is not all there, its first question is.
function isMessage(kind: Kind, buf: Buffer, at: number, end: number): boolean {
  const message = prefixed(buf, at, end)
  const header = message === undefined ? undefined : readHeader(message)
  if (message === undefined || header === undefined || header.response !== (kind === 'response')) return false
  if (!isPlausible(header, message.length)) return false
  const { questions, malformed } = readStructure(message, header)
  if (questions.length === 0 || !questions.every(isQuestion)) return false
  return message.start + message.length <= end ? !malformed : true
}
