import { ADMIT_ALL } from '../../kernel/intf.gen.js'

const STEP_NS = 500_000_000
/** Never quite none: or nobody would see that it has become better. */
const SHARE_MIN = 1 / 256
/** Below this part of the limit, more is taken on again. */
const AMPLE = 0.8
const RISE = 1.25

/** How many of the new connections are taken on, so that tracing costs no more than it may. */
export class Governor {
  readonly #limit: number
  #share = 1
  #since: { readonly nowNs: number; readonly spentNs: number } | undefined

  /** `limit`: share of one core. */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** `spentNs`: CPU time of tracer and programs so far → the new value of the map `admission`, if it changes. */
  next(nowNs: number, spentNs: () => number): number | undefined {
    if (this.#since !== undefined && nowNs - this.#since.nowNs < STEP_NS) return undefined
    const before = this.#since
    this.#since = { nowNs, spentNs: spentNs() }
    if (before === undefined) return undefined
    const overhead = (this.#since.spentNs - before.spentNs) / (nowNs - before.nowNs)
    const share = this.#shareFor(overhead)
    if (share === this.#share) return undefined
    this.#share = share
    return Math.max(Math.round(share * ADMIT_ALL), 1)
  }

  #shareFor(overhead: number): number {
    if (overhead > this.#limit) return Math.max((this.#share * this.#limit) / overhead, SHARE_MIN)
    return overhead < AMPLE * this.#limit ? Math.min(this.#share * RISE, 1) : this.#share
  }
}
