import { Endpoints } from '../../src/connections/endpoints.js'
import { Tracker } from '../../src/connections/tracker.js'
import { Verdicts } from '../../src/connections/verdicts.js'
import { EventBatch } from '../../src/kernel/events.js'
import { Endpoint, Verdict } from '../../src/kernel/intf.gen.js'
import type { Protocol } from '../../src/protocols/protocol.js'
import type { HostFacts } from '../../src/system/host.js'

export const HOST: HostFacts = {
  hostname: 'host',
  kernel: '6.1.0',
  arch: 'x64',
  userHz: 100,
  pageSize: 4096,
  startNs: 0,
  wallOffsetUs: 1_700_000_000_000_000,
}

/** An exchange as the tracker handed it over. */
export interface Taken {
  readonly conn: number
  readonly pid: number | null
  readonly remoteAddr: string | null
  readonly role: number
  readonly protocol: string
  readonly row: object
  readonly startNs: number | undefined
  readonly endNs: number | undefined
  readonly lost: boolean
}

export interface WrittenVerdict {
  readonly index: number
  readonly conn: number
  readonly mode: number
  readonly until: readonly [number, number]
}

const BATCH_BYTES = 1 << 20

/** A tracker with synthetic events on one side and lists of what came out on the other. */
export class Bench {
  readonly taken: Taken[] = []
  readonly verdicts: WrittenVerdict[] = []
  /** Ports of endpoints that were turned off, negative: on again. */
  readonly endpoints: number[] = []
  readonly tracker: Tracker
  readonly #batch = new EventBatch(Buffer.alloc(BATCH_BYTES))
  readonly #verdicts = new Verdicts(65_536)
  readonly #endpoints = new Endpoints()

  constructor(protocols: readonly Protocol[], wanted: readonly string[] = protocols.map(({ name }) => name)) {
    this.tracker = new Tracker({
      protocols,
      wanted: new Set(wanted),
      verdicts: this.#verdicts,
      endpoints: this.#endpoints,
      options: { bodyBytes: 1024, redact: true },
      host: HOST,
      cgroupOf: () => undefined,
      wantStats: true,
      take: (conn, protocol, request, response, row) => {
        this.taken.push({
          conn: conn.id,
          pid: conn.process.pid,
          remoteAddr: conn.facts.remoteAddr,
          role: conn.role,
          protocol: protocol.name,
          row,
          startNs: request?.startNs,
          endNs: response?.endNs,
          lost: (request?.lost ?? false) || (response?.lost ?? false),
        })
      },
    })
  }

  /** One batch. Its memory is overwritten afterwards: nothing may point into it. */
  feed(...events: readonly Buffer[]): this {
    const { buf } = this.#batch
    const length = Buffer.concat(events).copy(buf)
    this.#batch.walk(length, this.tracker)
    this.tracker.endBatch()
    buf.fill(0xee, 0, length)
    this.#verdicts.flush((entries, n) => this.#read(entries, n))
    this.#endpoints.flush((entries, n) => this.#readEndpoints(entries, n))
    return this
  }

  /** A tick later; by default, so late that nothing is waited for any more. */
  tick(nowNs = 1e15): this {
    this.tracker.endTick(nowNs)
    return this.feed()
  }

  #readEndpoints(entries: Buffer, n: number): void {
    const size = entries.length / n
    for (let at = 0; at < entries.length; at += size) {
      const port = entries.readUInt16LE(at + Endpoint.port)
      this.endpoints.push(entries.readUInt32LE(at + Endpoint.SIZE) === 1 ? port : -port)
    }
  }

  #read(entries: Buffer, n: number): void {
    for (let i = 0; i < n; i++) {
      const at = i * (4 + Verdict.SIZE)
      const u64 = (offset: number): number => Number(entries.readBigUInt64LE(at + 4 + offset))
      this.verdicts.push({
        index: entries.readUInt32LE(at),
        conn: u64(Verdict.conn),
        mode: entries.readUInt32LE(at + 4 + Verdict.mode),
        until: [u64(Verdict.until), u64(Verdict.until + 8)],
      })
    }
  }

  /** `question>answer` of each row; `~` marks lost bytes, `-` is null. */
  get lines(): string[] {
    return this.taken.map(({ row, lost }) => {
      const { req, resp } = row as { req: string | null; resp: string | null }
      return `${lost ? '~' : ''}${req ?? '-'}>${resp ?? '-'}`
    })
  }

  /** Totals per peer, without those that hold nothing. */
  get stats(): object[] {
    return [...this.tracker.stats.take()].map(({ pid, protocol, role, opened, closed, bytesSent, bytesReceived }) => ({
      pid,
      protocol,
      role,
      opened,
      closed,
      bytesSent,
      bytesReceived,
    }))
  }
}
