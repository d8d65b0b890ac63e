import type { Cursor, Kind } from '../protocol.js'

/** Bytes before a request or an answer that is sent as datagrams; doc/protocol.txt. */
export const FRAME = 8

/** What stands before the bytes of a datagram. */
export interface FrameHeader {
  /** Chosen by the client; in the answer the same. */
  readonly id: number
  /** Which datagram of the message it is, and of how many. */
  readonly part: number
  readonly parts: number
}

/** undefined: the datagram does not begin with one. Servers send zeros behind it, and do not look at what clients send there. */
export function readFrame(kind: Kind, { buf, pos, end }: Cursor): FrameHeader | undefined {
  if (end - pos < FRAME || (kind === 'response' && buf.readUInt16BE(pos + 6) !== 0)) return undefined
  const [id, part, parts] = [0, 2, 4].map((at) => buf.readUInt16BE(pos + at)) as [number, number, number]
  // To `quit`, a server sends an empty answer of no datagrams.
  return part < parts || (parts === 0 && end - pos === FRAME) ? { id, part, parts } : undefined
}
