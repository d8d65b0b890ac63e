import { type HostFacts, wallUs } from '../../system/host.js'
import type { Activity, Connector, Context, LossLine, ProbeStatus, Write } from '../connector.js'
import { probeStatus, stirlingError, stirlingLoss } from './table.js'

const LOSS_INTERVAL_NS = 1e9
const REPORTS_MAX = 1000
const NEWS: readonly string[] = ['lost', 'unseen', 'undecoded']

/** What the tracer has to say of itself: status of connectors and probes, and losses. */
export class StirlingErrors implements Connector {
  readonly name = 'stirling_error'
  readonly sampleMs = 0
  readonly tables = [stirlingError, probeStatus, stirlingLoss]
  readonly #others: () => readonly Connector[]
  readonly #reports: ProbeStatus[] = []
  readonly #told = new Map<string, LossLine>()
  #host: HostFacts | undefined
  #nextLossNs = LOSS_INTERVAL_NS
  #nowNs = 0

  /** `others`: the connectors whose losses are told. */
  constructor(others: () => readonly Connector[]) {
    this.#others = others
  }

  /** Takes a report, to be told at the next transfer. */
  report(status: ProbeStatus): void {
    if (this.#reports.length < REPORTS_MAX) this.#reports.push(status)
  }

  open(context: Context): void {
    this.#host = context.kernel.host
  }

  transfer(nowNs: number, write: Write): Activity {
    this.#nowNs = nowNs
    for (const status of this.#reports.splice(0)) this.#writeStatus(status, write)
    if (nowNs >= this.#nextLossNs) {
      this.#nextLossNs = nowNs + LOSS_INTERVAL_NS
      this.#writeNews(write)
    }
    return 'idle'
  }

  #time(): number {
    return this.#host === undefined ? 0 : wallUs(this.#host, this.#nowNs)
  }

  #writeStatus({ connector, probe, status, error, context }: ProbeStatus, write: Write): void {
    const row = { time_: this.#time(), source_connector: connector, status, error: error || null }
    if (probe === undefined) write(stirlingError, { ...row, context })
    else write(probeStatus, { ...row, tracepoint: probe })
  }

  // What was lost since the last time.
  #writeNews(write: Write): void {
    for (const line of this.#lines()) {
      if (!NEWS.includes(line.kind)) continue
      const key = `${line.source} ${line.reason}`
      const told = this.#told.get(key)
      const events = line.events - (told?.events ?? 0)
      const bytes = line.bytes - (told?.bytes ?? 0)
      if (events <= 0 && bytes <= 0) continue
      this.#told.set(key, line)
      this.#writeLoss({ ...line, events, bytes }, false, write)
    }
  }

  #writeLoss(line: LossLine, closing: boolean, write: Write): void {
    const { source, reason, kind, events, bytes } = line
    write(stirlingLoss, { time_: this.#time(), source_connector: source, reason, kind, events, bytes, closing })
  }

  #lines(): LossLine[] {
    return this.#others().flatMap((connector) => connector.losses())
  }

  detach(): void {}

  /** The totals. Lines of zero are left out, but for what the others are compared with. */
  flush(write: Write): void {
    for (const status of this.#reports.splice(0)) this.#writeStatus(status, write)
    for (const line of this.#lines()) {
      if (line.events > 0 || line.bytes > 0 || line.kind === 'seen') this.#writeLoss(line, true, write)
    }
  }

  losses(): readonly LossLine[] {
    return []
  }

  close(): void {}
}
