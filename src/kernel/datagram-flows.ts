import type { EventWriter, Peer } from './event-writer.js'
import { Direction, Role } from './intf.gen.js'
import { writeAddress } from './ip.js'
import { type Datagram, flowKey, isFromLower } from './segment.js'

const FLOWS_MAX = 65_536

/** Two ends that exchange datagrams, seen from the one that sent the first. */
interface Flow {
  readonly id: number
  readonly peer: Peer
  /** The first was sent by the lower of the two ends. */
  readonly fromLower: boolean
  /** Datagrams so far, by direction. */
  readonly count: [number, number]
  lastNs: number
}

/** UDP datagrams of a capture → events, as of a socket for each pair of ends. */
export class DatagramFlows {
  readonly #out: EventWriter
  readonly #newId: () => number
  readonly #flows = new Map<string, Flow>()

  constructor(out: EventWriter, newId: () => number) {
    this.#out = out
    this.#newId = newId
  }

  datagram(datagram: Datagram, timeNs: number): void {
    const fromLower = isFromLower(datagram)
    const key = flowKey(datagram, fromLower)
    const flow = this.#flows.get(key) ?? this.#open(key, datagram, fromLower, timeNs)
    const direction = flow.fromLower === fromLower ? Direction.SEND : Direction.RECV
    flow.lastNs = timeNs
    const { view, start, end, length } = datagram
    const number = flow.count[direction]++
    this.#out.data(flow.id, direction, timeNs, number, length, view, start, end, flow.peer)
  }

  #open(key: string, datagram: Datagram, fromLower: boolean, timeNs: number): Flow {
    const [oldest] = this.#flows
    if (this.#flows.size >= FLOWS_MAX && oldest !== undefined) this.#close(...oldest)
    const peer = { address: Buffer.alloc(16), port: datagram.destinationPort }
    writeAddress(peer.address, 0, datagram, 1)
    const flow: Flow = { id: this.#newId(), peer, fromLower, count: [0, 0], lastNs: timeNs }
    this.#flows.set(key, flow)
    this.#out.conn({
      transport: 'datagram',
      conn: flow.id,
      timeNs,
      role: Role.UNKNOWN,
      packet: datagram,
      received: false,
      position: [0, 0],
    })
    return flow
  }

  #close(key: string, flow: Flow): void {
    this.#out.close(flow.id, flow.lastNs, flow.count)
    this.#flows.delete(key)
  }
}
