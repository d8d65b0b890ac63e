import { Words } from '../words.js'

/** The bytes of a message: `buf[start, end)`. Names point back into it. */
export interface Wire {
  readonly buf: Buffer
  readonly start: number
  readonly end: number
}

/** A name as it was read. `text` is without the final dot, '' is the root; `after` is the offset behind it. */
export interface Name {
  readonly text: string
  readonly after: number
}

/** RFC 1035 §2.3.4. */
const NAME_BYTES_MAX = 255
const POINTER = 0xc0
/** How a byte is shown: as it is, after a backslash, or as \\DDD (RFC 4343 §2.1). */
const SHOWN = { plain: 0, escaped: 1, decimal: 2 } as const
const HOW = Uint8Array.from({ length: 256 }, (_, byte) => howShown(byte))
const [DOT, ZERO, BACKSLASH] = [0x2e, 0x30, 0x5c]
/** Where a name is put together, for a call for each label costs more than all else. */
const shownBytes = Buffer.alloc(4 * NAME_BYTES_MAX)
/** A response repeats the names of its query, and what was asked is asked again. */
const NAMES = new Words((name) => name)

function howShown(byte: number): number {
  if (byte <= 0x20 || byte > 0x7e) return SHOWN.decimal
  return '"$().;@\\'.includes(String.fromCharCode(byte)) ? SHOWN.escaped : SHOWN.plain
}

/** The name at `at`; undefined where it breaks the rules: too long, beyond the end, a pointer that does not go back. */
export function readName({ buf, start, end }: Wire, at: number): Name | undefined {
  let size = 0
  let bytes = 1
  let after = -1
  // A pointer goes to "a prior occurrence": before what was read since the last one. So there are no loops.
  let before = at
  for (;;) {
    if (at >= end) return undefined
    const length = buf[at] as number
    if (length === 0) return { text: NAMES.of(shownBytes, 0, size), after: after < 0 ? at + 1 : after }
    if (length >= POINTER) {
      if (at + 2 > end) return undefined
      if (after < 0) after = at + 2
      at = start + (((length & 0x3f) << 8) | (buf[at + 1] as number))
      if (at >= before) return undefined
      before = at
      continue
    }
    bytes += length + 1
    if (length > 63 || bytes > NAME_BYTES_MAX || at + 1 + length > end) return undefined
    if (size > 0) shownBytes[size++] = DOT
    size = showLabel(buf, at + 1, at + 1 + length, size)
    at += 1 + length
  }
}

// → where it ends in `shownBytes`.
function showLabel(buf: Buffer, from: number, to: number, size: number): number {
  for (let i = from; i < to; i++) {
    const byte = buf[i] as number
    const how = HOW[byte]
    if (how !== SHOWN.plain) shownBytes[size++] = BACKSLASH
    if (how !== SHOWN.decimal) shownBytes[size++] = byte
    else for (const power of [100, 10, 1]) shownBytes[size++] = ZERO + (Math.floor(byte / power) % 10)
  }
  return size
}

/** A byte as `\DDD`. */
export function decimal(char: string): string {
  return `\\${char.charCodeAt(0).toString().padStart(3, '0')}`
}

/** A name where it stands alone: the root is a dot. */
export function shown(text: string): string {
  return text === '' ? '.' : text
}

/** The same as a string of JSON: what has to be escaped there stands behind a backslash. */
export function nameJson(text: string): string {
  return text.includes('\\') ? JSON.stringify(text) : `"${shown(text)}"`
}
