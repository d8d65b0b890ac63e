import { bytesOf, viewOf } from './bytes.js'
import type { EventWriter } from './event-writer.js'
import { Direction, Role } from './intf.gen.js'
import { flowKey, isFromLower, type Segment, TCP } from './segment.js'

/** Bytes that may wait for a segment that comes before them; then it was lost to the capture. */
const WAITING_BYTES_MAX = 4 * 1024 * 1024
const FLOWS_MAX = 65_536

const NOTHING = new DataView(new ArrayBuffer(0))

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
  /** The sequence number of its FIN; -1 before that. */
  fin = -1
  /** Sequence numbers up to which the other end has acknowledged, at first and by now; -1 before. */
  #ackedFrom = -1
  #acked = -1
  #waiting: Waiting[] = []
  #waitingBytes = 0

  constructor(direction: number) {
    this.direction = direction
  }

  /** Position of a sequence number, near to where the stream stands. */
  position(seq: number): number {
    return this.next + ((seq - this.base - this.next) | 0)
  }

  /** The first sequence number that is missed, where `seq` is seen first: of a connection that was seen to open also what was lost. */
  first(seq: number, role: number): number {
    const lost = role !== Role.UNKNOWN && this.#acked >= 0 && ((seq - this.#ackedFrom) | 0) > 0
    return lost ? this.#ackedFrom : seq
  }

  /** All bytes before `seq` exist. */
  acknowledge(seq: number): void {
    if (this.fin >= 0 && ((seq - this.fin) | 0) > 0) seq = this.fin
    if (this.#acked < 0) this.#ackedFrom = this.#acked = seq
    else if (((seq - this.#acked) | 0) > 0) this.#acked = seq
  }

  finish(seq: number): void {
    if (this.#acked < 0) this.#ackedFrom = seq
    this.fin = this.#acked = seq
  }

  /** RFC 9293 §3.10.7: its number is that of the next byte, or the last that was acknowledged; of one that is forged it may be any. */
  reset(seq: number): void {
    if (this.base >= 0 && this.position(seq) - this.next <= WAITING_BYTES_MAX) this.acknowledge(seq)
  }

  /** Bytes after the last that was seen which the other end has got all the same, or its FIN or RST counts; one alone is a FIN. */
  get unseen(): number {
    if (this.#acked < 0) return 0
    const length = (this.#acked - (this.base < 0 ? this.#ackedFrom : this.base + this.next)) | 0
    return length > (this.fin < 0 ? 1 : 0) ? length : 0
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
  /** The first segment was sent by the lower of the two ends. */
  readonly fromLower: boolean
  announced = false
  lastNs = 0

  /** `first`: the first segment that was captured, of the end from which the flow is seen. */
  constructor(id: number, first: Segment, fromLower: boolean) {
    this.id = id
    this.fromLower = fromLower
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
    const fromLower = isFromLower(segment)
    const key = flowKey(segment, fromLower)
    const syn = (segment.flags & TCP.SYN) !== 0
    let flow = this.#flows.get(key)
    if (flow !== undefined && isAnother(flow, segment, fromLower)) {
      this.#close(key, flow)
      flow = undefined
    }
    if (flow === undefined) {
      if (segment.length === 0 && !syn) return
      flow = this.#open(key, segment, fromLower)
    }
    flow.lastNs = timeNs
    this.#move(flow, flow.halves[flow.fromLower === fromLower ? 0 : 1], segment, timeNs)
    if (segment.flags & TCP.RST || (flow.halves[0].fin >= 0 && flow.halves[1].fin >= 0)) this.#close(key, flow)
  }

  #open(key: string, segment: Segment, fromLower: boolean): Flow {
    if (this.#flows.size >= FLOWS_MAX) {
      const [oldest] = this.#flows
      if (oldest !== undefined) this.#close(...oldest)
    }
    const flow = new Flow(this.#newId(), segment, fromLower)
    this.#flows.set(key, flow)
    return flow
  }

  #move(flow: Flow, half: Half, segment: Segment, timeNs: number): void {
    const syn = (segment.flags & TCP.SYN) !== 0
    const seq = (segment.seq + (syn ? 1 : 0)) >>> 0
    if (half.base < 0) {
      // Joined in the middle, positions begin at 1: what was before is not known.
      half.base = syn ? seq : (half.first(seq, flow.role) - 1) >>> 0
      half.next = syn ? 0 : 1
    }
    const other = flow.halves[half === flow.halves[0] ? 1 : 0] as Half
    if ((segment.flags & (TCP.ACK | TCP.RST)) === TCP.ACK) other.acknowledge(segment.ack)
    // What it acknowledges came before what it says.
    if (segment.flags & TCP.ACK && other.base >= 0) this.#pass(flow, other, other.position(segment.ack))
    if (segment.length > 0) this.#data(flow, half, segment, half.position(seq), timeNs)
    if (segment.flags & TCP.FIN) half.finish((seq + segment.length) >>> 0)
    else if (segment.flags & TCP.RST) half.reset(seq)
  }

  #data(flow: Flow, half: Half, segment: Segment, position: number, timeNs: number): void {
    // A keep-alive probe repeats the byte before.
    if (position + segment.length <= half.next) return
    if (!flow.announced) this.#announce(flow, half, segment, timeNs)
    const { view, start, end, length } = segment
    if (position === half.next && !half.waits) {
      half.next += length
      this.#out.data(flow.id, half.direction, timeNs, position, length, view, start, end)
      return
    }
    half.add({ position, length, payload: Buffer.from(bytesOf(view, start, end)), timeNs })
    this.#pass(flow, half, half.next)
  }

  #pass(flow: Flow, half: Half, acknowledged: number): void {
    if (!half.waits) return
    for (const { position, length, payload, timeNs } of half.take(acknowledged)) {
      this.#out.data(flow.id, half.direction, timeNs, position, length, viewOf(payload), 0, payload.length)
    }
  }

  #announce(flow: Flow, half: Half, segment: Segment, timeNs: number): void {
    const [sent, received] = flow.halves
    flow.announced = true
    this.#out.conn({
      transport: 'stream',
      conn: flow.id,
      timeNs,
      role: flow.role,
      packet: segment,
      received: half === received,
      position: [start(sent), start(received)],
    })
  }

  // What still waits is passed on, and what was lost behind it is told.
  #finish(flow: Flow): void {
    for (const half of flow.halves) {
      this.#pass(flow, half, Number.POSITIVE_INFINITY)
      const { unseen } = half
      if (unseen === 0 || !flow.announced) continue
      half.next = start(half) + unseen
      this.#out.data(flow.id, half.direction, flow.lastNs, half.next, 0, NOTHING, 0, 0)
    }
  }

  #close(key: string, flow: Flow): void {
    this.#finish(flow)
    if (flow.announced) this.#out.close(flow.id, flow.lastNs, [flow.halves[0].next, flow.halves[1].next])
    this.#flows.delete(key)
  }

  /** The capture has ended; connections stay open. */
  end(): void {
    for (const flow of this.#flows.values()) this.#finish(flow)
  }
}

// Joined in the middle, positions begin at 1.
function start({ base, next }: Half): number {
  return base < 0 ? 1 : next
}

// A new SYN with another number on the same ports is another connection.
function isAnother(flow: Flow, { flags, seq }: Segment, fromLower: boolean): boolean {
  const opens = (flags & TCP.SYN) !== 0 && (flags & TCP.ACK) === 0
  return opens && flow.fromLower === fromLower && flow.halves[0].base !== (seq + 1) >>> 0
}
