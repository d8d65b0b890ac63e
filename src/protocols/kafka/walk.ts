import { REDACTED } from '../../records/redact.js'
import { cutText, text } from '../../records/text.js'
import type { DecodeOptions } from '../protocol.js'
import { Content } from './content.js'
import { Reader } from './reader.js'
import { BATCH_HEADER, RecordSet } from './record-set.js'
import type { Field, Fields } from './schema.js'
import type { TopicNames } from './topic-names.js'

/** Bytes of a string that are waited for and kept. */
const MAX_TEXT = 4096
const UNREAD = -1
const TWO_32 = 2 ** 32
const NO_FIELDS: Fields = { list: [], bare: false, named: false }
const NO_UUID = 'A'.repeat(22)

/** The elements of an array, or one structure. */
interface Level {
  readonly fields: Fields
  /** What closes all of it. */
  readonly close: string
  /** Elements still to come, with the one under way. */
  left: number
  /** The next field of it. */
  at: number
  /** Its tagged fields still to come. */
  tags: number
}

/** What a walk needs to know besides the bytes. */
export interface Surroundings {
  readonly options: DecodeOptions
  readonly topics: TopicNames
}

/**
 * Reads a body field by field as its bytes come. It waits for single fields only, passes over what no column
 * needs, and keeps what goes into columns.
 */
export class Walk {
  readonly content: Content
  /** All fields have been read. */
  done = false
  /** Bytes to come that nobody needs. */
  pass = 0
  readonly #version: number
  readonly #compact: boolean
  readonly #around: Surroundings
  readonly #levels: Level[] = []
  readonly #reader = new Reader()
  #topic: string | null = null
  #records: RecordSet | null = null

  /** `header`: a header with tagged fields comes first. */
  constructor(fields: Fields, version: number, compact: boolean, header: boolean, around: Surroundings) {
    this.content = new Content(around.options.bodyBytes)
    this.#version = version
    this.#compact = compact
    this.#around = around
    this.#levels.push({ fields, close: '', left: 1, at: 0, tags: UNREAD })
    this.content.json.open('', '{')
    if (header) this.#levels.push({ fields: NO_FIELDS, close: '', left: 1, at: 0, tags: UNREAD })
  }

  /** The bytes are not what the definition says. */
  get failed(): boolean {
    return this.#reader.failed
  }

  /** Bytes that must be there before it goes on. */
  get want(): number {
    return this.#reader.want
  }

  /** Reads on in `buf[pos, end)`, where the frame ends at `frameEnd`: → how far it came. */
  run(buf: Buffer, pos: number, end: number, frameEnd: number): number {
    const r = this.#reader
    r.set(buf, pos, end, frameEnd)
    while (!this.done && !r.failed) {
      if (this.pass > 0) {
        const n = Math.min(this.pass, r.end - r.pos)
        r.pos += n
        this.pass -= n
        if (this.pass > 0) break
      } else if (!this.#step(r)) break
    }
    r.release()
    return r.pos
  }

  /** `length` bytes are missing, and `left` follow them to the end of the frame. */
  gap(length: number, left: number): void {
    const set = this.#records
    const batches = set === null ? 0 : set.left
    const beyond = length - this.pass - batches
    if (beyond > 0 && (left > 0 || beyond !== this.#emptyTags())) {
      this.content.broken = true
      return
    }
    if (length > this.pass && set !== null && batches > 0) this.pass += set.lose()
    this.pass = Math.max(0, this.pass - length)
    if (beyond > 0) this.run(Buffer.alloc(beyond), 0, beyond, beyond)
  }

  // Bytes to the end where nothing but tagged fields can follow, and there are none: a zero for each structure; -1: more can.
  #emptyTags(): number {
    const last = this.#levels.every(({ fields: { list }, left, at, tags }) => {
      return (
        left === 1 &&
        tags === UNREAD &&
        list.slice(at).every(({ from, to }) => this.#version < from || this.#version > to)
      )
    })
    return last && this.#compact ? this.#levels.length : -1
  }

