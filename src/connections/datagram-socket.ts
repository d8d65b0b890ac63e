import type { EventBatch } from '../kernel/events.js'
import { ConnEvent, DataEvent, DataFlag, Direction, Family } from '../kernel/intf.gen.js'
import type { Connection } from './connection.js'
import { address, type Facts, type Process } from './facts.js'

const PROCESSES_MAX = 8
/** Datagrams under way at once: threads that send through one socket. More: the end of the oldest was lost. */
const PIECES_MAX = 64
/** The last ones: the kernel says a name again when it has said another one since. */
const NAMES_MAX = 1024
const NO_PORT = '\0\0'
const PEER_BYTES = DataEvent.peer_addr + 16 - DataEvent.peer_port
const NOBODY = '\0'.repeat(PEER_BYTES)

/** One datagram, put together. `length`: of it on the wire, or in the call; `buf[start, end)` is what is at hand. */
export interface Message {
  buf: Buffer
  start: number
  end: number
  length: number
  truncated: boolean
  timeNs: number
  readonly closed: true
}

/** Pieces of a datagram that came in several events. Threads that call at once may get the same number, at different times. */
interface Pieces {
  readonly direction: number
  readonly number: number
  /** Of the call that the last piece is of. */
  timeNs: number
  readonly list: Buffer[]
  length: number
  /** Something is missing: later pieces do not fit on. */
  broken: boolean
}

/** Whom a datagram was sent to, or came from. */
export interface PeerName {
  readonly addr: string | null
  readonly port: number | null
}

/** What a socket exchanges with one peer. */
export class Peer {
  readonly socket: DatagramSocket
  readonly key: string
  readonly conn: Connection
  /** The same the other way round, where both ends are client and server. */
  twin: Connection | undefined
  lastNs = 0

  constructor(socket: DatagramSocket, key: string, conn: Connection) {
    this.socket = socket
    this.key = key
    this.conn = conn
  }
}

/** A socket that exchanges datagrams, perhaps with many peers. */
export class DatagramSocket {
  readonly id: number
  readonly facts: Facts
  /** undecided: every message is looked at · decoding: it has a peer whose protocol is known · off: the kernel samples it. */
  phase: 'undecided' | 'decoding' | 'off' = 'undecided'
  /** Messages that no protocol knew since the last that one did. */
  misses = 0
  revivals = 0
  offNs = 0
  lastNs = 0
  /** Peers whose protocol is known, by address and port as the event has them. */
  readonly peers = new Map<string, Peer>()
  readonly #processes: Process[] = []
  /** What the peers of a unix socket are called, by their keys. */
  readonly #names = new Map<string, string | null>()
  /** The key of the last message: most are from and to one peer. */
  #lastKey = NOBODY
  /** Whom the last message was sent to. */
  #askedLast = NOBODY
  readonly #pieces: Pieces[] = []

  constructor(id: number, facts: Facts) {
    this.id = id
    this.facts = facts
  }

  /** A process that uses the socket, and of a unix socket the peer that it exchanges datagrams with now. */
  announced(batch: EventBatch, at: number, { remoteAddr }: Facts, process: Process): void {
    if (this.#processes.at(-1)?.upid !== process.upid || process.upid === null) {
      if (this.#processes.length >= PROCESSES_MAX) this.#processes.shift()
      this.#processes.push(process)
    }
    if (this.facts.family !== Family.UNIX) return
    const from = at + ConnEvent.remote_addr
    const key = NO_PORT + batch.buf.toString('latin1', from, from + 16)
    this.#names.delete(key)
    this.#names.set(key, remoteAddr)
    if (this.#names.size > NAMES_MAX) this.#names.delete(this.#names.keys().next().value as string)
  }

  /** The process that calls; of another number, the last that was told. */
  process(pid: number): Process {
    if (this.#processes.length === 1) return this.#processes[0] as Process
    return this.#processes.findLast((process) => process.pid === pid) ?? (this.#processes.at(-1) as Process)
  }

  /** The key in `peers` of the peer of an event. Who does not ask whom a message is from takes it for an answer. */
  peerKey(batch: EventBatch, at: number): string {
    const key = this.#key(batch.buf, at + DataEvent.peer_port)
    if (batch.u8(at + DataEvent.direction) === Direction.SEND) this.#askedLast = key
    else if (key === NOBODY) return this.#askedLast
    return key
  }

  #key(buf: Buffer, from: number): string {
    for (let i = 0; i < PEER_BYTES; i++) {
      if (this.#lastKey.charCodeAt(i) === buf[from + i]) continue
      this.#lastKey = buf.toString('latin1', from, from + PEER_BYTES)
      break
    }
    return this.#lastKey
  }

  /** The peer of an event, with its key; of one that does not say, the one that the socket is connected to. */
  peer(batch: EventBatch, at: number, key: string): PeerName {
    if (this.facts.family === Family.UNIX) return { addr: this.#names.get(key) ?? null, port: null }
    const port = batch.u16(at + DataEvent.peer_port)
    if (port !== 0) return { addr: address(batch.buf, at + DataEvent.peer_addr), port }
    const { remoteAddr, remotePort } = this.facts
    return { addr: remoteAddr, port: remotePort }
  }

  /** Fills `into` with the datagram that the event completes. false: more of it follows, or its start was lost. */
  take(batch: EventBatch, at: number, into: Message): boolean {
    const flags = batch.u8(at + DataEvent.flags)
    const captured = batch.u32(at + DataEvent.captured)
    into.buf = batch.buf
    into.start = at + DataEvent.SIZE
    into.end = into.start + captured
    into.length = batch.u32(at + DataEvent.length)
    into.truncated = (flags & DataFlag.TRUNCATED) !== 0
    into.timeNs = batch.timeNs(at)
    const whole = (flags & DataFlag.START) !== 0 && (flags & DataFlag.MORE) === 0
    return whole || this.#join(batch.u8(at + DataEvent.direction) & 1, batch.u64(at + DataEvent.position), flags, into)
  }

  #join(direction: number, number: number, flags: number, into: Message): boolean {
    const pieces = flags & DataFlag.START ? this.#begin(direction, number) : this.#begun(direction, number, into.timeNs)
    if (pieces === undefined) return false
    pieces.timeNs = into.timeNs
    if (!pieces.broken) pieces.list.push(Buffer.from(into.buf.subarray(into.start, into.end)))
    pieces.broken ||= into.end - into.start < into.length
    pieces.length += into.length
    if (flags & DataFlag.MORE) return false
    this.#pieces.splice(this.#pieces.indexOf(pieces), 1)
    into.buf = Buffer.concat(pieces.list)
    into.start = 0
    into.end = into.buf.length
    into.length = pieces.length
    return true
  }

  #begin(direction: number, number: number): Pieces {
    const pieces = { direction, number, timeNs: 0, list: [], length: 0, broken: false }
    this.#pieces.push(pieces)
    if (this.#pieces.length > PIECES_MAX) this.#pieces.shift()
    return pieces
  }

  // The next piece is of the same call, or of a later one (MSG_MORE).
  #begun(direction: number, number: number, timeNs: number): Pieces | undefined {
    const mine = this.#pieces.filter((pieces) => pieces.direction === direction && pieces.number === number)
    return mine.find((pieces) => pieces.timeNs === timeNs) ?? mine.at(-1)
  }
}
