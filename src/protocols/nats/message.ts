import type { Json } from '../../records/table.js'
import { FirstBytes } from '../first-bytes.js'
import type { Span } from '../protocol.js'
import { type Headers, parseHeaders } from './headers.js'
import type { Line } from './line.js'

/** Bytes of headers that are looked at. */
const HEADER_ROOM = 4096

/** A frame of either direction: a control line, and what follows it. */
export class Message implements Span {
  startNs = 0
  endNs = 0
  lost = false
  readonly line: Line
  /** Options of INFO and CONNECT. */
  options: Json = null
  /** Start of the payload as text. */
  payload: string | null = null
  headers: Headers | null = null
  /** The payload or the options, and the headers, are shortened. */
  cut = false
  headersCut = false
  /** Place in the order of both directions. */
  order = 0
  /** It has no row of its own. */
  silent = false
  /** Its row comes with an answer that is due: the next in turn, or a message to its inbox; or when that is given up. */
  expectsTurn = false
  expectsReply = false
  /** It is open whether it answers a request that was lost. */
  doubtful = false
  /** What it answers, or what answers it. */
  request: Message | null = null
  answer: Message | null = null
  /** Its row comes without an answer. */
  released = false
  /** The answer was due and never came. */
  unanswered = false

  constructor(line: Line) {
    this.line = line
  }

  get waits(): boolean {
    return this.expectsTurn || this.expectsReply || this.doubtful
  }

  /** About how many bytes are kept of it. */
  get kept(): number {
    return 256 + 2 * (this.payload?.length ?? 0) + (this.headers?.size ?? 0)
  }
}

/** Puts a message on the list of those given up, unless it has an answer or another one is due. */
export function release(message: Message, list: Message[]): void {
  if (message.waits || message.answer !== null || message.released) return
  message.released = true
  list.push(message)
}

/** Collects the start of the headers and of the payload that follow a control line. */
export class Content {
  /** Bytes still to come, with CR LF; 0: none. */
  left = 0
  #headerSize = 0
  #size = 0
  readonly #headers = new FirstBytes()
  readonly #payload = new FirstBytes()

  /** Begins the content that the line announces; `limit` bytes of its payload are shown. */
  begin(line: Line, limit: number): void {
    this.left = line.size + 2
    this.#size = line.size
    this.#headerSize = line.headerSize
    this.#headers.begin(line.headerSize, HEADER_ROOM)
    this.#payload.begin(line.size - line.headerSize, limit)
  }

  /** Bytes of the content that are still of interest from here on. */
  get room(): number {
    const at = this.#size + 2 - this.left
    return Math.max(0, this.#headerSize + this.#payload.room - at)
  }

  /** The next bytes of headers and payload. */
  take(buf: Buffer, start: number, end: number): void {
    const at = this.#size + 2 - this.left
    const border = Math.min(end, Math.max(start, start + this.#headerSize - at))
    this.#headers.take(buf, start, border)
    this.#payload.take(buf, border, end)
    this.left -= end - start
  }

  /** `length` of the bytes to come are missing. */
  miss(length: number): void {
    const at = this.#size + 2 - this.left
    if (at < this.#headerSize) this.#headers.stop()
    if (at + length > this.#headerSize) this.#payload.stop()
    this.left -= length
  }

  /** Gives the message what was collected. */
  finish(message: Message, redact: boolean): void {
    if (this.#headerSize > 0) message.headers = parseHeaders(this.#headers.text(), redact)
    message.headersCut = this.#headers.cut
    message.payload = this.#payload.text()
    message.cut = this.#payload.cut
  }
}
