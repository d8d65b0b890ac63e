import { Socket } from 'node:net'
import { arch, hostname, release } from 'node:os'
import { TracerError } from '../lib/errors.js'
import { log } from '../lib/log.js'
import { CgroupPaths } from '../system/cgroups.js'
import { correctedOffsetUs, type HostFacts, wallOffsetUs } from '../system/host.js'
import { lockedMemoryObstacle } from '../system/locked-memory.js'
import { readPermissions } from '../system/machine.js'
import { prebuiltPath, type Shim, shim } from './ffi.js'
import { ABI_HASH, Reason } from './intf.gen.js'
import type { Attachment, Count, Kernel, KernelObject, Losses, Probe, ProgramInfo, Setup } from './kernel.js'

const USER_HZ = 100
const ERROR_LINES = 6

/** The kernel that we run on. */
export function openLive(): Kernel {
  const native = shim()
  checkAbi(native)
  return new LiveKernel(native)
}

// A library from another build would misread every event.
function checkAbi(native: Shim): void {
  const theirs = native.abiHash()
  if (theirs === ABI_HASH) return
  throw new TracerError(
    'cannotTrace',
    `ABI mismatch: libstirling.so was built for ${theirs.slice(0, 12)}, this program for ${ABI_HASH.slice(0, 12)}`,
    'reinstall the package: its prebuilt/ and dist/ belong to different versions',
  )
}

function monotonicNs(): number {
  return Number(process.hrtime.bigint())
}

class LiveKernel implements Kernel {
  readonly source = 'live'
  readonly ended = false
  readonly host: HostFacts
  readonly #native: Shim
  readonly #objects: LiveObject[] = []
  readonly #cgroups = new CgroupPaths()

  constructor(native: Shim) {
    this.#native = native
    this.host = {
      hostname: hostname(),
      kernel: release(),
      arch: arch(),
      userHz: USER_HZ,
      pageSize: 4096,
      startNs: monotonicNs(),
      wallOffsetUs: wallOffsetUs(),
    }
  }

  open(object: string, setup: Setup): KernelObject {
    const opened = new LiveObject(this.#native, object, setup)
    this.#objects.push(opened)
    return opened
  }

  tick(): number {
    this.host.wallOffsetUs = correctedOffsetUs(this.host.wallOffsetUs)
    return monotonicNs() - this.host.startNs
  }

  cgroupOf(pid: number, start: number, cgroup: number): string | undefined {
    return this.#cgroups.of(pid, start, cgroup)
  }

  close(): void {
    for (const object of this.#objects) object.close()
  }
}

class LiveObject implements KernelObject {
  readonly #native: Shim
  readonly #handle: number
  readonly #programs: readonly string[]
  #news: Socket | undefined
  #open = true

  constructor(native: Shim, object: string, setup: Setup) {
    this.#native = native
    this.#programs = setup.programs
    this.#handle = this.#check(native.open(prebuiltPath(`${object}.bpf.o`), setup.btf ?? ''), `open ${object}.bpf.o`)
    try {
      this.#check(native.configure(this.#handle, specOf(setup)), `configure ${object}`)
      this.#load(object)
    } catch (error) {
      native.close(this.#handle)
      throw error
    }
    for (const line of native.log().split('\n')) if (line !== '') log('debug', line)
  }

  #load(object: string): void {
    const result = this.#native.load(this.#handle)
    const error = result === -EPERM ? lockedMemoryObstacle(readPermissions()) : undefined
    if (error === undefined) this.#check(result, `load ${object}`)
    else throw error
  }

  #check(result: number, what: string): number {
    if (result >= 0) return result
    throw new TracerError('cannotTrace', `cannot ${what}: ${lastLines(this.#native.lastError())}`, hintOf(-result))
  }

  attach(probe: Probe): Attachment {
    const link = this.#native.attach(this.#handle, probe.program, probe.cgroup ?? '')
    const error = link < 0 ? lastLines(this.#native.lastError()) : undefined
    return { probe, error, detach: () => void (link >= 0 && this.#native.detach(this.#handle, link)) }
  }

  drain(into: Buffer): number {
    return this.#check(this.#native.drain(this.#handle, into), 'drain')
  }

  watch(wake: () => void): void {
    const fd = this.#native.watch(this.#handle)
    if (fd < 0) {
      log('debug', `polling only: ${this.#native.lastError()}`)
      return
    }
    this.#news = new Socket({ fd, readable: true, writable: false }).unref().on('data', wake)
  }

  readMap(map: string, into: Buffer): number {
    return this.#check(this.#native.mapRead(this.#handle, map, into), `read map ${map}`)
  }

  writeMap(map: string, entries: Buffer, n: number): number {
    return n === 0 ? 0 : this.#check(this.#native.mapWrite(this.#handle, map, entries, n), `write map ${map}`)
  }

  losses(): Losses {
    const missed = Object.values(this.programs()).reduce((sum, { misses }) => sum + misses, 0)
    return { ...this.#counters(), missed: { events: missed, bytes: 0 } }
  }

  #counters(): Losses {
    const entry = 4 + 16
    const buf = Buffer.alloc(entry * Reason.COUNT)
    const n = this.readMap('counters', buf)
    const result: Record<string, Count> = {}
    for (const [name, code] of Object.entries(Reason)) {
      if (code >= n || name === 'COUNT') continue
      const at = code * entry + 4
      result[name.toLowerCase()] = {
        events: Number(buf.readBigUInt64LE(at)),
        bytes: Number(buf.readBigUInt64LE(at + 8)),
      }
    }
    return result
  }

  programs(): Readonly<Record<string, ProgramInfo>> {
    const buf = Buffer.alloc(40)
    const result: Record<string, ProgramInfo> = {}
    for (const name of this.#programs) {
      if (this.#native.programInfo(this.#handle, name, buf) < 0) continue
      const [runTimeNs, runs, misses, insns, verifiedInsns] = [0, 8, 16, 24, 32].map((at) =>
        Number(buf.readBigUInt64LE(at)),
      ) as [number, number, number, number, number]
      result[name] = { runTimeNs, runs, misses, insns, verifiedInsns }
    }
    return result
  }

  close(): void {
    this.#news?.destroy()
    if (this.#open) this.#native.close(this.#handle)
    this.#open = false
  }
}

function specOf(setup: Setup): string {
  const lines = setup.programs.map((name) => `program ${name}`)
  for (const [name, entries] of Object.entries(setup.mapSizes)) lines.push(`map ${name} ${entries}`)
  for (const [name, value] of Object.entries(setup.constants)) lines.push(`const ${name} ${value}`)
  if (setup.stats) lines.push('stats')
  return lines.join('\n')
}

function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-ERROR_LINES).join('\n')
}

const EPERM = 1
const ENOENT = 2
const EACCES = 13

function hintOf(errno: number): string | undefined {
  if (errno === EPERM || errno === EACCES) return 'run as root, or see `stirling doctor`'
  if (errno === ENOENT) return 'this kernel lacks something the probes need; see `stirling doctor`'
  return undefined
}
