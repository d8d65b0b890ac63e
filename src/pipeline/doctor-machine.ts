import { TracerError } from '../lib/errors.js'
import { lockedMemoryObstacle } from '../system/locked-memory.js'
import { atLeast, CAPABILITY, capable, type Machine } from '../system/machine.js'
import { requirePermission } from '../system/permissions.js'
import { UNCOUNTED, type UntracedSockets } from '../system/sockets.js'

export type State = 'works' | 'degraded' | 'not'

/** What was found about one thing, why, and what to do about it. */
export interface Check {
  readonly group: 'machine' | 'hook layers' | 'connectors' | 'not seen' | 'for information'
  readonly name: string
  readonly state: State
  readonly why: string
  readonly hint: string | null
}

type Finding = readonly [state: State, why: string, hint?: string | undefined]

function checks(group: Check['group'], findings: Readonly<Record<string, Finding>>): Check[] {
  return Object.entries(findings).map(([name, [state, why, hint]]) => ({ group, name, state, why, hint: hint ?? null }))
}

/** What `run` throws as an operating error. */
export function obstacle(run: () => void): TracerError | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    if (error instanceof TracerError) return error
    throw error
  }
}

/** What the machine itself permits, without trying anything. */
export function machineChecks(machine: Machine): Check[] {
  return checks('machine', {
    permission: permission(),
    'other processes': otherProcesses(machine),
    namespaces: namespaces(machine),
    kernel: atLeast(machine.kernel, 5, 8)
      ? ['works', machine.kernel]
      : ['not', `${machine.kernel} has no ring buffer for BPF`, 'Linux 5.8 or newer is needed'],
    BTF: machine.btf
      ? ['works', '/sys/kernel/btf/vmlinux']
      : ['not', 'no /sys/kernel/btf/vmlinux', 'a kernel built with CONFIG_DEBUG_INFO_BTF is needed'],
    lockdown: lockdown(machine.lockdown),
    'locked memory': lockedMemory(machine),
  })
}

function permission(): Finding {
  const error = obstacle(requirePermission)
  return error === undefined ? ['works', 'may load and attach BPF programs'] : ['not', error.message, error.hint]
}

function otherProcesses(machine: Machine): Finding {
  if (capable(machine, CAPABILITY.sysPtrace)) return ['works', 'may read /proc of all users (CAP_SYS_PTRACE)']
  return ['degraded', 'no CAP_SYS_PTRACE: I/O and descriptors of other users are not readable', 'run as root']
}

function namespaces({ hostPids, hostUsers }: Machine): Finding {
  if (!hostUsers) return ['not', 'root of a user namespace is not root for BPF', 'run outside of it, or privileged']
  if (hostPids) return ['works', "process ids are the host's"]
  return [
    'degraded',
    'in a pid namespace: --pid, -- CMD and who reads our output are not found',
    "share the host's, as with `docker run --pid=host`",
  ]
}

function lockdown(mode: string | undefined): Finding {
  if (mode === 'confidentiality') {
    return ['not', 'mode confidentiality: BPF may not read memory', 'boot with lockdown=integrity or none']
  }
  return ['works', mode === undefined ? 'not in force' : `mode ${mode}`]
}

function lockedMemory(machine: Machine): Finding {
  if (atLeast(machine.kernel, 5, 11)) return ['works', 'RLIMIT_MEMLOCK does not matter since 5.11']
  if (capable(machine, CAPABILITY.sysResource)) return ['works', 'RLIMIT_MEMLOCK is raised when needed']
  const error = lockedMemoryObstacle(machine)
  return error === undefined ? ['works', 'RLIMIT_MEMLOCK is high enough'] : ['degraded', error.message, error.hint]
}

// Which sockets of this machine are of a kind that nobody traces.
function untraced(sockets: UntracedSockets): Finding {
  const kinds = 'TCP, MPTCP, UDP and unix sockets only'
  const there = Object.entries(sockets).flatMap(([name, n]) => (n > 0 ? [`${n} of ${name}`] : []))
  const perhaps = sockets[UNCOUNTED] === 0 ? [`${UNCOUNTED} perhaps, which this kernel does not count`] : []
  const found = [...there, ...perhaps]
  return ['not', found.length === 0 ? `${kinds}; no others are open here` : `${kinds}; open here: ${found.join(', ')}`]
}

/** What is not seen wherever this version runs; said, so that nobody takes silence for absence. */
export function blindSpots(machine: Machine): Check[] {
  return checks('not seen', {
    'TLS plaintext': ['not', 'of encrypted connections the handshakes are decoded, the rest is counted; kTLS is read'],
    QUIC: ['not', 'encrypted datagrams are not looked at'],
    'SCTP, SMC, vsock': untraced(machine.untraced),
    UDP: ['degraded', 'where a protocol that uses it is asked for; by io_uring in layers fentry and kprobe'],
    io_uring: [
      'degraded',
      'whole in layers fentry and kprobe, but for registered buffers; lengths without bytes in sock; in syscall a gap of known size',
    ],
    'sendfile, splice': ['degraded', 'lengths without bytes; out of a socket, in layer sock, a gap of known size'],
    '32-bit processes': ['degraded', 'as io_uring'],
    'unix sockets': ['degraded', 'only with --unix, or a scope of processes'],
  })
}

/** What does not decide anything, but is asked for in reports of errors. */
export function information(machine: Machine): Check[] {
  const { tracefs, unprivilegedBpfDisabled: disabled } = machine
  return checks('for information', {
    tracefs: tracefs === undefined ? ['works', 'not mounted, and not needed'] : ['works', `${tracefs}, not needed`],
    'unprivileged BPF': ['works', `kernel.unprivileged_bpf_disabled = ${disabled ?? 'unknown'}, does not matter`],
    libc: ['works', machine.glibc === undefined ? 'not glibc' : `glibc ${machine.glibc}`],
    architecture: ['works', machine.arch],
  })
}
