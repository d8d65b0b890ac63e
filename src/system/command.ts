import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { defined } from '../lib/assert.js'

const GATE_FD = 3
// Waits for a line on the gate, then becomes the command: it is known by its pid before its first instruction.
const GATE = `read -r _ <&${GATE_FD}; exec ${GATE_FD}<&-; exec "$@"`
const SIGNAL_BASE = 128
const SIGNALS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGTERM: 15,
}

/** A command that is started but does not run before `release`. */
export interface GatedCommand {
  readonly pid: number
  release(): void
  /** Its exit code; 128 + n where signal n ended it. */
  readonly exited: Promise<number>
  kill(): void
}

/**
 * `-- CMD`: keeps stdin and stderr; its stdout goes to stderr, for ours is data. Under sudo it runs as the user who called sudo.
 */
export function startGated(command: readonly string[]): GatedCommand {
  const child = spawn('/bin/sh', ['-c', GATE, 'stirling', ...command], {
    stdio: ['inherit', 2, 'inherit', 'pipe'],
    ...sudoUser(),
  })
  const gate = child.stdio[GATE_FD] as Socket
  gate.on('error', () => undefined)
  // The trace may end before the command: nothing waits for it then.
  child.unref()
  return {
    pid: defined(child.pid, 'sh starts'),
    release: () => void gate.end('\n').unref(),
    exited: exitCode(child),
    kill: () => void child.kill('SIGKILL'),
  }
}

function sudoUser(): { uid: number; gid: number } | undefined {
  const { SUDO_UID, SUDO_GID } = process.env
  if (process.getuid?.() !== 0 || SUDO_UID === undefined || SUDO_GID === undefined) return undefined
  return { uid: Number(SUDO_UID), gid: Number(SUDO_GID) }
}

function exitCode(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once('error', () => resolve(SIGNAL_BASE - 1))
    child.once('exit', (code, signal) => resolve(code ?? SIGNAL_BASE + (SIGNALS[signal ?? ''] ?? 0)))
  })
}
