/** Bytes before the body of an envelope: version 1, flags 1, stream 2, opcode 1, length of the body 4; all big-endian. */
export const HEADER = 9
/** The same in versions 1 and 2, which have streams of one byte. */
const OLD_HEADER = 8
/** No body is longer. */
export const MAX_BODY = 256 * 1024 * 1024

/** Opcodes (CQL binary protocol, "4. Messages"). */
export const OP = {
  error: 0,
  startup: 1,
  ready: 2,
  authenticate: 3,
  options: 5,
  supported: 6,
  query: 7,
  result: 8,
  prepare: 9,
  execute: 10,
  register: 11,
  event: 12,
  batch: 13,
  authChallenge: 14,
  authResponse: 15,
  authSuccess: 16,
} as const

/** Opcodes as the specification writes them. */
export const OP_WORDS: Readonly<Record<number, string>> = {
  [OP.error]: 'ERROR',
  [OP.startup]: 'STARTUP',
  [OP.ready]: 'READY',
  [OP.authenticate]: 'AUTHENTICATE',
  [OP.options]: 'OPTIONS',
  [OP.supported]: 'SUPPORTED',
  [OP.query]: 'QUERY',
  [OP.result]: 'RESULT',
  [OP.prepare]: 'PREPARE',
  [OP.execute]: 'EXECUTE',
  [OP.register]: 'REGISTER',
  [OP.event]: 'EVENT',
  [OP.batch]: 'BATCH',
  [OP.authChallenge]: 'AUTH_CHALLENGE',
  [OP.authResponse]: 'AUTH_RESPONSE',
  [OP.authSuccess]: 'AUTH_SUCCESS',
}

/** Bits of a header. */
export const FLAG = { compressed: 1, traced: 2, payload: 4, warned: 8, beta: 16 } as const
const FLAGS = 31

const ASKED: readonly number[] = [
  OP.startup,
  OP.options,
  OP.query,
  OP.prepare,
  OP.execute,
  OP.register,
  OP.batch,
  OP.authResponse,
]
const FROM_SERVER = 0x80
/** The stream of what the server says unasked. */
export const UNASKED = -1

/** The header of an envelope. */
export interface Head {
  readonly version: number
  readonly flags: number
  readonly stream: number
  readonly op: number
  /** Bytes of the header, and of the body. */
  readonly size: number
  readonly length: number
}

/** Versions 3 to 6, and 65 and 66 of DSE, have the header that is read here. */
export function isVersion(version: number): boolean {
  return (version >= 3 && version <= 6) || version === 65 || version === 66
}

/** Whether envelopes of this version are put into segments once a connection is open. */
export function hasSegments(version: number): boolean {
  return version === 5 || version === 6
}

/** Whether flags of a request are 4 bytes. */
export function hasWideFlags(version: number): boolean {
  return version >= 5
}

/** Whether prepared statements have an id of their result's columns, too. */
export function hasResultId(version: number): boolean {
  return version === 5 || version === 6 || version === 66
}

/** The header at `pos`, HEADER bytes of which are there; undefined: there can be none. */
export function headAt(from: 'client' | 'server', buf: Buffer, pos: number): Head | undefined {
  const first = buf[pos] as number
  const version = first & 0x7f
  const answers = (first & FROM_SERVER) !== 0
  if (answers !== (from === 'server')) return undefined
  if (!isVersion(version)) return answers ? oldHeadAt(buf, pos, version) : undefined
  const op = buf[pos + 4] as number
  const flags = buf[pos + 1] as number
  const stream = buf.readInt16BE(pos + 2)
  const length = buf.readInt32BE(pos + 5)
  if ((flags & ~FLAGS) !== 0 || OP_WORDS[op] === undefined || ASKED.includes(op) === answers) return undefined
  if (length < 0 || length > MAX_BODY || (!answers && stream < 0)) return undefined
  return { version, flags, stream, op, size: HEADER, length }
}

// What an old server says to a version that it does not know.
function oldHeadAt(buf: Buffer, pos: number, version: number): Head | undefined {
  if ((version !== 1 && version !== 2) || buf[pos + 3] !== OP.error || buf[pos + 1] !== 0) return undefined
  const length = buf.readInt32BE(pos + 4)
  if (length < 6 || length > 0xffff) return undefined
  return { version, flags: 0, stream: buf.readInt8(pos + 2), op: OP.error, size: OLD_HEADER, length }
}
