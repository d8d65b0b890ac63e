import { existsSync, readFileSync, readlinkSync } from 'node:fs'
import { release } from 'node:os'
import { KERNEL_BTF, presentInBtf } from './btf.js'
import { type UntracedSockets, untracedSockets } from './sockets.js'

/** What decides on this machine whether and how tracing works. Reading it needs no privilege and changes nothing. */
export interface Machine {
  readonly kernel: string
  readonly arch: string
  /** undefined: another C library. */
  readonly glibc: string | undefined
  /** Effective capabilities, a bit each. */
  readonly capabilities: bigint
  /** Are our process ids and user ids those of the host, or of a namespace (a container)? */
  readonly hostPids: boolean
  readonly hostUsers: boolean
  readonly btf: boolean
  /** The tracepoints sock_send_length and sock_recv_length are there. */
  readonly sockTracepoints: boolean
  /** What fentry needs besides permission: ftrace with direct calls. */
  readonly directCalls: boolean
  readonly kprobes: boolean
  /** none, integrity or confidentiality; undefined: no lockdown in this kernel, or securityfs is not mounted. */
  readonly lockdown: string | undefined
  readonly tracefs: string | undefined
  /** Infinity: none, or it may be raised without permission. */
  readonly memlockBytes: number
  /** kernel.unprivileged_bpf_disabled. */
  readonly unprivilegedBpfDisabled: string | undefined
  readonly untraced: UntracedSockets
}

export const CAPABILITY = { sysPtrace: 19n, sysAdmin: 21n, sysResource: 24n, perfmon: 38n, bpf: 39n } as const

/** Has the machine's tracer this capability? */
export function capable(machine: Pick<Machine, 'capabilities'>, capability: bigint): boolean {
  return (machine.capabilities & (1n << capability)) !== 0n
}

/** Is this kernel release `major.minor` or newer? */
export function atLeast(release: string, major: number, minor: number): boolean {
  const [ours = 0, ourMinor = 0] = release.split('.').map((part) => Number.parseInt(part, 10))
  return ours > major || (ours === major && ourMinor >= minor)
}

// include/linux/proc_ns.h: PROC_PID_INIT_INO, PROC_USER_INIT_INO
const HOST_PIDS = 'pid:[4026531836]'
const HOST_USERS = 'user:[4026531837]'

/** Are the process ids that we see those of the kernel? If not, no process can be named to it. */
export function hasHostPids(): boolean {
  return link('/proc/self/ns/pid') === HOST_PIDS
}

/** In the BTF of kernels that have the tracepoints of the layer `sock` (6.3). */
export const SOCK_TRACEPOINT = 'btf_trace_sock_send_length'

/** What the kernel may refuse us for. */
export function readPermissions(): Pick<Machine, 'kernel' | 'capabilities' | 'memlockBytes'> {
  const status = readText('/proc/self/status')
  return {
    kernel: release(),
    capabilities: BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status ?? '')?.[1] ?? '0'}`),
    memlockBytes: memlock(readText('/proc/self/limits') ?? ''),
  }
}

/** What the hook layers need of the kernel. */
export type Hooks = Pick<Machine, 'sockTracepoints' | 'directCalls' | 'kprobes'>

/** Those of the kernel that we run on. */
export function readHooks(): Hooks {
  return {
    sockTracepoints: presentInBtf([SOCK_TRACEPOINT]).size > 0,
    directCalls: readText('/proc/kallsyms')?.includes(' register_ftrace_direct\n') ?? false,
    kprobes: existsSync('/sys/bus/event_source/devices/kprobe'),
  }
}

/** The machine that we run on. */
export function readMachine(): Machine {
  return {
    ...readPermissions(),
    ...readHooks(),
    arch: process.arch,
    glibc: glibc(),
    hostPids: hasHostPids(),
    hostUsers: link('/proc/self/ns/user') === HOST_USERS,
    btf: existsSync(KERNEL_BTF),
    lockdown: /\[(\w+)\]/.exec(readText('/sys/kernel/security/lockdown') ?? '')?.[1],
    tracefs: /^\S+ (\S+) tracefs /m.exec(readText('/proc/self/mounts') ?? '')?.[1],
    unprivilegedBpfDisabled: readText('/proc/sys/kernel/unprivileged_bpf_disabled')?.trim(),
    untraced: untracedSockets(),
  }
}

function readFile(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}

function readText(path: string): string | undefined {
  return readFile(path)?.toString('latin1')
}

function link(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}

function glibc(): string | undefined {
  const report = process.report as typeof process.report & { excludeNetwork?: boolean }
  report.excludeNetwork = true
  return (report.getReport() as { header?: { glibcVersionRuntime?: string } }).header?.glibcVersionRuntime
}

// The soft limit counts, unless the hard one lets everybody raise it to infinity, as libbpf does.
function memlock(limits: string): number {
  const [, soft, hard] = /^Max locked memory\s+(\d+|unlimited)\s+(\d+|unlimited)/m.exec(limits) ?? []
  return soft === undefined || hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft)
}
