import type { Kernel } from '../../kernel/kernel.js'
import { containerOf } from '../../system/cgroups.js'
import { globMatches } from '../../system/glob.js'
import { type HostFacts, wallUs } from '../../system/host.js'
import { type ProcStat, pids, readIo, readStat } from '../../system/proc.js'
import type { Activity, Connector, Context, LossLine, Scope, Write } from '../connector.js'
import { processStats } from './table.js'

const NAME = 'process_stats'
const SECOND_NS = 1e9

/** CPU, memory and I/O of processes, from /proc. */
export class ProcessStats implements Connector {
  readonly name = NAME
  readonly sampleMs = 1000
  readonly tables = [processStats]
  #kernel: Kernel | undefined
  #scope: Scope | undefined

  open(context: Context): void {
    if (context.kernel.source !== 'live') {
      const error = 'reads /proc of the live machine, which a recording does not hold'
      context.report({ connector: NAME, status: 13, error, context: 'open' })
      return
    }
    this.#kernel = context.kernel
    this.#scope = context.options.scope
  }

  transfer(nowNs: number, write: Write): Activity {
    const kernel = this.#kernel
    const scope = this.#scope
    if (kernel === undefined || scope === undefined) return 'idle'
    const time = wallUs(kernel.host, nowNs)
    for (const stat of inScope(scope)) {
      const cgroup = kernel.cgroupOf(stat.pid, stat.startTicks, 0)
      if (isWithin(scope, cgroup)) write(processStats, rowOf(stat, cgroup, kernel.host, time))
    }
    return 'idle'
  }

  detach(): void {}

  flush(): void {}

  losses(): readonly LossLine[] {
    return []
  }

  close(): void {}
}

function inScope(scope: Scope): ProcStat[] {
  const stats = (scope.pids.length > 0 ? scope.pids : pids()).flatMap((pid) => readStat(pid) ?? [])
  const { root } = scope
  return (root === undefined ? stats : treeOf(root, stats)).filter((stat) => named(stat, scope))
}

// A process is in the tree if its parent is; parents may come after their children.
function treeOf(root: number, stats: readonly ProcStat[]): ProcStat[] {
  const parents = new Map(stats.map((stat) => [stat.pid, stat.ppid]))
  const descends = (pid: number, hops: number): boolean =>
    pid === root || (hops < parents.size && parents.has(pid) && descends(parents.get(pid) as number, hops + 1))
  return stats.filter((stat) => descends(stat.pid, 0))
}

function named(stat: ProcStat, scope: Scope): boolean {
  return scope.comms.length === 0 || scope.comms.some((glob) => globMatches(glob, stat.comm))
}

function isWithin(scope: Scope, cgroup: string | undefined): boolean {
  if (scope.cgroups.length === 0) return true
  return scope.cgroups.some(({ path }) => cgroup === path || cgroup?.startsWith(`${path === '/' ? '' : path}/`))
}

function rowOf(stat: ProcStat, cgroup: string | undefined, host: HostFacts, time: number) {
  const io = readIo(stat.pid)
  const tickNs = SECOND_NS / host.userHz
  return {
    time_: time,
    upid: `0:${stat.pid}:${stat.startTicks}`,
    pid: stat.pid,
    comm: stat.comm,
    container: cgroup === undefined ? null : containerOf(cgroup),
    major_faults: stat.majorFaults,
    minor_faults: stat.minorFaults,
    cpu_utime_ns: stat.utimeTicks * tickNs,
    cpu_ktime_ns: stat.ktimeTicks * tickNs,
    num_threads: stat.threads,
    vsize_bytes: stat.vsizeBytes,
    rss_bytes: stat.rssPages * host.pageSize,
    rchar_bytes: io?.rchar ?? null,
    wchar_bytes: io?.wchar ?? null,
    read_bytes: io?.readBytes ?? null,
    write_bytes: io?.writeBytes ?? null,
  }
}
