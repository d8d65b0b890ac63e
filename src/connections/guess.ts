import type { Conn, InferHint, Protocol } from '../protocols/protocol.js'
import { Window } from './window.js'

/** Which protocol a connection speaks, and which end of it this is. */
export interface Guessed {
  readonly protocol: Protocol
  readonly end: 'client' | 'server'
}

/** `undefined`: cannot be told yet · `none`: none of those that we know. */
export type GuessResult = Guessed | 'none' | undefined

/** Bytes of one direction: `buf[start, end)`. */
export interface Bytes {
  readonly buf: Buffer
  readonly start: number
  readonly end: number
  readonly closed: boolean
}

/** Asks the protocols of a registry what a connection speaks. */
export class Guesser {
  readonly #protocols: readonly Protocol[]
  readonly #sent = new Window()
  readonly #received = new Window()

  constructor(protocols: readonly Protocol[], transport: Conn['transport'] = 'stream') {
    this.#protocols = protocols.filter(({ transports }) => transports === 'both' || transports === transport)
  }

  /**
   * Asks every protocol not in `excluded`. Two that say yes need more bytes; `final`: there are no more to wait for, the
   * first in the order of the registry counts.
   */
  guess(sent: Bytes, received: Bytes, hint: InferHint, excluded: readonly Protocol[], final: boolean): GuessResult {
    let found: Guessed | undefined
    let open = false
    const ours = this.#sent.set(sent.buf, sent.start, sent.end, sent.closed)
    const theirs = this.#received.set(received.buf, received.start, received.end, received.closed)
    for (const protocol of this.#protocols) {
      if (excluded.includes(protocol)) continue
      const answer = protocol.infer(ours, theirs, hint)
      if (answer === 'need-more') open = true
      else if (answer !== 'no' && found === undefined) found = { protocol, end: answer }
      else if (answer !== 'no' && !final) return undefined
    }
    if (found !== undefined) return found
    return open && !final ? undefined : 'none'
  }
}
