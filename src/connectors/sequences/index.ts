import { type HostFacts, wallUs } from '../../system/host.js'
import type { Activity, Connector, Context, LossLine, Write } from '../connector.js'
import { sequence0, sequence1 } from './table.js'

const ROWS_MAX = 10

/** Generates rows of known content: no kernel, no process; for tests of everything behind a connector. */
export class Sequences implements Connector {
  readonly name = 'sequences'
  readonly sampleMs = 500
  readonly tables = [sequence0, sequence1]
  #host: HostFacts | undefined
  #x = 0
  #fibonacci: [number, number] = [0, 1]

  open(context: Context): void {
    this.#host = context.kernel.host
  }

  transfer(nowNs: number, write: Write): Activity {
    if (this.#host === undefined) return 'idle'
    const time = wallUs(this.#host, nowNs)
    for (let i = 0; i < ROWS_MAX; i++) this.#next(time, write)
    return 'idle'
  }

  #next(time_: number, write: Write): void {
    const x = this.#x++
    const [fibonnaci, following] = this.#fibonacci
    this.#fibonacci = [following, (fibonnaci + following) % 2 ** 53]
    write(sequence0, { time_, x, xmod10: x % 10, xsquared: x * x, fibonnaci, PIx: Math.PI * x })
    write(sequence1, { time_, x, xmod8: x % 8 })
  }

  detach(): void {}

  flush(): void {}

  losses(): readonly LossLine[] {
    return []
  }

  close(): void {}
}
