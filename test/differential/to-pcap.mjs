// A recording as a capture file, for another reader: each connection as segments of TCP, in the order in which the calls were made.
import { readFileSync } from 'node:fs'
import { EventBatch } from '../../dist/kernel/events.js'
import { ConnEvent, DataEvent, Direction, Family } from '../../dist/kernel/intf.gen.js'
import { FRAME, FRAME_HEAD, MAGIC } from '../../dist/kernel/recording.js'

const LINKTYPE_RAW = 101
const TCP = 6
const [FIN, SYN, PUSH, ACK] = [1, 2, 8, 16]
const WINDOW = 65_535
const IP_BYTES = 20
const TCP_BYTES = 20
const SEGMENT_BYTES = 32_768

function* frames(recording) {
  for (let at = MAGIC.length; at + FRAME_HEAD <= recording.length; ) {
    const length = recording.readUInt32LE(at + 4)
    yield { type: recording.readUInt32LE(at), payload: recording.subarray(at + FRAME_HEAD, at + FRAME_HEAD + length) }
    at += FRAME_HEAD + length
  }
}

function fileHeader() {
  const header = Buffer.alloc(24)
  header.writeUInt32LE(0xa1b2c3d4, 0)
  header.writeUInt16LE(2, 4)
  header.writeUInt16LE(4, 6)
  header.writeUInt32LE(262_144, 16)
  header.writeUInt32LE(LINKTYPE_RAW, 20)
  return header
}

function packet(ns, from, to, seq, ack, flags, payload) {
  const size = IP_BYTES + TCP_BYTES + payload.length
  const head = Buffer.alloc(16 + IP_BYTES + TCP_BYTES)
  head.writeUInt32LE(Math.floor(ns / 1e9), 0)
  head.writeUInt32LE(Math.floor((ns % 1e9) / 1e3), 4)
  head.writeUInt32LE(size, 8)
  head.writeUInt32LE(size, 12)
  head.writeUInt8(0x45, 16)
  head.writeUInt16BE(size, 18)
  head.writeUInt8(64, 24)
  head.writeUInt8(TCP, 25)
  from.address.copy(head, 28)
  to.address.copy(head, 32)
  head.writeUInt16BE(from.port, 36)
  head.writeUInt16BE(to.port, 38)
  head.writeUInt32BE(seq >>> 0, 40)
  head.writeUInt32BE(ack >>> 0, 44)
  head.writeUInt8((TCP_BYTES / 4) << 4, 48)
  head.writeUInt8(flags, 49)
  head.writeUInt16BE(WINDOW, 50)
  return Buffer.concat([head, payload])
}

/** Takes events and keeps packets. Sequence numbers are positions, after a SYN with number 0. */
class Segments {
  packets = []
  #ended = []
  #conns = new Map()

  conn(batch, at) {
    const id = batch.connId(at)
    if (this.#conns.has(id) || batch.u8(at + ConnEvent.family) !== Family.INET) return
    const end = (address, port) => ({
      address: Buffer.from(batch.buf.subarray(at + address + 12, at + address + 16)),
      port: batch.u16(at + port),
    })
    const ends = [end(ConnEvent.local_addr, ConnEvent.local_port), end(ConnEvent.remote_addr, ConnEvent.remote_port)]
    const next = [1, 1]
    this.#conns.set(id, { ends, next })
    const ns = batch.timeNs(at)
    const none = Buffer.alloc(0)
    this.packets.push(
      packet(ns, ends[1], ends[0], 0, 0, SYN, none),
      packet(ns, ends[0], ends[1], 0, 1, SYN | ACK, none),
    )
    this.packets.push(packet(ns, ends[1], ends[0], 1, 1, ACK, none))
  }

  data(batch, at) {
    const conn = this.#conns.get(batch.connId(at))
    if (conn === undefined) return
    const direction = batch.u8(at + DataEvent.direction)
    const [from, to] = direction === Direction.SEND ? conn.ends : [...conn.ends].reverse()
    const seq = 1 + batch.u64(at + DataEvent.position)
    const begin = at + DataEvent.SIZE
    // What was not captured are zeros: a reader that gives up at a gap would give up what follows.
    const bytes = Buffer.alloc(batch.u32(at + DataEvent.length))
    batch.buf.copy(bytes, 0, begin, begin + batch.u32(at + DataEvent.captured))
    for (let done = 0; done < bytes.length; done += SEGMENT_BYTES) {
      const piece = bytes.subarray(done, done + SEGMENT_BYTES)
      this.packets.push(packet(batch.timeNs(at), from, to, seq + done, conn.next[1 - direction], PUSH | ACK, piece))
    }
    conn.next[direction] = seq + bytes.length
  }

  closed(batch, at) {
    this.#ended.push({ id: batch.connId(at), ns: batch.timeNs(at) })
  }

  /** The ends of connections overtake the data in a recording: they come last. */
  finish() {
    for (const { id, ns } of this.#ended) {
      const { ends, next } = this.#conns.get(id) ?? {}
      if (ends !== undefined)
        this.packets.push(packet(ns, ends[0], ends[1], next[0], next[1], FIN | ACK, Buffer.alloc(0)))
    }
    return this.packets
  }
}

/** → the bytes of a pcap, of the connections over IPv4. */
export function toPcap(file) {
  const segments = new Segments()
  for (const { type, payload } of frames(readFileSync(file))) {
    if (type !== FRAME.events) continue
    const events = Buffer.from(payload)
    new EventBatch(events).walk(events.length, segments)
  }
  return Buffer.concat([fileHeader(), ...segments.finish()])
}
