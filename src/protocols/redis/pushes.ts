import type { Reply } from './reply.js'
import { TYPE } from './table.js'
import { LF } from './values.js'

/** How pushed messages begin; `#` is a digit. */
const PUSHES = [
  '*3\r\n$7\r\nmessage\r\n',
  '*4\r\n$8\r\npmessage\r\n',
  '*3\r\n$8\r\nsmessage\r\n',
  '>3\r\n$7\r\nmessage\r\n',
  '>4\r\n$8\r\npmessage\r\n',
  '>3\r\n$8\r\nsmessage\r\n',
  '>2\r\n$10\r\ninvalidate\r\n',
  '+##########.###### [',
]
const FIRST: ReadonlySet<number> = new Set(PUSHES.map((push) => push.charCodeAt(0)))
const MONITORED = /^\d{10}\.\d{6} \[/
const MESSAGES: Readonly<Record<string, number>> = { message: 3, pmessage: 4, smessage: 3 }
const CONFIRMATIONS: ReadonlySet<string> = new Set([
  'subscribe',
  'psubscribe',
  'ssubscribe',
  'unsubscribe',
  'punsubscribe',
  'sunsubscribe',
])

/** Whether what begins at `pos` is something that only a server sends, and unasked. */
export function lookAtPush(buf: Buffer, pos: number, end: number): 'yes' | 'more' | 'no' {
  if (pos < end && !FIRST.has(buf[pos] as number)) return 'no'
  let more = false
  for (const push of PUSHES) {
    const same = sameUntil(push, buf, pos, end)
    if (same === push.length) return 'yes'
    more = more || same === end - pos
  }
  return more ? 'more' : 'no'
}

function sameUntil(push: string, buf: Buffer, pos: number, end: number): number {
  let i = 0
  for (; i < push.length && pos + i < end; i++) {
    const wanted = push.charCodeAt(i)
    const c = buf[pos + i] as number
    if (wanted === 0x23 ? c < 0x30 || c > 0x39 : c !== wanted) break
  }
  return i
}

/** The first place, at `pos` or behind a line, where a push begins or may begin; -1: none. */
export function findPush(buf: Buffer, pos: number, end: number): number {
  for (let at = pos; at < end; ) {
    if (lookAtPush(buf, at, end) !== 'no') return at
    const lf = buf.indexOf(LF, at)
    if (lf < 0) return -1
    at = lf + 1
  }
  return -1
}

/** A message of a channel. */
export function isMessage({ word, count }: Reply): boolean {
  return MESSAGES[word] === count
}

/** The confirmation that a channel was subscribed to, or is no longer. */
export function isConfirmation({ word, count, number }: Reply): boolean {
  return count === 3 && number >= 0 && CONFIRMATIONS.has(word)
}

/** A command of another client, as MONITOR tells it. */
export function isMonitored({ type, word }: Reply): boolean {
  return type === TYPE.simple && MONITORED.test(word)
}

/** What a client has subscribed to, counted. */
export class Subscriptions {
  #channels = 0
  #patterns = 0
  #shards = 0
  /** How many channels and how many patterns is known, no confirmation was missed. */
  sure: boolean

  constructor(sure: boolean) {
    this.sure = sure
  }

  /** Messages may come. */
  get some(): boolean {
    return this.#channels + this.#patterns + this.#shards > 0
  }

  clear(): void {
    this.#channels = 0
    this.#patterns = 0
    this.#shards = 0
    this.sure = true
  }

  /** A confirmation tells how many there are now, of channels and patterns together: → how many of its own kind. */
  confirm({ word, number }: Reply): number {
    const kind = word.replace('un', '')
    if (kind === 'ssubscribe') this.#shards = number
    else if (kind === 'psubscribe') this.#patterns = Math.max(0, number - this.#channels)
    else this.#channels = Math.max(0, number - this.#patterns)
    if (number === 0 && kind !== 'ssubscribe') this.sure = true
    return kind === 'ssubscribe' ? this.#shards : kind === 'psubscribe' ? this.#patterns : this.#channels
  }
}
