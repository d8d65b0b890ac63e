import { bytesOf, viewOf } from './bytes.js'
import { addressText, type Payload } from './ip.js'
import { IPPROTO } from './segment.js'

const PACKETS_MAX = 256
const PACKET_BYTES_MAX = 65_535
const PIECES_MAX = 1024

const NONE: readonly FirstFragment[] = []

interface Pieces {
  readonly list: { readonly from: number; readonly bytes: Buffer }[]
  /** When the one that came first did. */
  readonly sinceNs: number
  /** The one that tells something by itself. */
  first: Payload | undefined
  /** Length of the whole; -1 before its last piece came. */
  length: number
  /** Bytes at hand. */
  bytes: number
}

/** The first fragment of a datagram. Only it tells the ports: who captured one port has no other. */
export interface FirstFragment extends Payload {
  readonly timeNs: number
}

/** Puts IP packets together that were sent in fragments (RFC 791 §3.2, RFC 8200 §4.5). */
export class Fragments {
  readonly #packets = new Map<string, Pieces>()
  readonly #givenUp: FirstFragment[] = []
  /** The time of the packet that is being looked at. */
  nowNs = 0
  /** Fragments that will not become whole. */
  lost = 0

  /** Fragments that wait for others. */
  get waiting(): number {
    let waiting = 0
    for (const { list } of this.#packets.values()) waiting += list.length
    return waiting
  }

  /** A fragment from byte `from` of the packet's payload; `more`: it is not the last. */
  add(piece: Payload, id: number, from: number, more: boolean): Payload | 'waiting' | undefined {
    const { protocol, view, start, end, length } = piece
    // Of one that was cut in the capture the rest cannot be had.
    if (end - start < length) return tells(piece, from) ? openEnded(piece) : undefined
    if (from + length > PACKET_BYTES_MAX) return undefined
    const key = `${addressText(piece, 0)}${addressText(piece, 1)}${protocol} ${id}`
    const pieces = this.#packets.get(key) ?? this.#open(key)
    if (!more) pieces.length = from + length
    if (pieces.list.length < PIECES_MAX && !pieces.list.some((other) => other.from === from)) {
      pieces.list.push({ from, bytes: Buffer.from(bytesOf(view, start, end)) })
      pieces.bytes += length
      if (tells(piece, from)) pieces.first = kept(piece)
    }
    const whole = joined(pieces)
    if (whole === undefined) return 'waiting'
    this.#packets.delete(key)
    return { ...piece, view: viewOf(whole), start: 0, end: whole.length, length: whole.length }
  }

  /** The first fragments of datagrams whose others do not come: those before a time. */
  givenUp(beforeNs: number): readonly FirstFragment[] {
    if (this.#packets.size + this.#givenUp.length === 0) return NONE
    for (const [key, pieces] of this.#packets) {
      if (pieces.sinceNs >= beforeNs) break
      this.#drop(key, pieces)
    }
    return this.#givenUp.splice(0)
  }

  #open(key: string): Pieces {
    if (this.#packets.size >= PACKETS_MAX) {
      const [oldest] = this.#packets
      if (oldest !== undefined) this.#drop(...oldest)
    }
    const pieces = { list: [], sinceNs: this.nowNs, first: undefined, length: -1, bytes: 0 }
    this.#packets.set(key, pieces)
    return pieces
  }

  #drop(key: string, { list, sinceNs, first }: Pieces): void {
    this.#packets.delete(key)
    this.lost += list.length
    if (first === undefined) return
    this.lost--
    this.#givenUp.push({ ...first, timeNs: sinceNs })
  }
}

// A part of a TCP segment is left to come again.
function tells({ protocol }: Payload, from: number): boolean {
  return from === 0 && protocol === IPPROTO.UDP
}

// How long the whole is only its last fragment tells.
function openEnded(piece: Payload): Payload {
  return { ...piece, length: PACKET_BYTES_MAX }
}

// Packets are valid until the next one only.
function kept(piece: Payload): Payload {
  const { family, packet, addresses, view, start, end } = piece
  const size = family === 'inet' ? 8 : 32
  const copy = Buffer.concat([bytesOf(packet, addresses, addresses + size), bytesOf(view, start, end)])
  const bytes = viewOf(copy)
  return openEnded({ ...piece, packet: bytes, addresses: 0, view: bytes, start: size, end: copy.length })
}

// Undefined while there are holes.
function joined({ list, length, bytes }: Pieces): Buffer | undefined {
  if (length < 0 || bytes < length) return undefined
  const whole = Buffer.alloc(length)
  let next = 0
  for (const { from, bytes } of list.sort((a, b) => a.from - b.from)) {
    if (from > next) return undefined
    bytes.copy(whole, from)
    next = Math.max(next, from + bytes.length)
  }
  return next >= length ? whole : undefined
}
