import { bytesOf, viewOf } from './bytes.js'
import { addressText, type Payload } from './ip.js'

const PACKETS_MAX = 256
const PACKET_BYTES_MAX = 65_535
const PIECES_MAX = 1024

interface Pieces {
  readonly list: { readonly from: number; readonly bytes: Buffer }[]
  /** Length of the whole; -1 before its last piece came. */
  length: number
  /** Bytes at hand. */
  bytes: number
}

/** Puts IP packets together that were sent in fragments (RFC 791 §3.2, RFC 8200 §4.5). */
export class Fragments {
  readonly #packets = new Map<string, Pieces>()
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
    if (end - start < length || from + length > PACKET_BYTES_MAX) return undefined
    const key = `${addressText(piece, 0)}${addressText(piece, 1)}${protocol} ${id}`
    const pieces = this.#packets.get(key) ?? this.#open(key)
    if (!more) pieces.length = from + length
    if (pieces.list.length < PIECES_MAX && !pieces.list.some((other) => other.from === from)) {
      pieces.list.push({ from, bytes: Buffer.from(bytesOf(view, start, end)) })
      pieces.bytes += length
    }
    const whole = joined(pieces)
    if (whole === undefined) return 'waiting'
    this.#packets.delete(key)
    return { ...piece, view: viewOf(whole), start: 0, end: whole.length, length: whole.length }
  }

  #open(key: string): Pieces {
    if (this.#packets.size >= PACKETS_MAX) {
      const [oldest] = this.#packets
      if (oldest !== undefined) this.#drop(...oldest)
    }
    const pieces = { list: [], length: -1, bytes: 0 }
    this.#packets.set(key, pieces)
    return pieces
  }

  #drop(key: string, pieces: Pieces): void {
    this.lost += pieces.list.length
    this.#packets.delete(key)
  }
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
