import { readFileSync } from 'node:fs'
import { TracerError } from '../lib/errors.js'

const CAP_SYS_ADMIN = 21n
const CAP_PERFMON = 38n
const CAP_BPF = 39n

/** May this process load and attach BPF programs? */
export function mayTrace(): boolean {
  const caps = effectiveCapabilities()
  const has = (cap: bigint): boolean => (caps & (1n << cap)) !== 0n
  return has(CAP_SYS_ADMIN) || (has(CAP_BPF) && has(CAP_PERFMON))
}

function effectiveCapabilities(): bigint {
  const line = /^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'latin1'))
  return BigInt(`0x${line?.[1] ?? '0'}`)
}

/** Throws TracerError with the exact line to type if it may not. */
export function requirePermission(): void {
  if (mayTrace()) return
  const command = [...process.argv.slice(1)].map(quote).join(' ')
  throw new TracerError(
    'cannotTrace',
    'not permitted: tracing needs root, or CAP_BPF and CAP_PERFMON',
    `sudo "$(command -v node)" ${command}`,
  )
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
