// Conversations of captures, and captures that repeat them: many exchanges, each of the bytes that real programs have sent.
import { closeSync, openSync, writeSync } from 'node:fs'
import { bytesOf } from '../../dist/kernel/bytes.js'
import { packetReader } from '../../dist/kernel/capture-file.js'
import { Fragments } from '../../dist/kernel/fragments.js'
import { InputFile } from '../../dist/kernel/input-file.js'
import { payloadOf } from '../../dist/kernel/ip.js'
import { datagramOf, IPPROTO, segmentOf } from '../../dist/kernel/segment.js'

const FIRST_CLIENT_PORT = 30_000
const CLIENT_PORTS = 30_000
const START_S = 1_700_000_000
const STEP_US = 5
const SEGMENT_BYTES = 32_768
const [FIN, SYN, PSH, ACK] = [1, 2, 8, 16]
const TWO_32 = 2 ** 32
const CHUNK_BYTES = 1024 * 1024

/** What the client of `port` and its server have said in a capture: each segment or datagram once, in the order of the capture. */
export function conversationOf(path, port) {
  const file = new InputFile(path)
  const packets = packetReader(file)
  const next = new Map()
  const turns = []
  for (let packet = packets.next(); packet !== undefined; packet = packets.next()) {
    const message = messageOf(payloadOf(packet, new Fragments()))
    if (message === undefined || ![message.sourcePort, message.destinationPort].includes(port)) continue
    const from = message.sourcePort === port ? 'client' : 'server'
    const { seq, start, end, view } = message
    const seen = seq === undefined ? 0 : Math.max(0, (next.get(from) ?? seq) - seq)
    if (seq !== undefined)
      next.set(from, Math.max(next.get(from) ?? 0, seq + (message.flags & SYN ? 1 : 0) + end - start))
    if (start + seen < end) turns.push({ from, bytes: Buffer.from(bytesOf(view, start + seen, end)) })
  }
  file.close()
  return turns
}

function messageOf(payload) {
  if (payload?.protocol === IPPROTO.TCP) return segmentOf(payload)
  return payload?.protocol === IPPROTO.UDP ? datagramOf(payload) : undefined
}

/** A capture file (pcap, raw IPv4) that is written packet by packet, each a little later than the one before. */
class CaptureWriter {
  packets = 0
  payloadBytes = 0
  #fd
  #chunk = []
  #chunkBytes = 0

  constructor(path) {
    this.#fd = openSync(path, 'w')
    const header = Buffer.alloc(24)
    header.writeUInt32LE(0xa1b2c3d4)
    header.writeUInt16LE(2, 4)
    header.writeUInt16LE(4, 6)
    header.writeUInt32LE(262_144, 16)
    header.writeUInt32LE(101, 20)
    this.#write(header)
  }

  /** An IPv4 packet around the header of a transport and its payload. */
  packet(protocol, { from, to }, header, payload) {
    const length = 20 + header.length + payload.length
    const head = Buffer.alloc(36)
    const us = this.packets++ * STEP_US
    head.writeUInt32LE(START_S + Math.floor(us / 1e6))
    head.writeUInt32LE(us % 1e6, 4)
    head.writeUInt32LE(length, 8)
    head.writeUInt32LE(length, 12)
    head[16] = 0x45
    head.writeUInt16BE(length, 18)
    head[24] = 64
    head[25] = protocol
    head.writeUInt32BE(from, 28)
    head.writeUInt32BE(to, 32)
    this.payloadBytes += payload.length
    this.#write(head, header, payload)
  }

  #write(...parts) {
    this.#chunk.push(...parts)
    for (const { length } of parts) this.#chunkBytes += length
    if (this.#chunkBytes > CHUNK_BYTES) this.#flush()
  }

  #flush() {
    const bytes = Buffer.concat(this.#chunk)
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd, bytes, at)
    this.#chunk = []
    this.#chunkBytes = 0
  }

  close() {
    this.#flush()
    closeSync(this.#fd)
  }
}

/** The two ends of the connection with this number, and how their packets are written. */
class Ends {
  #out
  #ends
  #udp
  #seq = { client: 1000, server: 5_000_000 }

  constructor(out, number, serverPort, udp) {
    const client = {
      address: 0x0a010000 + Math.floor(number / CLIENT_PORTS),
      port: FIRST_CLIENT_PORT + (number % CLIENT_PORTS),
    }
    this.#ends = { client, server: { address: 0x0a000001, port: serverPort } }
    this.#out = out
    this.#udp = udp
  }

  open() {
    if (this.#udp) return
    this.#segment('client', SYN)
    this.#segment('server', SYN | ACK)
    this.#segment('client', ACK)
  }

  say({ from, bytes }) {
    if (this.#udp) return this.#datagram(from, bytes)
    for (let at = 0; at < bytes.length; at += SEGMENT_BYTES) {
      this.#segment(from, PSH | ACK, bytes.subarray(at, at + SEGMENT_BYTES))
    }
  }

  close() {
    if (this.#udp) return
    this.#segment('client', FIN | ACK)
    this.#segment('server', FIN | ACK)
    this.#segment('client', ACK)
  }

  #segment(from, flags, payload = Buffer.alloc(0)) {
    const to = from === 'client' ? 'server' : 'client'
    const header = Buffer.alloc(20)
    this.#ports(header, from, to)
    header.writeUInt32BE(this.#seq[from], 4)
    if (flags & ACK) header.writeUInt32BE(this.#seq[to], 8)
    header[12] = 0x50
    header[13] = flags
    header.writeUInt16BE(0xffff, 14)
    this.#seq[from] = (this.#seq[from] + payload.length + (flags & (SYN | FIN) ? 1 : 0)) % TWO_32
    this.#out.packet(IPPROTO.TCP, { from: this.#ends[from].address, to: this.#ends[to].address }, header, payload)
  }

  #datagram(from, payload) {
    const to = from === 'client' ? 'server' : 'client'
    const header = Buffer.alloc(8)
    this.#ports(header, from, to)
    header.writeUInt16BE(8 + payload.length, 4)
    this.#out.packet(IPPROTO.UDP, { from: this.#ends[from].address, to: this.#ends[to].address }, header, payload)
  }

  #ports(header, from, to) {
    header.writeUInt16BE(this.#ends[from].port)
    header.writeUInt16BE(this.#ends[to].port, 2)
  }
}

/**
 * Writes a capture of `groups` groups of `connections` connections: those of a group take turns, a group follows the other.
 * Each says `opening`, `repeats` times `turns` (with `renumber`, in that round's numbers), and `closing`.
 */
export function multiply(
  path,
  { opening = [], turns, closing = [], renumber = (turn) => turn, port, transport },
  size,
) {
  const out = new CaptureWriter(path)
  for (let group = 0; group < size.groups; group++) {
    const ends = Array.from(
      { length: size.connections },
      (_, i) => new Ends(out, group * size.connections + i, port, transport === 'udp'),
    )
    const all = (turn) => {
      for (const each of ends) each.say(turn)
    }
    for (const each of ends) each.open()
    opening.forEach(all)
    for (let round = 0; round < size.repeats; round++) for (const turn of turns) all(renumber(turn, round))
    closing.forEach(all)
    for (const each of ends) each.close()
  }
  out.close()
  const { packets, payloadBytes } = out
  return { packets, payloadBytes }
}
