import type { Socket } from 'node:net'
import { join } from 'node:path'
import { type Running, start } from '../servers/process.js'

/** The command line under test: that of the checkout, or an installed one. */
export const RUN = process.env.STIRLING_RUN ?? join(import.meta.dirname, '../../bin/run.js')
const ATTACH_MS = 60_000
const TRACING = /^info: tracing/m

/** A line of NDJSON. */
export type Row = Readonly<Record<string, unknown>> & { readonly table_: string }

/** A line of the table `stirling_loss`. */
export interface LossRow extends Row {
  readonly source_connector: string
  readonly reason: string
  readonly kind: 'seen' | 'emitted' | 'skipped' | 'lost' | 'unseen' | 'undecoded'
  readonly events: number
  readonly bytes: number
  /** The total of the whole trace. */
  readonly closing: boolean
}

export interface Traced {
  /** What it wrote on stdout. */
  readonly text: string
  readonly rows: readonly Row[]
  /** The closing lines of the account. */
  readonly losses: readonly LossRow[]
  readonly stderr: string
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
}

export interface Tracer {
  readonly pid: number
  /** Resolves when all probes are attached; rejects if it ends before. */
  readonly ready: Promise<void>
  /** Resolves when it has ended. */
  readonly ended: Promise<Traced>
  /** The rows so far. */
  rows(): Row[]
  /** Ends it by a signal; SIGKILL after a deadline. */
  stop(signal?: NodeJS.Signals): Promise<Traced>
}

/** The whole lines of NDJSON; a last line without its end is left out. */
export function parseRows(text: string): Row[] {
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n')
  return lines.filter(Boolean).map((line) => JSON.parse(line) as Row)
}

function attached(running: Running): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => () => reject(new Error(`the tracer ${why}: ${running.stderr()}`))
    const timer = setTimeout(fail(`was not ready in ${ATTACH_MS} ms`), ATTACH_MS)
    running.child.once('close', () => {
      clearTimeout(timer)
      fail('ended before it was ready')()
    })
    running.child.stderr?.on('data', () => {
      if (!TRACING.test(running.stderr())) return
      clearTimeout(timer)
      resolve()
    })
  })
}

/** Runs the command line with these arguments. */
export function stirling(args: readonly string[], stdout: 'pipe' | Socket = 'pipe'): Tracer {
  const running = start({ file: process.execPath, env: process.env }, { args: [RUN, ...args], stdout })
  const chunks: Buffer[] = []
  running.child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk))
  const text = (): string => Buffer.concat(chunks).toString()
  const ended = new Promise<Traced>((resolve) => {
    running.child.once('close', (exitCode, signal) => {
      const rows = parseRows(text())
      const losses = rows.filter((row) => row.table_ === 'stirling_loss' && row.closing) as LossRow[]
      resolve({ text: text(), rows, losses, stderr: running.stderr(), exitCode, signal })
    })
  })
  const ready = attached(running)
  ready.catch(() => undefined)
  return {
    pid: running.pid,
    ready,
    ended,
    rows: () => parseRows(text()),
    stop: async (signal = 'SIGINT') => {
      await running.stop(signal)
      return ended
    },
  }
}

/** Starts `stirling trace … --format ndjson`; wait for `ready` before making traffic. */
export function trace(args: readonly string[], stdout: 'pipe' | Socket = 'pipe'): Tracer {
  return stirling(['trace', '--format', 'ndjson', ...args], stdout)
}

/** Traces while `work` runs: from all probes attached until it is done. */
export async function traceWhile(args: readonly string[], work: () => Promise<unknown>): Promise<Traced> {
  const tracer = trace(args)
  await tracer.ready
  await work()
  return tracer.stop()
}
