import { Lz77Output } from './lz77.js'

// A byte of a length stands for at most this many bytes of output.
const MAX_RATIO = 255
const MORE = 15
const MIN_MATCH = 4

/**
 * What a block of LZ4 in `buf[start, end)` holds: at most `limit` bytes, and as far as it is there. undefined: it is damaged.
 * https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md
 */
export function lz4Block(buf: Buffer, start: number, end: number, limit: number): Buffer | undefined {
  const out = new Lz77Output(Math.min(limit, (end - start) * MAX_RATIO))
  let pos = start
  while (pos < end && !out.full) {
    const token = buf[pos] as number
    const literals = lengthAt(buf, pos + 1, end, token >> 4)
    const from = literals.next
    pos = from + literals.value
    out.literal(buf, from, Math.min(pos, end))
    // The last sequence has literals only.
    if (pos + 2 > end || out.full) break
    const match = lengthAt(buf, pos + 2, end, token & 15)
    if (!out.repeat((buf[pos] as number) | ((buf[pos + 1] as number) << 8), match.value + MIN_MATCH)) return undefined
    pos = match.next
  }
  return out.finish()
}

// A nibble, and where that is 15 the bytes that follow, up to the first that is not 255.
function lengthAt(
  buf: Buffer,
  pos: number,
  end: number,
  nibble: number,
): { readonly value: number; readonly next: number } {
  let value = nibble
  let next = pos
  if (nibble === MORE) {
    for (let byte = 255; byte === 255 && next < end; next++) {
      byte = buf[next] as number
      value += byte
    }
  }
  return { value, next }
}
