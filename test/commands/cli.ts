import { spawn } from 'node:child_process'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
/** The command line under test: that of the checkout, or an installed one. */
export const RUN = process.env.STIRLING_RUN ?? join(ROOT, 'bin/run.js')
/** The recording that `demo` shows. */
export const RECORDING = join(ROOT, 'demo/demo.rec')
/** Of no user in /etc/passwd. */
const NAMELESS = 65_533

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Setting {
  readonly input?: Buffer
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** Runs `stirling …` and waits for its end. */
export function stirling(args: readonly string[], setting: Setting = {}): Promise<Ended> {
  return run(args, setting, {})
}

/** The same, as a user who may not trace and of whom no more is known. */
export function stirlingAsNobody(args: readonly string[]): Promise<Ended> {
  const user = process.getuid?.() === 0 ? { uid: NAMELESS, gid: NAMELESS } : {}
  return run(args, { env: { SHELL: undefined } }, user)
}

function run(args: readonly string[], { input, env }: Setting, user: { uid?: number; gid?: number }): Promise<Ended> {
  const child = spawn(process.execPath, [RUN, ...args], { env: { ...process.env, ...env }, ...user })
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      resolve({ code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() })
    })
  })
}

/** An error that a user can act on: its exit code, its words, and never a stack. */
export function expectFailure(ended: Ended, code: number, words: string | RegExp): void {
  expect(ended.stderr).toMatch(words)
  expect(ended.stderr).toMatch(/^error: /m)
  expect(ended.stderr).not.toMatch(/^\s+at |^bug: /m)
  expect(ended.code).toBe(code)
}
