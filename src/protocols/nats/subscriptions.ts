/** Subscriptions of a connection that are followed. */
const MAX_SUBSCRIPTIONS = 256

interface Subscription {
  readonly subject: string
  /** Messages that came, and after how many it ends; 0: it does not end by itself. */
  delivered: number
  max: number
}

/** What a client has subscribed to, by the ids that it gave. */
export class Subscriptions {
  /** These are all of them. */
  complete: boolean
  readonly #bySid = new Map<string, Subscription>()

  constructor(complete: boolean) {
    this.complete = complete
  }

  add(sid: string, subject: string): void {
    if (this.#bySid.size < MAX_SUBSCRIPTIONS) this.#bySid.set(sid, { subject, delivered: 0, max: 0 })
    else this.complete = false
  }

  /** UNSUB: at once, or after `max` messages in all. */
  remove(sid: string, max: number): void {
    const subscription = this.#bySid.get(sid)
    if (subscription === undefined) return
    subscription.max = max
    if (max <= subscription.delivered) this.#bySid.delete(sid)
  }

  /** A message came: → the subject that was subscribed to. */
  deliver(sid: string): string | undefined {
    const subscription = this.#bySid.get(sid)
    if (subscription === undefined) return undefined
    subscription.delivered++
    if (subscription.max > 0 && subscription.delivered >= subscription.max) this.#bySid.delete(sid)
    return subscription.subject
  }

  /** Whether a message to this subject may come: not if it is known that nobody listens. */
  mayReceive(subject: string): boolean {
    return !this.complete || this.receives(subject)
  }

  /** Whether a message to this subject comes here, as far as is known. */
  receives(subject: string): boolean {
    for (const each of this.#bySid.values()) if (matches(each.subject, subject)) return true
    return false
  }
}

// `*` is one token, `>` at the end one or more.
function matches(pattern: string, subject: string): boolean {
  if (pattern === subject) return true
  if (!pattern.includes('*') && !pattern.endsWith('>')) return false
  const wanted = pattern.split('.')
  const tokens = subject.split('.')
  const open = wanted.at(-1) === '>'
  if (open ? tokens.length < wanted.length : tokens.length !== wanted.length) return false
  return wanted.every((token, i) => token === '*' || token === tokens[i] || (open && i === wanted.length - 1))
}
