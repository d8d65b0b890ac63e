import type { Connector, LossLine, Options } from '../connectors/connector.js'
import { StirlingErrors } from '../connectors/stirling_error/index.js'
import { stirlingLoss } from '../connectors/stirling_error/table.js'
import type { Kernel } from '../kernel/kernel.js'
import { EXIT, TracerError } from '../lib/errors.js'
import { log, say } from '../lib/log.js'
import { type Format, SINKS, terminalOptions } from '../sinks/index.js'
import { Pipeline } from './pipeline.js'
import { type Projection, projection } from './projection.js'
import { summary } from './summary.js'

/** A capture file knows no processes. */
const PROCESS_COLUMNS = ['upid', 'pid', 'comm', 'container']

export interface SessionSetup {
  readonly kernel: Kernel
  readonly connectors: readonly Connector[]
  readonly options: Options
  readonly projection: Projection
  readonly format: Format
  readonly limit: number | undefined
  readonly durationMs: number | undefined
  readonly strict: boolean
  /** Called once all probes are attached. */
  readonly ready?: (stop: () => void) => void
}

/** `--tables` and `--columns` over what these connectors and the tracer itself report. */
export function project(
  connectors: readonly Connector[],
  tables: readonly string[],
  columns: readonly string[],
): Projection {
  const known = [...connectors.flatMap((connector) => connector.tables), ...new StirlingErrors(() => []).tables]
  return projection(known, tables, columns)
}

/** Runs from open to the last row, with signals, on standard output; → exit code. */
export async function runSession(setup: SessionSetup): Promise<number> {
  const { kernel, connectors, options, limit, durationMs } = setup
  const sink = await SINKS[setup.format](process.stdout, {
    ...terminalOptions(process.stdout, process.env),
    columns: (table) => setup.projection.columns(table),
    empty: kernel.source === 'capture' ? PROCESS_COLUMNS : [],
  })
  const shows = setup.projection.shows
  const pipeline = new Pipeline({ kernel, connectors, sink, options, shows, limit, durationMs })
  const ignore = onSignals(() => pipeline.interrupt())
  const startedMs = performance.now()
  try {
    pipeline.open()
    setup.ready?.(() => pipeline.stop())
    await pipeline.run()
    const losses = connectors.flatMap((connector) => connector.losses())
    const costs = options.stats ? connectors.flatMap((connector) => connector.costs?.() ?? []) : []
    say(summary(losses, costs, pipeline.rows, performance.now() - startedMs))
    return exitCode(sink.broken, setup.strict, losses)
  } finally {
    ignore()
    pipeline.close()
  }
}

function exitCode(broken: Error | undefined, strict: boolean, losses: readonly LossLine[]): number {
  if (broken !== undefined && (broken as NodeJS.ErrnoException).code !== 'EPIPE') {
    throw new TracerError('dataLost', `cannot write to standard output: ${broken.message}`)
  }
  const lost = losses.filter(
    (line) => (line.kind === 'lost' || line.kind === 'unseen') && (line.events > 0 || line.bytes > 0),
  )
  if (!strict || lost.length === 0) return EXIT.ok
  log('error', `data was lost (--strict); see ${stirlingLoss.name}`)
  return EXIT.dataLost
}

// The first signal ends the run in order, the second at once.
function onSignals(stop: () => void): () => void {
  let signals = 0
  const handler = (): void => {
    if (++signals > 1) process.exit(EXIT.secondSignal)
    stop()
  }
  process.on('SIGINT', handler).on('SIGTERM', handler)
  return () => void process.off('SIGINT', handler).off('SIGTERM', handler)
}
