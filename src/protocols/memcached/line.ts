import { text } from '../../records/text.js'

const LF = 10
const CR = 13

/** The end of the line at `pos`, behind its LF; 0: it has not come, -1: it is longer than `most`, or no text. */
export function lineEnd(buf: Buffer, pos: number, end: number, most: number): number {
  const last = Math.min(end, pos + most)
  const lf = buf.subarray(pos, last).indexOf(LF)
  const stop = lf < 0 ? last : pos + lf
  for (let i = pos; i < stop; i++) {
    const c = buf[i] as number
    if (c < 32 && !(c === CR && i + 1 >= stop)) return -1
  }
  if (lf >= 0) return stop + 1
  return last === end ? 0 : -1
}

/** The words of the line that ends at `end`, behind its LF. */
export function wordsOf(buf: Buffer, pos: number, end: number): string[] {
  let last = end - 1
  if (last > pos && buf[last - 1] === CR) last--
  return text(buf, pos, last).split(' ').filter(Boolean)
}

/** A number of at most ten digits; -1: it is none. */
export function numberOf(word: string | undefined): number {
  return word !== undefined && /^\d{1,10}$/.test(word) ? Number(word) : -1
}
