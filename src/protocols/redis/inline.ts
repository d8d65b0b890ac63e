import type { Taker } from './reader.js'
import { TYPE } from './table.js'

const ESCAPES: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, b: 8, a: 7 }
const QUOTE = 0x22
const APOSTROPHE = 0x27
const BACKSLASH = 0x5c

/** The words of an inline command `buf[start, end)`, to the taker; false: quotes are not closed, which servers refuse. */
export function readInline(buf: Buffer, start: number, end: number, taker: Taker): boolean {
  // A quoted word is at most as long as its line.
  const word = Buffer.allocUnsafe(end - start)
  let pos = start
  for (;;) {
    while (pos < end && isSpace(buf[pos] as number)) pos++
    if (pos === end) return true
    let length = 0
    while (pos < end && !isSpace(buf[pos] as number)) {
      const c = buf[pos] as number
      if (c !== QUOTE && c !== APOSTROPHE) {
        word[length++] = c
        pos++
        continue
      }
      const close = closing(buf, pos, end)
      if (close < 0) return false
      length = unquote(buf, pos, close, word, length)
      pos = close + 1
    }
    const shown = Math.min(length, Math.max(taker.room, 0))
    taker.take(TYPE.bulk, word, 0, shown, shown < length)
  }
}

function isSpace(c: number): boolean {
  return c === 32 || (c >= 9 && c <= 13)
}

// The quote that closes the one at `pos`, where a space or the end follows it; else -1.
function closing(buf: Buffer, pos: number, end: number): number {
  let at = pos + 1
  while (at < end && buf[at] !== buf[pos]) at += buf[at] === BACKSLASH ? 2 : 1
  return at < end && (at + 1 === end || isSpace(buf[at + 1] as number)) ? at : -1
}

function unquote(buf: Buffer, open: number, close: number, into: Buffer, from: number): number {
  const doubled = buf[open] === QUOTE
  let length = from
  for (let at = open + 1; at < close; at++) {
    let c = buf[at] as number
    if (c === BACKSLASH && (doubled || buf[at + 1] === APOSTROPHE)) {
      at++
      const hex = doubled && buf[at] === 0x78 ? hexAt(buf, at + 1, close) : -1
      c =
        hex >= 0 ? hex : doubled ? (ESCAPES[String.fromCharCode(buf[at] as number)] ?? (buf[at] as number)) : APOSTROPHE
      if (hex >= 0) at += 2
    }
    into[length++] = c
  }
  return length
}

// Two hexadecimal digits, or -1.
function hexAt(buf: Buffer, pos: number, end: number): number {
  const digits = pos + 2 <= end ? buf.toString('latin1', pos, pos + 2) : ''
  return /^[0-9a-f]{2}$/i.test(digits) ? Number.parseInt(digits, 16) : -1
}
