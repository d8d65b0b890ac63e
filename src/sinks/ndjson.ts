import type { Writable } from 'node:stream'
import { rowEncoder } from '../records/encode.js'
import type { Table } from '../records/table.js'
import { type Choice, Output } from './output.js'
import type { Batch, Sink } from './sink.js'

// A write costs the same for one line and for hundreds; a longer string costs more to flatten than it saves.
const CHUNK = 64 * 1024

/** One JSON object per row and line, for programs. */
export class NdjsonSink implements Sink {
  readonly #output: Output
  readonly #choice: Choice | undefined
  readonly #encoders = new Map<Table, (row: object) => string>()

  constructor(stream: Writable, choice?: Choice) {
    this.#output = new Output(stream)
    this.#choice = choice
  }

  get broken(): Error | undefined {
    return this.#output.broken
  }

  open(tables: readonly Table[]): void {
    for (const table of tables) this.#encoder(table)
  }

  write(batch: Batch): Promise<void> | undefined {
    if (this.broken !== undefined) return undefined
    const encode = this.#encoder(batch.table)
    let chunk = ''
    for (const row of batch.rows) {
      chunk += encode(row)
      if (chunk.length < CHUNK) continue
      this.#output.write(chunk)
      chunk = ''
    }
    this.#output.write(chunk)
    return this.#output.full()
  }

  close(): Promise<void> {
    return this.#output.close()
  }

  #encoder(table: Table): (row: object) => string {
    let encode = this.#encoders.get(table)
    if (encode === undefined) {
      encode = rowEncoder(table, this.#choice?.(table))
      this.#encoders.set(table, encode)
    }
    return encode
  }
}
