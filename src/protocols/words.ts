import { text } from '../records/text.js'

/** Words that are kept, a power of 2, and the longest of them. */
const SLOTS = 1024
const BYTES_MAX = 64

/**
 * Reads a word, and keeps what the last ones said: keys of documents and names of columns come again and again, and to make a
 * string costs more than to find it. Of words that share a slot the last is kept. What it answers depends on the word alone.
 */
export class Words<T> {
  readonly #read: (word: string) => T
  readonly #words: string[] = Array(SLOTS).fill('')
  readonly #values: T[]

  constructor(read: (word: string) => T) {
    this.#read = read
    this.#values = Array(SLOTS).fill(read(''))
  }

  /** What the text of `buf[start, end)` says. */
  of(buf: Buffer, start: number, end: number): T {
    if (end - start > BYTES_MAX) return this.#read(text(buf, start, end))
    const slot = slotOf(buf, start, end, SLOTS)
    if (stands(this.#words[slot] as string, buf, start, end)) return this.#values[slot] as T
    const word = text(buf, start, end)
    const value = this.#read(word)
    this.#words[slot] = word
    this.#values[slot] = value
    return value
  }
}

/** Which of so many slots, a power of 2, `buf[start, end)` has. */
export function slotOf(buf: Buffer, start: number, end: number, slots: number): number {
  let hash = 0
  for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + (buf[i] as number)) | 0
  return hash & (slots - 1)
}

/** Is `buf[start, end)` this word? Of one that is not ASCII no unit is the byte at its place. */
export function stands(word: string, buf: Buffer, start: number, end: number): boolean {
  if (word.length !== end - start) return false
  for (let i = 0; i < word.length; i++) if (word.charCodeAt(i) !== buf[start + i]) return false
  return true
}
