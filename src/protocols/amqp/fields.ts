import type { Json } from '../../records/table.js'
import { cutText, text } from '../../records/text.js'
import type { Field } from './methods.js'

/** Tables within tables that are followed. */
const MAX_DEPTH = 12

const TWO_32 = 2 ** 32
const TWO_21 = 2 ** 21

/** Reads values one after the other from `buf[pos, end)`; `failed`: they did not fit. */
export class FieldReader {
  failed = false
  /** Something was left out. */
  cut = false
  readonly #buf: Buffer
  #pos: number
  readonly #end: number
  /** Bytes of text that may still be shown. */
  #room: number
  #bits = 0
  #bit = 8

  constructor(buf: Buffer, pos: number, end: number, room: number) {
    this.#buf = buf
    this.#pos = pos
    this.#end = end
    this.#room = room
  }

  /** All of it was read. */
  get done(): boolean {
    return !this.failed && this.#pos === this.#end
  }

  /** The arguments of a method by their names, without those that are reserved. */
  arguments(fields: readonly Field[]): Readonly<Record<string, Json>> {
    const shown: Record<string, Json> = {}
    for (const { name, type } of fields) {
      if (type !== 'bit') this.#bit = 8
      const value = this.#argument(type)
      if (name !== null) shown[name] = value
    }
    return shown
  }

  #argument(type: Field['type']): Json {
    switch (type) {
      case 'bit':
        return this.#nextBit()
      case 'octet':
        return this.unsigned(1)
      case 'short':
        return this.unsigned(2)
      case 'long':
        return this.unsigned(4)
      case 'longlong':
        return this.unsigned(8)
      case 'shortstr':
        return this.string(1)
      case 'longstr':
        return this.string(4)
      case 'table':
        return this.table(0)
    }
  }

  #nextBit(): boolean {
    if (this.#bit > 7) {
      this.#bits = this.#number(1)
      this.#bit = 0
    }
    return ((this.#bits >> this.#bit++) & 1) === 1
  }

  /** An unsigned number of 1, 2, 4 or 8 bytes; a text where it is too large to be exact. */
  unsigned(bytes: number): number | string {
    if (bytes < 8) return this.#number(bytes)
    const at = this.#take(bytes)
    if (at < 0) return 0
    const high = numberAt(this.#buf, at, 4)
    return high < TWO_21 ? high * TWO_32 + numberAt(this.#buf, at + 4, 4) : `${this.#buf.readBigUInt64BE(at)}`
  }

  #number(bytes: number): number {
    const at = this.#take(bytes)
    return at < 0 ? 0 : numberAt(this.#buf, at, bytes)
  }

  #signed(bytes: number): number | string {
    const at = this.#take(bytes)
    if (at < 0) return 0
    return bytes === 8 ? exact(this.#buf.readBigInt64BE(at)) : this.#buf.readIntBE(at, bytes)
  }

  /** A text behind its length of `lengthBytes`. */
  string(lengthBytes: number): string {
    const length = this.#number(lengthBytes)
    const at = this.#take(length)
    if (at < 0) return ''
    const shown = cutText(this.#buf, at, at + length, Math.max(this.#room, 0))
    this.cut = this.cut || shown < at + length
    this.#room -= shown - at
    return text(this.#buf, at, shown)
  }

  /** A field table. */
  table(depth: number): Json {
    const inner = this.#inside(depth)
    if (inner === undefined) return {}
    const shown: Record<string, Json> = {}
    while (!inner.failed && inner.#pos < inner.#end) {
      const room = inner.#room
      const name = inner.string(1)
      const value = inner.#value(depth)
      if (room <= 0 || inner.failed) continue
      if (name === '__proto__') Object.defineProperty(shown, name, { value, enumerable: true, configurable: true })
      else shown[name] = value
    }
    this.#leave(inner)
    return shown
  }

  #array(depth: number): Json {
    const inner = this.#inside(depth)
    if (inner === undefined) return []
    const shown: Json[] = []
    while (!inner.failed && inner.#pos < inner.#end) {
      const room = inner.#room
      inner.#room -= 1
      const value = inner.#value(depth)
      if (room > 0 && !inner.failed) shown.push(value)
      else inner.cut = true
    }
    this.#leave(inner)
    return shown
  }

  #inside(depth: number): FieldReader | undefined {
    const length = this.#number(4)
    const at = this.#take(length)
    if (at < 0) return undefined
    if (depth < MAX_DEPTH) return new FieldReader(this.#buf, at, at + length, this.#room)
    this.cut = this.cut || length > 0
    return undefined
  }

  #leave(inner: FieldReader): void {
    this.#room = inner.#room
    this.cut = this.cut || inner.cut
    this.failed = this.failed || inner.failed
  }

  // The types that RabbitMQ and its clients use; where the specification has others for these letters, nobody does.
  #value(depth: number): Json {
    const at = this.#take(1)
    const type = at < 0 ? '' : String.fromCharCode(this.#buf[at] as number)
    switch (type) {
      case 't':
        return this.unsigned(1) !== 0
      case 'b':
        return this.#signed(1)
      case 'B':
        return this.unsigned(1)
      case 's':
      case 'U':
        return this.#signed(2)
      case 'u':
        return this.unsigned(2)
      case 'I':
        return this.#signed(4)
      case 'i':
        return this.unsigned(4)
      case 'l':
        return this.#signed(8)
      case 'L':
      case 'T':
        return this.unsigned(8)
      case 'f':
        return this.#float(4)
      case 'd':
        return this.#float(8)
      case 'D':
        return decimal(this.#number(1), Number(this.#signed(4)))
      case 'S':
      case 'x':
        return this.string(4)
      case 'A':
        return this.#array(depth + 1)
      case 'F':
        return this.table(depth + 1)
      case 'V':
        return null
      default:
        this.failed = true
        return null
    }
  }

  #float(bytes: 4 | 8): Json {
    const at = this.#take(bytes)
    if (at < 0) return 0
    const value = bytes === 4 ? this.#buf.readFloatBE(at) : this.#buf.readDoubleBE(at)
    return Number.isFinite(value) ? value : `${value}`
  }

  #take(length: number): number {
    const at = this.#pos
    if (this.failed || length > this.#end - at) {
      this.failed = true
      return -1
    }
    this.#pos += length
    return at
  }
}

function numberAt(buf: Buffer, at: number, bytes: number): number {
  let value = buf[at] as number
  for (let i = 1; i < bytes; i++) value = value * 256 + (buf[at + i] as number)
  return value
}

function exact(value: bigint): number | string {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : `${value}`
}

// The number of decimals stands before the digits.
function decimal(scale: number, digits: number): Json {
  return scale === 0 ? digits : Number(`${digits}e-${scale}`)
}
