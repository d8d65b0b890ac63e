import type { EventBatch } from '../kernel/events.js'
import { DataEvent, Direction, Mode } from '../kernel/intf.gen.js'
import type { DecodeOptions, InferHint, Protocol } from '../protocols/protocol.js'
import { ROLE } from '../records/columns.js'
import { Connection } from './connection.js'
import type { DecodeCounts, TrackerCounts } from './counts.js'
import { DatagramSocket, type Message, Peer, type PeerName } from './datagram-socket.js'
import { Decoder, type DecoderHost } from './decoder.js'
import { type Process, readFacts } from './facts.js'
import { type Guessed, Guesser } from './guess.js'
import type { Stats } from './stats.js'
import type { Verdicts } from './verdicts.js'

const SOCKETS_MAX = 32_768
const PEERS_MAX = 65_536
const EVICT_LOOKS = 64
/** So many messages in a row that nobody knows: the socket is left alone. */
const MISSES_MAX = 16
/** What is off for so long is tried again, each time after twice as long. */
const REVIVE_NS = 0.5e9
const REVIVALS_MAX = 12
/** After so long without a datagram an exchange is over: what is unanswered stays so. */
const IDLE_NS = 10e9
const SWEEP_NS = 1e9
const NOTHING = { buf: Buffer.alloc(0), start: 0, end: 0, closed: true } as const

export interface DatagramsSetup {
  readonly protocols: readonly Protocol[]
  readonly wanted: ReadonlySet<string>
  readonly verdicts: Verdicts
  readonly options: DecodeOptions
  readonly host: DecoderHost & { countsOf(protocol: string): DecodeCounts }
  readonly stats: Stats
  readonly counts: Pick<TrackerCounts, 'bytes' | 'evicted'>
}

/** Datagrams → exchanges with each peer of each socket. What a peer speaks is known with the first message that a protocol knows. */
export class Datagrams {
  readonly #sockets = new Map<number, DatagramSocket>()
  readonly #peers = new Set<Peer>()
  /** Sockets that are gone, and since when: their last messages may be in the other ring still. */
  readonly #closing = new Map<DatagramSocket, number>()
  readonly #guesser: Guesser
  readonly #wanted: ReadonlySet<string>
  readonly #verdicts: Verdicts
  readonly #options: DecodeOptions
  readonly #host: DatagramsSetup['host']
  readonly #stats: Stats
  readonly #counts: DatagramsSetup['counts']
  readonly #message: Message = { ...NOTHING, length: 0, truncated: false, timeNs: 0 }
  #sweptNs = 0

  constructor(setup: DatagramsSetup) {
    this.#guesser = new Guesser(setup.protocols, 'datagram')
    this.#wanted = setup.wanted
    this.#verdicts = setup.verdicts
    this.#options = setup.options
    this.#host = setup.host
    this.#stats = setup.stats
    this.#counts = setup.counts
  }

  /** Peers whose protocol is known. */
  get size(): number {
    return this.#peers.size
  }

