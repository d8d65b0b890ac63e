import type { Json } from '../../records/table.js'
import { cutText, text } from '../../records/text.js'
import type { Span } from '../protocol.js'
import { commandOf, nameArguments } from './names.js'
import type { Taker } from './reader.js'
import type { Reply } from './reply.js'
import { redactArguments } from './secrets.js'

/** Words at the beginning that are looked at, whatever is shown, and how much of each. */
const FIRST_WORDS = 3
const FIRST_ROOM = 64

/** A request frame: one command. */
export class Command implements Span {
  startNs: number
  endNs: number
  lost: boolean
  /** null: the line is no command. */
  readonly name: string | null
  readonly args: Json
  readonly cut: boolean
  readonly size: number
  /** How many arguments it has, and about how many bytes are kept of them. */
  readonly count: number
  readonly kept: number
  /** It has no reply. */
  mute: boolean
  /** Confirmations so far, where it subscribes. */
  confirmed: number
  reply: Reply | null
  /** Its reply is complete. */
  done: boolean
  /** Its reply was lost. */
  abandoned: boolean

  constructor(name: string | null, args: Json, cut: boolean, size: number, count: number, kept: number) {
    this.startNs = 0
    this.endNs = 0
    this.lost = false
    this.name = name
    this.args = args
    this.cut = cut
    this.size = size
    this.count = count
    this.kept = kept
    this.mute = false
    this.confirmed = 0
    this.reply = null
    this.done = false
    this.abandoned = false
  }
}

/** Collects the words of a command, up to a limit of bytes. */
export class Words implements Taker {
  readonly words: string[] = []
  #count = 0
  #limit = 0
  #left = 0
  #cut = false

  /** Begins a command of which `limit` bytes are shown. */
  begin(limit: number): void {
    this.words.length = 0
    this.#count = 0
    this.#limit = limit
    this.#left = limit
    this.#cut = false
  }

  get room(): number {
    return this.#count < FIRST_WORDS ? Math.max(this.#left, FIRST_ROOM) : this.#left
  }

  take(_type: number, buf: Buffer, start: number, end: number, cut: boolean): void {
    this.#count++
    if (this.#count > FIRST_WORDS && this.#left <= 0) {
      this.#cut = true
      return
    }
    const shownEnd = cut ? cutText(buf, start, end + 1, end - start) : end
    this.#cut = this.#cut || cut
    if (this.#count > 1) this.#left -= shownEnd - start + 1
    this.words.push(text(buf, start, shownEnd))
  }

  open(): void {}

  close(): void {}

  /** Whether there is a word at all. */
  get empty(): boolean {
    return this.#count === 0
  }

  /** The command that the words are; its size is that of all its bytes. */
  finish(size: number, redact: boolean): Command {
    const { words } = this
    const { name, length } = commandOf(words[0] as string, words[1])
    const args = words.slice(length)
    const count = this.#count - length
    if (redact) redactArguments(name, args)
    return new Command(name, nameArguments(name, args, count), this.#cut, size, count, this.#limit - this.#left)
  }
}
