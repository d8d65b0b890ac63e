import type { EventWriter } from './event-writer.js'
import { Direction, Role } from './intf.gen.js'
import { addressOf } from './ip.js'
import { flowKeys, type Segment, TCP } from './segment.js'

const TWO_32 = 0x1_0000_0000
/** Bytes that may wait for a segment that comes before them; then it was lost to the capture. */
const WAITING_BYTES_MAX = 4 * 1024 * 1024
const FLOWS_MAX = 65_536

interface Waiting {
  readonly position: number
  readonly length: number
  readonly payload: Buffer
  readonly timeNs: number
}

/** One direction of a flow: which bytes were seen, in the order of their positions. */
class Half {
  readonly direction: number
  /** Sequence number of position 0; -1 before the first segment. */
  base = -1
  /** Position after the last byte that was passed on. */
  next = 0
  fin = false
  #waiting: Waiting[] = []
  #waitingBytes = 0

  constructor(direction: number) {
    this.direction = direction
  }

  /** Position of a sequence number, near to where the stream stands. */
  position(seq: number): number {
    const delta = (((seq - this.base - this.next) % TWO_32) + TWO_32) % TWO_32
    return this.next + (delta >= TWO_32 / 2 ? delta - TWO_32 : delta)
  }

  get waits(): boolean {
    return this.#waiting.length > 0
  }

  add(waiting: Waiting): void {
    let at = this.#waiting.length
    while (at > 0 && (this.#waiting[at - 1] as Waiting).position > waiting.position) at--
    this.#waiting.splice(at, 0, waiting)
    this.#waitingBytes += waiting.payload.length
  }

  /** Hands out what is next; `upTo`: the other end has acknowledged these bytes, a hole before them was lost to the capture. */
  *take(upTo: number): Generator<Waiting> {
    for (let [first] = this.#waiting; first !== undefined; [first] = this.#waiting) {
      const hole = first.position > this.next
      if (hole && first.position >= upTo && this.#waitingBytes <= WAITING_BYTES_MAX) return
      this.#waiting.shift()
      this.#waitingBytes -= first.payload.length
      const seen = Math.max(this.next - first.position, 0)
      if (seen >= first.length) continue
      this.next = first.position + first.length
      yield {
        position: first.position + seen,
        length: first.length - seen,
        payload: first.payload.subarray(Math.min(seen, first.payload.length)),
        timeNs: first.timeNs,
      }
    }
  }
}

/** A TCP connection of a capture, seen from the end that sent the first segment: mostly the one that opened it. */
class Flow {
  readonly id: number
  readonly halves = [new Half(Direction.SEND), new Half(Direction.RECV)] as const
  readonly role: (typeof Role)[keyof typeof Role]
  announced = false
  lastNs = 0

  /** `first`: the first segment that was captured, of the end from which the flow is seen. */
  constructor(id: number, first: Segment) {
    this.id = id
    const [syn, ack] = [first.flags & TCP.SYN, first.flags & TCP.ACK]
    this.role = syn === 0 ? Role.UNKNOWN : ack === 0 ? Role.CLIENT : Role.SERVER
  }
}

/** TCP segments of a capture → events, each byte once and in order. */
export class Flows {
  readonly #out: EventWriter
  readonly #newId: () => number
  readonly #flows = new Map<string, Flow>()

  constructor(out: EventWriter, newId: () => number) {
    this.#out = out
    this.#newId = newId
  }

  segment(segment: Segment, timeNs: number): void {
    const [from, to] = flowKeys(segment)
    const syn = (segment.flags & TCP.SYN) !== 0
    if (syn && !(segment.flags & TCP.ACK)) this.#forget(this.#flows.get(from), from, segment)
    const answered = this.#flows.get(to)
    const answers = answered !== undefined
    const key = answers ? to : from
    let flow = answered ?? this.#flows.get(from)
    if (flow === undefined) {
      if (segment.length === 0 && !syn) return
      flow = this.#open(key, segment)
    }
    flow.lastNs = timeNs
    this.#move(flow, flow.halves[answers ? 1 : 0] as Half, segment, timeNs)
    if (segment.flags & TCP.RST || (flow.halves[0].fin && flow.halves[1].fin)) this.#close(key, flow)
  }

  // A new SYN with another number on the same ports is another connection.
  #forget(flow: Flow | undefined, key: string, segment: Segment): void {
    if (flow === undefined || flow.halves[0].base === (segment.seq + 1) % TWO_32) return
    this.#close(key, flow)
  }

  #open(key: string, segment: Segment): Flow {
    if (this.#flows.size >= FLOWS_MAX) {
      const [oldest] = this.#flows
      if (oldest !== undefined) this.#close(...oldest)
    }
    const flow = new Flow(this.#newId(), segment)
    this.#flows.set(key, flow)
    return flow
  }

  #move(flow: Flow, half: Half, segment: Segment, timeNs: number): void {
    const syn = (segment.flags & TCP.SYN) !== 0
    const seq = (segment.seq + (syn ? 1 : 0)) % TWO_32
    if (half.base < 0) {
      // Joined in the middle, positions begin at 1: what was before is not known.
      half.base = syn ? seq : (seq - 1 + TWO_32) % TWO_32
      half.next = syn ? 0 : 1
    }
    if (segment.length > 0) this.#data(flow, half, segment, half.position(seq), timeNs)
    if (segment.flags & TCP.FIN) half.fin = true
    const other = flow.halves[half === flow.halves[0] ? 1 : 0] as Half
    if (segment.flags & TCP.ACK && other.base >= 0) this.#pass(flow, other, other.position(segment.ack))
  }

  #data(flow: Flow, half: Half, segment: Segment, position: number, timeNs: number): void {
    // A keep-alive probe repeats the byte before.
    if (position + segment.length <= half.next) return
    if (!flow.announced) this.#announce(flow, half, segment, timeNs)
    const { buf, start, end, length } = segment
    if (position === half.next && !half.waits) {
      half.next += length
      this.#out.data(flow.id, half.direction, timeNs, position, length, buf, start, end)
      return
    }
    half.add({ position, length, payload: Buffer.from(buf.subarray(start, end)), timeNs })
    this.#pass(flow, half, half.next)
  }

