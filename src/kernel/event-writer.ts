import {
  CloseEvent,
  ConnEvent,
  DataEvent,
  DataFlag,
  Direction,
  EventKind,
  Family,
  Reason,
  type Role,
} from './intf.gen.js'

const TWO_32 = 0x1_0000_0000
/** Type of the socket, and protocol: SOCK_*, IPPROTO_*. */
const TRANSPORT = { stream: [1, 6], datagram: [2, 17] } as const

type Pair = readonly [number, number]

/** The other end of a datagram; its address as 16 bytes, IPv6 or v4-mapped. */
export interface Peer {
  readonly address: Buffer
  readonly port: number
}

/** A connection as it is announced; addresses as 16 bytes each, IPv6 or v4-mapped. */
export interface Announcement {
  readonly transport: keyof typeof TRANSPORT
  readonly conn: number
  readonly timeNs: number
  readonly role: (typeof Role)[keyof typeof Role]
  readonly family: 'inet' | 'inet6'
  readonly local: Buffer
  readonly localPort: number
  readonly remote: Buffer
  readonly remotePort: number
  readonly position: Pair
}

/** Writes events as the kernel side does, for sources that are not one. */
export class EventWriter {
  #chunks: Buffer[] = []
  #bytes = 0

  /** Bytes of the events that were written and not taken. */
  get bytes(): number {
    return this.#bytes
  }

  /** The events that fit into `most` bytes; at least one, where there is one. */
  take(most: number): Buffer {
    let n = 0
    let bytes = 0
    while (n < this.#chunks.length && (n === 0 || bytes + (this.#chunks[n] as Buffer).length <= most)) {
      bytes += (this.#chunks[n++] as Buffer).length
    }
    this.#bytes -= bytes
    return Buffer.concat(this.#chunks.splice(0, n))
  }

  conn(a: Announcement): void {
    const event = this.#event(EventKind.CONN, ConnEvent.SIZE)
    event[ConnEvent.family] = a.family === 'inet' ? Family.INET : Family.INET6
    const [type, protocol] = TRANSPORT[a.transport]
    event[ConnEvent.type] = type
    event[ConnEvent.role] = a.role
    event.writeUInt32LE(protocol, ConnEvent.protocol)
    writeU64(event, ConnEvent.conn, a.conn)
    writeU64(event, ConnEvent.time, a.timeNs)
    writeU64(event, ConnEvent.position, a.position[0])
    writeU64(event, ConnEvent.position + 8, a.position[1])
    event.writeUInt16LE(a.localPort, ConnEvent.local_port)
    event.writeUInt16LE(a.remotePort, ConnEvent.remote_port)
    a.local.copy(event, ConnEvent.local_addr)
    a.remote.copy(event, ConnEvent.remote_addr)
  }

  /** `length` bytes moved, of which `payload` is the start; with `peer`, they are one datagram. */
  data(
    conn: number,
    direction: number,
    timeNs: number,
    position: number,
    length: number,
    payload: Buffer,
    peer?: Peer,
  ): void {
    const event = this.#event(EventKind.DATA, (DataEvent.SIZE + payload.length + 7) & ~7)
    event[DataEvent.direction] = direction
    event[DataEvent.flags] = DataFlag.START
    writeU64(event, DataEvent.conn, conn)
    writeU64(event, DataEvent.time, timeNs)
    writeU64(event, DataEvent.position, position)
    event.writeUInt32LE(length, DataEvent.length)
    event.writeUInt32LE(payload.length, DataEvent.captured)
    event.writeUInt16LE(payload.length < length ? Reason.SKIP_CAPTURE : Reason.EMITTED, DataEvent.reason)
    payload.copy(event, DataEvent.SIZE)
    if (peer === undefined) return
    event.writeUInt16LE(peer.port, DataEvent.peer_port)
    peer.address.copy(event, DataEvent.peer_addr)
  }

  close(conn: number, timeNs: number, position: Pair): void {
    const event = this.#event(EventKind.CLOSE, CloseEvent.SIZE)
    writeU64(event, CloseEvent.conn, conn)
    writeU64(event, CloseEvent.time, timeNs)
    writeU64(event, CloseEvent.position + 8 * Direction.SEND, position[Direction.SEND])
    writeU64(event, CloseEvent.position + 8 * Direction.RECV, position[Direction.RECV])
  }

  #event(kind: number, size: number): Buffer {
    const event = Buffer.alloc(size)
    event[DataEvent.kind] = kind
    event.writeUInt32LE(size, DataEvent.size)
    this.#chunks.push(event)
    this.#bytes += size
    return event
  }
}

function writeU64(buf: Buffer, at: number, value: number): void {
  buf.writeUInt32LE(value % TWO_32, at)
  buf.writeUInt32LE(Math.floor(value / TWO_32), at + 4)
}