  // One field, or the end of an element; false: it has not come whole.
  #step(r: Reader): boolean {
    if (this.#records !== null) return this.#batch(r, this.#records)
    const level = this.#levels.at(-1) as Level
    if (level.tags > 0) return this.#tag(r, level)
    const field = level.fields.list[level.at]
    if (field === undefined) return this.#endElement(r, level)
    if (this.#version < field.from || this.#version > field.to) level.at++
    else {
      const bytes = this.#read(r, field)
      if (bytes === 0) return false
      r.pos += bytes
      level.at++
    }
    return true
  }

  // Tag, length, and as many bytes.
  #tag(r: Reader, level: Level): boolean {
    const tag = r.varint()
    const length = tag === 0 ? 0 : r.varint(tag)
    if (length === 0) return false
    r.pos += tag + length
    level.tags--
    this.#passOver(r, r.value)
    return true
  }

  #passOver(r: Reader, length: number): void {
    if (r.pos + length > r.frameEnd) r.failed = true
    this.pass = length
  }

  #endElement(r: Reader, level: Level): boolean {
    const { fields } = level
    if (this.#compact && !fields.bare && level.tags === UNREAD) {
      const bytes = r.varint()
      if (bytes === 0) return false
      r.pos += bytes
      level.tags = r.value
      if (level.tags > 0) return true
    }
    if (!fields.bare && fields !== NO_FIELDS) this.content.json.close('}')
    level.left--
    if (level.left > 0) this.#beginElement(level)
    else this.#leave(level)
    return true
  }

  #beginElement(level: Level): void {
    level.at = 0
    level.tags = UNREAD
    if (!level.fields.bare) this.content.json.open('', '{')
    if (level.fields.named && !level.fields.bare) this.#topic = null
  }

  #leave(level: Level): void {
    if (level.close !== '') this.content.json.close(level.close)
    this.#levels.pop()
    this.done = this.#levels.length === 0
  }

  // → bytes of the field, or of the length before what is read by further steps.
  #read(r: Reader, { key, type, inner }: Field): number {
    const { json } = this.content
    switch (type) {
      case 'list':
        return this.#enterList(r, key, inner)
      case 'struct':
        return this.#enterStruct(r, key, inner)
      case 'string':
      case 'topic':
        return this.#string(r, key, type === 'topic')
      case 'uuid':
      case 'topic_id':
        return this.#uuid(r, key, type === 'topic_id')
      case 'bytes':
      case 'secret':
        return this.#bytes(r, key, type === 'secret')
      case 'records':
        return this.#enterRecords(r, key)
      case 'i64':
        if (!r.has(8)) return 0
        json.raw(key, i64Text(r.buf, r.pos))
        return 8
      case 'bool':
        if (!r.has(1)) return 0
        json.value(key, r.buf[r.pos] !== 0)
        return 1
      default:
        return this.#number(r, key, type)
    }
  }

  #number(r: Reader, key: string, type: Field['type']): number {
    const size = type === 'i8' ? 1 : type === 'i32' || type === 'partition' ? 4 : 2
    if (!r.has(size)) return 0
    const value = intAt(r.buf, r.pos, size)
    this.content.json.value(key, value)
    if (type === 'error') this.content.addError(value)
    if (type === 'acks') this.content.acks = value
    if (type === 'partition' && this.#topic !== null) this.content.addPartition(this.#topic, value)
    return size
  }

  #string(r: Reader, key: string, isTopic: boolean): number {
    const bytes = r.length(2, this.#compact)
    const { value: length } = r
    if (bytes === 0) return 0
    const value = length < 0 ? null : this.#text(r, bytes, length)
    if (value === undefined) return 0
    this.content.json.value(key, value)
    if (isTopic) {
      this.#topic = value
      if (value !== null) this.content.addTopic(value)
    }
    return bytes + Math.min(Math.max(length, 0), MAX_TEXT)
  }

  // The text `ahead`; the rest of a long one is passed over. undefined: it has not come.
  #text(r: Reader, ahead: number, length: number): string | undefined {
    const taken = Math.min(length, MAX_TEXT)
    if (r.pos + ahead + length > r.frameEnd) r.failed = true
    if (r.failed || !r.has(ahead + taken)) return undefined
    const start = r.pos + ahead
    if (length === taken) return text(r.buf, start, start + taken)
    this.pass = length - taken
    this.content.json.cut = true
    return text(r.buf, start, cutText(r.buf, start, start + taken, taken - 1))
  }

  #uuid(r: Reader, key: string, isTopic: boolean): number {
    if (!r.has(16)) return 0
    const id = r.buf.toString('base64url', r.pos, r.pos + 16)
    this.content.json.value(key, id === NO_UUID ? null : id)
    if (!isTopic || id === NO_UUID) return 16
    if (this.#topic !== null) this.#around.topics.learn(id, this.#topic)
    else {
      this.#topic = id
      this.content.addTopic(id)
    }
    return 16
  }

  #bytes(r: Reader, key: string, secret: boolean): number {
    const bytes = r.length(4, this.#compact)
    const { value: length } = r
    if (bytes === 0) return 0
    const { json } = this.content
    if (length < 0) json.value(key, null)
    else if (!secret) json.raw(key, `{"size":${length}}`)
    else if (this.#around.options.redact) json.value(key, REDACTED)
    else {
      const value = this.#text(r, bytes, length)
      if (value === undefined) return 0
      json.value(key, value)
      return bytes + Math.min(length, MAX_TEXT)
    }
    if (r.pos + bytes + length > r.frameEnd) r.failed = true
    this.pass = Math.max(length, 0)
    return r.failed ? 0 : bytes
  }

  #enterList(r: Reader, key: string, inner: Fields): number {
    const bytes = r.length(4, this.#compact)
    const { value: count } = r
    if (bytes === 0) return 0
    // An element has a byte at least.
    if (count > r.frameEnd - r.pos) r.failed = true
    if (r.failed) return 0
    if (count < 0) this.content.json.value(key, null)
    else {
      this.content.json.open(key, '[')
      this.#enter(inner, ']', count)
    }
    return bytes
  }

  // -1 stands for null, 1 for a structure.
  #enterStruct(r: Reader, key: string, inner: Fields): number {
    if (!r.has(1)) return 0
    if (r.buf.readInt8(r.pos) < 0) this.content.json.value(key, null)
    else {
      this.content.json.key(key)
      this.#enter(inner, '', 1)
    }
    return 1
  }

  #enter(fields: Fields, close: string, left: number): void {
    if (left === 0) {
      this.content.json.close(close)
      return
    }
    const level = { fields, close, left, at: 0, tags: UNREAD }
    this.#levels.push(level)
    this.#beginElement(level)
  }

  #enterRecords(r: Reader, key: string): number {
    const bytes = r.length(4, this.#compact)
    const { value: length } = r
    if (bytes === 0) return 0
    if (r.pos + bytes + length > r.frameEnd) r.failed = true
    if (r.failed) return 0
    this.content.json.key(key)
    this.#records = new RecordSet(Math.max(length, 0))
    return bytes
  }

  #batch(r: Reader, set: RecordSet): boolean {
    if (set.left === 0) {
      this.#records = null
      this.content.addRecords(set.count, set.size)
      this.content.json.raw('', `{"size":${set.size},"count":${set.count < 0 ? 'null' : set.count}}`)
      return true
    }
    if (!r.has(Math.min(BATCH_HEADER, set.left))) return false
    this.pass = set.next(r.buf, r.pos)
    return true
  }
}

function intAt(buf: Buffer, pos: number, size: 1 | 2 | 4): number {
  return size === 4 ? buf.readInt32BE(pos) : size === 2 ? buf.readInt16BE(pos) : buf.readInt8(pos)
}

// A BigInt only where a double is not exact.
function i64Text(buf: Buffer, pos: number): string {
  const value = buf.readInt32BE(pos) * TWO_32 + buf.readUInt32BE(pos + 4)
  return Number.isSafeInteger(value) ? `${value}` : `${buf.readBigInt64BE(pos)}`
}
