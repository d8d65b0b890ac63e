import { TracerError } from '../lib/errors.js'
import { viewOf } from './bytes.js'
import type { InputFile } from './input-file.js'

/** A packet as it was captured; valid until the next one is asked for. */
export interface Packet {
  /** Wall time, ns since the epoch, as µs and the ns within. */
  readonly us: number
  readonly ns: number
  /** https://www.tcpdump.org/linktypes.html */
  readonly linkType: number
  /** What was captured of it are the bytes [start, end) of the view. */
  readonly view: DataView
  readonly start: number
  readonly end: number
  /** Its length on the wire; it may be cut (snaplen). */
  readonly length: number
}

/** Reads packets of a capture file; undefined at its end, or at damage, which is then in `damage`. */
export interface PacketReader {
  next(): Packet | undefined
  readonly damage: string | undefined
}

const PCAP_US = 0xa1b2c3d4
const PCAP_NS = 0xa1b23c4d
/** Written by patches of libpcap that add the interface, the protocol and the kind of the packet; else as `PCAP_US`. */
const PCAP_PATCHED = 0xa1b2cd34
const PCAPNG = 0x0a0d0d0a
const PCAP = [PCAP_US, PCAP_NS, PCAP_PATCHED]
const CUT_OFF = 'the capture file is cut off'
const PACKET_BYTES_MAX = 256 * 1024
const BLOCK_BYTES_MAX = 16 * 1024 * 1024

/** Like pcap, but with more before each packet: written by other patches of libpcap, by Navtel and by Ixia. */
const MODIFIED = [0xa1b234cd, 0xa12b3c4d, 0x1c0001ac, 0x1c0001ab]

/** Are these the first four bytes of a capture file (pcap or pcapng, of either order of bytes)? */
export function isCapture(magic: Buffer): boolean {
  return beginsWith(magic, [...PCAP, PCAPNG])
}

/** Are they those of a relative of pcap that is not read? */
export function isModifiedCapture(magic: Buffer): boolean {
  return beginsWith(magic, MODIFIED)
}

function beginsWith(magic: Buffer, wanted: readonly number[]): boolean {
  return wanted.includes(magic.readUInt32LE(0)) || wanted.includes(magic.readUInt32BE(0))
}

/** Reads a capture file from its start. */
export function packetReader(file: InputFile): PacketReader {
  const magic = file.read(4)
  return magic.readUInt32BE(0) === PCAPNG ? new PcapngReader(file) : new PcapReader(magic, file)
}

// https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap: a header of 24 bytes, then 16 bytes before each packet, or 24.
class PcapReader implements PacketReader {
  damage: string | undefined
  readonly #file: InputFile
  readonly #little: boolean
  readonly #fractionNs: number
  readonly #headBytes: number
  readonly #packet: { -readonly [K in keyof Packet]: Packet[K] }

  constructor(magic: Buffer, file: InputFile) {
    this.#file = file
    this.#little = PCAP.includes(magic.readUInt32LE(0))
    const variant = this.#little ? magic.readUInt32LE(0) : magic.readUInt32BE(0)
    this.#fractionNs = variant === PCAP_NS ? 1 : 1000
    this.#headBytes = variant === PCAP_PATCHED ? 24 : 16
    const rest = file.take(20)
    if (rest < 0) throw new TracerError('dataLost', 'the capture file ends within its header')
    const linkType = this.#u32(rest + 16) & 0xffff
    this.#packet = { us: 0, ns: 0, linkType, view: file.view, start: 0, end: 0, length: 0 }
  }

  next(): Packet | undefined {
    const head = this.#file.take(this.#headBytes)
    if (head < 0) return this.#cutOff(this.#headBytes)
    const captured = this.#u32(head + 8)
    if (captured > PACKET_BYTES_MAX) return this.#end('a packet is said to be too long')
    const packet = this.#packet
    const fractionNs = this.#u32(head + 4) * this.#fractionNs
    packet.us = this.#u32(head) * 1e6 + Math.floor(fractionNs / 1000)
    packet.ns = fractionNs % 1000
    packet.length = this.#u32(head + 12)
    const at = this.#file.take(captured)
    if (at < 0) {
      this.#file.read(captured)
      return this.#end(CUT_OFF)
    }
    packet.start = at
    packet.end = at + captured
    return packet
  }

