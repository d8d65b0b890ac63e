import { type Cursor, INVALID } from '../protocol.js'
import { TYPE } from './table.js'
import {
  CR,
  headerEnd,
  isAggregate,
  isBulk,
  isScalar,
  isText,
  LF,
  lengthAt,
  MARK,
  MAX_NUMBER,
  mayBeginReply,
  STREAMED,
} from './values.js'

/** The longest string: the default of proto-max-bulk-len. */
const MAX_STRING = 512 * 1024 * 1024
const MAX_COUNT = 0x7fffffff
const MAX_DEPTH = 64
/** The length of a line or of a streamed value. */
const ENDLESS = Number.MAX_SAFE_INTEGER
/** A line without an end in this many bytes is passed over piece by piece. */
const LINE_WINDOW = 4096
/** Bytes of a string that are waited for at most. */
const MAX_ROOM = 256 * 1024
/** `txt:` before a verbatim string. */
const FORMAT = 4

/** Takes the parts of a value as they are read. */
export interface Taker {
  /** How many bytes of the next string are of interest. */
  readonly room: number
  /** A string or line: `buf[start, end)` are the bytes of interest; `cut`: there are more, the next of them at `buf[end]`. */
  take(type: number, buf: Buffer, start: number, end: number, cut: boolean): void
  /** An aggregate of `count` values begins (of a map: keys and values), or a streamed string. */
  open(type: number, count: number): void
  close(): void
}

/** Reads values of RESP2 and RESP3 as their bytes come, and keeps none: what is of interest is handed to a taker. */
export class Reader {
  /** The value is complete. */
  whole = false
  /** Bytes of the value so far. */
  size = 0
  /** Bytes of the string under way that are still to come, with CR LF; ENDLESS: a line without an end so far. */
  #left = 0
  /** The string under way ended within a gap. */
  #ended = false
  /** For each open aggregate its type, and how many values are still to come. */
  readonly #types: number[] = []
  readonly #counts: number[] = []
  /** Open attributes: what they say is passed over. */
  #attributes = 0
  #want = 0
  /** Only commands are taken: arrays of bulk strings. */
  readonly #commands: boolean
  readonly #taker: Taker

  constructor(taker: Taker, commands: boolean) {
    this.#taker = taker
    this.#commands = commands
  }

  reset(): void {
    this.whole = false
    this.size = 0
    this.#left = 0
    this.#ended = false
    this.#types.length = 0
    this.#counts.length = 0
    this.#attributes = 0
  }

