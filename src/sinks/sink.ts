import type { Table } from '../records/table.js'

export interface Batch<R extends object = object> {
  readonly table: Table<R>
  readonly rows: readonly R[]
}

/** Where rows end; owns its stream. */
export interface Sink {
  open(tables: readonly Table[]): void
  /** A promise: wait for it before the next batch. */
  write(batch: Batch): Promise<void> | undefined
  close(): Promise<void>
  /** Why nothing can be written any more; `code` is EPIPE where the reader has left. */
  readonly broken: Error | undefined
}
