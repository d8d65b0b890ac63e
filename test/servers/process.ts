import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Program } from './packages.js'

const MAX_STDERR = 256 << 10
const SHOWN_STDERR = 2000

/** A child process of the test, in a process group of its own. */
export interface Running {
  readonly pid: number
  readonly child: ChildProcess
  /** What it wrote on stderr. */
  stderr(): string
  /** Ends it by the signal, and by KILL after the deadline; does nothing if it has ended. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

/** What has to be stopped at the end. */
export interface Stoppable {
  stop(signal?: NodeJS.Signals): Promise<void>
}

const running = new Set<Stoppable>()

/** What was started and not stopped yet. */
export function started(): ReadonlySet<Stoppable> {
  return new Set(running)
}

/** Ends whatever was started and not stopped, but for what is to be kept. */
export async function stopAll(keep: ReadonlySet<Stoppable> = new Set()): Promise<void> {
  await Promise.all([...running].filter((each) => !keep.has(each)).map((each) => each.stop()))
}

/** Has `stopAll` end this too, unless its own `stop` was called before. */
export function register<T extends Stoppable>(server: T): T {
  const { stop } = server
  const registered: T = {
    ...server,
    stop: (signal?: NodeJS.Signals) => {
      running.delete(registered)
      return stop(signal)
    },
  }
  running.add(registered)
  return registered
}

// A server must not outlive the tests, however they end: the kernel signals it when this process has gone.
const SETPRIV = '/usr/bin/setpriv'

function guarded(file: string, args: readonly string[], user: number | undefined): [string, string[]] {
  if (!existsSync(SETPRIV)) return [file, [...args]]
  const ids = user === undefined ? [] : ['--reuid', `${user}`, '--regid', `${user}`, '--clear-groups']
  return [SETPRIV, ['--pdeathsig', 'TERM', ...ids, '--', file, ...args]]
}

export interface StartOptions {
  readonly args: readonly string[]
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Run as this user and group. */
  readonly user?: number | undefined
  readonly stdin?: 'pipe' | 'ignore'
  readonly stdout?: 'pipe' | 'ignore' | Socket
}

/** Starts a program. */
export function start(what: Program, { args, cwd, env, user, stdin, stdout }: StartOptions): Running {
  const [file, all] = guarded(what.file, args, user)
  const stdio = [stdin ?? 'ignore', stdout ?? 'ignore', 'pipe'] as const
  const options = { cwd, env: { ...what.env, ...env }, stdio: [...stdio], detached: true }
  const child = spawn(file, all, options)
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-MAX_STDERR)
  })
  child.on('error', (error) => {
    said += error.message
  })
  const server: Running = { pid: child.pid ?? -1, child, stderr: () => said, stop: (signal) => end(child, signal) }
  return register(server)
}

const ended = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null || child.pid === undefined

async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM', deadlineMs = 20_000): Promise<void> {
  if (ended(child)) return
  const exit = once(child, 'exit')
  child.kill(signal)
  const timer = setTimeout(() => killGroup(child.pid), deadlineMs)
  await exit
  clearTimeout(timer)
  killGroup(child.pid)
}

/** Kills what is left of a process group that `start` made. */
function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // it has ended
  }
}

/** Waits until the server answers; clears up and throws with its last words if it ended or the deadline passed. */
export async function ready(
  name: string,
  server: Running,
  probe: () => Promise<boolean>,
  folder?: Folder,
  ms = 60_000,
): Promise<void> {
  const deadline = Date.now() + ms
  while (!(await probe().catch(() => false))) {
    if (ended(server.child) || Date.now() > deadline) {
      await server.stop('SIGKILL')
      await folder?.remove()
      throw new Error(`${name} did not start: ${server.stderr().slice(-SHOWN_STDERR)}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** A TCP port of the loopback that nobody uses. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** A folder of a server, and what removes it. */
export interface Folder {
  readonly path: string
  remove(): Promise<void>
}

/** Makes a new folder. */
export async function temporaryFolder(name: string): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), `stirling-${name}-`))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

export interface Output {
  readonly stdout: string
  readonly stderr: string
  readonly code: number | null
  readonly pid: number
}

export interface RunOptions {
  readonly ms?: number
  readonly input?: string
  readonly user?: number | undefined
}

/** Runs a client to its end; kills it after the deadline. */
export async function run(what: Program, args: readonly string[], options: RunOptions = {}): Promise<Output> {
  const { ms = 30_000, input, user } = options
  const client = start(what, { args, user, stdout: 'pipe', stdin: input === undefined ? 'ignore' : 'pipe' })
  let stdout = ''
  client.child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
  })
  if (input !== undefined) client.child.stdin?.end(input)
  const timer = setTimeout(() => killGroup(client.pid), ms)
  const [code] = (await once(client.child, 'close')) as [number | null]
  clearTimeout(timer)
  return { stdout, stderr: client.stderr(), code, pid: client.pid }
}