  /** Reads on, up to the end of the value: → bytes eaten (0: none, or more are needed) or INVALID. */
  read(bytes: Cursor): number {
    const { buf, pos: start, end } = bytes
    let pos = start
    this.#want = 0
    if (this.#ended) this.#endString()
    while (!this.whole && pos < end) {
      const n = this.#left > 0 ? this.#pass(buf, pos, end) : this.#begin(buf, pos, end)
      if (n < 0) return INVALID
      if (n === 0) break
      pos += n
    }
    if (pos === start) bytes.want = this.#want
    bytes.skip = this.#left > 2 && this.#left !== ENDLESS ? this.#left - 2 : 0
    this.size += pos - start
    return pos - start
  }

  /** `length` bytes are missing; false: not all of them are in a string of known length. */
  gap(length: number): boolean {
    if (length > this.#left || this.#left === ENDLESS) return false
    this.#left -= length
    this.#ended = this.#left === 0
    this.size += length
    return true
  }

  get #room(): number {
    const { room } = this.#taker
    return room < 0 ? 0 : Math.min(room, MAX_ROOM)
  }

  #pass(buf: Buffer, pos: number, end: number): number {
    if (this.#left === ENDLESS) return this.#passLine(buf, pos, end)
    const cr = pos + this.#left - 2
    if (cr >= pos && cr < end && buf[cr] !== CR) return -1
    if (cr + 1 < end && buf[cr + 1] !== LF) return -1
    const n = Math.min(this.#left, end - pos)
    this.#left -= n
    if (this.#left === 0) this.#endString()
    return n
  }

  #passLine(buf: Buffer, pos: number, end: number): number {
    const lf = buf.indexOf(LF, pos)
    if (lf < 0 || lf >= end) return end - pos
    this.#endString()
    return lf + 1 - pos
  }

  #endString(): void {
    this.#ended = false
    this.#left = 0
    this.#finish()
  }

  // The first line of a value, and of a string what is of interest.
  #begin(buf: Buffer, pos: number, end: number): number {
    const type = buf[pos] as number
    if (!this.#mayBegin(type)) return -1
    if (isText(type)) return this.#text(type, buf, pos, end)
    if (!isBulk(type) && !isAggregate(type) && type !== MARK.streamEnd) return this.#scalar(type, buf, pos, end)
    const cr = headerEnd(buf, pos + 1, end)
    if (cr <= 0) return cr
    const head = cr + 2 - pos
    if (type === MARK.streamEnd) return cr === pos + 1 ? this.#endStream(head) : -1
    const streamed = buf[pos + 1] === STREAMED && cr === pos + 2
    const length = streamed ? ENDLESS : lengthAt(buf, pos + 1, cr)
    if (length === -1 && (type === TYPE.bulk || type === TYPE.array)) return this.#null(type, buf, cr, head)
    if (length < 0 || (streamed && this.#commands)) return -1
    if (isAggregate(type) || streamed) return this.#open(type, length, head)
    return type === MARK.chunk && length === 0 ? this.#endStream(head) : this.#bulk(type, buf, pos, head, length, end)
  }

  #mayBegin(type: number): boolean {
    const depth = this.#types.length
    if (this.#commands) return type === (depth === 0 ? TYPE.array : TYPE.bulk)
    if (this.#types[depth - 1] === TYPE.bulk) return type === MARK.chunk
    return type === MARK.streamEnd ? this.#counts[depth - 1] === ENDLESS : mayBeginReply(type)
  }

  #bulk(type: number, buf: Buffer, pos: number, head: number, length: number, end: number): number {
    const format = type === TYPE.verbatim ? FORMAT : 0
    if (length > MAX_STRING || length < format) return -1
    const shown = Math.min(length - format, this.#attributes > 0 ? 0 : this.#room)
    const here = Math.min(length, format + shown + 1)
    this.#want = head + here
    if (end - pos < head + here) return 0
    const start = pos + head + format
    if (this.#attributes === 0) this.#taker.take(type, buf, start, start + shown, format + shown < length)
    this.#left = length - here + 2
    return head + here
  }

  // `*-1`: a command without words, which servers ignore.
  #null(type: number, buf: Buffer, at: number, head: number): number {
    if (this.#commands) return type === TYPE.array ? this.#open(type, 0, head) : -1
    if (this.#attributes === 0) this.#taker.take(TYPE.null, buf, at, at, false)
    this.#finish()
    return head
  }

  #open(type: number, length: number, head: number): number {
    if (this.#types.length >= MAX_DEPTH || (length > MAX_COUNT && length !== ENDLESS)) return -1
    const pairs = (type === TYPE.map || type === MARK.attribute) && length !== ENDLESS
    const count = pairs ? 2 * length : length
    if (type === MARK.attribute) this.#attributes++
    else if (this.#attributes === 0) this.#taker.open(type, count)
    this.#types.push(type)
    this.#counts.push(count)
    if (count === 0) this.#close()
    return head
  }

  #endStream(head: number): number {
    if (this.#counts.at(-1) !== ENDLESS) return -1
    this.#close()
    return head
  }

  // A value is complete, and with it perhaps those around it.
  #finish(): void {
    const top = this.#counts.length - 1
    if (top < 0) {
      this.whole = true
      return
    }
    const left = this.#counts[top] as number
    if (left === ENDLESS) return
    this.#counts[top] = left - 1
    if (left === 1) this.#close()
  }

  // An attribute is no value: the one that it describes follows.
  #close(): void {
    this.#counts.pop()
    if (this.#types.pop() === MARK.attribute) {
      this.#attributes--
      return
    }
    if (this.#attributes === 0) this.#taker.close()
    this.#finish()
  }

  #scalar(type: number, buf: Buffer, pos: number, end: number): number {
    const cr = buf.indexOf(CR, pos)
    if (cr < 0 || cr + 1 >= end) return end - pos > MAX_NUMBER ? -1 : 0
    if (buf[cr + 1] !== LF || !isScalar(type, buf, pos + 1, cr)) return -1
    if (this.#attributes === 0) this.#taker.take(type, buf, pos + 1, cr, false)
    this.#finish()
    return cr + 2 - pos
  }

  #text(type: number, buf: Buffer, pos: number, end: number): number {
    const room = this.#room
    const cr = buf.indexOf(CR, pos)
    const found = cr >= 0 && cr < end
    if (found && cr + 1 === end) return 0
    if (found && buf[cr + 1] !== LF) return -1
    if (!found && end - pos < Math.max(room, LINE_WINDOW) + 2) return 0
    const last = found ? cr : end
    const shown = Math.min(last, pos + 1 + room)
    if (this.#attributes === 0) this.#taker.take(type, buf, pos + 1, shown, shown < last)
    if (found) this.#finish()
    else this.#left = ENDLESS
    return found ? cr + 2 - pos : end - pos
  }
}
