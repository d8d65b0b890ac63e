import type { Connection } from '../../connections/connection.js'
import { Endpoints } from '../../connections/endpoints.js'
import { cutColumns, type MakeRow, rowMaker } from '../../connections/row.js'
import type { StatsEntry } from '../../connections/stats.js'
import { Tracker } from '../../connections/tracker.js'
import { Verdicts } from '../../connections/verdicts.js'
import { EventBatch } from '../../kernel/events.js'
import { CAPTURE_CLASS_MAX, DataEvent } from '../../kernel/intf.gen.js'
import type { KernelObject } from '../../kernel/kernel.js'
import { log } from '../../lib/log.js'
import { PROTOCOLS } from '../../protocols/index.js'
import type { Protocol, Span } from '../../protocols/protocol.js'
import { exchangeTable, type Shared } from '../../records/columns.js'
import type { Table } from '../../records/table.js'
import { type HostFacts, wallUs } from '../../system/host.js'
import type { Activity, Connector, Context, LossLine, ProgramCost, Write } from '../connector.js'
import { Governor } from './governor.js'
import { type Loaded, loadLayer } from './layers.js'
import { scopeConstants, writeScope } from './scope.js'
import { connStats } from './table.js'

const NAME = 'socket_tracer'
/** One drain a tick; then the sinks have their turn. */
const BATCH_BYTES = 1024 * 1024
/** A drain of fewer bytes has taken all there was: the next event would have fitted. */
const FULL_BYTES = BATCH_BYTES - DataEvent.SIZE - CAPTURE_CLASS_MAX
const VERDICT_ENTRIES = 65_536
/** Facts of connections take this part of what payload takes: of many short connections they are half of all there is. */
const CONTROL_SHARE = 8
const CONTROL_BYTES_MIN = 256 * 1024
const STATS_INTERVAL_NS = 10e9
/** A connection without a verdict ships this many times --infer-bytes in all; a verdict takes a tick to arrive. */
const INFER_RUNS = 32

/** Entry 0 of the map `asleep`: 1. */
const ASLEEP = Buffer.from([0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0])

interface Output {
  readonly table: Table
  readonly make: MakeRow
  readonly cutColumns: (cut: number) => readonly string[]
}

function newOutput(own: Table): Output {
  return { table: exchangeTable(own), make: rowMaker(own), cutColumns: cutColumns(own) }
}

/** All protocols over sockets, and `conn_stats`. */
export class SocketTracer implements Connector {
  readonly name = NAME
  readonly sampleMs = 0
  readonly tables: readonly Table[]
  readonly #outputs = new Map<string, Output>()
  readonly #wantStats: boolean
  /** A protocol whose rows are wanted may use datagrams. */
  readonly #datagrams: boolean
  readonly #batch = new EventBatch(Buffer.allocUnsafeSlow(BATCH_BYTES))
  readonly #verdicts = new Verdicts(VERDICT_ENTRIES)
  readonly #endpoints = new Endpoints()
  readonly #shared = {} as { -readonly [K in keyof Shared]: Shared[K] }
  #loaded: Loaded | undefined
  #governor: Governor | undefined
  #tracker: Tracker | undefined
  #host: HostFacts | undefined
  #write: Write = () => undefined
  #nextStatsNs = 0
  #nowNs = 0
  #resting = false

