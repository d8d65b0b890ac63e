import { ByteReader } from '../byte-reader.js'

/** Bytes before the body of a message: length 4 (it counts itself), request id 4, id answered 4, opcode 4; all little-endian. */
export const HEADER = 16

/** Opcodes of messages. */
export const OP = {
  reply: 1,
  update: 2001,
  insert: 2002,
  query: 2004,
  getMore: 2005,
  delete: 2006,
  killCursors: 2007,
  command: 2010,
  commandReply: 2011,
  compressed: 2012,
  msg: 2013,
} as const

/** Opcodes as the documentation writes them. */
export const OP_WORDS: Readonly<Record<number, string>> = {
  [OP.reply]: 'OP_REPLY',
  [OP.update]: 'OP_UPDATE',
  [OP.insert]: 'OP_INSERT',
  [OP.query]: 'OP_QUERY',
  [OP.getMore]: 'OP_GET_MORE',
  [OP.delete]: 'OP_DELETE',
  [OP.killCursors]: 'OP_KILL_CURSORS',
  [OP.command]: 'OP_COMMAND',
  [OP.commandReply]: 'OP_COMMANDREPLY',
  [OP.compressed]: 'OP_COMPRESSED',
  [OP.msg]: 'OP_MSG',
}

/** Bits of an OP_MSG: a checksum follows; another message follows without a question, and this one is not answered. */
export const MSG_CHECKSUM = 1
export const MSG_MORE_TO_COME = 2
export const MSG_EXHAUST_ALLOWED = 1 << 16
/** Bit of an OP_QUERY: all batches are sent without being asked for. */
export const QUERY_EXHAUST = 1 << 6
/** Bits of an OP_REPLY: the cursor is not known, the query failed. */
export const REPLY_CURSOR_NOT_FOUND = 1
export const REPLY_QUERY_FAILURE = 2

/** No message of a server or client is longer. */
export const MAX_MESSAGE = 48_000_000 + 16 * 1024

/** The header of a message. */
export interface Head {
  readonly size: number
  readonly id: number
  /** The id of the message that this one answers. */
  readonly to: number
  readonly op: number
}

/** The header at `pos`, or undefined where there can be none. */
export function headAt(from: 'client' | 'server', buf: Buffer, pos: number): Head | undefined {
  const size = i32(buf, pos)
  const op = i32(buf, pos + 12)
  if (size <= HEADER || size > MAX_MESSAGE || !isFrom(from, op)) return undefined
  return { size, id: i32(buf, pos + 4), to: i32(buf, pos + 8), op }
}

/** Whether this end sends messages of this opcode. */
export function isFrom(from: 'client' | 'server', op: number): boolean {
  if (op === OP.msg || op === OP.compressed) return true
  const answers = op === OP.reply || op === OP.commandReply
  return from === 'server' ? answers : !answers && OP_WORDS[op] !== undefined
}

/** The little-endian 32-bit number at `pos`, signed. */
export function i32(buf: Buffer, pos: number): number {
  const low = (buf[pos] as number) | ((buf[pos + 1] as number) << 8)
  return low | ((buf[pos + 2] as number) << 16) | ((buf[pos + 3] as number) << 24)
}

/** Reads fields of a body. */
export class Reader extends ByteReader {
  readonly #start: number

  constructor(buf: Buffer, pos: number, end: number) {
    super(buf, pos, end)
    this.#start = pos
  }

  /** Bytes read so far. */
  get read(): number {
    return this.pos - this.#start
  }

  i64(): bigint {
    const at = this.take(8)
    return at < 0 ? 0n : this.buf.readBigInt64LE(at)
  }

  i32(): number {
    const at = this.take(4)
    return at < 0 ? 0 : i32(this.buf, at)
  }

  /** The text up to the next NUL, which is passed; at most `limit` bytes. */
  text(limit: number): string {
    const start = this.pos
    const nul = this.buf.indexOf(0, start)
    if (nul < 0 || nul >= this.end || nul - start > limit) {
      this.ok = false
      return ''
    }
    this.pos = nul + 1
    return this.buf.toString('utf8', start, nul)
  }
}
