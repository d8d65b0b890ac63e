import { text } from '../../records/text.js'
import { isType, MIN_DOCUMENT, NO_VALUE, nulAt, numberAt, sizeOf, TYPE, UNKNOWN_SIZE } from './bson.js'
import type { Facts } from './facts.js'
import { KEYS } from './keys.js'
import { i32 } from './wire.js'

/** A longer key, or value that is read, is none that we know. */
const MAX_KEY = 1024
const MAX_VALUE = 4096
const MAX_NAME = 512
const MAX_LEVELS = 16

/** Where a walk is: what the bytes at its place are a part of. */
export const PLACE = {
  /** Sections of an OP_MSG. */
  sections: 0,
  /** Documents in a row: those that a request carries, or that a cursor returns. */
  documents: 1,
  /** Documents in a row of which the first is a command, or the answer to one. */
  first: 2,
  request: 3,
  /** The command that an explain is about. */
  explained: 4,
  answer: 5,
  cursor: 6,
  /** An array: each element counts. */
  batch: 7,
  /** An array of errors: each counts, the first is read. */
  errors: 8,
  error: 9,
} as const

type Place = (typeof PLACE)[keyof typeof PLACE]

interface Level {
  readonly place: Place
  readonly end: number
  /** Elements so far. */
  count: number
}

/**
 * Walks over the documents of a message, however they are cut into pieces: looks at the elements that columns are made of, and
 * passes over all others by their length.
 */
export class Walk {
  readonly facts: Facts
  /** Bytes of the body passed so far, and in all. */
  at: number
  readonly end: number
  /** Bytes that nobody looks at. */
  skip: number
  /** Bytes that must be there before another call pays. */
  want: number
  readonly #levels: Level[] = []

  readonly #answers: boolean

  constructor(facts: Facts, at: number, end: number, answers: boolean) {
    this.facts = facts
    this.at = at
    this.end = end
    this.#answers = answers
    this.skip = 0
    this.want = 0
  }

  /** Goes into what ends at `end`; what is around it follows. */
  enter(place: Place, end: number): void {
    if (this.#levels.length < MAX_LEVELS) this.#levels.push({ place, end, count: 0 })
    else this.giveUp()
  }

  /** Reads what is in `buf[pos, end)`; → bytes used. */
  feed(buf: Buffer, pos: number, end: number): number {
    let p = pos
    this.want = 0
    while (this.at < this.end) {
      const passed = Math.min(this.skip, end - p)
      this.skip -= passed
      this.at += passed
      p += passed
      if (this.skip > 0 || p === end) break
      const used = this.#step(buf, p, end)
      if (used === 0 && this.skip === 0) break
      this.at += used
      p += used
    }
    return p - pos
  }

  /** `length` bytes are missing here. */
  miss(length: number): void {
    const passed = Math.min(this.skip, length)
    this.skip -= passed
    this.at += length
    if (length > passed) this.giveUp()
  }

  /** What follows is no BSON, or cannot be read: it is passed over. */
  giveUp(): void {
    this.#levels.length = 0
    this.skip = this.end - this.at
  }

  #step(buf: Buffer, pos: number, end: number): number {
    let level = this.#levels.at(-1)
    while (level !== undefined && this.at >= level.end) {
      this.#levels.pop()
      level = this.#levels.at(-1)
    }
    if (level === undefined) return this.#bad()
    switch (level.place) {
      case PLACE.sections:
        return this.#section(level, buf, pos, end)
      case PLACE.documents:
      case PLACE.first:
        return this.#document(level, buf, pos, end)
      default:
        return this.#element(level, buf, pos, end)
    }
  }

