import type { EventBatch } from '../kernel/events.js'
import { ConnEvent, Endpoint, Family, Role } from '../kernel/intf.gen.js'
import type { Connection } from './connection.js'

const ENTRY = Endpoint.SIZE + 4
/** So many connections that were of no use, and none that was, turn an endpoint off. */
const USELESS = 32
const ENDPOINTS_MAX = 4096

const key = Buffer.alloc(Endpoint.SIZE)

/** Where the server of a connection is asked, as a key of the map `endpoints`; undefined: not known, or no place. */
export function endpointOf(batch: EventBatch, at: number): string | undefined {
  const role = batch.u8(at + ConnEvent.role)
  if (role === Role.UNKNOWN || batch.u8(at + ConnEvent.family) === Family.UNIX) return undefined
  const server = role === Role.SERVER
  const addr = at + (server ? ConnEvent.local_addr : ConnEvent.remote_addr)
  key.writeUInt32LE(batch.u32(at + ConnEvent.netns), Endpoint.netns)
  key.writeUInt16LE(batch.u16(at + (server ? ConnEvent.local_port : ConnEvent.remote_port)), Endpoint.port)
  batch.buf.copy(key, Endpoint.addr, addr, addr + 16)
  return key.toString('latin1')
}

/**
 * Short connections are over before a verdict on them arrives. What those before them were is known: at an endpoint
 * that has never spoken anything wanted, new ones begin off. The kernel lets some begin as usual, and one of those that
 * is of use turns the endpoint on again, for good.
 */
export class Endpoints {
  /** Endpoint → useless connections; -Infinity: one was of use. The oldest come first. */
  readonly #useless = new Map<string, number>()
  /** Endpoint → is it off now? What the kernel is not told yet. */
  readonly #changed = new Map<string, boolean>()

  useless({ endpoint, fromStart, bytesSent, bytesReceived }: Connection): void {
    if (endpoint === undefined || !fromStart || bytesSent + bytesReceived === 0) return
    const count = (this.#useless.get(endpoint) ?? 0) + 1
    this.#remember(endpoint, count)
    if (count === USELESS) this.#changed.set(endpoint, true)
  }

  useful({ endpoint }: Connection): void {
    if (endpoint === undefined) return
    const count = this.#useless.get(endpoint) ?? 0
    if (count >= USELESS) this.#changed.set(endpoint, false)
    if (count > Number.NEGATIVE_INFINITY) this.#remember(endpoint, Number.NEGATIVE_INFINITY)
  }

  // Where there are too many, the oldest goes.
  #remember(endpoint: string, count: number): void {
    this.#useless.set(endpoint, count)
    const [oldest] = this.#useless.size > ENDPOINTS_MAX ? this.#useless.keys() : []
    if (oldest !== undefined) this.#useless.delete(oldest)
  }

  /** Hands entries of key‖value for the map `endpoints` over and starts anew. */
  flush(write: (entries: Buffer, n: number) => void): void {
    if (this.#changed.size === 0) return
    const entries = Buffer.alloc(ENTRY * this.#changed.size)
    let at = 0
    for (const [endpoint, off] of this.#changed) {
      entries.write(endpoint, at, 'latin1')
      entries.writeUInt32LE(Number(off), at + Endpoint.SIZE)
      at += ENTRY
    }
    write(entries, this.#changed.size)
    this.#changed.clear()
  }
}
