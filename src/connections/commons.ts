import { ROLE } from '../records/columns.js'
import type { Connection } from './connection.js'

/** Servers whose connections have something in common; beyond, that of the one asked for longest ago goes. */
const SERVERS_MAX = 256

/** What the connections to a server have in common, by protocol; see `Conn.common`. */
export class Commons {
  readonly #known = new Map<string, unknown>()

  of<T>(conn: Connection, make: () => T): T {
    const key = keyOf(conn)
    if (key === undefined) return make()
    // Made by the protocol of this name, which makes but one thing.
    const common = (this.#known.get(key) as T | undefined) ?? make()
    this.#known.delete(key)
    this.#known.set(key, common)
    const [oldest] = this.#known.size > SERVERS_MAX ? this.#known.keys() : []
    if (oldest !== undefined) this.#known.delete(oldest)
    return common
  }
}

function keyOf({ facts, role, protocol }: Connection): string | undefined {
  const server = role === ROLE.server
  const address = server ? facts.localAddr : facts.remoteAddr
  return address === null
    ? undefined
    : `${protocol} ${facts.netns} ${address} ${server ? facts.localPort : facts.remotePort}`
}
