import type { Connector, Options, ProbeStatus } from '../../src/connectors/connector.js'
import type { Kernel } from '../../src/kernel/kernel.js'
import { REPLAY_OPTIONS } from '../../src/pipeline/settings.js'

export const OPTIONS: Options = { ...REPLAY_OPTIONS, bodyBytes: 1024, redact: true }

/** A row with the name of its table. */
export type TableRow = Readonly<Record<string, unknown>> & { readonly table_: string }

/** A connector without a pipeline: ticks when it is told. */
export class ConnectorBench {
  readonly rows: TableRow[] = []
  readonly reports: ProbeStatus[] = []
  readonly #connector: Connector
  readonly #kernel: Kernel
  readonly #write = (table: { readonly name: string }, row: object): void => {
    this.rows.push({ table_: table.name, ...row })
  }

  constructor(connector: Connector, kernel: Kernel, options: Partial<Options> = {}) {
    this.#connector = connector
    this.#kernel = kernel
    const report = (status: ProbeStatus): void => void this.reports.push(status)
    connector.open({ kernel, options: { ...OPTIONS, ...options }, report, wake: () => undefined })
  }

  tick(ticks = 1): this {
    for (let i = 0; i < ticks; i++) this.#connector.transfer(this.#kernel.tick(), this.#write)
    return this
  }

  /** The end of a run, as the pipeline makes it. */
  finish(): this {
    this.#connector.detach()
    this.tick()
    this.#connector.flush(this.#write)
    return this
  }

  of(table: string): TableRow[] {
    return this.rows.filter(({ table_ }) => table_ === table)
  }
}
