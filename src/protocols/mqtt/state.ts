import type { Conn, Kind } from '../protocol.js'
import { FORMAT } from './decode.js'
import type { Packet } from './packet.js'

/** Bytes that are kept of the exchanges of one side that are under way: then no payload is shown; then the oldest is given up. */
const MAX_SHOWN = 256 * 1024
const MAX_HELD = 4 * 1024 * 1024
/** Topic aliases of one side that are remembered, and bytes of them. */
const MAX_ALIASES = 1024
const MAX_ALIAS_BYTES = 64 * 1024
const MAX_PINGS = 16

/** What one side has sent. */
export class Side {
  /** The packet whose body is being read, how much of that is to come, and how much before the payload. */
  packet: Packet | null = null
  left = 0
  before = 0
  /** The first bytes of the payload. */
  readonly chunks: Buffer[] = []
  collected = 0
  /** The payload has a hole, or is long enough. */
  collecting = false
  /** The packet ended in a gap, some time ago. */
  late = false
  /** Bytes of this side were not seen. */
  holes: boolean
  /** Packet identifier → what this side has begun. */
  readonly pending = new Map<number, Packet>()
  held = 0
  readonly aliases = new Map<number, string>()
  aliasBytes = 0

  constructor(holes: boolean) {
    this.holes = holes
  }
}

/** One connection, both directions. */
export class State {
  readonly conn: Conn
  readonly sides: Readonly<Record<Kind, Side>>
  format: number = FORMAT.unknown
  /** By the CONNECT: it cannot be taken back. */
  level: number | null = null
  clientId: string | null = null
  connect: Packet | null = null
  readonly pings: Packet[] = []
  /** Exchanges that have ended and are no rows yet. */
  ready: Packet[] = []
  /** Answers to nothing since `stitch` asked. */
  strays = 0

  constructor(conn: Conn) {
    this.conn = conn
    // Nothing but its length tells where a packet ends.
    conn.whole = true
    this.sides = { request: new Side(!conn.fromStart), response: new Side(!conn.fromStart) }
  }

  /** Bytes of a payload that are shown where it begins now. */
  shown(kind: Kind): number {
    return this.sides[kind].held > MAX_SHOWN ? 0 : this.conn.options.bodyBytes
  }
}

/** The other side. */
export function peer(kind: Kind): Kind {
  return kind === 'request' ? 'response' : 'request'
}

/** Waits for the answer to a packet; one that has the same identifier gets none any more. */
export function awaitAnswer(s: State, kind: Kind, id: number, packet: Packet): void {
  const side = s.sides[kind]
  settle(s, kind, id)
  side.pending.set(id, packet)
  side.held += packet.kept
  for (const [oldest, given] of side.pending) {
    if (side.held <= MAX_HELD) break
    given.abandoned = true
    settle(s, kind, oldest)
  }
}

/** The exchange with this identifier has ended, with an answer or without. */
export function settle(s: State, kind: Kind, id: number): void {
  const side = s.sides[kind]
  const packet = side.pending.get(id)
  if (packet === undefined) return
  side.pending.delete(id)
  side.held -= packet.kept
  s.ready.push(packet)
}

/** Waits for the PINGRESP. */
export function awaitPing(s: State, packet: Packet): void {
  if (s.pings.length >= MAX_PINGS) abandon(s, s.pings.shift())
  s.pings.push(packet)
}

/** Remembers which topic an alias stands for; forgets all where there are too many. */
export function setAlias(side: Side, alias: number, topic: string): void {
  const before = side.aliases.get(alias)
  side.aliasBytes += topic.length - (before?.length ?? 0)
  side.aliases.set(alias, topic)
  if (side.aliases.size > MAX_ALIASES || side.aliasBytes > MAX_ALIAS_BYTES) forgetAliases(side)
}

function forgetAliases(side: Side): void {
  side.aliases.clear()
  side.aliasBytes = 0
}

/**
 * The place in the bytes of one side is lost. What is lost shows only when later bytes come, so which exchanges of the other side
 * were answered in between, and whether their identifiers were used again, nobody knows: their answers are given up.
 */
export function losePlace(s: State, kind: Kind): void {
  const side = s.sides[kind]
  side.packet = null
  side.chunks.length = 0
  side.holes = true
  // Without a CONNECT it was a guess.
  if (s.level === null) s.format = FORMAT.unknown
  forgetAliases(side)
  const waiting = peer(kind)
  for (const [id, packet] of s.sides[waiting].pending) {
    packet.abandoned = true
    settle(s, waiting, id)
  }
  if (kind === 'request') return
  abandon(s, s.connect)
  s.connect = null
  for (const ping of s.pings.splice(0)) abandon(s, ping)
}

/** Gives up on the answer to a packet. */
export function abandon(s: State, packet: Packet | null | undefined): void {
  if (packet === null || packet === undefined) return
  packet.abandoned = true
  s.ready.push(packet)
}
