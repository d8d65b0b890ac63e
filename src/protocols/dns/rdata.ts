import { u16, u32 } from '../byte-reader.js'
import { decimal, readName, type Wire } from './name.js'
import { typeWord } from './words.js'

const WINDOWS_MAX = 256
/** Bytes in decimal, as they begin an address of IPv4. */
const DOTTED: readonly string[] = Array.from({ length: 256 }, (_, byte) => `${byte}.`)
const BASE32 = '0123456789ABCDEFGHIJKLMNOPQRSTUV'

/** Reads the data of a record from its start to its end. What is not there is `bad`, and reads as nothing. */
export class Rdata {
  bad = false
  #at: number
  readonly #wire: Wire
  readonly #end: number

  constructor(wire: Wire, at: number, length: number) {
    this.#wire = wire
    this.#at = at
    this.#end = at + length
  }

  get left(): number {
    return this.bad ? 0 : this.#end - this.#at
  }

  // The offset of the next `n` bytes, which are passed; -1 where there are fewer.
  #take(n: number): number {
    if (n > this.left) {
      this.bad = true
      return -1
    }
    const at = this.#at
    this.#at += n
    return at
  }

  uint(bytes: number): number {
    const at = this.#take(bytes)
    return at < 0 ? 0 : this.#wire.buf.readUIntBE(at, bytes)
  }

  u8(): number {
    const at = this.#take(1)
    return at < 0 ? 0 : (this.#wire.buf[at] as number)
  }

  u16(): number {
    const at = this.#take(2)
    return at < 0 ? 0 : u16(this.#wire.buf, at)
  }

  u32(): number {
    const at = this.#take(4)
    return at < 0 ? 0 : u32(this.#wire.buf, at)
  }

  bytes(n = this.left): Buffer {
    const at = this.#take(n)
    return at < 0 ? Buffer.alloc(0) : this.#wire.buf.subarray(at, at + n)
  }

  /** With its final dot. */
  name(): string {
    const name = this.bad ? undefined : readName(this.#wire, this.#at)
    if (name === undefined || name.after > this.#end) {
      this.bad = true
      return ''
    }
    this.#at = name.after
    return `${name.text}.`
  }

  /** A string that its length precedes, in quotes. */
  string(): string {
    return quoted(this.bytes(this.u8()))
  }

  strings(): string {
    const list: string[] = []
    while (this.left > 0) list.push(this.string())
    return list.join(' ')
  }

  hex(n = this.left): string {
    return this.bytes(n).toString('hex').toUpperCase()
  }

  base64(n = this.left): string {
    return this.bytes(n).toString('base64')
  }

  /** RFC 4648 §7, without padding. */
  base32(n: number): string {
    let out = ''
    let bits = 0
    let value = 0
    for (const byte of this.bytes(n)) {
      value = ((value << 8) | byte) & 0xfff
      for (bits += 8; bits >= 5; bits -= 5) out += BASE32[(value >> (bits - 5)) & 31]
    }
    return bits > 0 ? out + BASE32[(value << (5 - bits)) & 31] : out
  }

  ipv4(): string {
    const at = this.#take(4)
    const { buf } = this.#wire
    if (at < 0) return ''
    const [a, b, c, d] = [buf[at] as number, buf[at + 1] as number, buf[at + 2] as number, buf[at + 3] as number]
    return `${DOTTED[a]}${DOTTED[b]}${DOTTED[c]}${d}`
  }

  ipv6(): string {
    return ipv6Text(this.bytes(16))
  }

  /** RFC 4034 §4.1.2: which types exist. */
  typeBitmap(): string {
    const types: string[] = []
    for (let windows = 0; this.left > 0 && windows < WINDOWS_MAX; windows++) {
      const window = this.u8()
      const length = this.u8()
      if (length < 1 || length > 32) this.bad = true
      const bits = this.bytes(length)
      for (let i = 0; i < bits.length * 8; i++) {
        if ((bits[i >> 3] as number) & (0x80 >> (i & 7))) types.push(typeWord(window * 256 + i))
      }
    }
    return types.join(' ')
  }

  /** RFC 4034 §3.2: YYYYMMDDHHmmss, UTC. */
  time(): string {
    return new Date(this.u32() * 1000).toISOString().replace(/[-:T]|\.000Z/g, '')
  }
}

/** Bytes in quotes, as RFC 1035 §5.1 writes them. */
export function quoted(bytes: Buffer): string {
  return `"${bytes
    .toString('latin1')
    .replace(/["\\]/g, '\\$&')
    .replace(/[^\x20-\x7e]/g, decimal)}"`
}

/** RFC 5952. */
export function ipv6Text(bytes: Buffer): string {
  if (bytes.length < 16) return ''
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i))
  let best = 0
  let bestLength = 1
  for (let i = 0; i < 8; i++) {
    let length = 0
    while (groups[i + length] === 0) length++
    if (length > bestLength) [best, bestLength] = [i, length]
  }
  // §5: v4-mapped.
  if (best === 0 && bestLength === 5 && groups[5] === 0xffff) return `::ffff:${bytes.subarray(12).join('.')}`
  const hex = groups.map((group) => group.toString(16))
  if (bestLength < 2) return hex.join(':')
  return `${hex.slice(0, best).join(':')}::${hex.slice(best + bestLength).join(':')}`
}
