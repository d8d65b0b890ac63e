import type { Writable } from 'node:stream'
import type { Column, Table } from '../records/table.js'

/** `--columns`: the columns of a table that were asked for; undefined = all, or all that fit. */
export type Choice = (table: Table) => readonly Column[] | undefined

/** A stream that a sink writes to: knows when to wait, and when nobody reads any more. */
export class Output {
  /** Why nothing can be written any more; `code` is EPIPE where the reader has left. */
  broken: Error | undefined
  readonly #stream: Writable
  #full: Promise<void> | undefined
  #release: () => void = () => {}

  constructor(stream: Writable) {
    this.#stream = stream
    stream.on('drain', () => this.#drained())
    stream.on('error', (error: Error) => this.#break(error))
    stream.on('close', () => {
      if (!stream.writableFinished) this.#break(new Error('the output was closed'))
    })
  }

  write(text: string): void {
    if (this.broken !== undefined || text === '') return
    if (this.#stream.write(text)) return
    this.#full ??= new Promise((resolve) => {
      this.#release = resolve
    })
  }

  /** A promise while the stream holds more than it wants to; never rejects. */
  full(): Promise<void> | undefined {
    return this.#full
  }

  /** Waits until what was written is handed over, or can not be. Stdout stays open, for it is not ours alone. */
  async close(): Promise<void> {
    if (this.broken !== undefined) return
    await new Promise<void>((resolve) => {
      this.#stream.once('close', resolve)
      this.#stream.once('error', () => resolve())
      if (this.#stream === process.stdout) this.#stream.write('', () => resolve())
      else this.#stream.end(() => resolve())
    })
  }

  #break(error: Error): void {
    this.broken ??= error
    this.#drained()
  }

  #drained(): void {
    this.#full = undefined
    this.#release()
  }
}
