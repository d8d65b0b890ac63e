/** A client that pipelines is believed to be in step again after this many exchanges in strict turn. */
export const CALM_TURNS = 4
/** More requests than these under way at once are a pipeline. */
const FEW = 2

/** Where a request stands: `behind` those that wait, `alone`, for they are given up, or that too, for something was `lost`. */
export type Place = 'behind' | 'alone' | 'lost'

/**
 * Which request the next answer answers, where answers come in the order of the requests. As long as nothing is lost, the first
 * that waits. After a loss (`paired` false) nobody knows: answers are passed over until the client has asked one thing in its turn.
 * The requests themselves are the caller's, who says how many wait.
 */
export class Turns {
  paired: boolean
  /** Turns that a client takes at least after a loss. */
  readonly #least: number
  /** More than one request was under way at once. */
  #pipelined = false
  /** Answers, of late, to the only request under way. */
  #calm = 0
  /** Not paired: turns that the client has taken since, how many it takes, and whether the server has spoken since the last request. */
  #taken = 0
  #needed: number
  #spoken = false
  /** Not paired: more than one request may be answered next. */
  #open = false

  constructor(paired: boolean, least = 0) {
    this.paired = paired
    this.#least = least
    this.#needed = paired ? 0 : least
  }

  /** A request has been read behind `waiting` others. `holes`: some before it may be lost; `full`: no more can be kept. */
  next(waiting: number, holes: boolean, full: boolean): Place {
    const lost = (this.paired && holes) || full
    // Of a client whose requests are answered one by one, those that were lost were answered too.
    const seen = this.#spoken && this.#calm >= CALM_TURNS
    const open = (holes && !seen) || (!this.paired && !this.#spoken && (waiting > 0 || this.#open))
    if (lost) this.lose(waiting)
    if (this.paired) return 'behind'
    this.#taken = this.#spoken ? this.#taken + 1 : 0
    this.#spoken = false
    this.#open = open
    return lost ? 'lost' : 'alone'
  }

  /** The first of those that wait is answered. */
  answer(waiting: number): void {
    if (waiting > 1) this.#pipelined = true
    this.#calm = waiting > 1 ? 0 : this.#calm + 1
  }

  /** Whether the answer that begins is that to the only request under way. */
  mayPair(waiting: number): boolean {
    return waiting === 1 && !this.#spoken && !this.#open && this.#taken >= this.#needed
  }

  /** Bytes of the server were passed over, perhaps an answer to what waits: the caller gives that up. */
  passOver(): void {
    this.#spoken = true
  }

  /**
   * Bytes of the server were lost or made no sense. That shows only when later bytes come, so nobody knows which of those that
   * wait these answer: the caller gives all of them up.
   */
  lose(waiting: number): void {
    this.#needed = this.#pipelined || waiting > FEW ? CALM_TURNS : this.#least
    this.paired = false
    this.#taken = 0
    this.#spoken = true
  }
}
