import type { Column, RowOf, Table } from './table.js'

/** Role of the traced process on a connection, coded as in the original. */
export const ROLE = { client: 1, server: 2, unknown: 4 } as const
export const ROLE_WORDS: Readonly<Record<number, string>> = { 1: 'client', 2: 'server', 4: 'unknown' }

export const TIME_ = {
  name: 'time_',
  type: 'time',
  desc: 'When it happened, UTC.',
  semantic: 'time',
  pattern: 'counter',
} as const satisfies Column
export const UPID = {
  name: 'upid',
  type: 'upid',
  desc: 'Process identity: agent id (0 stand-alone), pid, start time in clock ticks since boot.',
  semantic: 'upid',
  pattern: 'general',
} as const satisfies Column
export const PID = {
  name: 'pid',
  type: 'int',
  desc: 'Process id of the traced process, as the host sees it.',
  pattern: 'general',
} as const satisfies Column
export const COMM = {
  name: 'comm',
  type: 'string',
  desc: 'Name of the traced process (its main thread).',
  pattern: 'general',
} as const satisfies Column

export const CONTAINER = {
  name: 'container',
  type: 'string',
  desc: 'Container of the process, by its cgroup: `docker:ID`, `containerd:ID`, `kubernetes:ID` …, or systemd unit (`systemd:nginx.service`); null: neither, or not known.',
  pattern: 'general',
} as const satisfies Column

/** The columns that lead every protocol table. */
export const LEAD = [
  {
    ...TIME_,
    desc: 'When the first byte of the request moved, UTC (of the response, where the request was not seen).',
  },
  UPID,
  PID,
  COMM,
  CONTAINER,
  {
    name: 'remote_addr',
    type: 'string',
    desc: 'Peer IP address, or path of a unix socket; null when unknown.',
    semantic: 'ip',
    pattern: 'general',
  },
  { name: 'remote_port', type: 'int', desc: 'Peer port; null when unknown.', semantic: 'port', pattern: 'general' },
  {
    name: 'local_addr',
    type: 'string',
    desc: 'Own IP address, or path of a unix socket; null when unknown.',
    semantic: 'ip',
    pattern: 'general',
  },
  { name: 'local_port', type: 'int', desc: 'Own port; null when unknown.', semantic: 'port', pattern: 'general' },
  {
    name: 'trace_role',
    type: 'enum',
    desc: 'Role of the traced process on this connection.',
    words: ROLE_WORDS,
    pattern: 'enum',
  },
  {
    name: 'encrypted',
    type: 'bool',
    desc: 'The text was read where it was plain, on its way into the kernel (kTLS); on the wire it was encrypted.',
    pattern: 'general',
  },
] as const satisfies readonly Column[]

/** The columns that close every protocol table. */
export const TRAIL = [
  {
    name: 'latency',
    type: 'int',
    desc: 'Last byte of the response minus first byte of the request, ns; null when one of them was not seen.',
    unit: 'ns',
    semantic: 'duration',
    pattern: 'gauge',
  },
  {
    name: 'error',
    type: 'string',
    desc: 'Why the exchange failed, in words; null when it succeeded, or may have among bytes that were lost.',
    pattern: 'general',
  },
  {
    name: 'truncated',
    type: 'json',
    desc: 'Names of the columns that were cut to their limit.',
    pattern: 'structured',
  },
  {
    name: 'escaped',
    type: 'json',
    desc: 'Names of the columns whose bytes were not UTF-8: those are written \\xNN there, a backslash \\\\.',
    pattern: 'structured',
  },
  {
    name: 'batched',
    type: 'bool',
    desc: 'The request or the response shares a system call with that of a neighbouring exchange: the times are those of the call.',
    pattern: 'general',
  },
  { name: 'partial', type: 'bool', desc: 'Bytes of this exchange were lost.', pattern: 'general' },
] as const satisfies readonly Column[]

/** The shared columns, of those that lead, that are the same for all exchanges of a connection by one process. */
export const ORIGIN: readonly string[] = LEAD.slice(1).map((column) => column.name)

/**
 * Who exchanges with whom: the values of ORIGIN. A row has them as columns, and this object under `origin`: rows with the
 * same one need not be encoded from scratch. It must not be changed.
 */
export type Origin = Omit<RowOf<typeof LEAD>, 'time_'>

/** What the tracer knows of one exchange besides the protocol's own columns. */
export type Shared = RowOf<[(typeof LEAD)[0], ...typeof TRAIL]>

/** The full table of a protocol: the shared columns around its own. */
export function exchangeTable(own: Table): Table {
  return { ...own, columns: [...LEAD, ...own.columns, ...TRAIL] }
}