  /** A socket, another process that uses it, or another unix socket that is its peer. */
  open(id: number, batch: EventBatch, at: number, process: Process): void {
    const facts = readFacts(batch, at)
    const known = this.#sockets.get(id)
    const socket = known ?? new DatagramSocket(id, facts)
    socket.announced(batch, at, facts, process)
    if (known !== undefined) return
    socket.lastNs = batch.timeNs(at)
    this.#sockets.set(id, socket)
    if (this.#sockets.size <= SOCKETS_MAX) return
    const idlest = idlestOf(this.#sockets.values())
    this.#counts.evicted++
    if (idlest !== undefined) this.#close(idlest)
  }

  /** false: not of a socket that is known. */
  data(batch: EventBatch, at: number): boolean {
    const socket = this.#sockets.get(batch.connId(at))
    if (socket === undefined) return false
    const message = this.#message
    if (socket.take(batch, at, message)) this.#take(socket, batch, at, message)
    return true
  }

  #take(socket: DatagramSocket, batch: EventBatch, at: number, message: Message): void {
    const { timeNs } = message
    socket.lastNs = timeNs
    if (socket.phase === 'off') {
      this.#revive(socket, timeNs)
      return
    }
    this.#counts.bytes += message.end - message.start
    const key = socket.peerKey(batch, at)
    const direction = batch.u8(at + DataEvent.direction)
    const process = socket.process(batch.u32(at + DataEvent.tgid))
    const known = this.#lively(socket, key, timeNs)
    if (known !== undefined && this.#decode(known, direction, process, message)) return
    const name = socket.peer(batch, at, key)
    const guessed = this.#guess(socket, name, direction, message)
    if (guessed === undefined) this.#missed(socket, known, message)
    else this.#decode(this.#connect(socket, key, name, guessed, process), direction, process, message)
  }

  // What was silent for so long is over, also where no tick came meanwhile.
  #lively(socket: DatagramSocket, key: string, timeNs: number): Peer | undefined {
    const peer = socket.peers.get(key)
    if (peer === undefined || timeNs - peer.lastNs <= IDLE_NS) return peer
    this.#conclude(peer)
    return undefined
  }

  // → was it a message of the peer's protocol, in a role that its end has?
  #decode(peer: Peer, direction: number, process: Process, message: Message): boolean {
    const { conn, twin } = peer
    const taken = this.#offer(conn, direction, process, message) || this.#offer(twin, direction, process, message)
    if (taken) peer.lastNs = message.timeNs
    return taken
  }

