import { bytesOf } from './bytes.js'
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
import { writeAddress } from './ip.js'
import type { Datagram } from './segment.js'

const TWO_32 = 0x1_0000_0000
const FIRST_BYTES = 512 * 1024
/** So few bytes are copied faster by words than by a call, which makes an object for the part that is copied. */
const FEW_BYTES = 256
/** Type of the socket, and protocol: SOCK_*, IPPROTO_*. */
const TRANSPORT = { stream: [1, 6], datagram: [2, 17] } as const

type Pair = readonly [number, number]

/** The other end of a datagram; its address as 16 bytes, IPv6 or v4-mapped. */
export interface Peer {
  readonly address: Buffer
  readonly port: number
}

/** A connection as it is announced. */
export interface Announcement {
  readonly transport: keyof typeof TRANSPORT
  readonly conn: number
  readonly timeNs: number
  readonly role: (typeof Role)[keyof typeof Role]
  /** What was sent from one end to the other; `received`: by the other end. */
  readonly packet: Datagram
  readonly received: boolean
  readonly position: Pair
}

/** Writes events as the kernel side does, for sources that are not one. */
export class EventWriter {
  #buf = Buffer.allocUnsafeSlow(FIRST_BYTES)
  /** The same memory: events, and the numbers in them, begin at multiples of 4. */
  #words = wordsOf(this.#buf)
  /** The events that were written and not taken are #buf[#start, #end). */
  #start = 0
  #end = 0

  /** Bytes of the events that were written and not taken. */
  get bytes(): number {
    return this.#end - this.#start
  }

  /** Moves the events that fit into a buffer, at least one where there is one; → their bytes. */
  take(into: Buffer): number {
    const start = this.#start
    if (this.bytes <= into.length) this.#start = this.#end
    while (this.#start < this.#end) {
      const next = this.#start + this.#buf.readUInt32LE(this.#start + DataEvent.size)
      if (next - start > into.length && this.#start > start) break
      this.#start = next
    }
    const bytes = this.#buf.copy(into, 0, start, this.#start)
    if (this.#start === this.#end) this.#start = this.#end = 0
    return bytes
  }

  conn(a: Announcement): void {
    const at = this.#event(EventKind.CONN, ConnEvent.SIZE)
    const buf = this.#buf
    const { packet, received } = a
    const [type, protocol] = TRANSPORT[a.transport]
    buf[at + ConnEvent.family] = packet.family === 'inet' ? Family.INET : Family.INET6
    buf[at + ConnEvent.type] = type
    buf[at + ConnEvent.role] = a.role
    buf[at + ConnEvent.protocol] = protocol
    this.#u64(at + ConnEvent.conn, a.conn)
    this.#u64(at + ConnEvent.time, a.timeNs)
    this.#u64(at + ConnEvent.position, a.position[0])
    this.#u64(at + ConnEvent.position + 8, a.position[1])
    buf.writeUInt16LE(received ? packet.destinationPort : packet.sourcePort, at + ConnEvent.local_port)
    buf.writeUInt16LE(received ? packet.sourcePort : packet.destinationPort, at + ConnEvent.remote_port)
    writeAddress(buf, at + ConnEvent.local_addr, packet, received ? 1 : 0)
    writeAddress(buf, at + ConnEvent.remote_addr, packet, received ? 0 : 1)
  }

  /** `length` bytes moved, of which [start, end) of `from` is the beginning; with `peer`, they are one datagram. */
  data(
    conn: number,
    direction: number,
    timeNs: number,
    position: number,
    length: number,
    from: DataView,
    start: number,
    end: number,
    peer?: Peer,
  ): void {
    const captured = end - start
    const at = this.#event(EventKind.DATA, DataEvent.SIZE, (DataEvent.SIZE + captured + 7) & ~7)
    const buf = this.#buf
    buf[at + DataEvent.direction] = direction
    buf[at + DataEvent.flags] = DataFlag.START
    this.#u64(at + DataEvent.conn, conn)
    this.#u64(at + DataEvent.time, timeNs)
    this.#u64(at + DataEvent.position, position)
    this.#u32(at + DataEvent.length, length)
    this.#u32(at + DataEvent.captured, captured)
    buf[at + DataEvent.reason] = captured < length ? Reason.SKIP_CAPTURE : Reason.EMITTED
    this.#copy(at + DataEvent.SIZE, from, start, end)
    if (peer === undefined) return
    buf.writeUInt16LE(peer.port, at + DataEvent.peer_port)
    peer.address.copy(buf, at + DataEvent.peer_addr)
  }

  close(conn: number, timeNs: number, position: Pair): void {
    const at = this.#event(EventKind.CLOSE, CloseEvent.SIZE)
    this.#u64(at + CloseEvent.conn, conn)
    this.#u64(at + CloseEvent.time, timeNs)
    this.#u64(at + CloseEvent.position + 8 * Direction.SEND, position[Direction.SEND])
    this.#u64(at + CloseEvent.position + 8 * Direction.RECV, position[Direction.RECV])
  }

  // → where the event begins; its head is 0 but for kind and size.
  #event(kind: number, head: number, size = head): number {
    if (this.#end + size > this.#buf.length) this.#makeRoom(size)
    const at = this.#end
    for (let field = at; field < at + head; field += 4) this.#u32(field, 0)
    // What follows a payload up to the next multiple of 8.
    if (size > head) this.#u64(at + size - 8, 0)
    this.#buf[at + DataEvent.kind] = kind
    this.#u32(at + DataEvent.size, size)
    this.#end += size
    return at
  }

  #copy(to: number, from: DataView, start: number, end: number): void {
    if (end - start > FEW_BYTES) {
      this.#buf.set(bytesOf(from, start, end), to)
      return
    }
    let at = start
    for (; at + 4 <= end; at += 4) this.#u32(to + at - start, from.getUint32(at, true))
    for (; at < end; at++) this.#buf[to + at - start] = from.getUint8(at)
  }

  // Of a larger value, the lower 32 bits.
  #u32(at: number, value: number): void {
    this.#words[at >> 2] = value
  }

  #u64(at: number, value: number): void {
    this.#u32(at, value)
    this.#u32(at + 4, value / TWO_32)
  }

  #makeRoom(size: number): void {
    const { bytes } = this
    const target = bytes + size > this.#buf.length ? Buffer.allocUnsafeSlow(2 * (bytes + size)) : this.#buf
    this.#buf.copy(target, 0, this.#start, this.#end)
    this.#buf = target
    this.#words = wordsOf(target)
    this.#start = 0
    this.#end = bytes
  }
}

function wordsOf({ buffer, byteOffset, length }: Buffer): Uint32Array {
  return new Uint32Array(buffer, byteOffset, length >> 2)
}
