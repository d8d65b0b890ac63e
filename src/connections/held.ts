import type { Stream } from './stream.js'

/** An event that waits for one that comes before it: another thread's call on the same socket was ahead in the ring. */
export interface Held {
  readonly stream: Stream
  position: number
  readonly length: number
  readonly bytes: Buffer
  readonly timeNs: number
  readonly reason: number
  readonly pid: number
  /** No bytes: the direction is closed. */
  readonly end: boolean
}

/** Does the event come next in its stream? What the kernel withholds on purpose is not waited for. */
export function comesNext(stream: Stream, position: number): boolean {
  return position <= stream.next || position <= stream.until
}

/** The events of one connection that wait, both directions in the order in which they moved. */
export class Waiting {
  readonly #held: Held[] = []

  get length(): number {
    return this.#held.length
  }

  /** When the first of them moved. */
  get oldestNs(): number {
    return this.#held[0]?.timeNs ?? Number.POSITIVE_INFINITY
  }

  add(held: Held): void {
    let at = this.#held.length
    while (at > 0 && (this.#held[at - 1] as Held).timeNs > held.timeNs) at--
    this.#makeRoom(held)
    this.#held.splice(at, 0, held)
  }

  // Calls of several threads may end before the first of them is seen: of each the kernel then tells the end of the last. What
  // came before is pushed back into the hole that this leaves. The pieces of one call have one time.
  #makeRoom({ stream, position, length, timeNs }: Held): void {
    const there = this.#held.filter((held) => held.stream === stream).sort((a, b) => b.position - a.position)
    let start = there.reduce(
      (least, held) => (held.timeNs === timeNs ? Math.min(least, held.position) : least),
      position,
    )
    const places: [Held, number][] = []
    for (const held of there) {
      if (held.timeNs === timeNs || held.position >= position + length || held.position + held.length <= start) continue
      start -= held.length
      places.push([held, start])
    }
    if (start < stream.next) return
    for (const [held, place] of places) held.position = place
  }

  /** Takes out the one that is next; `forced`: the first, whatever is missing before it. undefined: go on waiting. */
  take(forced: boolean): Held | undefined {
    const [first] = this.#held
    if (first === undefined) return undefined
    if (comesNext(first.stream, first.position)) return this.#held.shift()
    const filler = this.#held.findIndex((held) => held.stream === first.stream && held.position <= first.stream.next)
    if (filler >= 0) return this.#held.splice(filler, 1)[0]
    return forced ? this.#held.shift() : undefined
  }
}
