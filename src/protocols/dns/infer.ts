import type { Conn, Cursor, Guess, InferHint } from '../protocol.js'
import {
  HEADER_BYTES,
  type Header,
  isCertain,
  isNetbios,
  isPlausible,
  isQuestion,
  isSane,
  readHeader,
  readStructure,
  type Structure,
} from './message.js'
import type { Wire } from './name.js'
import { isDnsPort } from './state.js'

/** RFC 1035 §4.2.2: over streams, the length of a message precedes it. */
export const PREFIX_BYTES = 2

type Found = 'query' | 'response' | 'other' | 'short'

/** Is this DNS, and which end are we? */
export function infer(sent: Cursor, received: Cursor, hint: InferHint): Guess {
  const look = hint.transport === 'datagram' ? datagram : stream
  const [out, back] = [look(sent, hint), look(received, hint)]
  if (out === 'other' || back === 'other') return 'no'
  if (out === 'query' || back === 'response') return 'client'
  return out === 'response' || back === 'query' ? 'server' : 'need-more'
}

function datagram({ buf, pos, end }: Cursor, hint: InferHint): Found {
  if (pos === end) return 'short'
  const wire = { buf, start: pos, end }
  const header = readHeader(wire)
  return header !== undefined && isDns(wire, header, hint) ? kindOf(header) : 'other'
}

function isDns(wire: Wire, header: Header, hint: Conn['hint']): boolean {
  const structure = readStructure(wire, header)
  if (isDnsPort(hint)) return isReadable(header, structure)
  return isPlausible(header, wire.end - wire.start) && structure.after === wire.end && isCertain(structure)
}

/** Of what is sent where DNS is: is there enough that follows the rules? */
export function isReadable(header: Header, { questions, records, malformed }: Structure): boolean {
  if (questions.some(isNetbios) || records.some(isNetbios)) return false
  return !malformed || questions.length > 0 || isSane(header)
}

function stream({ buf, pos, end }: Cursor): Found {
  if (pos === end) return 'short'
  const message = prefixed(buf, pos, end)
  if (message === undefined) return 'other'
  const header = readHeader(message)
  if (header === undefined) return 'short'
  const { start, length } = message
  if (!isPlausible(header, length)) return 'other'
  const structure = readStructure(message, header)
  // Some clients add a mark of theirs after the question.
  if (start + length <= end) return isCertain(structure) ? kindOf(header) : 'other'
  return structure.questions.every(isQuestion) ? 'short' : 'other'
}

/** A message of a stream, as far as it is there; `length` is that of the whole. undefined: too short for one. */
export function prefixed(buf: Buffer, pos: number, end: number): (Wire & { readonly length: number }) | undefined {
  const start = pos + PREFIX_BYTES
  if (start > end) return { buf, start: end, end, length: 0 }
  const length = buf.readUInt16BE(pos)
  return length < HEADER_BYTES ? undefined : { buf, start, end: Math.min(end, start + length), length }
}

function kindOf({ response }: Header): Found {
  return response ? 'response' : 'query'
}
