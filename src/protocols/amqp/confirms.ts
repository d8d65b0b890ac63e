import { type Message, release } from './message.js'

/** Publications that wait to be confirmed, and bytes of them that are kept; beyond, their bodies are not shown. */
const MAX_WAITING = 4096
const MAX_HELD = 256 * 1024
/** So many publications without a confirmation tell that there will be none. */
const SILENT_AFTER = 16

/** `unknown`: the channel is older than what was seen of it. `uncounted`: they come, but the numbers are not known. */
type Mode = 'off' | 'unknown' | 'uncounted' | 'counted'

/** Confirmations of one channel: publications are numbered from 1 on since `confirm.select`. */
export class Confirms {
  #mode: Mode
  /** The number of the last publication. */
  #count = 0
  #held = 0
  readonly #waiting = new Map<number, Message>()
  readonly #released: Message[]
  /** Not counted: publications since the last confirmation, the last of them, and the number that was confirmed before. */
  #since = 0
  #last = -1

  /** Publications that are given up are put into `released`. */
  constructor(known: boolean, released: Message[]) {
    this.#mode = known ? 'off' : 'unknown'
    this.#released = released
  }

  /** There is no room for the bodies of more publications. */
  get full(): boolean {
    return this.#held > MAX_HELD
  }

  /** `confirm.select`. */
  select(): void {
    if (this.#mode === 'off') this.#mode = 'counted'
    else if (this.#mode === 'unknown') this.#mode = 'uncounted'
  }

  /** A message was published. */
  publish(message: Message): void {
    if (this.#mode === 'counted') {
      message.waits = true
      this.#waiting.set(++this.#count, message)
      this.#held += message.kept
      this.#limit()
      return
    }
    this.#since++
    if (this.#mode === 'off') return
    if (this.#mode === 'unknown' && this.#since > SILENT_AFTER) this.#mode = 'off'
    else message.lost = true
  }

  /** `basic.ack` or `basic.nack` of the server: → the publications that it is about. */
  confirm(tag: number, multiple: boolean): Message[] {
    if (this.#mode !== 'counted') this.#learn(tag, multiple)
    const tags = multiple ? [...this.#waiting.keys()].filter((each) => tag === 0 || each <= tag) : [tag]
    return tags.flatMap((each) => this.#take(each) ?? [])
  }

  // One publication, one confirmation, twice: then the numbers are known.
  #learn(tag: number, multiple: boolean): void {
    const inTurn = this.#since === 1 && !multiple && tag === this.#last + 1
    this.#mode = inTurn ? 'counted' : 'uncounted'
    this.#count = tag
    this.#last = this.#since === 1 && !multiple ? tag : -1
    this.#since = 0
  }

  #take(tag: number): Message | undefined {
    const message = this.#waiting.get(tag)
    if (message === undefined) return undefined
    this.#waiting.delete(tag)
    this.#held -= message.kept
    message.waits = false
    return message
  }

  #limit(): void {
    for (const [tag, message] of this.#waiting) {
      if (this.#waiting.size <= MAX_WAITING) return
      this.#take(tag)
      release(message, this.#released)
    }
  }

  /** Frames of the client were lost: publications may be among them. */
  loseCount(): void {
    this.#mode = this.#mode === 'off' || this.#mode === 'unknown' ? 'unknown' : 'uncounted'
    this.#since = 0
    this.#last = -1
  }

  /** Frames of the server were lost: confirmations may be among them. */
  loseAnswers(): void {
    for (const message of this.#waiting.values()) message.lost = true
  }

  /** Nothing follows: → what still waits. */
  end(): Message[] {
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    this.#held = 0
    return waiting
  }
}