  #u32(at: number): number {
    return this.#file.view.getUint32(at, this.#little)
  }

  // There are fewer than `length` bytes; none is the end of the file.
  #cutOff(length: number): undefined {
    if (this.#file.read(length).length > 0) this.damage = CUT_OFF
  }

  #end(damage: string): undefined {
    this.damage = damage
  }
}

interface Interface {
  readonly linkType: number
  /** Units of time in a second. */
  readonly resolution: number
}

const BLOCK = { section: PCAPNG, interface: 1, simple: 3, enhanced: 6 } as const
const OPTION_TSRESOL = 9

// draft-ietf-opsawg-pcapng: blocks of type, length, body, length.
class PcapngReader implements PacketReader {
  damage: string | undefined
  readonly #file: InputFile
  #little = true
  #interfaces: Interface[] = []
  #first = true

  constructor(file: InputFile) {
    this.#file = file
  }

  next(): Packet | undefined {
    for (;;) {
      const head = this.#first ? Buffer.concat([Buffer.from([10, 13, 13, 10]), this.#file.read(4)]) : this.#file.read(8)
      this.#first = false
      if (head.length === 0 || this.damage !== undefined) return undefined
      const body = head.length < 8 ? undefined : this.#body(head)
      if (body === undefined) return undefined
      const packet = this.#block(this.#u32(head, 0), body)
      if (packet !== undefined) return packet
    }
  }

  #u32(buf: Buffer, at: number): number {
    return this.#little ? buf.readUInt32LE(at) : buf.readUInt32BE(at)
  }

  #u16(buf: Buffer, at: number): number {
    return this.#little ? buf.readUInt16LE(at) : buf.readUInt16BE(at)
  }

  #body(head: Buffer): Buffer | undefined {
    let order: Buffer = Buffer.alloc(0)
    // The order of bytes is in the first word of a section's body, behind a length that needs it.
    if (head.readUInt32BE(0) === BLOCK.section) {
      order = this.#file.read(4)
      if (order.length === 4) this.#little = order.readUInt32LE(0) === 0x1a2b3c4d
    }
    const length = this.#u32(head, 4)
    if (length < 12 + order.length || length > BLOCK_BYTES_MAX) return this.#end('a block has no sensible length')
    const rest = this.#file.read(length - 8 - order.length)
    if (rest.length < length - 8 - order.length) return this.#end(CUT_OFF)
    return Buffer.concat([order, rest.subarray(0, -4)])
  }

  #block(type: number, body: Buffer): Packet | undefined {
    if (type === BLOCK.section) this.#interfaces = []
    else if (type === BLOCK.interface && body.length >= 8) this.#interfaces.push(this.#interface(body))
    else if (type === BLOCK.enhanced && body.length >= 20) return this.#packet(body)
    return undefined
  }

  #interface(body: Buffer): Interface {
    let resolution = 1e6
    for (let at = 8; at + 4 <= body.length; ) {
      const [code, length] = [this.#u16(body, at), this.#u16(body, at + 2)]
      const value = body[at + 4]
      if (code === OPTION_TSRESOL && value !== undefined) resolution = value & 0x80 ? 2 ** (value & 0x7f) : 10 ** value
      if (code === 0) break
      at += 4 + ((length + 3) & ~3)
    }
    return { linkType: this.#u16(body, 0), resolution }
  }

  #packet(body: Buffer): Packet | undefined {
    const source = this.#interfaces[this.#u32(body, 0)]
    const captured = this.#u32(body, 12)
    if (source === undefined || 20 + captured > body.length) return this.#end('a packet goes beyond its block')
    const units = (BigInt(this.#u32(body, 4)) << 32n) | BigInt(this.#u32(body, 8))
    const ns = (units * 1_000_000_000n) / BigInt(source.resolution)
    const time = { us: Number(ns / 1000n), ns: Number(ns % 1000n) }
    const { linkType } = source
    return { ...time, linkType, view: viewOf(body), start: 20, end: 20 + captured, length: this.#u32(body, 16) }
  }

  #end(damage: string): undefined {
    this.damage = damage
  }
}
