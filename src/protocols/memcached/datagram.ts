import { ByteCursor } from '../cursor.js'
import { type Conn, type Cursor, INVALID, type Kind } from '../protocol.js'
import { FRAME, readFrame } from './frame-header.js'
import type { Frame } from './frames.js'
import { parseRequest } from './request.js'
import { parseResponse } from './response.js'
import { abandonAll, flush, type Outcomes, State } from './state.js'

const MAX_EXCHANGES = 256
/** Bytes that wait for what comes before or behind them, of all exchanges together. */
const MAX_HELD = 256 * 1024
/** A request without an answer for so long has none. */
const TIMEOUT_NS = 10e9

/** The commands of a request, and as much of their answers as has come. */
interface Exchange {
  readonly state: State
  /** Number of the datagram that comes next. */
  next: number
  /** Datagrams that have overtaken it. */
  readonly ahead: Map<number, Buffer>
  /** The beginning of a line. */
  rest: Buffer
}

/** Requests by datagram, each with the datagrams of its answer. */
export class Datagrams {
  readonly outcomes: Outcomes
  readonly #conn: Conn
  readonly #exchanges = new Map<number, Exchange>()
  #held = 0

  constructor(conn: Conn, outcomes: Outcomes) {
    this.#conn = conn
    this.outcomes = outcomes
  }

  /** One datagram, a whole one. */
  parse(kind: Kind, bytes: Cursor, out: Frame[]): number {
    const { buf, pos, end } = bytes
    const frame = readFrame(kind, bytes)
    if (frame === undefined) return INVALID
    if (kind === 'response') this.#answer(frame.id, frame.part, frame.parts, buf.subarray(pos + FRAME, end), out)
    else if (frame.parts !== 1 || !this.#ask(frame.id, new ByteCursor(buf, pos + FRAME, end), out)) return INVALID
    return end - pos
  }

  // Everything in the datagram must be commands.
  #ask(id: number, bytes: ByteCursor, out: Frame[]): boolean {
    const state = new State(this.#conn, this.outcomes, true)
    const { ready } = this.outcomes
    const before = [out.length, ready.length] as const
    if (!feed(bytes, (rest) => parseRequest(rest, state, out)) || bytes.pos < bytes.end) {
      ;[out.length, ready.length] = before
      return false
    }
    this.#giveUp(id)
    if (state.pending.length === 0) return true
    this.#exchanges.set(id, { state, next: 0, ahead: new Map(), rest: Buffer.alloc(0) })
    const [oldest = 0] = this.#exchanges.keys()
    if (this.#exchanges.size > MAX_EXCHANGES) this.#giveUp(oldest)
    return true
  }

  // To several commands, or for several keys, a server may send several messages of the same id.
  #answer(id: number, part: number, parts: number, bytes: Buffer, out: Frame[]): void {
    if (parts === 0) return
    const exchange = this.#exchanges.get(id)
    if (exchange === undefined || part < exchange.next || this.#held > MAX_HELD) {
      this.outcomes.strays++
      if (exchange !== undefined) this.#lose(id, exchange)
      return
    }
    exchange.ahead.set(part, Buffer.from(bytes))
    this.#held += bytes.length
    this.#read(id, exchange, parts, out)
  }

  #read(id: number, exchange: Exchange, parts: number, out: Frame[]): void {
    for (;;) {
      const bytes = exchange.ahead.get(exchange.next)
      if (bytes === undefined) return
      exchange.ahead.delete(exchange.next)
      exchange.next = (exchange.next + 1) % parts
      const cursor = new ByteCursor(Buffer.concat([exchange.rest, bytes]))
      const isAnswer = feed(cursor, (rest) => parseResponse(rest, exchange.state, out))
      this.#held -= exchange.rest.length + bytes.length
      exchange.rest = cursor.buf.subarray(cursor.pos)
      this.#held += exchange.rest.length
      if (!isAnswer) this.#lose(id, exchange)
      else if (exchange.state.pending.length === 0) this.#forget(id, exchange)
      else continue
      return
    }
  }

  #forget(id: number, { ahead, rest }: Exchange): void {
    this.#exchanges.delete(id)
    for (const bytes of [...ahead.values(), rest]) this.#held -= bytes.length
  }

  // A datagram of the answer did not come, or is none.
  #lose(id: number, exchange: Exchange): void {
    this.#forget(id, exchange)
    abandonAll(exchange.state)
  }

  #giveUp(id: number): void {
    const exchange = this.#exchanges.get(id)
    if (exchange === undefined) return
    if (exchange.next > 0 || exchange.ahead.size > 0 || exchange.state.reply !== null) this.#lose(id, exchange)
    else this.#forget(id, exchange)
    flush(exchange.state)
  }

  /** What has waited for long waits no longer. */
  expire(nowNs: number): void {
    for (const [id, { state }] of this.#exchanges) {
      const { startNs } = state.pending[0] as { readonly startNs: number }
      if (nowNs - startNs <= TIMEOUT_NS) return
      this.#giveUp(id)
    }
  }

  /** Nothing follows. */
  end(): void {
    for (const id of [...this.#exchanges.keys()]) this.#giveUp(id)
  }
}

// As far as there are whole commands, or answers. false: there is something else.
function feed(cursor: ByteCursor, parse: (bytes: Cursor) => number): boolean {
  while (cursor.pos < cursor.end) {
    const eaten = parse(cursor)
    if (eaten < 0) return false
    if (eaten === 0) return true
    cursor.pos += eaten
  }
  return true
}
