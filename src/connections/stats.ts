import { ROLE } from '../records/columns.js'
import type { Connection } from './connection.js'

/** Totals of the connections of one process to one peer. */
export interface StatsEntry {
  readonly upid: string | null
  readonly pid: number | null
  readonly comm: string | null
  readonly container: string | null
  readonly remoteAddr: string | null
  readonly remotePort: number | null
  readonly role: number
  readonly family: number
  readonly protocol: string | null
  opened: number
  closed: number
  bytesSent: number
  bytesReceived: number
  /** Something happened since it was last reported. */
  active: boolean
}

/** Totals by (process, peer, role, protocol). A server's peers are told apart by address only: their ports are ephemeral. */
export class Stats {
  readonly #wanted: boolean
  readonly #entries = new Map<string, StatsEntry>()

  /** `wanted`: somebody takes them; else nothing is kept. */
  constructor(wanted: boolean) {
    this.#wanted = wanted
  }

  /** Counts a connection under what is known of it now; again when its protocol becomes known. */
  open(conn: Connection): void {
    if (!this.#wanted) return
    const entry = this.#entry(conn)
    if (entry === conn.stats) return
    if (conn.stats !== undefined) this.#move(conn, conn.stats, entry)
    else entry.opened++
    entry.active = true
    conn.stats = entry
  }

  close(conn: Connection): void {
    if (conn.stats === undefined) return
    conn.stats.closed++
    conn.stats.active = true
  }

  /** Entries with news since the last call. */
  *take(): Generator<StatsEntry> {
    for (const [key, entry] of this.#entries) {
      if (!entry.active) continue
      entry.active = false
      if (entry.opened > 0) yield entry
      // Counters of a peer that is gone start anew when it comes back only if the table has grown large.
      const gone = entry.opened === entry.closed
      if (gone && (entry.opened === 0 || this.#entries.size > ENTRIES_MAX)) this.#entries.delete(key)
    }
  }

  #move(conn: Connection, from: StatsEntry, to: StatsEntry): void {
    from.opened--
    from.bytesSent -= conn.bytesSent
    from.bytesReceived -= conn.bytesReceived
    to.opened++
    to.bytesSent += conn.bytesSent
    to.bytesReceived += conn.bytesReceived
  }

  #entry(conn: Connection): StatsEntry {
    const { facts, process } = conn
    const remotePort = conn.role === ROLE.server ? 0 : facts.remotePort
    const protocol = conn.protocol ?? null
    const key = `${process.upid} ${facts.remoteAddr} ${remotePort} ${conn.role} ${protocol}`
    let entry = this.#entries.get(key)
    if (entry === undefined) {
      entry = newEntry(conn, remotePort, protocol)
      this.#entries.set(key, entry)
    }
    return entry
  }
}

const ENTRIES_MAX = 10_000

function newEntry(conn: Connection, remotePort: number | null, protocol: string | null): StatsEntry {
  return {
    upid: conn.process.upid,
    pid: conn.process.pid,
    comm: conn.process.comm,
    container: conn.process.container,
    remoteAddr: conn.facts.remoteAddr,
    remotePort,
    role: conn.role,
    family: conn.facts.family,
    protocol,
    opened: 0,
    closed: 0,
    bytesSent: 0,
    bytesReceived: 0,
    active: true,
  }
}