  #bad(): number {
    this.giveUp()
    return 0
  }

  // Uses what is here of `size` bytes, the first `read` of which were looked at; the rest is skipped when it comes.
  #pass(read: number, size: number, here: number): number {
    const used = Math.max(read, Math.min(size, here))
    this.skip = size - used
    return used
  }

  // Kind 0: a document. Kind 1: length, name, documents.
  #section(level: Level, buf: Buffer, pos: number, end: number): number {
    if (end - pos < 5) return this.#more(5)
    const kind = buf[pos]
    const size = i32(buf, pos + 1)
    const last = this.at + 1 + size
    if (kind !== 0 && kind !== 1) return this.#bad()
    if (size < MIN_DOCUMENT || last > level.end) return this.#bad()
    if (kind === 0) {
      this.enter(this.#answers ? PLACE.answer : PLACE.request, last)
      return 5
    }
    const nul = buf.indexOf(0, pos + 5)
    if (nul < 0 || nul >= end) return end - pos > MAX_KEY ? this.#bad() : this.#more(end - pos + 1)
    this.enter(PLACE.documents, last)
    return nul + 1 - pos
  }

  #document(level: Level, buf: Buffer, pos: number, end: number): number {
    if (end - pos < 4) return this.#more(4)
    const size = i32(buf, pos)
    if (size < MIN_DOCUMENT || this.at + size > level.end) return this.#bad()
    level.count++
    if (level.place === PLACE.first) {
      if (level.count > 1) return this.#pass(4, size, end - pos)
      this.enter(this.#answers ? PLACE.answer : PLACE.request, this.at + size)
      return 4
    }
    this.facts.documents = (this.facts.documents ?? 0) + 1
    return this.#pass(4, size, end - pos)
  }

  #element(level: Level, buf: Buffer, pos: number, end: number): number {
    const type = buf[pos] as number
    if (type === 0) return this.at === level.end - 1 ? 1 : this.#bad()
    const nul = nulAt(buf, pos + 1, end)
    const there = nul >= 0
    if (!isType(type) || (there ? nul : end) - pos > MAX_KEY) return this.#bad()
    if (!there) return this.#more(end - pos + 1)
    const value = nul + 1
    const size = sizeOf(type, buf, value, end)
    if (size === NO_VALUE) return this.#bad()
    if (size === UNKNOWN_SIZE) return end - value > MAX_VALUE ? this.#bad() : this.#more(end - pos + 1)
    if (this.at + value - pos + size >= level.end) return this.#bad()
    return this.#look(level, type, buf, pos, value, size, end)
  }

  // An element with its key at `pos + 1`, and `size` bytes from `value` on.
  #look(level: Level, type: number, buf: Buffer, pos: number, value: number, size: number, end: number): number {
    const { place } = level
    const key = KEYS.of(buf, pos + 1, value - 1)
    const first = level.count === 0
    const here = end - value
    if (size > here && size <= MAX_VALUE && isRead(place, key, first)) return this.#more(value - pos + size)
    level.count++
    if (place === PLACE.batch) this.facts.documents = (this.facts.documents ?? 0) + 1
    const inside = insideOf(place, type, key, first, this.facts)
    if (first && place === PLACE.request && inside !== PLACE.request) this.facts.command ??= key
    if (inside !== undefined) {
      this.enter(inside, this.at + value - pos + size)
      return value - pos + 4
    }
    if (size <= here) note(this.facts, place, key, first, type, buf, value, size)
    return this.#pass(value - pos, value - pos + size, end - pos)
  }

  #more(want: number): number {
    this.want = want
    return 0
  }
}

const READ: ReadonlySet<string> = new Set('$db collection ok n code codeName errmsg $err err nErrors'.split(' '))

function isRead(place: Place, key: string, first: boolean): boolean {
  return place !== PLACE.batch && place !== PLACE.errors && (first || READ.has(key))
}

// What the walk goes into, where the value is not passed over.
function insideOf(place: Place, type: number, key: string, first: boolean, facts: Facts): Place | undefined {
  if (type === TYPE.array) return insideOfArray(place, key, facts)
  if (type !== TYPE.document) return undefined
  if (place === PLACE.request && first) return key === '$query' || key === 'query' ? PLACE.request : explained(key)
  if (place === PLACE.answer && key === 'cursor') return PLACE.cursor
  if (place === PLACE.errors || (place === PLACE.answer && key === 'writeConcernError')) {
    facts.errors++
    return facts.code === null && facts.errmsg === null ? PLACE.error : undefined
  }
  return undefined
}

function explained(key: string): Place | undefined {
  return key === 'explain' ? PLACE.explained : undefined
}

function insideOfArray(place: Place, key: string, facts: Facts): Place | undefined {
  if (place === PLACE.answer && key === 'writeErrors') return PLACE.errors
  const carries = key === 'documents' || key === 'updates' || key === 'deletes'
  const returns = key === 'firstBatch' || key === 'nextBatch'
  if (!(place === PLACE.request && carries) && !(place === PLACE.cursor && returns)) return undefined
  facts.documents ??= 0
  return PLACE.batch
}

function note(
  facts: Facts,
  place: Place,
  key: string,
  first: boolean,
  type: number,
  buf: Buffer,
  pos: number,
  size: number,
): void {
  const words = type === TYPE.string ? text(buf, pos + 4, pos + Math.min(size - 1, MAX_NAME + 4)) : null
  if (place === PLACE.request) noteRequest(facts, key, first, words)
  else if (place === PLACE.explained && first) facts.collection = words
  else if (place === PLACE.answer) noteAnswer(facts, key, words, numberAt(type, buf, pos))
  else if (place === PLACE.error) noteError(facts, key, words, numberAt(type, buf, pos))
}

function noteRequest(facts: Facts, key: string, first: boolean, words: string | null): void {
  if (first) facts.collection ??= words
  else if (key === '$db') facts.database = words
  else if (key === 'collection' && facts.command === 'getMore') facts.collection = words
}

function noteAnswer(facts: Facts, key: string, words: string | null, value: number | null): void {
  if (key === 'ok') facts.ok = value
  else if (key === 'n') facts.n = value !== null && Number.isSafeInteger(value) ? value : null
  else if (key === 'nErrors') facts.errors += value ?? 0
  else if (key === '$err' || key === 'err') {
    if (words !== null) facts.errors++
    facts.errmsg ??= words
  } else noteError(facts, key, words, value)
}

function noteError(facts: Facts, key: string, words: string | null, value: number | null): void {
  if (key === 'code' && value !== null && Number.isSafeInteger(value)) facts.code ??= value
  else if (key === 'codeName') facts.codeName ??= words
  else if (key === 'errmsg') facts.errmsg ??= words
}
