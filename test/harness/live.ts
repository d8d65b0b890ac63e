import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { jest } from '@jest/globals'
import { program } from '../servers/packages.js'
import { started, stopAll } from '../servers/process.js'
import { RUN } from './trace.js'

const TEST_MS = 90_000
const CANNOT_TRACE = 3

/** Why nothing can be traced here; undefined = it can. */
function obstacle(): string | undefined {
  if (process.geteuid?.() !== 0) return 'needs root'
  if (!existsSync('/sys/kernel/btf/vmlinux')) return 'needs a kernel with BTF'
  // Any other failure is for the tests to show.
  const { status, stdout } = spawnSync(process.execPath, [RUN, 'doctor', '--json'], {
    encoding: 'utf8',
    timeout: 20_000,
  })
  return status === CANNOT_TRACE ? `the kernel refuses: ${stdout.trim().slice(0, 500)}` : undefined
}

/**
 * A suite that traces for real; skipped with the reason where that is not possible. With BPF_REQUIRED=1 a skip is a failure,
 * and so are fewer than `atLeast` tests run. `missing` says which package of another registry cannot be had: then it is skipped
 * all the same.
 */
export function describeBpf(
  name: string,
  atLeast: number,
  suite: () => void,
  missing?: () => string | undefined,
): void {
  const required = process.env.BPF_REQUIRED === '1'
  const why = obstacle()
  const absent = why ?? missing?.()
  if (absent === undefined) {
    describe(name, () => live(required ? atLeast : 0, suite))
    return
  }
  const fails = required && why !== undefined
  if (!fails) process.stderr.write(`skipped: ${name}: ${absent}\n`)
  describe(name, () => {
    const only = fails ? test : test.skip
    only(`can trace here (${absent.slice(0, 200)})`, () => expect(absent).toBeUndefined())
  })
}

function live(atLeast: number, suite: () => void): void {
  let ran = 0
  let before = started()
  jest.setTimeout(TEST_MS)
  beforeEach(() => {
    before = started()
  })
  afterEach(async () => {
    ran++
    await stopAll(before)
  })
  afterAll(() => stopAll())
  suite()
  afterAll(() => expect(ran).toBeGreaterThanOrEqual(atLeast))
}

/** Polls until the condition holds and returns its value; throws after the deadline. */
export async function waitFor<T>(condition: () => T | undefined | false, ms = 5000): Promise<T> {
  const deadline = Date.now() + ms
  for (;;) {
    const value = condition()
    if (value !== undefined && value !== false) return value
    if (Date.now() > deadline) throw new Error(`not within ${ms} ms: ${condition}`)
    await sleep(20)
  }
}

/** Waits. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** The BPF programs that a process holds, by itself or by a link. */
export function programsOf(pid: number): number[] {
  const folder = `/proc/${pid}/fdinfo`
  const infos = readdirSync(folder).map((fd) => readIfThere(`${folder}/${fd}`))
  const ids = infos.flatMap((info) => [...info.matchAll(/^prog_id:\s+(\d+)$/gm)].map((match) => Number(match[1])))
  return [...new Set(ids)].filter((id) => id > 0)
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** All BPF programs that the kernel holds. */
export function loadedPrograms(): number[] {
  const { file, env } = program('bpftool')
  const { stdout, stderr } = spawnSync(file, ['--json', 'prog', 'show'], { encoding: 'utf8', env })
  const list = JSON.parse(stdout || '[]') as { id: number }[]
  if (!Array.isArray(list)) throw new Error(`bpftool: ${stderr}`)
  return list.map(({ id }) => id)
}
