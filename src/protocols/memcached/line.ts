import { text } from '../../records/text.js'

const LF = 10
const CR = 13
const SPACE = 32

/** The end of the line at `pos`, behind its LF; 0: it has not come, -1: it is longer than `most`, or no text. */
export function lineEnd(buf: Buffer, pos: number, end: number, most: number): number {
  const last = Math.min(end, pos + most)
  for (let i = pos; i < last; i++) {
    const c = buf[i] as number
    if (c === LF) return i + 1
    if (c < 32 && !(c === CR && (i + 1 >= last || buf[i + 1] === LF))) return -1
  }
  return last === end ? 0 : -1
}

/** The words of the line that ends at `end`, behind its LF. */
export function wordsOf(buf: Buffer, pos: number, end: number): string[] {
  let last = end - 1
  if (last > pos && buf[last - 1] === CR) last--
  const words: string[] = []
  for (let from = pos, i = pos; i <= last; i++) {
    if (i < last && buf[i] !== SPACE) continue
    if (i > from) words.push(text(buf, from, i))
    from = i + 1
  }
  return words
}

/** A number of at most ten digits; -1: it is none. */
export function numberOf(word: string | undefined): number {
  return word !== undefined && /^\d{1,10}$/.test(word) ? Number(word) : -1
}
