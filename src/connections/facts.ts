import type { EventBatch } from '../kernel/events.js'
import { ConnEvent, Family, Role } from '../kernel/intf.gen.js'
import { ROLE } from '../records/columns.js'
import { containerOf } from '../system/cgroups.js'
import type { HostFacts } from '../system/host.js'

const SECOND_NS = 1e9
const PATH_BYTES = 108

/** The process that uses a connection. */
export interface Process {
  /** null: not known, as in a capture file. */
  readonly pid: number | null
  readonly upid: string | null
  readonly comm: string | null
  readonly container: string | null
}

/** Asks where a process was; see `Kernel.cgroupOf`. */
export type CgroupOf = (pid: number, start: number, cgroup: number) => string | undefined

const NOBODY: Process = { pid: null, upid: null, comm: null, container: null }

/** What does not change while a connection lives. */
export interface Facts {
  readonly family: number
  readonly role: number
  readonly netns: number
  readonly localAddr: string | null
  readonly localPort: number | null
  readonly remoteAddr: string | null
  readonly remotePort: number | null
}

/** `asid:pid:start`: the start time in clock ticks since boot, as in /proc/PID/stat. */
export function readProcess(batch: EventBatch, at: number, host: HostFacts, cgroupOf: CgroupOf): Process {
  const pid = batch.u32(at + ConnEvent.tgid)
  if (pid === 0) return NOBODY
  const startTicks = Math.floor(batch.u64(at + ConnEvent.start_boottime) / (SECOND_NS / host.userHz))
  const path = cgroupOf(pid, startTicks, batch.u64(at + ConnEvent.cgroup))
  return {
    pid,
    upid: `0:${pid}:${startTicks}`,
    comm: batch.chars(at + ConnEvent.comm, 16),
    container: path === undefined ? null : containerOf(path),
  }
}

export function readFacts(batch: EventBatch, at: number): Facts {
  const family = batch.u8(at + ConnEvent.family)
  const role = batch.u8(at + ConnEvent.role)
  const unix = family === Family.UNIX
  return {
    family,
    role: role === Role.CLIENT ? ROLE.client : role === Role.SERVER ? ROLE.server : ROLE.unknown,
    netns: batch.u32(at + ConnEvent.netns),
    localAddr: unix ? readPath(batch, at + ConnEvent.local_path) : readAddress(batch, at + ConnEvent.local_addr),
    localPort: unix ? null : batch.u16(at + ConnEvent.local_port) || null,
    remoteAddr: unix ? readPath(batch, at + ConnEvent.remote_path) : readAddress(batch, at + ConnEvent.remote_addr),
    remotePort: unix ? null : batch.u16(at + ConnEvent.remote_port) || null,
  }
}

// A socket for datagrams may be bound to any address, and connected to none.
function readAddress(batch: EventBatch, at: number): string | null {
  const from = isV4Mapped(batch.buf, at) ? 12 : 0
  for (let i = from; i < 16; i++) if (batch.buf[at + i] !== 0) return address(batch.buf, at)
  return null
}

// An abstract name starts with NUL and is shown with an @, as ss does.
function readPath(batch: EventBatch, at: number): string | null {
  if (batch.u8(at) !== 0) return batch.chars(at, PATH_BYTES)
  const name = batch.chars(at + 1, PATH_BYTES - 1)
  return name === '' ? null : `@${name}`
}

/** The text of 16 bytes of IPv6 (RFC 5952) or v4-mapped IPv4. */
export function address(buf: Buffer, at: number): string {
  if (isV4Mapped(buf, at)) return `${buf[at + 12]}.${buf[at + 13]}.${buf[at + 14]}.${buf[at + 15]}`
  const groups: number[] = []
  for (let i = 0; i < 16; i += 2) groups.push(buf.readUInt16BE(at + i))
  return compress(groups)
}

function isV4Mapped(buf: Buffer, at: number): boolean {
  for (let i = 0; i < 10; i++) if (buf[at + i] !== 0) return false
  return buf[at + 10] === 0xff && buf[at + 11] === 0xff
}

// RFC 5952 §4.2: the longest run of at least two zero groups, the first of equals, becomes `::`.
function compress(groups: readonly number[]): string {
  let best = -1
  let bestLength = 1
  for (let i = 0; i < groups.length; i++) {
    let length = 0
    while (groups[i + length] === 0) length++
    if (length > bestLength) [best, bestLength] = [i, length]
  }
  const hex = groups.map((group) => group.toString(16))
  if (best < 0) return hex.join(':')
  return `${hex.slice(0, best).join(':')}::${hex.slice(best + bestLength).join(':')}`
}
