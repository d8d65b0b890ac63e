import { PROTOCOLS } from '../protocols/index.js'
import type { Table } from '../records/table.js'
import type { Connector } from './connector.js'
import { ProcessStats } from './process_stats/index.js'
import { Sequences } from './sequences/index.js'
import { SocketTracer } from './socket_tracer/index.js'

/** Groups of connectors, as `--connectors` takes them. */
export const GROUPS = ['default', 'all', 'metrics', 'tracers', 'profiler', 'tcp'] as const
export type Group = (typeof GROUPS)[number]

export interface ConnectorEntry {
  readonly name: string
  readonly desc: string
  readonly groups: readonly Group[]
  /** `protocols`: those that were asked for (used by what decodes protocols); `own`: was it named itself, or its group? */
  create(protocols: readonly string[], own: boolean): Connector
}

/** The registry: a new connector is its folder and one line here. `stirling_error` is always on. */
export const CONNECTORS: readonly ConnectorEntry[] = [
  {
    name: 'socket_tracer',
    desc: 'Every protocol over TCP and unix sockets, and connection statistics.',
    groups: ['default', 'all', 'tracers'],
    create: (protocols, own) => new SocketTracer(protocols, own),
  },
  {
    name: 'process_stats',
    desc: 'CPU, memory and I/O per process, from /proc.',
    groups: ['all', 'metrics'],
    create: () => new ProcessStats(),
  },
  { name: 'sequences', desc: 'Test generator.', groups: ['all'], create: () => new Sequences() },
]

/** The tables of a connector, with all protocols. */
export function tablesOf(entry: ConnectorEntry): readonly Table[] {
  return entry.create(
    PROTOCOLS.map((protocol) => protocol.name),
    true,
  ).tables
}
