import { constants, gunzipSync } from 'node:zlib'

const UNPACKED_BYTES_MAX = 1024 * 1024 * 1024

/** RFC 1952 §2.3.1: does a gzip'ed file begin like this? */
export function isGzip(start: Buffer): boolean {
  return start[0] === 0x1f && start[1] === 0x8b
}

/** What a gzip'ed file holds; of one that is cut off, what there is. Throws where it is damaged, or holds more than 1 GiB. */
export function gunzip(packed: Buffer): Buffer {
  return gunzipSync(packed, { maxOutputLength: UNPACKED_BYTES_MAX, finishFlush: constants.Z_SYNC_FLUSH })
}
