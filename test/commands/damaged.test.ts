import { spawnSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { jest } from '@jest/globals'
import { ABI_HASH } from '../../src/kernel/intf.gen.js'
import { copyPackage, otherBuild, type PackageCopy } from '../harness/damaged.js'

jest.setTimeout(30_000)

const LIBRARY = 'libstirling.so'
const CANNOT_TRACE = 3
const copies: string[] = []

afterAll(() => {
  for (const folder of copies) rmSync(folder, { recursive: true, force: true })
})

function copy(): PackageCopy {
  const made = copyPackage()
  copies.push(made.folder)
  return made
}

// `doctor` loads what `trace` would load, and needs no permission for that.
function doctor({ run }: PackageCopy, env: Record<string, string> = {}): { status: number | null; why: string } {
  const options = { encoding: 'utf8', env: { ...process.env, ...env } } as const
  const { status, stdout, stderr } = spawnSync(process.execPath, [run, 'doctor', '--json'], options)
  expect(stderr).toBe('')
  const { checks } = JSON.parse(stdout) as { checks: { name: string; why: string; hint: string | null }[] }
  const library = checks.find(({ name }) => name === 'libstirling')
  return { status, why: `${library?.why}; ${library?.hint}` }
}

test.each<[string, (bytes: Buffer) => Buffer, RegExp]>([
  ['is empty', () => Buffer.alloc(0), /is damaged; reinstall/],
  ['was cut off', (bytes) => bytes.subarray(0, bytes.length >> 1), /is damaged; reinstall/],
  ['lacks its last byte', (bytes) => bytes.subarray(0, -1), /is damaged; reinstall/],
  ['is of another build', otherBuild(ABI_HASH), /ABI mismatch: .* built for 000000000000.*; reinstall/],
  ['is no library', () => Buffer.alloc(4096, 'x'), /is damaged; reinstall/],
])('a library that %s', (_, how, words) => {
  const damaged = copy()
  damaged.change(LIBRARY, how)
  expect(doctor(damaged)).toEqual({ status: CANNOT_TRACE, why: expect.stringMatching(words) })
})

test('no library', () => {
  const damaged = copy()
  rmSync(join(damaged.folder, `prebuilt/linux-${process.arch}`, LIBRARY))
  expect(doctor(damaged)).toMatchObject({
    status: CANNOT_TRACE,
    why: `no prebuilt library for linux-${process.arch}; reinstall the package`,
  })
})

test('another architecture', () => {
  const foreign = copy()
  const arch = join(foreign.folder, 'arch.mjs')
  writeFileSync(arch, `Object.defineProperty(process, 'arch', { value: 'riscv64' })`)
  expect(doctor(foreign, { NODE_OPTIONS: `--import=${arch}` })).toEqual({
    status: CANNOT_TRACE,
    why: 'no prebuilt library for linux-riscv64; supported: linux-x64, linux-arm64',
  })
})
