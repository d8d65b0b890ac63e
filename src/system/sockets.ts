import { readFileSync, readlinkSync } from 'node:fs'
import { onHost } from './host-path.js'
import { pids } from './proc.js'

/** The kernel's names of the protocols that are looked for, and ours. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['SCTP', 'SCTP'],
  ['SCTPv6', 'SCTP'],
  ['SMC', 'SMC'],
  ['SMC6', 'SMC'],
  // socket(AF_INET, SOCK_STREAM, IPPROTO_SMC), from 6.11
  ['INET_SMC', 'SMC'],
  ['INET6_SMC', 'SMC'],
  ['AF_VSOCK', 'vsock'],
])

/** Sockets of protocols that are not traced: how many there are, 0 where the kernel knows the protocol but shows none. */
export type UntracedSockets = Readonly<Record<string, number>>

/** The kernel counts them in no release so far: the number is 0 however many there are. */
export const UNCOUNTED = 'vsock'

/** What the text of /proc/net/protocols, one for each network namespace, says of them. */
export function parseProtocols(...texts: readonly string[]): UntracedSockets {
  const counts: Record<string, number> = {}
  for (const line of texts.flatMap((text) => text.split('\n'))) {
    const [protocol = '', , sockets] = line.trim().split(/\s+/)
    const name = NAMES.get(protocol)
    if (name !== undefined) counts[name] = (counts[name] ?? 0) + Math.max(Number(sockets) || 0, 0)
  }
  return counts
}

/** The sockets of every network namespace that some process is in, as far as we may look. */
export function untracedSockets(): UntracedSockets {
  return parseProtocols(...[...namespaces().values()].map(protocolsOf))
}

// → a process of each. /proc/net would be our own, also below --host-path.
function namespaces(): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  for (const pid of pids()) {
    const namespace = attempt(() => readlinkSync(onHost(`/proc/${pid}/ns/net`)))
    if (namespace !== undefined && !found.has(namespace)) found.set(namespace, pid)
  }
  return found
}

function protocolsOf(pid: number): string {
  return attempt(() => readFileSync(onHost(`/proc/${pid}/net/protocols`), 'latin1')) ?? ''
}

// A process may end meanwhile, or not be ours.
function attempt(read: () => string): string | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
