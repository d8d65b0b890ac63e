import type { Conn, Kind } from '../protocol.js'
import { Channel } from './channel.js'
import { type Message, release } from './message.js'

/** Channels, and contents under way, that are followed. */
const MAX_CHANNELS = 1024
const MAX_CONTENTS = 256

/** A body frame that is being read. */
export interface BodyFrame {
  /** What it belongs to, if that was seen. */
  readonly of: Message | null
  /** Bytes of it that are still to come, with the octet that ends it. */
  left: number
  lost: boolean
}

/** One direction. */
export interface Side {
  body: BodyFrame | null
  /** Messages whose content has not come to its end, by channel. */
  readonly contents: Map<number, Message>
}

/** One connection, both directions. */
export class State {
  readonly conn: Conn
  readonly sides: Readonly<Record<Kind, Side>> = { request: newSide(), response: newSide() }
  readonly channels = new Map<number, Channel>()
  /** Messages whose rows come without an answer. */
  readonly released: Message[] = []
  /** The largest frame that was agreed on; 0: not known, or without a limit. */
  frameMax = 0
  /** The protocol header of the client that waits to be accepted. */
  header: Message | null = null
  /** Another version that the client has asked for. */
  other: string | null = null
  /** Everything was seen so far. */
  whole: boolean
  order = 0

  constructor(conn: Conn) {
    this.conn = conn
    // The length of a frame stands before it.
    conn.whole = true
    this.whole = conn.fromStart
  }

  /** The channel of this number. */
  channel(id: number): Channel {
    return this.channels.get(id) ?? this.open(id, this.whole)
  }

  /** A channel begins; `known`: with its first method. */
  open(id: number, known: boolean): Channel {
    // One that is open cannot be opened: its end was lost.
    this.close(id, true)
    for (const first of this.channels.keys()) {
      if (this.channels.size < MAX_CHANNELS) break
      this.close(first, true)
    }
    const channel = new Channel(known, this.released)
    this.channels.set(id, channel)
    return channel
  }

  /** Nothing follows on the channel; `lost`: answers may not have been seen. */
  close(id: number, lost: boolean): void {
    this.channels.get(id)?.end(lost)
    this.channels.delete(id)
  }

  /** A message whose content follows. */
  await(message: Message): void {
    const { contents } = this.sides[message.kind]
    this.abandon(message.kind, message.channel)
    for (const first of contents.keys()) {
      if (contents.size < MAX_CONTENTS) break
      this.abandon(message.kind, first)
    }
    contents.set(message.channel, message)
  }

  /** The content under way on this channel does not come to its end. */
  abandon(kind: Kind, channel: number): void {
    const { contents } = this.sides[kind]
    const message = contents.get(channel)
    if (message === undefined) return
    contents.delete(channel)
    message.lost = true
    release(message, this.released)
  }

  /** The row of the message comes without an answer. */
  release(message: Message): void {
    release(message, this.released)
  }

  /** Nothing follows on the connection. */
  end(): void {
    for (const kind of ['request', 'response'] as const) {
      for (const channel of [...this.sides[kind].contents.keys()]) this.abandon(kind, channel)
    }
    for (const channel of [...this.channels.keys()]) this.close(channel, false)
  }

  /** Bytes of one direction were lost. */
  lose(kind: Kind): void {
    const side = this.sides[kind]
    side.body = null
    this.whole = false
    for (const channel of [...side.contents.keys()]) this.abandon(kind, channel)
    for (const channel of this.channels.values()) channel.lose(kind)
  }
}

function newSide(): Side {
  return { body: null, contents: new Map() }
}
