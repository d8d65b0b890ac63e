import { closeSync, fchmodSync, fstatSync, openSync, writeSync } from 'node:fs'
import { TracerError } from '../lib/errors.js'
import { log } from '../lib/log.js'
import type { HostFacts } from '../system/host.js'
import { ABI_HASH, CloseEvent, ConnEvent, DataEvent, LAYOUT } from './intf.gen.js'
import type { Attachment, Kernel, KernelObject, Losses, Probe, ProgramInfo, Setup } from './kernel.js'
import { FRAME, frameHead, type Header, MAGIC, type Placed, type Refused } from './recording.js'

const BUFFER_BYTES = 1024 * 1024

/** The kernel, with all that comes from it also written to a file (mode 0600: it holds raw bytes, not redacted). */
export function recordTo(path: string, kernel: Kernel, version: string): RecordingKernel {
  return new RecordingKernel(new FrameFile(path), kernel, version)
}

class FrameFile {
  readonly #path: string
  readonly #fd: number
  #chunks: Buffer[] = []
  #held = 0
  #failed: Error | undefined

  constructor(path: string) {
    this.#path = path
    try {
      this.#fd = openSync(path, 'w', 0o600)
      // A file that was there before keeps its mode; it will hold raw bytes.
      if (fstatSync(this.#fd).isFile()) fchmodSync(this.#fd, 0o600)
    } catch (cause) {
      throw new TracerError('usage', `cannot write ${path}: ${(cause as Error).message}`, undefined, { cause })
    }
    this.#push(MAGIC)
  }

  get failed(): Error | undefined {
    return this.#failed
  }

  frame(type: number, payload: Buffer): void {
    if (this.#failed !== undefined) return
    this.#push(frameHead(type, payload))
    this.#push(payload)
    if (this.#held >= BUFFER_BYTES) this.flush()
  }

  json(type: number, value: unknown): void {
    this.frame(type, Buffer.from(JSON.stringify(value)))
  }

  #push(bytes: Buffer): void {
    this.#chunks.push(bytes)
    this.#held += bytes.length
  }

  flush(): void {
    const bytes = Buffer.concat(this.#chunks)
    this.#chunks = []
    this.#held = 0
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#fd, bytes, done)
    } catch (error) {
      this.#failed = error as Error
      log('error', `recording stopped: cannot write ${this.#path}: ${(error as Error).message}`)
    }
  }

  close(): void {
    if (this.#failed === undefined) this.flush()
    closeSync(this.#fd)
  }
}

export class RecordingKernel implements Kernel {
  readonly source = 'live'
  readonly host: HostFacts
  readonly #file: FrameFile
  readonly #inner: Kernel

  constructor(file: FrameFile, inner: Kernel, version: string) {
    this.#file = file
    this.#inner = inner
    this.host = inner.host
    const header: Header = {
      version,
      abi: ABI_HASH,
      host: inner.host,
      layout: LAYOUT,
      sizes: { data_event: DataEvent.SIZE, conn_event: ConnEvent.SIZE, close_event: CloseEvent.SIZE },
    }
    file.json(FRAME.header, header)
  }

  get ended(): boolean {
    return this.#inner.ended
  }

  /** Why the file is not whole, if it is not. */
  get failed(): Error | undefined {
    return this.#file.failed
  }

  open(object: string, setup: Setup): KernelObject {
    try {
      return new RecordedObject(this.#file, this.#inner.open(object, setup))
    } catch (error) {
      const { message } = error as Error
      this.#file.json(FRAME.refused, { programs: setup.programs, message } satisfies Refused)
      throw error
    }
  }

  tick(): number {
    const time = this.#inner.tick()
    const payload = Buffer.allocUnsafe(16)
    payload.writeDoubleLE(time, 0)
    payload.writeDoubleLE(this.host.wallOffsetUs, 8)
    this.#file.frame(FRAME.tick, payload)
    return time
  }

  cgroupOf(pid: number, start: number, cgroup: number): string | undefined {
    const path = this.#inner.cgroupOf(pid, start, cgroup)
    if (path !== undefined) this.#file.json(FRAME.cgroup, { pid, start, cgroup, path } satisfies Placed)
    return path
  }

  close(): void {
    this.#inner.close()
    this.#file.frame(FRAME.end, Buffer.alloc(0))
    this.#file.close()
  }
}

class RecordedObject implements KernelObject {
  readonly #file: FrameFile
  readonly #inner: KernelObject

  constructor(file: FrameFile, inner: KernelObject) {
    this.#file = file
    this.#inner = inner
  }

  attach(probe: Probe): Attachment {
    const attachment = this.#inner.attach(probe)
    this.#file.json(FRAME.attached, { program: probe.program, error: attachment.error })
    return attachment
  }

  drain(into: Buffer): number {
    const bytes = this.#inner.drain(into)
    if (bytes > 0) this.#file.frame(FRAME.events, Buffer.from(into.subarray(0, bytes)))
    return bytes
  }

  watch(wake: () => void): void {
    this.#inner.watch(wake)
  }

  readMap(map: string, into: Buffer): number {
    return this.#inner.readMap(map, into)
  }

  writeMap(map: string, entries: Buffer, n: number): number {
    return this.#inner.writeMap(map, entries, n)
  }

  losses(): Losses {
    const losses = this.#inner.losses()
    this.#file.json(FRAME.losses, losses)
    return losses
  }

  programs(): Readonly<Record<string, ProgramInfo>> {
    return this.#inner.programs()
  }

  close(): void {
    this.#inner.close()
  }
}
