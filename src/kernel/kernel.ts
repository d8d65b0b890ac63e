import type { HostFacts } from '../system/host.js'

/** A probe to attach: a program of the object, by its name in the source. */
export interface Probe {
  readonly program: string
  /** Folder of the control group to attach it to, for a program that has one. */
  readonly cgroup?: string | undefined
}

export interface Attachment {
  readonly probe: Probe
  /** Why it was refused, with the last lines of the verifier's log; undefined = attached. */
  readonly error: string | undefined
  detach(): void
}

/** What an object needs before it loads. An unknown name is a bug, not ignored. */
export interface Setup {
  /** The programs to load; all others stay out. */
  readonly programs: readonly string[]
  /** `const volatile` globals of the object. */
  readonly constants: Readonly<Record<string, number>>
  /** max_entries of maps (bytes for a ring). */
  readonly mapSizes: Readonly<Record<string, number>>
  /** Measure the run time of programs, those of others too: it costs two readings of the clock a run. */
  readonly stats?: boolean
  /** A file with the types of the kernel; undefined = the kernel's own. */
  readonly btf?: string | undefined
}

/** A count of events and of the bytes they stand for. */
export interface Count {
  readonly events: number
  readonly bytes: number
}

/**
 * Kernel-side accounting: reason → count, as in bpf/intf (`seen`, `emitted`, `skip_…`, `lost_…`), and `missed`: events of
 * which the kernel did not tell us, because another program of ours was running there.
 */
export type Losses = Readonly<Record<string, Count>>

/** One BPF object with its rings, one owner. */
export interface KernelObject {
  attach(probe: Probe): Attachment
  /** → bytes of whole events written to `into` · 0 none now · -1 none ever again. Never blocks. */
  drain(into: Buffer): number
  /** Calls `wake` when a connection is new, for a verdict on it is wanted soon, and when something comes after the map `asleep` was set. */
  watch(wake: () => void): void
  /** Entries of key‖value, values summed over CPUs where per CPU; → how many. */
  readMap(map: string, into: Buffer): number
  /** `n` entries of key‖value; → how many were written. A no-op when not live. */
  writeMap(map: string, entries: Buffer, n: number): number
  losses(): Losses
  /** Program → run time in ns, runs and instructions; empty when not live. */
  programs(): Readonly<Record<string, ProgramInfo>>
  close(): void
}

export interface ProgramInfo {
  readonly runTimeNs: number
  readonly runs: number
  readonly misses: number
  readonly insns: number
  readonly verifiedInsns: number
}

/** The seam between the tracer and where events come from: the live kernel or a recording. */
export interface Kernel {
  readonly source: 'live' | 'recording' | 'capture'
  /** Facts about the machine that the events come from. */
  readonly host: HostFacts
  /** Loads an object; throws TracerError where the machine does not permit it. */
  open(object: string, setup: Setup): KernelObject
  /** Starts a tick and returns its time, monotonic ns: now, or that of the recording. */
  tick(): number
  /** Path of the cgroup that a process was in; `start`: when it began, `cgroup`: the id of its cgroup v2, as the event says. */
  cgroupOf(pid: number, start: number, cgroup: number): string | undefined
  /** Nothing will ever come again. */
  readonly ended: boolean
  close(): void
}
