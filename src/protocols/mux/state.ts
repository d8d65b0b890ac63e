import type { Conn } from '../protocol.js'
import type { Message } from './message.js'

/** Exchanges under way of one end, and bytes of them, that are kept. */
const PENDING_MAX = 4096
const HELD_MAX = 128 * 1024
/** Messages of one direction whose fragments are being joined, and bytes of them. */
const JOINED_MAX = 256
const JOINED_BYTES_MAX = 128 * 1024

/** A request and what became of it. */
export interface Exchange {
  readonly request: Message
  readonly fromServer: boolean
  response: Message | undefined
  /** Why the client has given it up. */
  discarded: string | null
  /** Its answer may have been lost. */
  abandoned: boolean
}

/** The fragments so far of one message. */
export interface Joined {
  readonly first: Message
  readonly type: number
  prefix: Buffer
  /** Bytes of its body. */
  size: number
  /** `prefix` lacks some of them. */
  full: boolean
}

/** One direction, and the exchanges that its end has begun. */
export class Side {
  /** Bytes of the message under way that are still to come. */
  left = 0
  message: Message | undefined
  /** Length of the message that is waited for; 0: none. */
  awaited = 0
  /** Bytes were lost, and with them perhaps fragments. */
  torn = false
  /** Bytes of a message that is void. */
  passing = 0
  readonly joined = new Map<number, Joined>()
  readonly pending = new Map<number, Exchange>()
  #joinedBytes = 0
  #held = 0

  /** Bytes of payloads may still be kept. */
  get roomy(): boolean {
    return this.#held < HELD_MAX
  }

  /** Takes an exchange up; → those that it displaces: of the same tag, or too many. */
  add(exchange: Exchange): Exchange[] {
    const displaced: Exchange[] = []
    const before = this.remove(exchange.request.tag)
    if (before !== undefined) displaced.push(before)
    if (this.pending.size >= PENDING_MAX) {
      const [oldest] = this.pending.keys()
      displaced.push(this.remove(oldest as number) as Exchange)
    }
    this.pending.set(exchange.request.tag, exchange)
    this.#held += exchange.request.kept
    return displaced
  }

  remove(tag: number): Exchange | undefined {
    const exchange = this.pending.get(tag)
    if (exchange === undefined) return undefined
    this.pending.delete(tag)
    this.#held -= exchange.request.kept
    return exchange
  }

  /** All exchanges under way; nothing is under way then. */
  removeAll(): Exchange[] {
    const all = [...this.pending.values()]
    this.pending.clear()
    this.#held = 0
    return all
  }

  /** Adds a fragment; `body` are the bytes of it that are at hand, of `size`. */
  join(message: Message, body: Buffer, size: number): Joined {
    const joined = this.joined.get(message.tag) ?? this.#begin(message)
    joined.size += size
    if (!joined.full && this.#joinedBytes + body.length <= JOINED_BYTES_MAX) {
      joined.prefix = Buffer.concat([joined.prefix, body])
      this.#joinedBytes += body.length
    } else joined.full = true
    joined.full = joined.full || body.length < size
    return joined
  }

  #begin(message: Message): Joined {
    const joined = { first: message, type: message.type, prefix: Buffer.alloc(0), size: 0, full: false }
    if (this.joined.size >= JOINED_MAX) this.part(this.joined.keys().next().value as number)
    this.joined.set(message.tag, joined)
    return joined
  }

  /** Forgets the fragments of a message. */
  part(tag: number): void {
    const joined = this.joined.get(tag)
    if (joined === undefined) return
    this.joined.delete(tag)
    this.#joinedBytes -= joined.prefix.length
  }

  /** Forgets what has been read of messages that are not whole. */
  forget(): void {
    this.torn = true
    this.left = 0
    this.message = undefined
    this.awaited = 0
    this.passing = 0
    this.joined.clear()
    this.#joinedBytes = 0
  }
}

/** One connection, both directions. */
export class State {
  readonly conn: Conn
  readonly client = new Side()
  readonly server = new Side()
  /** Exchanges that are over. */
  readonly done: Exchange[] = []
  /** Answers that found no request, since `stitch` asked. */
  strays = 0

  constructor(conn: Conn) {
    this.conn = conn
    // The length of a message stands before it.
    conn.whole = true
  }
}
