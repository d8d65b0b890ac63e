/**
 * What decoding needs to know of the machine that the events come from: read once when live, kept in a recording.
 * Events carry time as ns since `startNs` (CLOCK_MONOTONIC).
 */
export interface HostFacts {
  readonly hostname: string
  readonly kernel: string
  readonly arch: string
  /** Clock ticks per second of /proc/PID/stat (USER_HZ). */
  readonly userHz: number
  readonly pageSize: number
  /** Monotonic ns at which event time begins. */
  readonly startNs: number
  /** Wall clock minus monotonic clock, in µs; sampled again at every tick. */
  wallOffsetUs: number
}

/** Wall time in µs since the epoch of a time on the tracer's clock (ns since `startNs`). */
export function wallUs(host: HostFacts, ns: number): number {
  return Math.floor((host.startNs + ns) / 1000) + host.wallOffsetUs
}

function monotonicUs(): number {
  return Number(process.hrtime.bigint() / 1000n)
}

/** Wall clock minus monotonic clock at the start of the process, to the µs. */
export function wallOffsetUs(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000) - monotonicUs()
}

const STEP_US = 5000

/** The offset, corrected if the wall clock was set or has drifted away from it. */
export function correctedOffsetUs(offsetUs: number): number {
  const off = Date.now() * 1000 + 500 - (monotonicUs() + offsetUs)
  return Math.abs(off) > STEP_US ? offsetUs + off : offsetUs
}
