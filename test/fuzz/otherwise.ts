import { UNTIL_CLOSE } from '../../src/protocols/http/frames.js'
import type { State } from '../../src/protocols/kafka/state.js'
import { PACKING } from '../../src/protocols/mysql/state.js'
import type { Protocol } from '../../src/protocols/protocol.js'

const TOPIC_ID = 'SwQvXK6oR0yTAqxSzXAsYw'

// What noise may rightly have made of a connection, so that the exchange after it is not what would be said there.
const OTHERWISE: Readonly<Record<string, (state: never) => boolean>> = {
  // Envelopes stand in segments, or it is not known whether they do.
  cql: ({ framing }: { framing: string }) => framing !== 'none',
  // Requests were pipelined, then some lost: no answer can be told from another. Or a body ends with the connection.
  http: ({ adrift, response }: { adrift: boolean; response: { phase: number } }) =>
    adrift || response.phase === UNTIL_CLOSE,
  // The server has answered in HTTP/1: what it says is no frame.
  http2: ({ response }: { response: { left: number } }) => response.left > 2 ** 44,
  // The topic of the last exchange, which goes by its id there, was named by another.
  kafka: ({ topics }: State) => topics.of(TOPIC_ID) !== TOPIC_ID,
  // Another version of the protocol.
  mqtt: ({ level }: { level: number | null }) => level !== null && level !== 5,
  // Both ends have agreed that what is said is compressed.
  mysql: ({ packing, guessed }: { packing: number; guessed: boolean }) => packing === PACKING.yes && !guessed,
  // Both ends are servers.
  nats: ({ cluster }: { cluster: boolean }) => cluster,
}

/** Is it, by the state of the connection, no longer one on which the examples are valid? */
export function isOtherwise({ name }: Protocol, state: unknown): boolean {
  return OTHERWISE[name]?.(state as never) === true
}
