import type { Writable } from 'node:stream'
import { Chalk, type ChalkInstance } from 'chalk'
import CliTable from 'cli-table3'
import type { Table } from '../records/table.js'
import { cut, grouped } from './cells.js'
import { fieldsOf } from './fields.js'
import { GAP, layout, type Slot } from './layout.js'
import { type Choice, Output } from './output.js'
import type { Batch, Sink } from './sink.js'

export interface TableOptions {
  readonly color: boolean
  /** Columns of the terminal, asked for again with every batch. */
  width(): number
  readonly columns?: Choice | undefined
  /** Names of columns that the source has nothing for: shown only where they are asked for. */
  readonly empty?: readonly string[]
}

// A row costs up to 0.7 ms, and nobody reads faster: rows of all tables, and rows that even a quiet table among busy ones has.
const ROWS_PER_SECOND = 200
const ROWS_PER_TABLE = 20
const ROWS_PER_HEADER = 40
const ROWS_PER_CHUNK = 20

interface Count {
  shown: number
  hidden: number
}

/** Rows as lines of columns, appended, for people. */
export class TableSink implements Sink {
  readonly #output: Output
  readonly #options: TableOptions
  readonly #chalk: ChalkInstance
  readonly #counts = new Map<Table, Count>()
  #window: { readonly timer: NodeJS.Timeout; readonly start: number } | undefined
  #shown = 0
  #slots: { readonly table: Table; readonly width: number; readonly slots: readonly Slot[] } | undefined
  #untilHeader = 0

  constructor(stream: Writable, options: TableOptions) {
    this.#output = new Output(stream)
    this.#options = options
    this.#chalk = new Chalk({ level: options.color ? 1 : 0 })
  }

  get broken(): Error | undefined {
    return this.#output.broken
  }

  open(): void {}

  write(batch: Batch): Promise<void> | undefined {
    if (this.broken !== undefined || batch.rows.length === 0) return undefined
    const rows = batch.rows.slice(0, this.#admit(batch.table, batch.rows.length))
    for (let i = 0; i < rows.length; i += ROWS_PER_CHUNK) this.#print(batch.table, rows.slice(i, i + ROWS_PER_CHUNK))
    return this.#output.full()
  }

  close(): Promise<void> {
    this.#endWindow()
    return this.#output.close()
  }

  // How many of these rows are shown in this second.
  #admit(table: Table, rows: number): number {
    this.#window ??= { timer: setTimeout(() => this.#endWindow(), 1000).unref(), start: performance.now() }
    const count = this.#counts.get(table) ?? { shown: 0, hidden: 0 }
    const room = Math.max(ROWS_PER_SECOND - this.#shown, ROWS_PER_TABLE - count.shown, 0)
    const admitted = Math.min(rows, room)
    this.#shown += admitted
    count.shown += admitted
    count.hidden += rows - admitted
    this.#counts.set(table, count)
    return admitted
  }

  #endWindow(): void {
    if (this.#window === undefined) return
    clearTimeout(this.#window.timer)
    const seconds = Math.max(1, (performance.now() - this.#window.start) / 1000)
    for (const [table, { shown, hidden }] of this.#counts) {
      if (hidden > 0) this.#printRate(table.name, hidden, (shown + hidden) / seconds)
    }
    this.#counts.clear()
    this.#window = undefined
    this.#shown = 0
  }

  #printRate(name: string, hidden: number, rate: number): void {
    const more = `… ${grouped(hidden)} more ${name} in the last second`
    const line = cut(`${more} (${grouped(rate)}/s; --format ndjson shows all)`, this.#width())
    this.#output.write(`${this.#chalk.dim(line)}\n`)
  }

  #print(table: Table, rows: readonly object[]): void {
    const slots = this.#layout(table)
    const lines = rows.map((row) => slots.map((slot) => this.#cell(slot, row as Readonly<Record<string, unknown>>)))
    if (this.#untilHeader <= 0) {
      lines.unshift(this.#header(table, slots))
      this.#untilHeader = ROWS_PER_HEADER
    }
    this.#untilHeader -= rows.length
    this.#output.write(render(slots, lines))
  }

  #width(): number {
    return Math.max(1, this.#options.width())
  }

  #layout(table: Table): readonly Slot[] {
    const width = this.#width()
    if (this.#slots?.table === table && this.#slots.width === width) return this.#slots.slots
    const { columns: choice, empty = [] } = this.#options
    const columns = choice?.(table)
    const filled = table.columns.filter(({ name }) => !empty.includes(name))
    const fields = fieldsOf(table, columns ?? filled, columns !== undefined)
    const slots = layout(fields, width)
    this.#slots = { table, width, slots }
    this.#untilHeader = 0
    return slots
  }

  // The time needs no heading: its place is the table's name. Without a time (`--columns`) the name has a line of its own.
  #header(table: Table, slots: readonly Slot[]): string[] {
    const { bold } = this.#chalk
    if (!slots.some(({ field }) => field.name === 'time_')) {
      this.#output.write(`${bold(cut(table.name, this.#width()))}\n`)
    }
    return slots.map(({ heading, width, field }) => bold(cut(field.name === 'time_' ? table.name : heading, width)))
  }

  #cell({ field, width }: Slot, row: Readonly<Record<string, unknown>>): string {
    const text = field.text(row, width)
    const tone = text === '' ? undefined : field.tone?.(row)
    return tone === undefined ? text : this.#chalk[tone](text)
  }
}

const SIDES = ['top', 'bottom', 'left', 'right', 'mid'] as const
const CORNERS = SIDES.flatMap((side) => [side, `${side}-left`, `${side}-mid`, `${side}-right`])
const BORDERLESS = { ...Object.fromEntries(CORNERS.map((name) => [name, ''])), middle: ' '.repeat(GAP) }

function render(slots: readonly Slot[], lines: string[][]): string {
  const table = new CliTable({
    chars: BORDERLESS,
    colWidths: slots.map((slot) => slot.width),
    colAligns: slots.map((slot) => (slot.field.right ? 'right' : 'left')),
    // Styled by default, even with NO_COLOR.
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  table.push(...lines)
  return `${table.toString().replace(/ +$/gm, '')}\n`
}
