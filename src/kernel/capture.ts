import type { HostFacts } from '../system/host.js'
import { type Packet, type PacketReader, packetReader } from './capture-file.js'
import { DatagramFlows } from './datagram-flows.js'
import { EventWriter } from './event-writer.js'
import { Flows } from './flows.js'
import { Fragments } from './fragments.js'
import type { InputFile } from './input-file.js'
import { type Payload, payloadOf } from './ip.js'
import type { Attachment, Kernel, KernelObject, Losses, Probe } from './kernel.js'
import { datagramOf, IPPROTO, segmentOf } from './segment.js'

/** How long the rest of a fragmented packet is waited for: what comes at all comes at once. */
const FRAGMENTS_NS = 5e9
/** Events of one tick, as little as a drain takes. */
const TICK_BYTES = 256 * 1024

/** A capture file (pcap, pcapng) in the place of a kernel: TCP and UDP, and no processes. */
export function openCapture(file: InputFile): CaptureKernel {
  return new CaptureKernel(file)
}

export class CaptureKernel implements Kernel {
  readonly source = 'capture'
  readonly host: HostFacts
  readonly #file: InputFile
  readonly #packets: PacketReader
  readonly #events = new EventWriter()
  readonly #fragments = new Fragments()
  readonly #flows: Flows
  readonly #datagrams: DatagramFlows
  readonly #object = new CaptureObject(this.#events, this.#fragments)
  #next: Packet | undefined
  #timeNs = 0

  constructor(file: InputFile) {
    this.#file = file
    this.#packets = packetReader(file)
    this.#next = this.#packets.next()
    let opened = 0
    const newId = (): number => ++opened
    this.#flows = new Flows(this.#events, newId)
    this.#datagrams = new DatagramFlows(this.#events, newId)
    this.host = {
      hostname: '',
      kernel: '',
      arch: '',
      userHz: 100,
      pageSize: 4096,
      startNs: 0,
      wallOffsetUs: this.#next?.us ?? 0,
    }
  }

  get ended(): boolean {
    return this.#next === undefined && this.#events.bytes === 0
  }

  /** Why the capture could not be read to its end, if it could not. */
  get damage(): string | undefined {
    const { damage } = this.#packets
    return damage === undefined ? undefined : `${this.#file.path}: ${damage} at byte ${this.#file.offset}`
  }

  open(): KernelObject {
    return this.#object
  }

  cgroupOf(): undefined {}

  // Time begins with the first packet; the clock of a capture may go back, ours does not.
  tick(): number {
    while (this.#next !== undefined && this.#events.bytes < TICK_BYTES) {
      const packet = this.#next
      this.#timeNs = Math.max(this.#timeNs, (packet.us - this.host.wallOffsetUs) * 1000 + packet.ns)
      this.#object.counts.packets++
      if (!this.#packet(packet)) this.#object.counts.other++
      this.#giveUpFragments(this.#timeNs - FRAGMENTS_NS)
      this.#next = this.#packets.next()
      if (this.#next === undefined) this.#end()
    }
    return this.#timeNs
  }

  // false: nothing that is followed.
  #packet(packet: Packet): boolean {
    this.#fragments.nowNs = this.#timeNs
    const payload = payloadOf(packet, this.#fragments)
    if (payload === 'waiting') return true
    if (payload?.protocol === IPPROTO.TCP) {
      const segment = segmentOf(payload)
      if (segment !== undefined) this.#flows.segment(segment, this.#timeNs)
      return segment !== undefined
    }
    return payload?.protocol === IPPROTO.UDP && this.#datagram(payload, this.#timeNs)
  }

  #datagram(payload: Payload, timeNs: number): boolean {
    const datagram = datagramOf(payload)
    if (datagram !== undefined) this.#datagrams.datagram(datagram, timeNs)
    return datagram !== undefined
  }

  #giveUpFragments(beforeNs: number): void {
    for (const first of this.#fragments.givenUp(beforeNs)) {
      if (!this.#datagram(first, first.timeNs)) this.#object.counts.other++
    }
  }

  #end(): void {
    this.#giveUpFragments(Infinity)
    this.#flows.end()
  }

  close(): void {
    this.#file.close()
  }
}

class CaptureObject implements KernelObject {
  readonly counts = { packets: 0, other: 0 }
  readonly #events: EventWriter
  readonly #fragments: Fragments

  constructor(events: EventWriter, fragments: Fragments) {
    this.#events = events
    this.#fragments = fragments
  }

  attach(probe: Probe): Attachment {
    return { probe, error: undefined, detach: () => undefined }
  }

  drain(into: Buffer): number {
    return this.#events.take(into)
  }

  watch(): void {}

  readMap(): number {
    return 0
  }

  writeMap(): number {
    return 0
  }

  losses(): Losses {
    const { packets } = this.counts
    const other = this.counts.other + this.#fragments.lost + this.#fragments.waiting
    return {
      skip_packet: { events: other, bytes: 0 },
      seen: { events: packets, bytes: 0 },
      emitted: { events: packets - other, bytes: 0 },
    }
  }

  programs(): Record<string, never> {
    return {}
  }

  close(): void {}
}