  /** `protocols`: those whose rows are wanted. */
  constructor(protocols: readonly string[], wantStats: boolean) {
    this.#wantStats = wantStats
    const outputs = new Map<Table, Output>()
    for (const { name, table } of PROTOCOLS) {
      if (!protocols.includes(name)) continue
      const output = outputs.get(table) ?? newOutput(table)
      outputs.set(table, output)
      this.#outputs.set(name, output)
    }
    const wanted = PROTOCOLS.filter(({ name }) => this.#outputs.has(name))
    this.#datagrams = wanted.some(({ transports }) => transports !== 'stream')
    const tables = [...outputs.values()].map((output) => output.table)
    this.tables = wantStats ? [...tables, connStats] : tables
  }

  open(context: Context): void {
    const { kernel, options } = context
    this.#host = kernel.host
    this.#tracker = new Tracker({
      protocols: PROTOCOLS,
      wanted: new Set(this.#outputs.keys()),
      verdicts: this.#verdicts,
      endpoints: this.#endpoints,
      options,
      host: kernel.host,
      cgroupOf: (pid, start, cgroup) => kernel.cgroupOf(pid, start, cgroup),
      take: this.#take,
      wantStats: this.#wantStats,
    })
    const constants = {
      ...scopeConstants(options.scope),
      start_ns: kernel.host.startNs,
      capture_bytes: options.captureBytes,
      infer_bytes: options.inferBytes,
      infer_total: INFER_RUNS * options.inferBytes,
      verdict_mask: VERDICT_ENTRIES - 1,
    }
    const mapSizes = {
      events: options.ringBytes,
      control: Math.max(options.ringBytes / CONTROL_SHARE, CONTROL_BYTES_MIN),
      conns: options.connections,
      verdicts: VERDICT_ENTRIES,
    }
    const { btf, maxOverhead } = options
    const stats = options.stats || maxOverhead !== undefined
    const setup = { constants, mapSizes, btf, stats, datagrams: this.#datagrams }
    const since = performance.now()
    this.#loaded = loadLayer(context, NAME, setup, (object) => writeScope(object, options.scope))
    this.#loaded.object.watch(context.wake)
    if (maxOverhead !== undefined && kernel.source === 'live') this.#governor = new Governor(maxOverhead)
    log('debug', 'attached', { layer: this.#loaded.layer, ms: Math.round(performance.now() - since) })
  }

  transfer(nowNs: number, write: Write): Activity {
    this.#write = write
    this.#nowNs = nowNs
    this.#govern()
    const activity = this.#drain()
    if (this.#wantStats && nowNs >= this.#nextStatsNs) {
      if (this.#nextStatsNs > 0) this.#writeStats()
      this.#nextStatsNs = nowNs + STATS_INTERVAL_NS
    }
    return activity
  }

  #drain(): Activity {
    const { object } = this.#loaded ?? {}
    const tracker = this.#tracker
    if (object === undefined || tracker === undefined) return 'idle'
    const bytes = object.drain(this.#batch.buf)
    this.#batch.walk(bytes, tracker)
    tracker.endBatch()
    this.#verdicts.flush((entries, n) => object.writeMap('verdicts', entries, n))
    this.#endpoints.flush((entries, n) => object.writeMap('endpoints', entries, n))
    if (bytes >= FULL_BYTES) return 'more'
    tracker.endTick(this.#nowNs)
    this.#restIf(bytes === 0, object)
    return bytes === 0 ? 'idle' : 'busy'
  }

  #govern(): void {
    const admitted = this.#governor?.next(this.#nowNs, () => this.#spentNs())
    if (admitted !== undefined) this.#loaded?.object.writeMap('admission', admissionOf(admitted), 1)
  }

  #spentNs(): number {
    const { user, system } = process.cpuUsage()
    return (user + system) * 1000 + this.costs().reduce((sum, { runTimeNs }) => sum + runTimeNs, 0)
  }

  costs(): readonly ProgramCost[] {
    return Object.entries(this.#loaded?.object.programs() ?? {}).map(([program, info]) => ({ program, ...info }))
  }

  // The rings are empty: the next event shall wake us, which costs nothing while events keep coming.
  #restIf(empty: boolean, object: KernelObject): void {
    if (empty && !this.#resting) object.writeMap('asleep', ASLEEP, 1)
    this.#resting = empty
  }

  readonly #take = (
    conn: Connection,
    protocol: Protocol,
    request: Span | undefined,
    response: Span | undefined,
    row: object,
    cut: number,
    batched: boolean,
  ): void => {
    const output = this.#outputs.get(protocol.name)
    const host = this.#host
    if (output === undefined || host === undefined) return
    const shared = this.#shared
    shared.time_ = wallUs(host, (request ?? response)?.startNs ?? this.#nowNs)
    shared.latency =
      request !== undefined && response !== undefined ? Math.max(response.endNs - request.startNs, 0) : null
    shared.truncated = cut === 0 ? null : output.cutColumns(cut)
    shared.escaped = null
    shared.batched = batched
    shared.partial = (request?.lost ?? false) || (response?.lost ?? false)
    shared.error = protocol.table.error?.(row, shared.partial) ?? null
    this.#write(output.table, output.make(conn.origin, shared, row))
  }

  #writeStats(): void {
    const host = this.#host
    if (host === undefined) return
    const time = wallUs(host, this.#nowNs)
    for (const entry of this.#tracker?.stats.take() ?? []) this.#write(connStats, statsRow(entry, time))
  }

  detach(): void {
    for (const [name, { runs, misses, insns, verifiedInsns }] of Object.entries(
      this.#loaded?.object.programs() ?? {},
    )) {
      log('debug', 'program', { name, runs, misses, insns, verified: verifiedInsns })
    }
    for (const attachment of this.#loaded?.attachments ?? []) attachment.detach()
  }

  flush(write: Write): void {
    this.#write = write
    this.#tracker?.flush(this.#kernelLosses().some((loss) => leavesGap(loss) && loss.events > 0))
    if (this.#wantStats) this.#writeStats()
  }

  losses(): readonly LossLine[] {
    const tracker = this.#tracker
    if (tracker === undefined) return []
    const lines = this.#kernelLosses()
    const { counts } = tracker
    const explained = lines.filter(leavesGap).reduce((sum, line) => sum + line.bytes, 0)
    lines.push(line('unseen', 'unseen', 0, Math.max(counts.missing - explained, 0)))
    lines.push(line('undecoded', 'late', 0, counts.late), line('undecoded', 'unknown_connection', counts.unknown, 0))
    lines.push(line('undecoded', 'evicted_connection', counts.evicted, 0))
    for (const [protocol, counts] of tracker.decodeCounts) {
      lines.push(
        line('undecoded', `${protocol}_invalid`, counts.invalid, counts.dropped),
        line('undecoded', `${protocol}_orphan`, counts.orphans, 0),
      )
    }
    return lines
  }

  #kernelLosses(): LossLine[] {
    const losses = Object.entries(this.#loaded?.object.losses() ?? {})
    return losses.map(([reason, count]) => ({ source: NAME, reason, kind: kindOf(reason), ...count }))
  }

  close(): void {
    this.#loaded?.object.close()
  }
}

function line(kind: LossLine['kind'], reason: string, events: number, bytes: number): LossLine {
  return { source: NAME, reason, kind, events, bytes }
}

function admissionOf(connections: number): Buffer {
  const entry = Buffer.alloc(12)
  entry.writeUInt32LE(connections, 4)
  return entry
}

/** Bytes of connections that are followed; of others nobody knows that they are missing. */
function leavesGap({ kind, reason }: LossLine): boolean {
  return kind === 'lost' && reason !== 'lost_shed' && reason !== 'lost_map'
}

function kindOf(reason: string): LossLine['kind'] {
  if (reason === 'missed') return 'unseen'
  if (reason === 'seen' || reason === 'emitted') return reason
  return reason.startsWith('skip') ? 'skipped' : 'lost'
}

function statsRow(entry: StatsEntry, time: number): object {
  return {
    time_: time,
    upid: entry.upid,
    pid: entry.pid,
    comm: entry.comm,
    container: entry.container,
    remote_addr: entry.remoteAddr,
    remote_port: entry.remotePort,
    trace_role: entry.role,
    addr_family: entry.family,
    protocol: entry.protocol,
    ssl: entry.protocol === 'tls',
    conn_open: entry.opened,
    conn_close: entry.closed,
    conn_active: entry.opened - entry.closed,
    bytes_sent: entry.bytesSent,
    bytes_recv: entry.bytesReceived,
  }
}
