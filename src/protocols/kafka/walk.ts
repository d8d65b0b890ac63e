import { REDACTED } from '../../records/redact.js'
import { cutText, text } from '../../records/text.js'
import { u16 } from '../byte-reader.js'
import type { DecodeOptions } from '../protocol.js'
import { Content } from './content.js'
import { int32 } from './head.js'
import { Reader } from './reader.js'
import { BATCH_HEADER, RecordSet } from './record-set.js'
import { type Fields, type FieldType, type Plan, planOf, type Step, TAGS } from './schema.js'
import type { TopicNames } from './topic-names.js'

/** Bytes of a string that are waited for and kept. */
const MAX_TEXT = 4096
const UNREAD = -1
const TWO_32 = 2 ** 32
const NO_UUID = 'A'.repeat(22)

/** The elements of an array, or one structure. */
interface Level {
  readonly plan: Plan
  /** The level around it. */
  readonly outer: Level | null
  /** What closes all of it. */
  readonly close: string
  /** Elements still to come, with the one under way. */
  left: number
  /** The next step of it. */
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
  readonly #compact: boolean
  readonly #around: Surroundings
  #level: Level
  readonly #reader = new Reader()
  #topic: string | null = null
  #records: RecordSet | null = null

  /** `header`: a header with tagged fields comes first. */
  constructor(fields: Fields, version: number, compact: boolean, header: boolean, around: Surroundings) {
    this.content = new Content(around.options.bodyBytes)
    this.#compact = compact
    this.#around = around
    this.#level = newLevel(planOf(fields, version), '}', 1, null)
    this.content.json.addAscii('{')
    if (header) this.#level = newLevel(TAGS, '', 1, this.#level)
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
      } else if (!(this.#records === null ? this.#step(r) : this.#batch(r, this.#records))) break
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
    if (!this.#compact) return -1
    let bytes = 0
    for (let level: Level | null = this.#level; level !== null; level = level.outer) {
      if (level.left > 1 || level.tags !== UNREAD || level.at < level.plan.steps.length) return -1
      bytes++
    }
    return bytes
  }

  // Fields up to one that opens a level or has bytes to pass, or the end of an element; false: a value has not come whole.
  #step(r: Reader): boolean {
    const level = this.#level
    if (level.tags > 0) return this.#tag(r, level)
    const { steps } = level.plan
    while (level.at < steps.length) {
      const step = steps[level.at] as Step
      if (step.size === 0) {
        const bytes = this.#read(r, step)
        r.pos += bytes
        if (bytes > 0) level.at++
        return bytes > 0
      }
      if (!r.has(step.size)) return false
      this.#fixed(r.buf, r.pos, step.key, step.type)
      r.pos += step.size
      level.at++
    }
    return this.#endElement(r, level)
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
    const { plan } = level
    if (this.#compact && plan.tagged && level.tags === UNREAD) {
      const bytes = r.varint()
      if (bytes === 0) return false
      r.pos += bytes
      level.tags = r.value
      if (level.tags > 0) return true
    }
    if (--level.left > 0) {
      this.content.json.addAscii(plan.next)
      level.at = 0
      level.tags = UNREAD
      if (plan.named) this.#topic = null
    } else {
      this.content.json.addAscii(level.close)
      if (level.outer === null) this.done = true
      else this.#level = level.outer
    }
    return true
  }

  // → bytes of the field, or of the length before what is read by further steps.
  #read(r: Reader, step: Step): number {
    const { type, key: before } = step
    switch (type) {
      case 'list':
        return this.#enterList(r, step)
      case 'struct':
        return this.#enterStruct(r, step)
      case 'records':
        return this.#enterRecords(r, before)
      case 'bytes':
      case 'secret':
        return this.#bytes(r, before, type === 'secret')
      default:
        return this.#string(r, before, type === 'topic')
    }
  }

