import { type Message, release } from './message.js'

const MAX_WAITING = 2048
/** Bytes of them that are kept; beyond, their payload is not shown. */
const MAX_HELD = 64 * 1024
const COMPACT_AT = 512
/** Where several are under way at once, that many exchanges in strict turn tell that they are in step again. */
const CALM_TURNS = 4

/**
 * Messages that one end answers in their order: PING, and in verbose mode all commands. After a loss nobody knows which of them
 * the next answer belongs to; that shows when the ends take turns.
 */
export class Turns {
  #waiting: Message[] = []
  #held = 0
  #first = 0
  #inStep: boolean
  /** Turns taken since step was lost, and how many it takes. */
  #turns = 0
  #needed = 1
  #answered = false
  /** Commands were under way several at once. */
  #crowded = false
  readonly #released: Message[]

  /** Messages that are given up are put into `released`. */
  constructor(inStep: boolean, released: Message[]) {
    this.#inStep = inStep
    this.#released = released
  }

  /** The message will be answered. */
  expect(message: Message): void {
    if (!this.#inStep) {
      this.#turns = this.#answered ? this.#turns + 1 : 0
      this.#answered = false
      this.#inStep = this.#turns >= this.#needed
    }
    if (!this.#inStep) {
      this.#giveUp(message)
      return
    }
    message.expectsTurn = true
    this.#waiting.push(message)
    this.#held += message.kept
    // A client sends PING now and then; that one is under way together with another means that an answer was lost.
    if (this.#length > 1 && message.line.op !== 'PING') this.#crowded = true
    if (this.#length > MAX_WAITING) this.lose()
  }

  /** There is no room for the payload of more. */
  get full(): boolean {
    return this.#held > MAX_HELD
  }

  get #length(): number {
    return this.#waiting.length - this.#first
  }

  /** The message that is answered next. */
  get next(): Message | undefined {
    return this.#waiting[this.#first]
  }

  /** An answer has come: → what it answers, as far as is known. */
  answer(): Message | undefined {
    const { next } = this
    this.#answered = true
    if (next === undefined) {
      if (this.#inStep) this.lose()
      this.#answered = true
      return undefined
    }
    next.expectsTurn = false
    this.#held -= next.kept
    this.#first++
    if (this.#first > COMPACT_AT || this.#first === this.#waiting.length) {
      this.#waiting.splice(0, this.#first)
      this.#first = 0
    }
    return next
  }

  /** Some of it was lost. */
  lose(): void {
    for (const message of this.end()) this.#giveUp(message)
    this.#inStep = false
    this.#turns = 0
    this.#needed = this.#crowded ? CALM_TURNS : 1
    this.#answered = false
    this.#crowded = false
  }

  /** Nothing follows: → what still waits. */
  end(): Message[] {
    const waiting = this.#waiting.slice(this.#first)
    this.#waiting = []
    this.#first = 0
    this.#held = 0
    return waiting
  }

  #giveUp(message: Message): void {
    message.lost = true
    message.expectsTurn = false
    release(message, this.#released)
  }
}
