import { isSecretHeader, REDACTED, redactUrl } from '../../records/redact.js'
import { text } from '../../records/text.js'
import { decodedMax, decodeHuffman } from './huffman.js'
import { Field, OVERHEAD, STATIC } from './static.js'

/** Stands for a name or value that was defined in bytes that were not seen. */
export const UNKNOWN = '<unknown>'

const UNKNOWN_FIELD = new Field(UNKNOWN, UNKNOWN, OVERHEAD)
/** RFC 9113 §6.5.2: the initial size of the dynamic table. */
const INITIAL_LIMIT = 4096
/** More of a dynamic table is not kept: what stood there becomes unknown. */
const LIMIT_MAX = 64 * 1024
const INTEGER_MAX = 2 ** 28
/** Fields before the first that are still in the array. */
const SLACK = 64

/** The fields of one direction: RFC 7541. */
export class Hpack {
  /** Changes whenever the dynamic table does. */
  version: number
  private readonly redact: boolean
  // The dynamic table: entries[first …], the oldest first.
  private readonly entries: Field[]
  private first: number
  private size: number
  private limit: number
  /** The limit is the sender's. */
  private certain: boolean
  /** There are no other entries in the sender's table. */
  private complete: boolean
  private scratch: Buffer
  private pos: number
  // The string that was read last.
  private string: Buffer
  private start: number

  /** `complete`: the first block of the connection is the next one. */
  constructor(redact: boolean, complete: boolean) {
    this.version = 0
    this.redact = redact
    this.entries = []
    this.first = 0
    this.size = 0
    this.limit = complete ? INITIAL_LIMIT : LIMIT_MAX
    this.certain = complete
    this.complete = complete
    this.scratch = EMPTY
    this.pos = 0
    this.string = EMPTY
    this.start = 0
  }

  /** Blocks may have been missed: what the table holds is not known any more. */
  forget(): void {
    this.clear()
    this.limit = LIMIT_MAX
    this.certain = false
    this.complete = false
  }

  /** Adds the fields of a whole block to `fields`; false where it is damaged, and with it the table. */
  read(buf: Buffer, start: number, end: number, fields: Field[]): boolean {
    this.pos = start
    let field: Field | undefined = RESIZED
    while (this.pos < end && field !== undefined) {
      field = this.readField(buf, end)
      if (field !== undefined && field !== RESIZED) fields.push(field)
    }
    this.string = EMPTY
    if (field === undefined) this.forget()
    return field !== undefined
  }

  // RFC 7541 §6
  private readField(buf: Buffer, end: number): Field | undefined {
    const byte = buf[this.pos] as number
    if (byte >= 0x80) return this.at(this.readInteger(buf, end, 0x7f))
    if (byte >= 0x40) {
      const field = this.readLiteral(buf, end, 0x3f)
      if (field !== undefined) this.insert(field)
      return field
    }
    if (byte < 0x20) return this.readLiteral(buf, end, 0x0f)
    const limit = this.readInteger(buf, end, 0x1f)
    if (limit < 0) return undefined
    this.resize(limit)
    return RESIZED
  }

  // RFC 7541 §2.3.3; undefined where there is no such entry.
  private at(index: number): Field | undefined {
    if (index < STATIC.length) return index > 0 ? STATIC[index] : undefined
    const { entries } = this
    const at = entries.length - 1 - (index - STATIC.length)
    if (at >= this.first) return entries[at]
    return this.complete ? undefined : UNKNOWN_FIELD
  }

  private readLiteral(buf: Buffer, end: number, mask: number): Field | undefined {
    const index = this.readInteger(buf, end, mask)
    if (index < 0) return undefined
    let size = OVERHEAD
    let name: string | undefined
    if (index > 0) {
      name = this.at(index)?.name
      // Of an unknown name nothing is counted: an entry is rather kept too long than thrown away before its time.
      if (name !== undefined && name !== UNKNOWN) size += name.length
    } else {
      const length = this.readString(buf, end)
      if (length < 0) return undefined
      name = this.string.toString('latin1', this.start, this.start + length).toLowerCase()
      size += length
    }
    if (name === undefined) return undefined
    const length = this.readString(buf, end)
    return length < 0 ? undefined : new Field(name, this.valueOf(name, length), size + length)
  }

  private valueOf(name: string, length: number): string {
    const { string, start } = this
    if (!this.redact) return text(string, start, start + length)
    // Of what is unknown it is not known either whether it is secret.
    if (name === UNKNOWN || isSecretHeader(name)) return REDACTED
    const value = text(string, start, start + length)
    if (name === ':path' || name === 'location' || name === 'referer') return redactUrl(value)
    return name === ':authority' ? value.replace(/^.*@/s, `${REDACTED}@`) : value
  }

  // RFC 7541 §5.1; -1 where it is none, or absurd.
  private readInteger(buf: Buffer, end: number, mask: number): number {
    if (this.pos >= end) return -1
    let value = (buf[this.pos++] as number) & mask
    if (value < mask) return value
    for (let factor = 1; factor < INTEGER_MAX && this.pos < end; factor *= 128) {
      const byte = buf[this.pos++] as number
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
    }
    return -1
  }

  // RFC 7541 §5.2: → the length of `string` from `start` on, or -1.
  private readString(buf: Buffer, end: number): number {
    const coded = this.pos < end && (buf[this.pos] as number) >= 0x80
    const length = this.readInteger(buf, end, 0x7f)
    const start = this.pos
    if (length < 0 || length > end - start) return -1
    this.pos = start + length
    this.string = buf
    this.start = start
    if (!coded) return length
    const most = decodedMax(length)
    if (this.scratch.length < most) this.scratch = Buffer.allocUnsafe(2 * most)
    this.string = this.scratch
    this.start = 0
    return decodeHuffman(buf, start, this.pos, this.scratch)
  }

  // RFC 7541 §4.4
  private insert(field: Field): void {
    if (field.size > this.limit) {
      this.clear()
      this.complete = this.certain
      return
    }
    this.version++
    this.entries.push(field)
    this.size += field.size
    this.evict()
  }

  // RFC 7541 §4.3, §6.3
  private resize(limit: number): void {
    this.version++
    this.certain = limit <= LIMIT_MAX
    if (!this.certain) this.complete = false
    this.limit = Math.min(limit, LIMIT_MAX)
    this.evict()
    if (limit === 0) this.complete = true
  }

  private evict(): void {
    const { entries, limit } = this
    if (this.size <= limit) return
    while (this.size > limit) this.size -= (entries[this.first++] as Field).size
    // What was there before these has gone with them.
    this.complete = this.certain
    if (this.first < SLACK) return
    entries.splice(0, this.first)
    this.first = 0
  }

  private clear(): void {
    this.version++
    this.entries.length = 0
    this.first = 0
    this.size = 0
  }
}

const EMPTY = Buffer.alloc(0)
/** Not a field: the table has another size. */
const RESIZED = new Field('', '', 0)
