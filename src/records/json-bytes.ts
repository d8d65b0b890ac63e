import { within } from './bounded.js'
import { cutText, text } from './text.js'

const FIRST_BYTES = 16 * 1024
/** A byte makes no more than this many: `\u0000`. */
const ESCAPE_BYTES = 6
/** So few are written faster one by one than by a call into the engine. */
const FEW_BYTES = 32
const [QUOTE, BACKSLASH, COLON, SPACE] = [0x22, 0x5c, 0x3a, 0x20]
/** Bytes of the parts of a UUID. */
const UUID_PARTS = [4, 2, 2, 2, 6]
const HEX = Buffer.from('0123456789abcdef')
/** What a control character is in JSON. */
const CONTROLS = Array.from({ length: SPACE }, (_, byte) => JSON.stringify(String.fromCharCode(byte)).slice(1, -1))

let shared = Buffer.allocUnsafeSlow(FIRST_BYTES)

/**
 * Text that is written piece by piece out of bytes, up to a limit in bytes: one string in the end, instead of many that are joined.
 * All share their memory: one is finished before the next begins.
 */
export class JsonBytes {
  /** There was more. */
  cut: boolean
  #bytes: Buffer
  #at: number
  /** All bits of what came from elsewhere. */
  #bits: number
  readonly #limit: number

  constructor(limit: number) {
    this.cut = false
    this.#bytes = shared
    this.#at = 0
    this.#bits = 0
    this.#limit = limit
  }

  /** Bytes that there is still room for. */
  get room(): number {
    return Math.max(0, this.#limit - this.#at)
  }

  /** What is added would not be shown. */
  get full(): boolean {
    return this.#at >= this.#limit
  }

  /** Adds what is known to be ASCII. */
  add(part: string): void {
    if (!this.#begin(part.length)) return
    const to = this.#bytes
    const at = this.#at
    if (part.length > FEW_BYTES) to.write(part, at, 'latin1')
    else for (let i = 0; i < part.length; i++) to[at + i] = part.charCodeAt(i)
    this.#at = at + part.length
  }

  /** Adds `from[start, end)` as a string of JSON; what is not UTF-8 becomes what `text` makes of it. */
  addString(from: Buffer, start: number, end: number): void {
    this.#string(from, start, end, false)
  }

  /** Adds `from[start, end)` as a key of JSON. */
  addKey(from: Buffer, start: number, end: number): void {
    this.#string(from, start, end, true)
  }

  /** Adds a text that is well-formed as a key of JSON. */
  addName(name: string): void {
    const bytes = Buffer.from(name)
    this.addKey(bytes, 0, bytes.length)
  }

  #string(from: Buffer, start: number, end: number, isKey: boolean): void {
    if (!this.#begin(ESCAPE_BYTES * Math.max(0, Math.min(end - start, this.room)) + 3)) return
    const to = this.#bytes
    const limit = this.#limit
    let at = this.#at
    let bits = this.#bits
    to[at++] = QUOTE
    // One byte more than there is room for tells where a text can be cut.
    for (let i = start; i < end && at <= limit; i++) {
      const byte = from[i] as number
      bits |= byte
      if (byte < SPACE) at += to.write(CONTROLS[byte] as string, at, 'latin1')
      else {
        if (byte === QUOTE || byte === BACKSLASH) to[at++] = BACKSLASH
        to[at++] = byte
      }
    }
    to[at++] = QUOTE
    if (isKey) to[at++] = COLON
    this.#at = at
    this.#bits = bits
  }

  /** Adds `from[start, end)` in hexadecimal. */
  addHex(from: Buffer, start: number, end: number): void {
    if (!this.#begin((end - start) * 2)) return
    const to = this.#bytes
    let at = this.#at
    for (let i = start; i < end; i++) {
      const byte = from[i] as number
      to[at++] = HEX[byte >> 4] as number
      to[at++] = HEX[byte & 15] as number
    }
    this.#at = at
  }

  /** Adds the 16 bytes at `pos` as a UUID. */
  addUuid(from: Buffer, pos: number): void {
    let at = pos
    for (const size of UUID_PARTS) {
      if (at > pos) this.add('-')
      this.addHex(from, at, at + size)
      at += size
    }
  }

  // false: nothing, or nothing more, is added. What begins within the limit may go beyond.
  #begin(size: number): boolean {
    if (this.full) {
      if (size > 0) this.cut = true
      return false
    }
    if (this.#at + size > this.#bytes.length) this.#makeRoom(size)
    return true
  }

  #makeRoom(size: number): void {
    shared = Buffer.allocUnsafeSlow(2 * (this.#at + size))
    this.#bytes.copy(shared, 0, 0, this.#at)
    this.#bytes = shared
  }

  /** The text within the limit; sets `cut` where that is not all. */
  finish(): string {
    const end = cutText(this.#bytes, 0, this.#at, this.#limit)
    if (end < this.#at) this.cut = true
    if (this.#bits < 0x80) return this.#bytes.toString('latin1', 0, end)
    const whole = text(this.#bytes, 0, end)
    // A byte that is not UTF-8 is shown as more.
    const shown = within(whole, this.#limit)
    if (shown.length < whole.length) this.cut = true
    return shown
  }
}
