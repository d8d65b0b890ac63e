import type { Activity, Connector, Context, Options, Write } from '../connectors/connector.js'
import { StirlingErrors } from '../connectors/stirling_error/index.js'
import type { Kernel } from '../kernel/kernel.js'
import type { Table } from '../records/table.js'
import type { Batch, Sink } from '../sinks/sink.js'

const IDLE_MS_MIN = 4
const IDLE_MS_MAX = 250

export interface PipelineSetup {
  readonly kernel: Kernel
  readonly connectors: readonly Connector[]
  readonly sink: Sink
  readonly options: Options
  readonly shows: (table: Table) => boolean
  /** Rows in all; undefined = no limit. */
  readonly limit: number | undefined
  readonly durationMs: number | undefined
}

/** Ticks connectors, batches their rows and feeds the sink, until the source ends or it is stopped. */
export class Pipeline {
  rows = 0
  readonly #setup: PipelineSetup
  readonly #errors: StirlingErrors
  readonly #connectors: readonly Connector[]
  readonly #due = new Map<Connector, number>()
  #batches: { readonly table: Table; readonly rows: object[] }[] = []
  readonly #shown = new Map<Table, boolean>()
  #stopped = false
  #wake: () => void = () => undefined
  #release: () => void = () => undefined
  readonly #interrupted = new Promise<void>((resolve) => {
    this.#release = resolve
  })

  constructor(setup: PipelineSetup) {
    this.#setup = setup
    this.#errors = new StirlingErrors(() => setup.connectors)
    this.#connectors = [...setup.connectors, this.#errors]
  }

  get tables(): readonly Table[] {
    return this.#connectors.flatMap((connector) => connector.tables)
  }

  /** Opens the connectors; throws TracerError if one cannot work at all. */
  open(): void {
    const { kernel, options, sink, shows } = this.#setup
    const context: Context = {
      kernel,
      options,
      report: (status) => this.#errors.report(status),
      wake: () => this.#wake(),
    }
    sink.open(this.tables.filter(shows))
    for (const connector of this.#connectors) connector.open(context)
  }

  /** Ends the run after the tick under way. */
  stop(): void {
    this.#stopped = true
    this.#wake()
  }

  /** Ends the run also while the reader of the output does not read. */
  interrupt(): void {
    this.#release()
    this.stop()
  }

  async run(): Promise<void> {
    const { kernel, durationMs } = this.#setup
    const end = durationMs === undefined ? Number.POSITIVE_INFINITY : performance.now() + durationMs
    let idleMs = IDLE_MS_MIN
    while (!this.#stopped && !kernel.ended) {
      const activity = this.#tick()
      await this.#write()
      if (performance.now() >= end) break
      idleMs = activity === 'idle' ? Math.min(idleMs * 2, IDLE_MS_MAX) : IDLE_MS_MIN
      if (activity === 'more' || kernel.source !== 'live') await nextTurn()
      else await this.#sleep(Math.min(idleMs, end - performance.now()))
    }
    await this.#finish()
  }

  // Detach, take what is still in the rings, conclude what is open: then the sums are final.
  async #finish(): Promise<void> {
    for (const connector of this.#connectors) connector.detach()
    while (this.#tick() === 'more') await this.#write()
    await this.#write()
    for (const connector of this.#connectors) connector.flush(this.#take)
    await this.#write()
    await this.#setup.sink.close()
  }

  #tick(): Activity {
    const nowNs = this.#setup.kernel.tick()
    let busiest: Activity = 'idle'
    for (const connector of this.#connectors) {
      if (nowNs < (this.#due.get(connector) ?? 0)) continue
      this.#due.set(connector, nowNs + connector.sampleMs * 1e6)
      const activity = connector.transfer(nowNs, this.#take)
      if (activity === 'more' || busiest === 'idle') busiest = activity
    }
    return busiest
  }

  // Rows keep the order in which they came, also over tables.
  readonly #take: Write = (table, row) => {
    if (!this.#shows(table) || this.rows >= (this.#setup.limit ?? Number.POSITIVE_INFINITY)) return
    this.rows++
    const last = this.#batches.at(-1)
    if (last?.table === table) last.rows.push(row)
    else this.#batches.push({ table, rows: [row] })
    if (this.rows === this.#setup.limit) this.stop()
  }

  #shows(table: Table): boolean {
    let shown = this.#shown.get(table)
    if (shown === undefined) {
      shown = this.#setup.shows(table)
      this.#shown.set(table, shown)
    }
    return shown
  }

  async #write(): Promise<void> {
    const batches: readonly Batch[] = this.#batches
    this.#batches = []
    for (const batch of batches) {
      const full = this.#setup.sink.write(batch)
      if (full !== undefined) await Promise.race([full, this.#interrupted])
    }
    if (this.#setup.sink.broken !== undefined) this.stop()
  }

  #sleep(ms: number): Promise<void> {
    if (this.#stopped) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  close(): void {
    for (const connector of this.#connectors) connector.close()
    this.#setup.kernel.close()
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
