import { ByteCursor } from '../cursor.js'
import type { Conn } from '../protocol.js'
import { type Cursor, INVALID, type Kind } from '../protocol.js'
import type { Frame } from './frames.js'
import { parseRequest } from './request.js'
import { parseResponse } from './response.js'
import { abandonAll, flush, type Outcomes, State } from './state.js'

/** Before a request or an answer stand its number, that of the datagram, how many there are, and zeros; doc/protocol.txt. */
export const FRAME = 8
const MAX_EXCHANGES = 1024
const MAX_PARTS = 2048
const MAX_BYTES = 256 * 1024

interface Exchange {
  readonly state: State
  readonly parts: Buffer[]
  bytes: number
  /** The datagram that comes next. */
  next: number
}

/** Requests by datagram, each with the datagrams of its answer. */
export class Datagrams {
  readonly outcomes: Outcomes
  readonly #conn: Conn
  readonly #exchanges = new Map<number, Exchange>()

  constructor(conn: Conn, outcomes: Outcomes) {
    this.#conn = conn
    this.outcomes = outcomes
  }

  /** One datagram, a whole one. */
  parse(kind: Kind, { buf, pos, end }: Cursor, out: Frame[]): number {
    if (end - pos < FRAME || buf.readUInt16BE(pos + 6) !== 0) return INVALID
    const number = buf.readUInt16BE(pos)
    const part = buf.readUInt16BE(pos + 2)
    const parts = buf.readUInt16BE(pos + 4)
    if (part >= parts || parts > MAX_PARTS) return INVALID
    const cursor = new ByteCursor(buf, pos + FRAME, end)
    if (kind === 'request') {
      if (parts !== 1 || !this.#ask(number, cursor, out)) return INVALID
    } else this.#answer(number, part, parts, cursor, out)
    return end - pos
  }

  #ask(number: number, cursor: ByteCursor, out: Frame[]): boolean {
    this.#forget(number)
    const state = new State(this.#conn, this.outcomes, true)
    if (!feed(cursor, (bytes) => parseRequest(bytes, state, out))) return false
    this.#exchanges.set(number, { state, parts: [], bytes: 0, next: 0 })
    const [oldest = 0] = this.#exchanges.keys()
    if (this.#exchanges.size > MAX_EXCHANGES) this.#forget(oldest)
    return true
  }

  #answer(number: number, part: number, parts: number, cursor: ByteCursor, out: Frame[]): void {
    const exchange = this.#exchanges.get(number)
    if (exchange === undefined || part !== exchange.next || exchange.bytes > MAX_BYTES) {
      this.outcomes.strays++
      if (exchange !== undefined) this.#lose(number, exchange)
      return
    }
    exchange.next++
    exchange.parts.push(Buffer.from(cursor.buf.subarray(cursor.pos, cursor.end)))
    exchange.bytes += cursor.end - cursor.pos
    if (exchange.next < parts) return
    this.#exchanges.delete(number)
    const whole = new ByteCursor(Buffer.concat(exchange.parts))
    feed(whole, (bytes) => parseResponse(bytes, exchange.state, out))
    abandonAll(exchange.state)
  }

  // A datagram of the answer did not come, or not in its turn.
  #lose(number: number, { state }: Exchange): void {
    this.#exchanges.delete(number)
    abandonAll(state)
  }

  #forget(number: number): void {
    const exchange = this.#exchanges.get(number)
    if (exchange === undefined) return
    this.#exchanges.delete(number)
    flush(exchange.state)
  }

  /** Nothing follows. */
  end(): void {
    for (const number of [...this.#exchanges.keys()]) this.#forget(number)
  }
}

// Everything in the datagram must be commands, or answers.
function feed(cursor: ByteCursor, parse: (bytes: Cursor) => number): boolean {
  while (cursor.pos < cursor.end) {
    const eaten = parse(cursor)
    if (eaten <= 0) return false
    cursor.pos += eaten
  }
  return true
}
