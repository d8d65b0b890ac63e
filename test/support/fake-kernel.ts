import type { Attachment, Kernel, KernelObject, Losses, Probe, Setup } from '../../src/kernel/kernel.js'
import type { HostFacts } from '../../src/system/host.js'
import { HOST } from './bench.js'

export interface Script {
  /** What each tick brings: a drain each. */
  readonly ticks: readonly (readonly Buffer[])[]
  readonly tickNs?: number
  readonly losses?: Losses
  /** Programs that are refused, and why. */
  readonly refused?: Readonly<Record<string, string>>
}

/** A kernel whose events were written down before; it says that it is live, and goes on for ever. */
export class FakeKernel implements Kernel, KernelObject {
  readonly source = 'live'
  readonly ended = false
  readonly host: HostFacts = { ...HOST }
  readonly setups: Setup[] = []
  readonly detached: string[] = []
  readonly written: [string, number][] = []
  closed = 0
  wake: (() => void) | undefined
  readonly #script: Script
  readonly #waiting: Buffer[] = []
  #ticks = 0

  constructor(script: Script) {
    this.#script = script
  }

  /** Ticks so far. */
  get ticks(): number {
    return this.#ticks
  }

  open(_object: string, setup: Setup): KernelObject {
    this.setups.push(setup)
    return this
  }

  tick(): number {
    this.#waiting.push(...(this.#script.ticks[this.#ticks] ?? []))
    this.#ticks++
    this.host.wallOffsetUs++
    return this.#ticks * (this.#script.tickNs ?? 1e6)
  }

  cgroupOf(): undefined {}

  attach(probe: Probe): Attachment {
    const error = this.#script.refused?.[probe.program]
    return { probe, error, detach: () => void this.detached.push(probe.program) }
  }

  drain(into: Buffer): number {
    return this.#waiting.shift()?.copy(into) ?? 0
  }

  watch(wake: () => void): void {
    this.wake = wake
  }

  readMap(): number {
    return 0
  }

  writeMap(map: string, _entries: Buffer, n: number): number {
    this.written.push([map, n])
    return n
  }

  losses(): Losses {
    return this.#script.losses ?? {}
  }

  programs(): Record<string, never> {
    return {}
  }

  close(): void {
    this.closed++
  }
}
