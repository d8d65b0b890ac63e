import type { Kernel } from '../kernel/kernel.js'
import type { DecodeOptions } from '../protocols/protocol.js'
import type { Table } from '../records/table.js'

/** Status codes of `stirling_error` and `probe_status`, as in the original (px statuspb). */
export const STATUS = {
  0: 'OK',
  3: 'INVALID_ARGUMENT',
  5: 'NOT_FOUND',
  7: 'PERMISSION_DENIED',
  9: 'INTERNAL',
  10: 'UNIMPLEMENTED',
  11: 'RESOURCE_UNAVAILABLE',
  12: 'SYSTEM',
  13: 'FAILED_PRECONDITION',
} as const
export type StatusCode = keyof typeof STATUS

/** What a connector reports of itself: a row of `stirling_error`, or of `probe_status` if it names a probe. */
export interface ProbeStatus {
  readonly connector: string
  readonly status: StatusCode
  readonly error: string
  /** Where it happened: `open`, `attach`, `transfer` … */
  readonly context: string
  /** The tracepoint or function; undefined for a status of the whole connector. */
  readonly probe?: string
}

export interface CgroupScope {
  readonly id: number
  readonly level: number
  /** As in /proc/PID/cgroup. */
  readonly path: string
}

/** Whom to trace; empty lists do not restrict. */
export interface Scope {
  readonly pids: readonly number[]
  readonly comms: readonly string[]
  readonly ports: readonly number[]
  /** Cgroups (v2), each with all below it. */
  readonly cgroups: readonly CgroupScope[]
  /** Inodes of network namespaces. */
  readonly netns: readonly number[]
  /** Processes whose trees are traced too: those of containers of a host without cgroup v2. */
  readonly trees: readonly number[]
  /** The process whose tree (itself, its children, …) is traced: `-- CMD`. */
  readonly root: number | undefined
  /** Processes that are never traced: the tracer and those who read its output. */
  readonly excluded: readonly number[]
  /** Unix stream sockets too. */
  readonly unix: boolean
}

export interface Options extends DecodeOptions {
  readonly scope: Scope
  readonly attach: 'auto' | 'fentry' | 'sock' | 'syscall' | 'kprobe'
  /** The types of the kernel, where it does not have them itself. */
  readonly btf: string | undefined
  readonly captureBytes: number
  readonly inferBytes: number
  /** Bytes of the ring for events. */
  readonly ringBytes: number
  /** Connections that the kernel side can follow at once. */
  readonly connections: number
  /** Measure what the BPF programs cost. */
  readonly stats: boolean
  /** What tracing may cost, programs and tracer together, as a share of one core; undefined: whatever it does. */
  readonly maxOverhead: number | undefined
}

export interface Context {
  readonly kernel: Kernel
  readonly options: Options
  report(status: ProbeStatus): void
  /** There is something to transfer before the next tick is due. */
  wake(): void
}

/** Hands a row to the sinks. */
export type Write = <R extends object>(table: Table<R>, row: R) => void

/** A number of events, bytes or records that did not become a row, and why. */
export interface LossLine {
  readonly source: string
  readonly reason: string
  /**
   * In the kernel: seen = emitted + skipped (on purpose) + lost. Beside that: `unseen`, bytes that moved and no probe saw;
   * `undecoded`, emitted but of no use: not the protocol, without a partner, too late.
   */
  readonly kind: 'seen' | 'emitted' | 'skipped' | 'lost' | 'unseen' | 'undecoded'
  readonly events: number
  readonly bytes: number
}

/** How often a program ran and how long that took, all in all: time of those who are traced, and of bystanders. */
export interface ProgramCost {
  readonly program: string
  readonly runs: number
  readonly runTimeNs: number
}

/** idle: nothing came · busy: something did · more: there may be more at once. */
export type Activity = 'idle' | 'busy' | 'more'

/** A source of tables. One folder, one line in the registry. */
export interface Connector {
  readonly name: string
  readonly tables: readonly Table[]
  /** How often `transfer` is called, ms; 0 = at every tick. */
  readonly sampleMs: number
  /** Not possible on this source or machine → a status report, not a throw. */
  open(context: Context): void
  /** Takes what is there; never waits. */
  transfer(nowNs: number, write: Write): Activity
  /** Stops the flow of events but keeps what is buffered for the last `transfer`. */
  detach(): void
  /** The input has ended: rows of what is still open. */
  flush(write: Write): void
  /** What was counted so far. */
  losses(): readonly LossLine[]
  /** What its programs in the kernel have cost so far; none where that is not measured. */
  costs?(): readonly ProgramCost[]
  close(): void
}
