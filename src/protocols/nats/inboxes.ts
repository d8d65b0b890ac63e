import { type Message, release } from './message.js'

/** Inboxes that are remembered, and bytes of requests that wait for a reply. */
const MAX_INBOXES = 1024
const MAX_HELD = 128 * 1024

/** A subject to which replies come. */
interface Inbox {
  waiting: Message | null
  /** Requests name it whose replies cannot be told apart. */
  shared: boolean
  /** Replies to it may have been lost. */
  lost: boolean
}

/** Requests by the subject that their reply goes to. */
export class Inboxes {
  readonly #inboxes = new Map<string, Inbox>()
  readonly #released: Message[]
  #held = 0

  /** Requests that are given up are put into `released`. */
  constructor(released: Message[]) {
    this.#released = released
  }

  /** The request names this inbox; `many`: more than one reply may come. It waits, if its reply can be told from others. */
  expect(subject: string, request: Message, many: boolean): void {
    const inbox = this.#inboxes.get(subject) ?? { waiting: null, shared: false, lost: false }
    // Remembered in the order of their last use.
    this.#inboxes.delete(subject)
    this.#inboxes.set(subject, inbox)
    if (inbox.waiting !== null) {
      inbox.shared = true
      request.lost = request.lost || inbox.lost
    }
    this.#release(inbox)
    if (!inbox.shared) this.#wait(inbox, request)
    inbox.shared = inbox.shared || many
    this.#limit()
  }

  #wait(inbox: Inbox, request: Message): void {
    request.expectsReply = true
    inbox.waiting = request
    this.#held += request.kept
  }

  /** A message has come: → the request that it answers · `known`: it came to an inbox, but answers none · `lost`: perhaps. */
  answer(subject: string): Message | 'known' | 'lost' | undefined {
    const inbox = this.#inboxes.get(subject)
    if (inbox === undefined) return undefined
    const { waiting } = inbox
    // One more than there were requests.
    if (waiting === null) {
      inbox.shared = true
      return inbox.lost ? 'lost' : 'known'
    }
    this.#take(inbox, waiting)
    return waiting
  }

  /** The request was refused: it waits no longer. */
  refuse(request: Message): void {
    const inbox = this.#inboxes.get(request.line.replyTo ?? '')
    if (inbox?.waiting === request) this.#take(inbox, request)
  }

  /** Messages of the server were lost: replies may be among them. */
  lose(): void {
    for (const inbox of this.#inboxes.values()) {
      if (inbox.waiting === null) continue
      inbox.waiting.lost = true
      inbox.lost = true
    }
  }

  /** Nothing follows: → the requests that still wait. */
  end(): Message[] {
    const waiting = [...this.#inboxes.values()].flatMap((inbox) => inbox.waiting ?? [])
    this.#inboxes.clear()
    this.#held = 0
    return waiting
  }

  #limit(): void {
    for (const [subject, inbox] of this.#inboxes) {
      if (this.#inboxes.size <= MAX_INBOXES && this.#held <= MAX_HELD) return
      if (this.#inboxes.size <= MAX_INBOXES && inbox.waiting === null) continue
      this.#release(inbox)
      this.#inboxes.delete(subject)
    }
  }

  #release(inbox: Inbox): void {
    const { waiting } = inbox
    if (waiting === null) return
    this.#take(inbox, waiting)
    release(waiting, this.#released)
  }

  #take(inbox: Inbox, waiting: Message): void {
    this.#held -= waiting.kept
    waiting.expectsReply = false
    inbox.waiting = null
  }
}
