import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { prebuiltPath, shim } from '../src/kernel/ffi.js'
import {
  ABI_HASH,
  CgroupFilter,
  CloseEvent,
  CommPattern,
  ConnEvent,
  Counter,
  DataEvent,
  Endpoint,
  LAYOUT,
  Verdict,
} from '../src/kernel/intf.gen.js'

const ROOT = join(import.meta.dirname, '..')
const STRUCTS = {
  data_event: DataEvent,
  conn_event: ConnEvent,
  close_event: CloseEvent,
  verdict: Verdict,
  endpoint: Endpoint,
  comm_pattern: CommPattern,
  cgroup_filter: CgroupFilter,
  counter: Counter,
} as const

/** What st_self_test fills, in its order. */
const FILLED = ['data_event', 'conn_event', 'close_event', 'verdict', 'counter'] as const

/** A test that is skipped, with the reason in its name, where something is not there. */
const needing = (missing: string | undefined) => (missing === undefined ? test : test.skip)
const because = (name: string, missing: string | undefined): string =>
  missing === undefined ? name : `${name} (skipped: ${missing})`

function program(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin']
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}

function run(command: string, args: readonly string[]): { readonly status: number | null; readonly said: string } {
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` }
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8', env })
  return { status, said: stdout + stderr }
}

describe('the layout', () => {
  test('has every struct, and its offsets are those of the constants', () => {
    expect(Object.keys(LAYOUT).sort()).toEqual(Object.keys(STRUCTS).sort())
    for (const [name, struct] of Object.entries(STRUCTS)) {
      const { SIZE, ...offsets } = struct
      expect(Object.fromEntries((LAYOUT[name] ?? []).map((field) => [field.name, field.offset]))).toEqual(offsets)
      const last = (LAYOUT[name] ?? []).at(-1)
      expect((last?.offset ?? 0) + (last?.bytes ?? 0) * (last?.count ?? 0)).toBeLessThanOrEqual(SIZE)
    }
  })

  test('of events begins with kind and size, and events are aligned', () => {
    for (const struct of [DataEvent, ConnEvent, CloseEvent]) {
      expect([struct.kind, struct.size, struct.conn, struct.time]).toEqual([0, 4, 8, 16])
      expect(struct.SIZE % 8).toBe(0)
    }
  })
})

describe('libstirling.so', () => {
  const missing = existsSync(prebuiltPath('libstirling.so')) ? undefined : `no prebuilt library for ${process.arch}`

  needing(missing)(because('was built from the same interface', missing), () => {
    expect(shim().abiHash()).toBe(ABI_HASH)
  })

  needing(missing)(because('fills every member; read back by offset it is the same', missing), () => {
    const buf = Buffer.alloc(FILLED.reduce((sum, name) => sum + STRUCTS[name].SIZE, 0))
    expect(shim().selfTest(buf)).toBe(buf.length)
    let at = 0
    let n = 0n
    for (const name of FILLED) {
      for (const { name: member, offset, bytes, count } of LAYOUT[name] ?? []) {
        for (let i = 0; i < count; i++) {
          const expected = ((++n * 0x0123456789abcdn) % 2n ** 52n) % 2n ** BigInt(8 * bytes)
          const read = readLittle(buf, at + offset + i * bytes, bytes)
          expect([name, member, i, read]).toEqual([name, member, i, expected])
        }
      }
      at += STRUCTS[name].SIZE
    }
  })

  needing(missing)(because('says why a call failed', missing), () => {
    const native = shim()
    expect(native.selfTest(Buffer.alloc(8))).toBeLessThan(0)
    expect(native.lastError()).toMatch(/self test/)
    expect(native.open('/nonexistent.bpf.o', '')).toBeLessThan(0)
    expect(native.lastError()).toMatch(/nonexistent/)
    expect(native.drain(99, Buffer.alloc(8))).toBeLessThan(0)
  })
})

function readLittle(buf: Buffer, at: number, bytes: number): bigint {
  let value = 0n
  for (let i = bytes - 1; i >= 0; i--) value = value * 256n + BigInt(buf[at + i] as number)
  return value
}

describe('what was built', () => {
  const noMake = program('make') === undefined ? 'no make' : undefined
  test('the interface has the hash of its headers', () => {
    const { said } = run('/bin/sh', ['-c', 'cat bpf/intf/*.h | sha256sum'])
    expect(said.split(' ')[0]).toBe(ABI_HASH)
  })

  needing(noMake)(because('prebuilt/ and intf.gen.ts belong to bpf/ as it is', noMake), () => {
    expect(run('make', ['-s', '-f', 'bpf/build.mk', 'check-prebuilt'])).toEqual({ status: 0, said: '' })
  })

  const tools = ['clang-14', 'bpftool', 'make'].filter((name) => program(name) === undefined)
  const sources = existsSync(join(ROOT, '.cache/src/.complete')) ? [] : ['.cache/src']
  const lacking = [...tools, ...sources].map((name) => `no ${name}`).join(', ') || undefined

  needing(lacking)(because('intf.gen.ts comes out the same when it is generated again', lacking), () => {
    const folder = mkdtempSync(join(tmpdir(), 'stirling-intf-'))
    try {
      const generated = join(folder, 'intf.gen.ts')
      const made = run('make', ['-s', '-f', 'bpf/build.mk', 'intf', `INTF=${generated}`, `BPF_OUT=${folder}/bpf`])
      expect(made).toEqual({ status: 0, said: '' })
      expect(readFileSync(generated, 'utf8')).toBe(readFileSync(join(ROOT, 'src/kernel/intf.gen.ts'), 'utf8'))
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
