import type { HostFacts } from '../system/host.js'
import { type Packet, type PacketReader, packetReader } from './capture-file.js'
import { EventWriter } from './event-writer.js'
import { Flows } from './flows.js'
import type { InputFile } from './input-file.js'
import type { Attachment, Kernel, KernelObject, Losses, Probe } from './kernel.js'
import { segmentOf } from './segment.js'

/** Events of one tick, as little as a drain takes. */
const TICK_BYTES = 256 * 1024

/** A capture file (pcap, pcapng) in the place of a kernel: TCP only, and no processes. */
export function openCapture(file: InputFile): CaptureKernel {
  return new CaptureKernel(file)
}

export class CaptureKernel implements Kernel {
  readonly source = 'capture'
  readonly host: HostFacts
  readonly #file: InputFile
  readonly #packets: PacketReader
  readonly #events = new EventWriter()
  readonly #flows = new Flows(this.#events)
  readonly #object = new CaptureObject(this.#events)
  #next: Packet | undefined
  #timeNs = 0

  constructor(file: InputFile) {
    this.#file = file
    this.#packets = packetReader(file.read(4), (length) => file.read(length))
    this.#next = this.#packets.next()
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
      const segment = segmentOf(packet)
      if (segment === undefined) this.#object.counts.other++
      else this.#flows.segment(segment, this.#timeNs)
      this.#next = this.#packets.next()
      if (this.#next === undefined) this.#flows.end()
    }
    return this.#timeNs
  }

  close(): void {
    this.#file.close()
  }
}

class CaptureObject implements KernelObject {
  readonly counts = { packets: 0, other: 0 }
  readonly #events: EventWriter

  constructor(events: EventWriter) {
    this.#events = events
  }

  attach(probe: Probe): Attachment {
    return { probe, error: undefined, detach: () => undefined }
  }

  drain(into: Buffer): number {
    return this.#events.take(into.length).copy(into)
  }

  watch(): void {}

  readMap(): number {
    return 0
  }

  writeMap(): number {
    return 0
  }

  losses(): Losses {
    const { packets, other } = this.counts
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