  #pass(flow: Flow, half: Half, acknowledged: number): void {
    if (!half.waits) return
    for (const { position, length, payload, timeNs } of half.take(acknowledged)) {
      this.#out.data(flow.id, half.direction, timeNs, position, length, payload, 0, payload.length)
    }
  }

  // The address of the sending end comes first: that is ours if the segment goes the way of the first one.
  #announce(flow: Flow, half: Half, segment: Segment, timeNs: number): void {
    const ours = half === flow.halves[0]
    const [source, destination] = [addressOf(segment, 0), addressOf(segment, 1)]
    const [sent, received] = flow.halves
    const middle = (other: Half): number => (other.base < 0 ? 1 : other.next)
    flow.announced = true
    this.#out.conn({
      transport: 'stream',
      conn: flow.id,
      timeNs,
      role: flow.role,
      family: segment.family,
      local: ours ? source : destination,
      localPort: ours ? segment.sourcePort : segment.destinationPort,
      remote: ours ? destination : source,
      remotePort: ours ? segment.destinationPort : segment.sourcePort,
      position: [middle(sent), middle(received)],
    })
  }

  #close(key: string, flow: Flow): void {
    for (const half of flow.halves) this.#pass(flow, half, Number.POSITIVE_INFINITY)
    if (flow.announced) this.#out.close(flow.id, flow.lastNs, [flow.halves[0].next, flow.halves[1].next])
    this.#flows.delete(key)
  }

  /** The capture has ended: what still waits is passed on; connections stay open. */
  end(): void {
    for (const flow of this.#flows.values()) {
      for (const half of flow.halves) this.#pass(flow, half, Number.POSITIVE_INFINITY)
    }
  }
}