  #fixed(buf: Buffer, pos: number, before: string, type: FieldType): void {
    const { json } = this.content
    switch (type) {
      case 'i32':
        json.addAscii(before + int32(buf, pos))
        break
      case 'i64':
        json.addAscii(before + i64Text(buf, pos))
        break
      case 'partition':
        this.#partition(int32(buf, pos), before)
        break
      case 'i8':
        json.addAscii(before + buf.readInt8(pos))
        break
      case 'bool':
        json.addAscii(before + (buf[pos] !== 0))
        break
      case 'uuid':
      case 'topic_id':
        this.#uuid(buf, pos, before, type === 'topic_id')
        break
      default:
        this.#short((u16(buf, pos) << 16) >> 16, before, type)
    }
  }

  #short(value: number, before: string, type: FieldType): void {
    this.content.json.addAscii(before + value)
    if (type === 'error') this.content.addError(value)
    if (type === 'acks') this.content.acks = value
  }

  #partition(value: number, before: string): void {
    this.content.json.addAscii(before + value)
    if (this.#topic !== null) this.content.addPartition(this.#topic, value)
  }

  #string(r: Reader, before: string, isTopic: boolean): number {
    const bytes = r.length(2, this.#compact)
    const { value: length } = r
    if (bytes === 0) return 0
    const { json } = this.content
    const value = length < 0 ? null : this.#text(r, bytes, length, isTopic || !json.full)
    if (value === undefined) return 0
    json.addJson(before, value)
    if (isTopic) {
      this.#topic = value
      if (value !== null) this.content.addTopic(value)
    }
    return bytes + Math.min(Math.max(length, 0), MAX_TEXT)
  }

  // The text `ahead`, empty where nobody wants it; the rest of a long one is passed over. undefined: it has not come.
  #text(r: Reader, ahead: number, length: number, wanted: boolean): string | undefined {
    const taken = Math.min(length, MAX_TEXT)
    if (r.pos + ahead + length > r.frameEnd) r.failed = true
    if (r.failed || !r.has(ahead + taken)) return undefined
    if (length > taken) {
      this.pass = length - taken
      this.content.json.cut = true
    }
    if (!wanted) return ''
    const start = r.pos + ahead
    const end = start + taken
    return text(r.buf, start, length > taken ? cutText(r.buf, start, end, taken - 1) : end)
  }

  #uuid(buf: Buffer, pos: number, before: string, isTopic: boolean): void {
    const id = buf.toString('base64url', pos, pos + 16)
    this.content.json.addAscii(id === NO_UUID ? `${before}null` : `${before}"${id}"`)
    if (!isTopic || id === NO_UUID) return
    if (this.#topic !== null) this.#around.topics.learn(id, this.#topic)
    else {
      this.#topic = id
      this.content.addTopic(id)
    }
  }

  #bytes(r: Reader, before: string, secret: boolean): number {
    const bytes = r.length(4, this.#compact)
    const { value: length } = r
    if (bytes === 0) return 0
    const { json } = this.content
    if (length < 0) json.addJson(before, null)
    else if (!secret) json.addAscii(`${before}{"size":${length}}`)
    else if (this.#around.options.redact) json.addJson(before, REDACTED)
    else {
      const value = this.#text(r, bytes, length, true)
      if (value === undefined) return 0
      json.addJson(before, value)
      return bytes + Math.min(length, MAX_TEXT)
    }
    if (r.pos + bytes + length > r.frameEnd) r.failed = true
    this.pass = Math.max(length, 0)
    return r.failed ? 0 : bytes
  }

  #enterList(r: Reader, step: Step): number {
    const bytes = r.length(4, this.#compact)
    const { value: count } = r
    if (bytes === 0) return 0
    // An element has a byte at least.
    if (count > r.frameEnd - r.pos) r.failed = true
    if (r.failed) return 0
    if (count < 0) this.content.json.addJson(step.key, null)
    else if (count === 0) this.content.json.addAscii(`${step.key}[]`)
    else this.#enter(step, count)
    return bytes
  }

  // -1 stands for null, 1 for a structure.
  #enterStruct(r: Reader, step: Step): number {
    if (!r.has(1)) return 0
    if (r.buf.readInt8(r.pos) < 0) this.content.json.addJson(step.key, null)
    else this.#enter(step, 1)
    return 1
  }

  #enter({ inner, open, close }: Step, left: number): void {
    this.#level = newLevel(inner, close, left, this.#level)
    this.content.json.addAscii(open)
    if (inner.named) this.#topic = null
  }

  #enterRecords(r: Reader, before: string): number {
    const bytes = r.length(4, this.#compact)
    const { value: length } = r
    if (bytes === 0) return 0
    if (r.pos + bytes + length > r.frameEnd) r.failed = true
    if (r.failed) return 0
    this.content.json.addAscii(before)
    this.#records = new RecordSet(Math.max(length, 0))
    return bytes
  }

  #batch(r: Reader, set: RecordSet): boolean {
    if (set.left === 0) {
      this.#records = null
      this.content.addRecords(set.count, set.size)
      this.content.json.addAscii(`{"size":${set.size},"count":${set.count < 0 ? 'null' : set.count}}`)
      return true
    }
    if (!r.has(Math.min(BATCH_HEADER, set.left))) return false
    this.pass = set.next(r.buf, r.pos)
    return true
  }
}

function newLevel(plan: Plan, close: string, left: number, outer: Level | null): Level {
  return { plan, outer, close, left, at: 0, tags: UNREAD }
}

// A BigInt only where a double is not exact.
function i64Text(buf: Buffer, pos: number): string {
  const [high, low] = [int32(buf, pos), int32(buf, pos + 4)]
  if (high === low >> 31) return `${low}`
  const value = high * TWO_32 + (low >>> 0)
  return Number.isSafeInteger(value) ? `${value}` : `${buf.readBigInt64BE(pos)}`
}
