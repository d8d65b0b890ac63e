import { CONTENT } from './names.js'

/** Bytes before the content of a record: type, version, length. */
export const HEAD = 5
/** The content of an encrypted record is at most this much longer than 2^14, RFC 5246 §6.2.3. */
const CONTENT_MAX = (1 << 14) + 2048

/** Can a record begin at `pos`, as far as its bytes are there? An empty one only carries application data. */
export function mayBeRecord(buf: Buffer, pos: number, end: number): boolean {
  const type = buf[pos] as number
  if (pos >= end || type < CONTENT.changeCipherSpec || type > CONTENT.heartbeat) return false
  if (pos + 1 < end && buf[pos + 1] !== 3) return false
  if (pos + 2 < end && (buf[pos + 2] as number) > 4) return false
  if (pos + HEAD > end) return true
  const length = contentLength(buf, pos)
  if (length > CONTENT_MAX || (length === 0 && type !== CONTENT.applicationData)) return false
  return type !== CONTENT.changeCipherSpec || length === 1
}

/** The length of the content of the record at `pos`. */
export function contentLength(buf: Buffer, pos: number): number {
  return buf.readUInt16BE(pos + 3)
}

/** The next offset at which a record may begin that another may follow, or -1. */
export function findRecord(buf: Buffer, pos: number, end: number): number {
  for (let at = pos; at < end; at++) {
    if (!mayBeRecord(buf, at, end)) continue
    if (end - at < HEAD) return at
    const next = at + HEAD + contentLength(buf, at)
    if (next >= end || mayBeRecord(buf, next, end)) return at
  }
  return -1
}
