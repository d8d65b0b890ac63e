import { Lz77Output } from './lz77.js'

// No element has more output for its bytes than a copy of 64 bytes in 3.
const MAX_RATIO = 22

/**
 * What a block of Snappy in `buf[start, end)` holds: at most `limit` bytes, and as far as it is there. undefined: it is damaged.
 * https://github.com/google/snappy/blob/main/format_description.txt
 */
export function snappy(buf: Buffer, start: number, end: number, limit: number): Buffer | undefined {
  const preamble = varint(buf, start, end)
  if (preamble === undefined) return undefined
  const out = new Lz77Output(Math.min(limit, preamble.value, (end - preamble.next) * MAX_RATIO))
  let pos = preamble.next
  while (pos < end && !out.full) {
    pos = element(buf, pos, end, out)
    if (pos < 0) return undefined
  }
  return out.finish()
}

function varint(
  buf: Buffer,
  start: number,
  end: number,
): { readonly value: number; readonly next: number } | undefined {
  let value = 0
  for (let i = 0; i < 5 && start + i < end; i++) {
    const byte = buf[start + i] as number
    value += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) return { value, next: start + i + 1 }
  }
  return undefined
}

// → the place of the next element (`end` where this one is not whole), or -1.
function element(buf: Buffer, pos: number, end: number, out: Lz77Output): number {
  const tag = buf[pos] as number
  const type = tag & 3
  if (type === 0) return literal(buf, pos + 1, end, tag >> 2, out)
  const next = pos + (type === 3 ? 5 : type + 1)
  if (next > end) return end
  const length = type === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1
  const offset = type === 1 ? ((tag >> 5) << 8) | (buf[pos + 1] as number) : buf.readUIntLE(pos + 1, next - pos - 1)
  return out.repeat(offset, length) ? next : -1
}

// A length over 60 stands in the bytes after the tag.
function literal(buf: Buffer, pos: number, end: number, code: number, out: Lz77Output): number {
  const extra = Math.max(0, code - 59)
  if (pos + extra > end) return end
  const start = pos + extra
  const next = start + 1 + (extra > 0 ? buf.readUIntLE(pos, extra) : code)
  out.literal(buf, start, Math.min(next, end))
  return Math.min(next, end)
}