  #offer(conn: Connection | undefined, direction: number, process: Process, message: Message): boolean {
    if (conn === undefined) return false
    const { decoder } = conn
    if (decoder === undefined) return true
    conn.process = process
    const kind = conn.kind(conn.stream(direction))
    if (!decoder.message(kind, message, message.timeNs, isCut(message))) return false
    this.#count(conn, direction, message.length)
    if (conn.becoming !== undefined) this.#stop(conn, conn.becoming.protocol)
    return true
  }

  #count(conn: Connection, direction: number, bytes: number): void {
    const entry = conn.stats
    if (direction === Direction.SEND) conn.bytesSent += bytes
    else conn.bytesReceived += bytes
    if (entry === undefined) return
    if (direction === Direction.SEND) entry.bytesSent += bytes
    else entry.bytesReceived += bytes
    entry.active = true
  }

  #guess(socket: DatagramSocket, name: PeerName, direction: number, message: Message): Guessed | undefined {
    const hint: InferHint = {
      role: 'unknown',
      localPort: socket.facts.localPort ?? 0,
      remotePort: name.port ?? 0,
      fromStart: true,
      transport: 'datagram',
    }
    const sent = direction === Direction.SEND
    const guess = this.#guesser.guess(sent ? message : NOTHING, sent ? NOTHING : message, hint, [], true)
    return guess === 'none' ? undefined : guess
  }

  #connect(socket: DatagramSocket, key: string, name: PeerName, guessed: Guessed, process: Process): Peer {
    const { protocol, end } = guessed
    const facts = { ...socket.facts, remoteAddr: name.addr, remotePort: name.port }
    const conn = new Connection(socket.id, facts, process, true, this.#options, 'datagram')
    conn.role = end === 'server' ? ROLE.server : ROLE.client
    conn.protocol = protocol.name
    conn.phase = this.#wanted.has(protocol.name) ? 'decoding' : 'off'
    if (conn.phase === 'decoding') {
      conn.decoder = new Decoder(protocol, conn, this.#host, this.#host.countsOf(protocol.name))
    }
    this.#stats.open(conn)
    this.#know(socket, conn.phase)
    return this.#peer(socket, key, conn)
  }

  #peer(socket: DatagramSocket, key: string, conn: Connection): Peer {
    const known = socket.peers.get(key)
    if (known !== undefined && known.twin === undefined && isTwin(known.conn, conn)) {
      known.twin = conn
      return known
    }
    if (known !== undefined) this.#conclude(known)
    const peer = new Peer(socket, key, conn)
    socket.peers.set(key, peer)
    this.#peers.add(peer)
    if (this.#peers.size > PEERS_MAX) {
      const idlest = idlestOf(this.#peers)
      this.#counts.evicted++
      if (idlest !== undefined) this.#conclude(idlest)
    }
    return peer
  }

  // Of a socket that is decoded every message is wanted: one that is not whole is of no use.
  #know(socket: DatagramSocket, phase: 'decoding' | 'off'): void {
    socket.misses = 0
    if (socket.phase === 'decoding') return
    if (phase === 'off') {
      this.#turnOff(socket, Number.POSITIVE_INFINITY)
      return
    }
    socket.phase = 'decoding'
    this.#verdicts.add(socket.id, Mode.WHOLE, [0, 0])
  }

  #missed(socket: DatagramSocket, peer: Peer | undefined, message: Message): void {
    const counts = peer?.conn.decoder?.counts
    if (counts !== undefined) {
      counts.invalid++
      counts.dropped += message.end - message.start
    }
    if (++socket.misses > MISSES_MAX && socket.phase === 'undecided') this.#turnOff(socket, message.timeNs)
  }

  #turnOff(socket: DatagramSocket, timeNs: number): void {
    socket.phase = 'off'
    socket.offNs = timeNs
    this.#verdicts.add(socket.id, Mode.OFF, [0, 0])
  }

  // The kernel sends a sample of what is off now and then: a wrong `no` can be taken back.
  #revive(socket: DatagramSocket, timeNs: number): void {
    if (timeNs - socket.offNs < REVIVE_NS * 2 ** Math.min(socket.revivals, REVIVALS_MAX)) return
    socket.revivals++
    socket.misses = 0
    socket.phase = 'undecided'
    this.#verdicts.add(socket.id, Mode.UNDECIDED, [0, 0])
  }

  #stop(conn: Connection, becoming: string): void {
    conn.decoder?.stitch(true)
    conn.stop(becoming === 'opaque' ? conn.protocol : becoming)
    this.#stats.open(conn)
  }

  /** The socket is gone. */
  closed(batch: EventBatch, at: number): void {
    const socket = this.#sockets.get(batch.connId(at))
    if (socket !== undefined) this.#closing.set(socket, batch.timeNs(at))
  }

  #close(socket: DatagramSocket): void {
    for (const peer of [...socket.peers.values()]) this.#conclude(peer)
    this.#sockets.delete(socket.id)
    this.#closing.delete(socket)
  }

  #conclude(peer: Peer): void {
    for (const conn of [peer.conn, peer.twin]) {
      if (conn === undefined) continue
      conn.decoder?.stitch(true)
      this.#stats.close(conn)
    }
    peer.socket.peers.delete(peer.key)
    this.#peers.delete(peer)
  }

  /** Peers that have been silent for long are done with. */
  endTick(nowNs: number): void {
    if (nowNs - this.#sweptNs < SWEEP_NS) return
    this.#sweptNs = nowNs
    for (const peer of this.#peers) if (nowNs - peer.lastNs > IDLE_NS) this.#conclude(peer)
    for (const [socket, closedNs] of this.#closing) if (nowNs - closedNs > SWEEP_NS) this.#close(socket)
  }

  /** The input has ended. */
  flush(): void {
    for (const peer of [...this.#peers]) this.#conclude(peer)
  }
}

function isCut({ start, end, length, truncated }: Message): boolean {
  return truncated || end - start < length
}

function isTwin(one: Connection, other: Connection): boolean {
  return one.protocol === other.protocol && one.role !== other.role
}

// Of those that were there first, the one that has been silent longest.
function idlestOf<T extends { readonly lastNs: number }>(values: Iterable<T>): T | undefined {
  let idlest: T | undefined
  let looked = 0
  for (const value of values) {
    if (idlest === undefined || value.lastNs < idlest.lastNs) idlest = value
    if (++looked === EVICT_LOOKS) break
  }
  return idlest
}
