import {
  CloseEvent,
  ConnEvent,
  DataEvent,
  DataFlag,
  EventKind,
  Family,
  Mode,
  Reason,
  Role,
} from '../../src/kernel/intf.gen.js'

const align = (n: number): number => Math.ceil(n / 8) * 8

interface ConnFields {
  readonly conn?: number
  readonly time?: number
  readonly family?: number
  /** SOCK_*; a stream unless told otherwise. */
  readonly type?: number
  readonly role?: number
  readonly tgid?: number
  readonly comm?: string
  readonly startBoottime?: number
  /** First position that will be reported: sent, received. */
  readonly position?: readonly [number, number]
  readonly ports?: readonly [number, number]
  /** Mode in which it begins; undecided unless told otherwise. */
  readonly mode?: number
  /** 16 bytes, or v4 as four. */
  readonly addrs?: readonly [readonly number[], readonly number[]]
  readonly paths?: readonly [Buffer | string, Buffer | string]
}

/** EVENT_CONN: a server on 127.0.0.1:80 with a peer at 10.0.0.2:5000, unless told otherwise. */
export function connEvent(fields: ConnFields = {}): Buffer {
  const event = Buffer.alloc(ConnEvent.SIZE)
  event.writeUInt8(EventKind.CONN, ConnEvent.kind)
  event.writeUInt8(fields.family ?? Family.INET, ConnEvent.family)
  event.writeUInt8(fields.type ?? 1, ConnEvent.type)
  event.writeUInt8(fields.role ?? Role.SERVER, ConnEvent.role)
  event.writeUInt32LE(ConnEvent.SIZE, ConnEvent.size)
  u64(event, fields.conn ?? 1, ConnEvent.conn)
  u64(event, fields.time ?? 0, ConnEvent.time)
  u64(event, fields.startBoottime ?? 5_000_000_000, ConnEvent.start_boottime)
  u64(event, fields.position?.[0] ?? 0, ConnEvent.position)
  u64(event, fields.position?.[1] ?? 0, ConnEvent.position + 8)
  event.writeUInt32LE(fields.tgid ?? 100, ConnEvent.tgid)
  event.writeUInt16LE(fields.ports?.[0] ?? 80, ConnEvent.local_port)
  event.writeUInt16LE(fields.ports?.[1] ?? 5000, ConnEvent.remote_port)
  event.writeUInt16LE(fields.mode ?? Mode.UNDECIDED, ConnEvent.mode)
  Buffer.from(mapped(fields.addrs?.[0] ?? [127, 0, 0, 1])).copy(event, ConnEvent.local_addr)
  Buffer.from(mapped(fields.addrs?.[1] ?? [10, 0, 0, 2])).copy(event, ConnEvent.remote_addr)
  event.write(fields.comm ?? 'server', ConnEvent.comm, 15)
  for (const [i, at] of [ConnEvent.local_path, ConnEvent.remote_path].entries()) {
    Buffer.from(fields.paths?.[i] ?? '').copy(event, at, 0, 108)
  }
  return event
}

function mapped(address: readonly number[]): readonly number[] {
  return address.length === 16 ? address : [...new Array(10).fill(0), 0xff, 0xff, ...address]
}

function u64(event: Buffer, value: number, at: number): void {
  event.writeBigUInt64LE(BigInt(value), at)
}

interface DataFields {
  readonly conn?: number
  readonly time?: number
  readonly tgid?: number
  /** Bytes of the call after those captured. */
  readonly uncaptured?: number
  readonly reason?: number
  readonly flags?: number
  /** The other end of a datagram: the last byte of its address in 10.0.0.0/24, and its port. */
  readonly peer?: readonly [number, number]
}

/** EVENT_DATA: `bytes` at `position` of a direction. */
export function dataEvent(
  direction: number,
  position: number,
  bytes: Buffer | string,
  fields: DataFields = {},
): Buffer {
  const payload = Buffer.from(bytes as string)
  const event = Buffer.alloc(align(DataEvent.SIZE + payload.length))
  event.writeUInt8(EventKind.DATA, DataEvent.kind)
  event.writeUInt8(direction, DataEvent.direction)
  event.writeUInt8(fields.flags ?? DataFlag.START, DataEvent.flags)
  event.writeUInt32LE(event.length, DataEvent.size)
  u64(event, fields.conn ?? 1, DataEvent.conn)
  u64(event, fields.time ?? 0, DataEvent.time)
  u64(event, position, DataEvent.position)
  event.writeUInt32LE(payload.length + (fields.uncaptured ?? 0), DataEvent.length)
  event.writeUInt32LE(payload.length, DataEvent.captured)
  event.writeUInt32LE(fields.tgid ?? 100, DataEvent.tgid)
  event.writeUInt16LE(fields.reason ?? (fields.uncaptured ? Reason.SKIP_CAPTURE : Reason.EMITTED), DataEvent.reason)
  payload.copy(event, DataEvent.SIZE)
  if (fields.peer !== undefined) {
    event.writeUInt16LE(fields.peer[1], DataEvent.peer_port)
    Buffer.from(mapped([10, 0, 0, fields.peer[0]])).copy(event, DataEvent.peer_addr)
  }
  return event
}

/** EVENT_DATA without a byte: the other end has closed the direction. */
export function endEvent(direction: number, position: number, fields: DataFields = {}): Buffer {
  return dataEvent(direction, position, '', { ...fields, flags: DataFlag.END })
}

/** EVENT_CLOSE with the final positions: sent, received. */
export function closeEvent(position: readonly [number, number], fields: { conn?: number; time?: number } = {}): Buffer {
  const event = Buffer.alloc(CloseEvent.SIZE)
  event.writeUInt8(EventKind.CLOSE, CloseEvent.kind)
  event.writeUInt32LE(CloseEvent.SIZE, CloseEvent.size)
  u64(event, fields.conn ?? 1, CloseEvent.conn)
  u64(event, fields.time ?? 0, CloseEvent.time)
  u64(event, position[0], CloseEvent.position)
  u64(event, position[1], CloseEvent.position + 8)
  return event
}
