/**
 * Bytes of a traced process as a string. Bytes that are not UTF-8 become lone surrogates U+DC80…U+DCFF (byte + 0xDC00), which no
 * valid text contains; a sink writes them as `\xNN` and names the column in `escaped`.
 */
export function text(buf: Buffer, start: number, end: number): string {
  const fast = buf.toString('utf8', start, end)
  return fast.includes('\ufffd') ? decodeLossless(buf, start, end) : fast
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function decodeLossless(buf: Buffer, start: number, end: number): string {
  let out = ''
  for (let i = start; i < end; ) {
    const length = sequenceLength(buf, i, end)
    out += length > 0 ? buf.toString('utf8', i, i + length) : String.fromCharCode(0xdc00 + (buf[i] as number))
    i += length > 0 ? length : 1
  }
  return out
}

// The length of the valid UTF-8 sequence (RFC 3629) at i, or 0.
function sequenceLength(buf: Buffer, i: number, end: number): number {
  const lead = buf[i] as number
  if (lead < 0x80) return 1
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2
  if (lead < 0xc2 || lead > 0xf4 || i + length > end) return 0
  try {
    strict.decode(buf.subarray(i, i + length))
    return length
  } catch {
    return 0
  }
}

/** The end of the longest prefix of `buf[start, end)` of at most `limit` bytes that does not split a UTF-8 sequence. */
export function cutText(buf: Buffer, start: number, end: number, limit: number): number {
  if (end - start <= limit) return end
  let cut = start + limit
  for (let back = 0; back < 3 && cut > start && ((buf[cut] as number) & 0xc0) === 0x80; back++) cut--
  return cut
}

const ESCAPED = /[\udc80-\udcff]/
// A pair of surrogates is one character: the second half of a pair is not an escaped byte.
const ESCAPABLE = /[\ud800-\udbff][\udc00-\udfff]|\\|[\udc80-\udcff]/g

/** The text with undecodable bytes as `\xNN` and every backslash doubled, or undefined where there is none of these bytes. */
export function escapeBytes(value: string): string | undefined {
  if (!ESCAPED.test(value) || value.isWellFormed()) return undefined
  return value.replace(ESCAPABLE, (c) => {
    if (c.length === 2) return c
    if (c === '\\') return '\\\\'
    return `\\x${(c.charCodeAt(0) - 0xdc00).toString(16).padStart(2, '0')}`
  })
}
