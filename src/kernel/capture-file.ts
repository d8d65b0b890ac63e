import { TracerError } from '../lib/errors.js'
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

/** One that is filled again and again. */
type Filled = { -readonly [K in keyof Packet]: Packet[K] }

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
const TOO_LONG = 'a packet is said to be too long'
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
  return file.peek(4).readUInt32BE(0) === PCAPNG ? new PcapngReader(file) : new PcapReader(file.read(4), file)
}

// https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap: a header of 24 bytes, then 16 bytes before each packet, or 24.
class PcapReader implements PacketReader {
  damage: string | undefined
  readonly #file: InputFile
  readonly #little: boolean
  readonly #fractionNs: number
  readonly #headBytes: number
  readonly #packet: Filled

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
    if (captured > PACKET_BYTES_MAX) return this.#end(TOO_LONG)
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
  /** Longest part of a packet that was captured; 0 = all. */
  readonly snapLength: number
  /** Units of time in a second, and what time begins with, in seconds. */
  readonly resolution: number
  readonly offset: number
}

const BLOCK = { section: PCAPNG, interface: 1, packet: 2, simple: 3, enhanced: 6 } as const
const OPTION = { end: 0, resolution: 9, offset: 14 } as const
const LITTLE_ENDIAN = Buffer.from('4d3c2b1a', 'hex')
const TWO_32 = 2 ** 32

// draft-ietf-opsawg-pcapng: blocks of type, length, body, length.
class PcapngReader implements PacketReader {
  damage: string | undefined
  readonly #file: InputFile
  readonly #view: DataView
  #little = true
  #interfaces: Interface[] = []
  readonly #packet: Filled

  constructor(file: InputFile) {
    this.#file = file
    this.#view = file.view
    this.#packet = { us: 0, ns: 0, linkType: 0, view: file.view, start: 0, end: 0, length: 0 }
  }

  next(): Packet | undefined {
    while (this.damage === undefined) {
      const head = this.#file.take(8)
      if (head < 0) return this.#file.read(8).length > 0 ? this.#end(CUT_OFF) : undefined
      const lengths = [this.#view.getUint32(head + 4), this.#view.getUint32(head + 4, true)] as const
      const isSection = this.#view.getUint32(head) === BLOCK.section
      const type = this.#u32(head)
      // The order of bytes is in the first word of a section's body, behind a length that needs it.
      if (isSection) this.#little = this.#file.peek(4).equals(LITTLE_ENDIAN)
      const length = lengths[this.#little ? 1 : 0]
      if (length < 12 || length > BLOCK_BYTES_MAX) return this.#end('a block has no sensible length')
      const at = this.#file.take(length - 8)
      // What is longer than the buffer of the file is no packet.
      if (at < 0 && this.#file.read(length - 8).length < length - 8) return this.#end(CUT_OFF)
      if (at >= 0 && this.#block(isSection ? BLOCK.section : type, at, at + length - 12)) return this.#packet
    }
    return undefined
  }

  #u32(at: number): number {
    return this.#view.getUint32(at, this.#little)
  }

  #u16(at: number): number {
    return this.#view.getUint16(at, this.#little)
  }

  // → is it a packet? Its body is [at, end).
  #block(type: number, at: number, end: number): boolean {
    const size = end - at
    if (type === BLOCK.section) this.#interfaces = []
    else if (type === BLOCK.interface && size >= 8) this.#interfaces.push(this.#interface(at, end))
    else if (type === BLOCK.enhanced && size >= 20) return this.#timed(this.#u32(at), at, end)
    else if (type === BLOCK.packet && size >= 20) return this.#timed(this.#u16(at), at, end)
    else if (type === BLOCK.simple && size >= 4) return this.#simple(at, end)
    return false
  }

  #interface(from: number, end: number): Interface {
    let [resolution, offset] = [1e6, 0]
    for (let at = from + 8; at + 4 <= end; ) {
      const [code, length] = [this.#u16(at), this.#u16(at + 2)]
      if (code === OPTION.end || at + 4 + length > end) break
      const value = length > 0 ? this.#view.getUint8(at + 4) : 0
      if (code === OPTION.resolution && length > 0) resolution = value & 0x80 ? 2 ** (value & 0x7f) : 10 ** value
      if (code === OPTION.offset && length === 8) offset = Number(this.#view.getBigInt64(at + 4, this.#little))
      at += 4 + ((length + 3) & ~3)
    }
    return { linkType: this.#u16(from), snapLength: this.#u32(from + 4), resolution, offset }
  }

  #timed(number: number, at: number, end: number): boolean {
    const source = this.#interfaces[number]
    if (source === undefined) return this.#fails('a packet is of an interface that is not there')
    this.#time(source, this.#u32(at + 4), this.#u32(at + 8))
    return this.#holds(source, at + 20, this.#u32(at + 12), end, this.#u32(at + 16))
  }

  // It has no time: that of the one before.
  #simple(at: number, end: number): boolean {
    const [source] = this.#interfaces
    if (source === undefined) return this.#fails('a packet is of an interface that is not there')
    const length = this.#u32(at)
    const captured = Math.min(length, source.snapLength || length)
    return this.#holds(source, at + 4, captured, end, length)
  }

  #holds({ linkType }: Interface, start: number, captured: number, end: number, length: number): boolean {
    if (start + captured > end) return this.#fails('a packet goes beyond its block')
    if (captured > PACKET_BYTES_MAX) return this.#fails(TOO_LONG)
    Object.assign(this.#packet, { linkType, start, end: start + captured, length })
    return true
  }

  // Units are 64 bits: where a µs has a whole number of them, they are divided in two steps.
  #time({ resolution, offset }: Interface, high: number, low: number): void {
    const packet = this.#packet
    const units = resolution / 1e6
    if (Number.isInteger(units) && units <= 1000) {
      const rest = high * (TWO_32 % units) + low
      packet.us = offset * 1e6 + high * Math.floor(TWO_32 / units) + Math.floor(rest / units)
      packet.ns = Math.floor(((rest % units) * 1000) / units)
    } else {
      const ns = (((BigInt(high) << 32n) | BigInt(low)) * 1_000_000_000n) / BigInt(resolution)
      packet.us = offset * 1e6 + Number(ns / 1000n)
      packet.ns = Number(ns % 1000n)
    }
  }

  #fails(damage: string): false {
    this.damage = damage
    return false
  }

  #end(damage: string): undefined {
    this.damage = damage
  }
}
