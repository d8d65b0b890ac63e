import { CgroupFilter, CommPattern, SCOPE_SLOTS, ScopeFlag } from '../../kernel/intf.gen.js'
import type { KernelObject } from '../../kernel/kernel.js'
import { TracerError } from '../../lib/errors.js'
import type { Scope } from '../connector.js'

const COMM_PATTERNS_MAX = 16
const CGROUP_FILTERS_MAX = 16

/** The settings of the kernel side that follow from whom to trace. */
export function scopeConstants(scope: Scope): Record<string, number> {
  if (scope.comms.length > COMM_PATTERNS_MAX) {
    throw new TracerError('usage', `at most ${COMM_PATTERNS_MAX} names with --comm, ${scope.comms.length} given`)
  }
  if (scope.cgroups.length > CGROUP_FILTERS_MAX) {
    throw new TracerError('usage', `at most ${CGROUP_FILTERS_MAX} cgroups, ${scope.cgroups.length} given`)
  }
  return {
    scope_only: scope.pids.length > 0 || scope.trees.length > 0 || scope.root !== undefined ? 1 : 0,
    scope_ports: scope.ports.length > 0 ? 1 : 0,
    scope_comms: scope.comms.length,
    scope_cgroups: scope.cgroups.length,
    scope_netns: scope.netns.length > 0 ? 1 : 0,
    trace_unix: scope.unix ? 1 : 0,
  }
}

/** Fills the kernel's filters; before anything is attached. */
export function writeScope(object: KernelObject, scope: Scope): void {
  const processes = new Map<number, number>()
  for (const pid of scope.excluded) processes.set(pid, ScopeFlag.EXCLUDE)
  for (const pid of scope.pids) processes.set(pid, ScopeFlag.INCLUDE)
  for (const pid of scope.trees) processes.set(pid, ScopeFlag.INCLUDE | ScopeFlag.TREE)
  if (scope.root !== undefined) processes.set(scope.root, ScopeFlag.INCLUDE | ScopeFlag.TREE)
  write(object, 'scope', [...processes], 8, (entry, [pid, flags]) => {
    entry.writeUInt32LE(pid, 0)
    entry.writeUInt32LE(flags, 4)
  })
  write(object, 'scope_slots', [...processes.keys()], 5, (entry, pid) => {
    entry.writeUInt32LE(pid % SCOPE_SLOTS, 0)
    entry.writeUInt8(1, 4)
  })
  write(object, 'ports', [...portWords(scope.ports)], 12, (entry, [word, bits]) => {
    entry.writeUInt32LE(word, 0)
    entry.writeBigUInt64LE(bits, 4)
  })
  write(object, 'namespaces', scope.netns, 5, (entry, inode) => {
    entry.writeUInt32LE(inode, 0)
    entry.writeUInt8(1, 4)
  })
  write(object, 'cgroups', [...scope.cgroups.entries()], 4 + CgroupFilter.SIZE, (entry, [i, { id, level }]) => {
    entry.writeUInt32LE(i, 0)
    entry.writeBigUInt64LE(BigInt(id), 4 + CgroupFilter.id)
    entry.writeUInt32LE(level, 4 + CgroupFilter.level)
  })
  write(object, 'comms', [...scope.comms.entries()], 4 + CommPattern.SIZE, (entry, [i, glob]) => {
    entry.writeUInt32LE(i, 0)
    entry.write(glob, 4, CommPattern.SIZE - 1)
  })
}

// A bit for each port, in words of 64.
function portWords(ports: readonly number[]): ReadonlyMap<number, bigint> {
  const words = new Map<number, bigint>()
  for (const port of ports) {
    const word = port >> 6
    words.set(word, (words.get(word) ?? 0n) | (1n << BigInt(port & 63)))
  }
  return words
}

function write<T>(
  object: KernelObject,
  map: string,
  items: readonly T[],
  bytes: number,
  fill: (entry: Buffer, item: T) => void,
): void {
  const entries = Buffer.alloc(items.length * bytes)
  items.forEach((item, i) => {
    fill(entries.subarray(i * bytes, (i + 1) * bytes), item)
  })
  object.writeMap(map, entries, items.length)
}
