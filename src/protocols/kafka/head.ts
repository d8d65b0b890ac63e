import { u16 } from '../byte-reader.js'
import { INVALID, NEED_MORE } from '../protocol.js'
import { Words } from '../words.js'
import { isPlausible } from './apis.js'

/** Frames longer than this are not believed. */
const MAX_FRAME = 1 << 28
const MAX_CLIENT_ID = 1024
/** A size and a correlation id. */
export const RESPONSE_HEAD = 8
/** Size 4, key 2, version 2, correlation id 4, length of the client id 2. */
export const REQUEST_HEAD = 14
// The oldest request has no client id.
const CONTROLLED_SHUTDOWN = 7
const OLDEST_HEAD = 12

const CLIENT_IDS = new Words((id) => id)

/** A number of 4 bytes; negative where a signed one would be. */
export function int32(buf: Buffer, at: number): number {
  return ((buf[at] as number) << 24) | ((buf[at + 1] as number) << 16) | u16(buf, at + 2)
}

/** API key and version of a request at `pos`. */
export function keyAt(buf: Buffer, pos: number): number {
  return u16(buf, pos + 4)
}

export function versionAt(buf: Buffer, pos: number): number {
  return u16(buf, pos + 6)
}

/** The client id of a request at `pos` whose head ends at `to`. */
export function clientIdAt(buf: Buffer, pos: number, to: number): string | null {
  if (to < pos + REQUEST_HEAD || buf[pos + REQUEST_HEAD - 2] === 0xff) return null
  return CLIENT_IDS.of(buf, pos + REQUEST_HEAD, to)
}

/** Whether a frame may have this size. */
export function isSize(size: number, least: number): boolean {
  return size >= least && size <= MAX_FRAME
}

/**
 * Where the head of the request at `pos` ends, behind the client id; NEED_MORE or INVALID. `certain`: it is known that a
 * request begins there, so that any API, version and correlation id will do.
 */
export function requestHead(buf: Buffer, pos: number, end: number, certain = false): number {
  const known = end - pos
  if (known > 0 && (buf[pos] as number) > MAX_FRAME >>> 24) return INVALID
  if (known < RESPONSE_HEAD) return NEED_MORE
  const size = int32(buf, pos)
  const key = keyAt(buf, pos)
  const version = versionAt(buf, pos)
  if (!isSize(size, OLDEST_HEAD - 4)) return INVALID
  if (!certain && !isPlausible(key, version)) return INVALID
  if (!certain && known > RESPONSE_HEAD && (buf[pos + 8] as number) > 0x7f) return INVALID
  const oldest = key === CONTROLLED_SHUTDOWN && version === 0
  if (known < REQUEST_HEAD) return NEED_MORE
  if (oldest) return pos + OLDEST_HEAD
  const length = u16(buf, pos + REQUEST_HEAD - 2)
  if (length === 0xffff) return size >= REQUEST_HEAD - 4 ? pos + REQUEST_HEAD : INVALID
  if (length > MAX_CLIENT_ID || length > size - (REQUEST_HEAD - 4)) return INVALID
  return clientIdEnd(buf, pos + REQUEST_HEAD, length, end)
}

// No control characters are in it.
function clientIdEnd(buf: Buffer, start: number, length: number, end: number): number {
  const to = start + length
  for (let i = start; i < to && i < end; i++) if ((buf[i] as number) < 0x20 || buf[i] === 0x7f) return INVALID
  return to <= end ? to : NEED_MORE
}
