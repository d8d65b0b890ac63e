import { text } from '../../records/text.js'
import { Response } from '../http/frames.js'
import { type Conn, Filler, type Kind, type Span } from '../protocol.js'
import { EMPTY, Inflater } from './inflate.js'
import type { Shown } from './shown.js'
import { CLOSE } from './table.js'

/** Bytes of a compressed message that are kept: all of them are needed, for the next message may refer to them. */
const COMPRESSED_MAX = 128 * 1024

/** A message; pushed with its first frame, and done with its last one. */
export class Message implements Span {
  startNs: number
  endNs: number
  lost: boolean
  readonly opcode: number
  readonly compressed: boolean
  frames: number
  /** Bytes of the whole message, as transferred. */
  size: number
  done: boolean
  /** Where it ends is not known. */
  endless: boolean
  /** Set when it is done. */
  shown: Shown | undefined
  private readonly limit: number
  /** What was kept is bytes[from, from + kept). */
  private bytes: Buffer
  private from: number
  private kept: number

  /** `limit`: bytes that are shown. */
  constructor(opcode: number, compressed: boolean, limit: number) {
    this.startNs = 0
    this.endNs = 0
    this.lost = false
    this.opcode = opcode
    this.compressed = compressed
    this.frames = 0
    this.size = 0
    this.done = false
    this.endless = false
    this.shown = undefined
    this.limit = compressed ? COMPRESSED_MAX : limit
    this.bytes = EMPTY
    this.from = 0
    this.kept = 0
  }

  /**
   * Counts `buf[start, end)` and keeps what is of use, unmasked; `at`: the place of the first byte in its frame. `brief`: it is
   * the whole message, which is shown while the bytes are valid.
   */
  take(buf: Buffer, start: number, end: number, mask: number, at: number, brief: boolean): void {
    const n = this.kept === this.size ? Math.min(end - start, this.limit - this.kept) : 0
    this.size += end - start
    if (n <= 0) return
    if (brief && mask === 0) {
      this.bytes = buf
      this.from = start
      this.kept = n
      return
    }
    if (this.kept + n > this.bytes.length) this.grow(this.kept + n)
    if (mask === 0) buf.copy(this.bytes, this.kept, start, start + n)
    else unmask(buf, start, start + n, this.bytes, this.kept, mask, at)
    this.kept += n
  }

  /** Counts bytes that are not there. */
  skip(length: number): void {
    this.size += length
  }

  /** Nothing that follows is of use. */
  get sated(): boolean {
    return this.kept >= this.limit || this.kept < this.size
  }

  /** All of it is at hand. */
  get whole(): boolean {
    return this.kept === this.size && !this.endless
  }

  /** What was kept. */
  get payload(): Buffer {
    return this.bytes.subarray(this.from, this.from + this.kept)
  }

  /** The same as text. */
  get text(): string {
    return text(this.bytes, this.from, this.from + this.kept)
  }

  private grow(need: number): void {
    // Most messages are one frame, and most frames come whole.
    const more = Buffer.allocUnsafe(Math.min(this.limit, this.kept === 0 ? need : 2 * need))
    this.bytes.copy(more, 0, 0, this.kept)
    this.bytes = more
  }
}

// RFC 6455 §5.3. `at`: the place of the first byte in its frame.
function unmask(buf: Buffer, start: number, end: number, into: Buffer, from: number, mask: number, at: number): void {
  const turned = at & 3 ? (mask << (8 * (at & 3))) | (mask >>> (32 - 8 * (at & 3))) : mask
  const [a, b, c, d] = [turned >>> 24, turned >>> 16, turned >>> 8, turned]
  let to = from
  let i = start
  for (; i + 3 < end; i += 4, to += 4) {
    into[to] = (buf[i] as number) ^ a
    into[to + 1] = (buf[i + 1] as number) ^ b
    into[to + 2] = (buf[i + 2] as number) ^ c
    into[to + 3] = (buf[i + 3] as number) ^ d
  }
  for (; i < end; i++, to++) into[to] = (buf[i] as number) ^ (turned >>> (24 - 8 * ((i - start) & 3)))
}

/** What is pushed on `out`. */
export type Frame = Message | Filler

/** One direction: the frame that is being read, and the message that is under way. */
export class Side {
  readonly kind: Kind
  readonly inflater: Inflater
  /** A payload is being read; of it, `left` bytes are left and `at` have been read. */
  open: boolean
  left: number
  at: number
  mask: number
  /** The frame is the last of its message. */
  final: boolean
  /** Whose payload it is. */
  message: Message | undefined
  /** A message whose last frame is still to come. */
  unfinished: Message | undefined

  constructor(kind: Kind, conn: Conn) {
    this.kind = kind
    this.inflater = new Inflater(conn.fromStart)
    this.open = false
    this.left = 0
    this.at = 0
    this.mask = 0
    this.final = false
    this.message = undefined
    this.unfinished = undefined
  }
}

/** The state of a connection. */
export class State {
  readonly conn: Conn
  readonly path: string | null
  readonly request: Side
  readonly response: Side
  /** Pushed for a frame that continues a message. */
  readonly rest: Filler
  /** Messages that were given up on since the last stitch. */
  givenUp: number

  /** `legacy`: the response that opened the connection. */
  constructor(conn: Conn, legacy: unknown) {
    this.conn = conn
    // A frame says where the next one begins.
    conn.whole = true
    this.path = legacy instanceof Response ? (legacy.request?.head.target ?? null) : null
    this.request = new Side('request', conn)
    this.response = new Side('response', conn)
    this.rest = new Filler()
    this.givenUp = 0
  }

  side(kind: Kind): Side {
    return kind === 'request' ? this.request : this.response
  }
}

/** RFC 6455 §5.5: may come between the frames of a message. */
export const isControl = (opcode: number): boolean => opcode >= CLOSE
