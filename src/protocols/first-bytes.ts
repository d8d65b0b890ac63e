import { cutText, text } from '../records/text.js'

/** Collects the first bytes of something whose length is known, as they come. */
export class FirstBytes {
  /** Bytes that are kept: one more than are shown, to tell whether a character ends at the limit. */
  room = 0
  #limit = 0
  #length = 0
  #parts: Buffer[] = []
  #kept = 0
  #stopped = false
  /** What is shown, where it came in one piece: there is no need to copy it. */
  #text: string | undefined

  /** Begins something of `length` bytes, of which `limit` are shown. */
  begin(length: number, limit: number): void {
    this.#length = length
    this.#limit = limit
    this.room = Math.min(length, limit + 1)
    this.#parts = []
    this.#kept = 0
    this.#stopped = false
    this.#text = undefined
  }

  /** The next bytes. */
  take(buf: Buffer, start: number, end: number): void {
    const length = Math.min(end - start, this.room - this.#kept)
    if (length <= 0 || this.#stopped) return
    if (length === this.room) this.#text = text(buf, start, cutText(buf, start, start + length, this.#limit))
    else this.#parts.push(Buffer.from(buf.subarray(start, start + length)))
    this.#kept += length
  }

  /** The next bytes are missing: what comes behind them is not kept. */
  stop(): void {
    this.#stopped = this.#kept < this.room
  }

  /** How many bytes are kept so far. */
  get kept(): number {
    return this.#kept
  }

  /** Nothing more is needed. */
  get full(): boolean {
    return this.#stopped || this.#kept >= this.room
  }

  /** Not all of it is shown. */
  get cut(): boolean {
    return this.#stopped || this.#length > this.#limit
  }

  /** What is shown. */
  text(): string {
    if (this.#text !== undefined) return this.#text
    const bytes = Buffer.concat(this.#parts)
    return text(bytes, 0, cutText(bytes, 0, bytes.length, this.#limit))
  }
}
