import type { Kind } from '../protocol.js'
import { Confirms } from './confirms.js'
import { type Message, release } from './message.js'

const MAX_WAITING = 64

/** What waits for an answer on one channel. Methods of one end are answered in their order. */
export class Channel {
  readonly confirms: Confirms
  /** The other end has closed it. */
  closing = false
  readonly #waiting: Readonly<Record<Kind, Message[]>> = { request: [], response: [] }
  /** After a loss, answers are believed again when one has come and the next method is sent. */
  readonly #inStep: Record<Kind, boolean>
  readonly #answered: Record<Kind, boolean> = { request: false, response: false }
  readonly #released: Message[]

  /** `known`: everything that was sent on it was seen. Messages that are given up are put into `released`. */
  constructor(known: boolean, released: Message[]) {
    this.confirms = new Confirms(known, released)
    this.#inStep = { request: known, response: known }
    this.#released = released
  }

  /** The method will be answered. `certain`: whatever was lost, there can be no other of its kind under way. */
  expect(message: Message, certain: boolean): void {
    const { kind } = message
    this.#inStep[kind] = this.#inStep[kind] || this.#answered[kind] || certain
    message.waits = true
    if (!this.#inStep[kind]) this.#giveUp(message)
    else this.#waiting[kind].push(message)
    if (this.#waiting[kind].length > MAX_WAITING) this.#giveUp(this.#waiting[kind].shift() as Message)
  }

  /** An answer has come: → the method that it answers; undefined if that is not certain. */
  answer(answer: Message): Message | undefined {
    const kind = answer.kind === 'request' ? 'response' : 'request'
    const waiting = this.#waiting[kind]
    this.#answered[kind] = true
    const first = waiting[0]
    if (first === undefined || !answers(answer, first)) return undefined
    waiting.shift()
    first.waits = false
    return first
  }

  /** The method that the other end refuses by closing: → it, if it waits. */
  refuse(classId: number, methodId: number): Message | undefined {
    const waiting = this.#waiting.request
    const at = waiting.findIndex((each) => each.spec?.classId === classId && each.spec.methodId === methodId)
    const [message] = at < 0 ? [] : waiting.splice(at, 1)
    if (message !== undefined) message.waits = false
    return message
  }

  /** Frames of one direction were lost. */
  lose(kind: Kind): void {
    for (const message of [...this.#waiting.request, ...this.#waiting.response]) this.#giveUp(message)
    for (const each of ['request', 'response'] as const) {
      this.#waiting[each].length = 0
      this.#inStep[each] = false
      this.#answered[each] = false
    }
    if (kind === 'request') this.confirms.loseCount()
    else this.confirms.loseAnswers()
  }

  /** Nothing follows on it: what waits stays without an answer; `lost`: that may not have been seen. */
  end(lost: boolean): void {
    const waiting = [...this.#waiting.request, ...this.#waiting.response, ...this.confirms.end()]
    for (const message of waiting) {
      message.lost = message.lost || lost
      message.unanswered = !message.lost
      release(message, this.#released)
    }
    this.#waiting.request.length = 0
    this.#waiting.response.length = 0
  }

  #giveUp(message: Message): void {
    message.lost = true
    release(message, this.#released)
  }
}

// Where both name their queue or consumer, it is the same.
function answers(answer: Message, request: Message): boolean {
  if (request.spec?.answers.includes(answer.name) !== true) return false
  return ['queue', 'consumer_tag'].every((name) => {
    const asked = request.arg(name)
    const told = answer.arg(name)
    return asked === null || told === null || asked === '' || told === asked || request.argsCut || answer.argsCut
  })
}
