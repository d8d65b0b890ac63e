import { Direction, Reason } from '../kernel/intf.gen.js'
import type { Conn, DecodeOptions, InferHint, Kind, Protocol } from '../protocols/protocol.js'
import { type Origin, ROLE } from '../records/columns.js'
import type { Commons } from './commons.js'
import type { Decoder, Outcome } from './decoder.js'
import type { Facts, Process } from './facts.js'
import { Waiting } from './held.js'
import type { StatsEntry } from './stats.js'
import { Stream } from './stream.js'

const PROCESSES_MAX = 8
/** How often bytes of one turn are looked at. */
const LOOKS_MAX = 16

/** undecided: collecting bytes for a guess · decoding · off: not decoded, only counted. */
export type Phase = 'undecided' | 'decoding' | 'off'

/** What a connection shall become; see `Conn.become`. */
export interface Becoming {
  readonly protocol: string
  readonly legacy: unknown
}

/** One socket, as long as it is one connection; of datagrams, what it exchanges with one peer. */
export class Connection implements Conn {
  readonly id: number
  readonly facts: Facts
  readonly transport: Conn['transport']
  readonly options: DecodeOptions
  readonly sent = new Stream(Direction.SEND)
  readonly received = new Stream(Direction.RECV)
  fromStart: boolean
  whole = false
  /** `whole`, as the kernel was last told. */
  decidedWhole = false
  phase: Phase = 'undecided'
  /** The guess was right. */
  proven = false
  decoder: Decoder | undefined
  commons: Commons | undefined
  /** Name of the protocol, as far as it is known. */
  protocol: string | undefined
  role: number
  process: Process
  stats: StatsEntry | undefined
  /** Events that are ahead of their turn. */
  readonly waiting = new Waiting()
  /** Protocols that were tried and turned out wrong. */
  readonly excluded: Protocol[] = []
  /** How often bytes were thrown away because nothing knew them. */
  misses = 0
  /** The direction in which bytes have moved last, while nothing is known. */
  speaker: Stream | undefined
  /** How often nobody knew what this turn says. */
  looks = 0
  /** How often it was tried again after it had been off. */
  revivals = 0
  /** Its streams may point into the batch. */
  touched = false
  lastNs = 0
  /** Bytes that moved, decoded or not. */
  bytesSent = 0
  bytesReceived = 0
  /** When its socket was destroyed. */
  closedNs = 0
  /** Where its server is asked. */
  endpoint: string | undefined
  /** When it was last turned off. */
  offNs = 0
  /** What `become` asked for. */
  becoming: Becoming | undefined
  /** Its bytes are plaintext that the kernel encrypts. */
  encrypted = false
  readonly #processes: Process[]
  #origin: Origin | undefined

  constructor(
    id: number,
    facts: Facts,
    process: Process,
    fromStart: boolean,
    options: DecodeOptions,
    transport: Conn['transport'] = 'stream',
  ) {
    this.id = id
    this.facts = facts
    this.role = facts.role
    this.process = process
    this.#processes = [process]
    this.fromStart = fromStart
    this.options = options
    this.transport = transport
  }

  become(protocol: string, legacy?: unknown): void {
    this.becoming = { protocol, legacy }
  }

  common<T>(make: () => T): T {
    return this.commons?.of(this, make) ?? make()
  }

  prove(): void {
    if (this.proven) return
    this.proven = true
    this.sent.confirm()
    this.received.confirm()
  }

  /** What follows in each direction is another protocol's. */
  turn(): void {
    this.phase = 'undecided'
    this.decoder = undefined
    this.becoming = undefined
    this.whole = false
    this.proven = false
    this.excluded.length = 0
    this.fromStart = !this.sent.lostSync && !this.received.lostSync
    this.sent.begin()
    this.received.begin()
  }

  /** Seen from its start, it says something that nobody knows: another protocol may begin with a turn. */
  get strange(): boolean {
    return this.fromStart && this.misses > 0
  }

  /**
   * Bytes of `stream` come next, and nothing is known: are they of use? Of a dialogue in another protocol one turn of each end is
   * kept: what is asked, and what is answered. Joined in the middle, a turn may be long, and begins within something longer.
   */
  hears(stream: Stream): boolean {
    const turns = this.speaker !== stream
    if (turns) stream.turnAt = stream.next
    this.speaker = stream
    if (turns) this.looks = 0
    if (!this.strange) return this.looks <= LOOKS_MAX
    if (turns) stream.keepFrom(stream.next)
    return this.looks === 0
  }

  /** Nobody knows what was said. Much of it in one turn is one thing that nobody knows. */
  miss(isLong: boolean): void {
    if (this.looks++ === 0 || !isLong) this.misses++
  }

  /** What came before the last turns may have hidden what they are. true: it did. */
  keepTurns(): boolean {
    const length = this.sent.length + this.received.length
    for (const stream of [this.sent, this.received]) stream.keepFrom(stream.turnAt)
    return this.sent.length + this.received.length < length
  }

  stream(direction: number): Stream {
    return direction === Direction.SEND ? this.sent : this.received
  }

  get requests(): Stream {
    return this.role === ROLE.server ? this.received : this.sent
  }

  get responses(): Stream {
    return this.role === ROLE.server ? this.sent : this.received
  }

  kind(stream: Stream): Kind {
    return stream === this.requests ? 'request' : 'response'
  }

  get hint(): InferHint {
    const { facts } = this
    const role = facts.role === ROLE.client ? 'client' : facts.role === ROLE.server ? 'server' : 'unknown'
    return {
      role,
      localPort: facts.localPort ?? 0,
      remotePort: facts.remotePort ?? 0,
      fromStart: this.fromStart,
      transport: this.transport,
    }
  }

  /** What the rows of this connection share, by the process that uses it now. */
  get origin(): Origin {
    let origin = this.#origin
    if (origin === undefined || origin.upid !== this.process.upid || origin.trace_role !== this.role) {
      origin = this.#newOrigin()
      this.#origin = origin
    }
    return origin
  }

  #newOrigin(): Origin {
    const { facts, process } = this
    return {
      upid: process.upid,
      pid: process.pid,
      comm: process.comm,
      container: process.container,
      remote_addr: facts.remoteAddr,
      remote_port: facts.remotePort,
      local_addr: facts.localAddr,
      local_port: facts.localPort,
      trace_role: this.role,
      encrypted: this.encrypted,
    }
  }

  /** Another process uses the socket too (after fork, or the descriptor was passed). */
  addProcess(process: Process): void {
    if (this.#processes.length >= PROCESSES_MAX) this.#processes.shift()
    this.#processes.push(process)
  }

  /** The next bytes are those of a call by `pid`. */
  usedBy(pid: number): void {
    if (this.process.pid === pid || this.#processes.length === 1) return
    this.process = this.#processes.findLast((process) => process.pid === pid) ?? this.process
  }

  /** Frees what only decoding needs. */
  stop(protocol: string | undefined): void {
    this.phase = 'off'
    this.offNs = this.lastNs
    this.protocol = protocol ?? this.protocol
    this.decoder = undefined
    this.sent.release()
    this.received.release()
  }

  run(stream: Stream, until = Number.POSITIVE_INFINITY): Outcome {
    return this.decoder?.run(stream, this.kind(stream), until) ?? 'fine'
  }
}

/** Was a byte lost that nobody meant to leave out? */
export function isLoss(reason: number): boolean {
  return reason >= Reason.LOST_RING
}
