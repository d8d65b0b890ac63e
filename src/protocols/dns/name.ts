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
/** What needs no escape in a label. */
const PLAIN = /^[!#%&'*+,\-/0-9:<=>?A-Z[\]^_`a-z{|}~]*$/
const ESCAPED = /["$().;@\\]/g

/** The name at `at`; undefined where it breaks the rules: too long, beyond the end, a pointer that does not go back. */
export function readName({ buf, start, end }: Wire, at: number): Name | undefined {
  let text = ''
  let bytes = 1
  let after = -1
  // A pointer goes to "a prior occurrence": before what was read since the last one. So there are no loops.
  let before = at
  for (;;) {
    if (at >= end) return undefined
    const length = buf[at] as number
    if (length === 0) return { text, after: after < 0 ? at + 1 : after }
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
    text += (text === '' ? '' : '.') + label(buf, at + 1, at + 1 + length)
    at += 1 + length
  }
}

// RFC 4343 §2.1: what is not printable is \DDD.
function label(buf: Buffer, from: number, to: number): string {
  const text = buf.toString('latin1', from, to)
  if (PLAIN.test(text)) return text
  return text.replace(ESCAPED, '\\$&').replace(/[^\x21-\x7e]/g, decimal)
}

/** A byte as `\DDD`. */
export function decimal(char: string): string {
  return `\\${char.charCodeAt(0).toString().padStart(3, '0')}`
}

/** A name where it stands alone: the root is a dot. */
export function shown(text: string): string {
  return text === '' ? '.' : text
}
