/** Up to this length a text is put together byte by byte. */
const SHORT = 12
/** A byte below it is a control character that no text begins with: what follows is hardly UTF-8, so that is not tried first. */
const TAB = 9

/**
 * Bytes of a traced process as a string. Bytes that are not UTF-8 become lone surrogates U+DC80…U+DCFF (byte + 0xDC00), which no
 * valid text contains; a sink writes them as `\xNN` and names the column in `escaped`.
 */
export function text(buf: Buffer, start: number, end: number): string {
  if (end - start <= SHORT && end <= buf.length) return shortText(buf, start, end)
  return (buf[start] as number) < TAB ? decodeLossless(buf, start, end) : longText(buf, start, end)
}

function longText(buf: Buffer, start: number, end: number): string {
  const fast = buf.toString('utf8', start, end)
  return fast.includes('\ufffd') ? decodeLossless(buf, start, end) : fast
}

// A call into the engine costs more than these few bytes, which are mostly ASCII.
function shortText(buf: Buffer, start: number, end: number): string {
  let out = ''
  let i = start
  for (; i + 4 <= end; i += 4) {
    const [a, b, c, d] = [buf[i] as number, buf[i + 1] as number, buf[i + 2] as number, buf[i + 3] as number]
    if ((a | b | c | d) >= 0x80) return longText(buf, start, end)
    out += String.fromCharCode(a, b, c, d)
  }
  for (; i < end; i++) {
    const byte = buf[i] as number
    if (byte >= 0x80) return longText(buf, start, end)
    out += String.fromCharCode(byte)
  }
  return out
}

// Most of it is ASCII, which is the same as Latin-1.
function decodeLossless(buf: Buffer, start: number, end: number): string {
  const latin1 = buf.toString('latin1', start, end)
  const last = start + latin1.length
  let out = ''
  let done = start
  for (let at = afterAscii(buf, start, last); at < last; at = afterAscii(buf, done, last)) {
    out += latin1.slice(done - start, at - start)
    done = at + 1
    while (done < last && (buf[done] as number) >= 0x80) done++
    out += decodeRun(buf, at, done)
  }
  return done === start ? latin1 : out + latin1.slice(done - start)
}

// Eight at a time beat a regular expression.
function afterAscii(buf: Buffer, start: number, end: number): number {
  let i = start
  while (i + 8 <= end && (bitsOf(buf, i) | bitsOf(buf, i + 4)) < 0x80) i += 8
  while (i < end && (buf[i] as number) < 0x80) i++
  return i
}

// The bits that four bytes have.
function bitsOf(buf: Buffer, i: number): number {
  return (buf[i] as number) | (buf[i + 1] as number) | (buf[i + 2] as number) | (buf[i + 3] as number)
}

function decodeRun(buf: Buffer, start: number, end: number): string {
  let out = ''
  let valid = start
  for (let i = start; i < end; ) {
    const length = sequenceLength(buf, i, end)
    if (length === 0) {
      if (valid < i) out += buf.toString('utf8', valid, i)
      out += String.fromCharCode(0xdc00 + (buf[i] as number))
      valid = i + 1
    }
    i += length || 1
  }
  return valid < end ? out + buf.toString('utf8', valid, end) : out
}

// The length of the valid UTF-8 sequence at i, or 0. RFC 3629 §4: the second byte's range depends on the first.
function sequenceLength(buf: Buffer, i: number, end: number): number {
  const lead = buf[i] as number
  if (lead < 0x80) return 1
  if (lead < 0xc2 || lead > 0xf4) return 0
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2
  if (i + length > end) return 0
  const second = buf[i + 1] as number
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
  if (second < low || second > high) return 0
  for (let k = 2; k < length; k++) if (((buf[i + k] as number) & 0xc0) !== 0x80) return 0
  return length
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
