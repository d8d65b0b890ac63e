import { ByteReader, u16, u32 } from '../byte-reader.js'

/** Bytes before the body of a message: type 1, length 4 (big-endian; it counts itself, but not the type). */
export const HEADER = 5

/** Types of the client's messages. */
export const FRONT = {
  bind: 0x42,
  close: 0x43,
  describe: 0x44,
  execute: 0x45,
  functionCall: 0x46,
  flush: 0x48,
  parse: 0x50,
  query: 0x51,
  sync: 0x53,
  terminate: 0x58,
  copyDone: 0x63,
  copyData: 0x64,
  copyFail: 0x66,
  secret: 0x70,
} as const

/** Types of the server's messages. */
export const BACK = {
  parseComplete: 0x31,
  bindComplete: 0x32,
  closeComplete: 0x33,
  notification: 0x41,
  commandComplete: 0x43,
  dataRow: 0x44,
  error: 0x45,
  copyIn: 0x47,
  copyOut: 0x48,
  emptyQuery: 0x49,
  backendKey: 0x4b,
  notice: 0x4e,
  authentication: 0x52,
  parameterStatus: 0x53,
  rowDescription: 0x54,
  functionResult: 0x56,
  copyBoth: 0x57,
  ready: 0x5a,
  copyDone: 0x63,
  copyData: 0x64,
  noData: 0x6e,
  portalSuspended: 0x73,
  parameterDescription: 0x74,
  negotiateVersion: 0x76,
} as const

/** What the untyped packets that open a connection ask for. */
export const OPENING = { cancel: 80877102, ssl: 80877103, gss: 80877104, majorVersion: 3 } as const
export const MAX_OPENING = 10000

const ANY = 1 << 30
const NAME = 8192
const TOKEN = 65540
const TEXT = 1 << 24

type Lengths = Readonly<Record<number, readonly [number, number]>>

// Type → least and greatest length.
const CLIENT_LENGTHS: Lengths = {
  [FRONT.bind]: [12, ANY],
  [FRONT.close]: [6, NAME],
  [FRONT.describe]: [6, NAME],
  [FRONT.execute]: [9, NAME],
  [FRONT.functionCall]: [14, ANY],
  [FRONT.flush]: [4, 4],
  [FRONT.parse]: [8, ANY],
  [FRONT.query]: [5, ANY],
  [FRONT.sync]: [4, 4],
  [FRONT.terminate]: [4, 4],
  [FRONT.copyDone]: [4, 4],
  [FRONT.copyData]: [4, ANY],
  [FRONT.copyFail]: [5, TOKEN],
  [FRONT.secret]: [4, TOKEN],
}

const SERVER_LENGTHS: Lengths = {
  [BACK.parseComplete]: [4, 4],
  [BACK.bindComplete]: [4, 4],
  [BACK.closeComplete]: [4, 4],
  [BACK.notification]: [10, TOKEN],
  [BACK.commandComplete]: [5, 1024],
  [BACK.dataRow]: [6, ANY],
  [BACK.error]: [5, TEXT],
  [BACK.copyIn]: [7, 7 + 2 * 65535],
  [BACK.copyOut]: [7, 7 + 2 * 65535],
  [BACK.emptyQuery]: [4, 4],
  [BACK.backendKey]: [9, 264],
  [BACK.notice]: [5, TEXT],
  [BACK.authentication]: [8, TOKEN],
  [BACK.parameterStatus]: [6, TEXT],
  [BACK.rowDescription]: [6, TEXT],
  [BACK.functionResult]: [8, ANY],
  [BACK.copyBoth]: [7, 7 + 2 * 65535],
  [BACK.ready]: [5, 5],
  [BACK.copyDone]: [4, 4],
  [BACK.copyData]: [4, ANY],
  [BACK.noData]: [4, 4],
  [BACK.portalSuspended]: [4, 4],
  [BACK.parameterDescription]: [6, 6 + 4 * 65535],
  [BACK.negotiateVersion]: [12, TOKEN],
}

/** Whether the end that is named sends messages of this type. */
export function isType(from: 'client' | 'server', type: number): boolean {
  return (from === 'client' ? CLIENT_LENGTHS : SERVER_LENGTHS)[type] !== undefined
}

/** Bytes of the message whose header stands at `pos`, type and all; -1 where there can be none. */
export function sizeOf(from: 'client' | 'server', buf: Buffer, pos: number): number {
  const range = (from === 'client' ? CLIENT_LENGTHS : SERVER_LENGTHS)[buf[pos] as number]
  const length = u32(buf, pos + 1)
  return range !== undefined && length >= range[0] && length <= range[1] ? 1 + length : -1
}

/** So many bytes are looked at one by one for the end of a text. */
const NEAR = 16

/** Reads fields of a body. */
export class Reader extends ByteReader {
  u16(): number {
    const at = this.take(2)
    return at < 0 ? 0 : u16(this.buf, at)
  }

  u32(): number {
    const at = this.take(4)
    return at < 0 ? 0 : u32(this.buf, at)
  }

  /** The length of a value; -1 = NULL. */
  length(): number {
    return this.u32() | 0
  }

  /** The end of the text before the next NUL, which is skipped; without one, the end of the body, and it is not `ok`. */
  untilNul(): number {
    const nul = nulAt(this.buf, this.pos)
    const found = nul >= 0 && nul < this.end
    this.ok = this.ok && found
    const end = found ? nul : this.end
    this.pos = found ? nul + 1 : this.end
    return end
  }
}

// Names are short, and mostly empty: to look at a few bytes costs less than a call into the engine.
function nulAt(buf: Buffer, pos: number): number {
  const near = Math.min(pos + NEAR, buf.length)
  for (let i = pos; i < near; i++) if (buf[i] === 0) return i
  return buf.indexOf(0, near)
}
