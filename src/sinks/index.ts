import type { Writable } from 'node:stream'
import type { Sink } from './sink.js'
import type { TableOptions } from './table.js'

export type SinkOptions = TableOptions

/** Formats by name; what a format needs is loaded with its first use. */
export const SINKS = {
  table: async (stream: Writable, options: SinkOptions): Promise<Sink> =>
    new (await import('./table.js')).TableSink(stream, options),
  ndjson: async (stream: Writable, options: SinkOptions): Promise<Sink> =>
    new (await import('./ndjson.js')).NdjsonSink(stream, options.columns),
} as const

export type Format = keyof typeof SINKS

/** What a terminal permits: https://no-color.org, and 80 columns where nothing is known. */
export function terminalOptions(stream: { isTTY?: boolean; columns?: number }, env: NodeJS.ProcessEnv): SinkOptions {
  return {
    color: stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb',
    width: () => stream.columns || 80,
  }
}
