import { crc32 } from 'node:zlib'
import type { HostFacts } from '../system/host.js'
import type { Field } from './intf.gen.js'
import type { Losses } from './kernel.js'

/**
 * A recording is MAGIC and frames: u32 type, u32 length of the payload, u32 CRC-32 of both and the payload, payload.
 * The first frame is the header; then the frames stand in the order of the calls that were made on the kernel.
 */
export const MAGIC = Buffer.from('STIRLING-RECORDING-1\n')

export const FRAME = {
  /** JSON: Header. */
  header: 1,
  /** f64 time in ns since startNs, f64 wall offset in µs. */
  tick: 2,
  /** JSON: Attached. */
  attached: 3,
  /** Events of one drain. */
  events: 4,
  /** JSON: Losses. */
  losses: 5,
  /** Nothing follows: the recording is whole. */
  end: 6,
  /** JSON: Placed. */
  cgroup: 7,
  /** JSON: Refused. */
  refused: 8,
} as const

export const FRAME_HEAD = 12
/** No frame is longer; a length beyond it is damage. */
export const FRAME_BYTES_MAX = 64 * 1024 * 1024

export interface Header {
  readonly version: string
  readonly abi: string
  readonly host: HostFacts
  /** Struct → fields and size, as the events of this recording have them. */
  readonly layout: Readonly<Record<string, readonly Field[]>>
  readonly sizes: Readonly<Record<string, number>>
}

export interface Attached {
  readonly program: string
  readonly error: string | undefined
}

/** An object that could not be loaded, by the programs that it was to have. */
export interface Refused {
  readonly programs: readonly string[]
  readonly message: string
}

/** Where a process was found, when that was asked for. */
export interface Placed {
  readonly pid: number
  readonly start: number
  readonly cgroup: number
  readonly path: string
}

export type LossesFrame = Losses

export function frameHead(type: number, payload: Buffer): Buffer {
  const head = Buffer.allocUnsafe(FRAME_HEAD)
  head.writeUInt32LE(type, 0)
  head.writeUInt32LE(payload.length, 4)
  head.writeUInt32LE(checksum(head, payload), 8)
  return head
}

export function checksum(head: Buffer, payload: Buffer): number {
  const start = crc32(head.subarray(0, 8))
  // Of a view of no bytes, zlib's answer depends on where it points.
  return payload.length === 0 ? start : crc32(payload, start)
}
