/**
 * What a column holds in a row:
 * `time` µs since the epoch, UTC (written as RFC 3339 with six digits) · `int` an integer below 2^53 · `float` · `bool` ·
 * `string` · `enum` a code, written as its word · `json` any JSON value · `upid` written as `"asid:pid:startticks"`.
 * Every column may be null: unknown is absent, never guessed.
 */
export type ColumnType = 'time' | 'int' | 'float' | 'bool' | 'string' | 'enum' | 'json' | 'upid'
export type Unit = 'ns' | 'bytes' | 'percent'
/** Stirling's semantic types that tables use. */
export type SemanticType =
  | 'none'
  | 'time'
  | 'upid'
  | 'bytes'
  | 'duration'
  | 'ip'
  | 'port'
  | 'method'
  | 'status'
  | 'message'
/** Stirling's pattern types. */
export type PatternType = 'general' | 'enum' | 'structured' | 'counter' | 'gauge'

export interface Column<N extends string = string, T extends ColumnType = ColumnType> {
  readonly name: N
  readonly type: T
  /** One sentence: what it is, with its unit. */
  readonly desc: string
  readonly unit?: Unit
  /** enum: code → word. A row holds the code, a sink writes the word; a code without one is `UNKNOWN_<code>`. */
  readonly words?: Readonly<Record<number, string>>
  readonly semantic?: SemanticType
  readonly pattern?: PatternType
  /** Short text: so many characters have room for most values. For people; it limits nothing. */
  readonly chars?: number
}

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

interface Values {
  time: number
  int: number
  float: number
  bool: boolean
  string: string
  enum: number
  json: Json
  upid: string
}

/** The row type that a list of columns describes. */
export type RowOf<C extends readonly Column[]> = {
  [K in C[number] as K['name']]: Values[K['type']] | null
}

/** A schema. `columns` are in the order in which they are written. */
export interface Table<R extends object = object> {
  readonly name: string
  readonly desc: string
  readonly columns: readonly Column[]
  /** Columns that people see first, the most telling first. The first text without `chars` says what a row is about. */
  readonly glance?: readonly string[]
  /** What a grouping view groups by: `GET /users/:id`, `SELECT …`. */
  endpoint?(row: R): string
  /**
   * In words why the exchange failed; null = it succeeded. Feeds the shared column `error`. `partial`: bytes of it were
   * lost, so what was not seen may have been there.
   */
  error?(row: R, partial?: boolean): string | null
}

/** Makes a table; the row type follows from the columns, so that no column is written twice. */
export function table<const C extends readonly Column[]>(
  name: string,
  desc: string,
  columns: C,
  more: {
    glance?: readonly C[number]['name'][]
    endpoint?(row: RowOf<C>): string
    error?(row: RowOf<C>, partial?: boolean): string | null
  } = {},
): Table<RowOf<C>> {
  return { name, desc, columns, ...more }
}

/** The `error` of a request without an answer: among the bytes that were lost, one may have been. */
export function noResponse(partial: boolean): string | null {
  return partial ? null : 'no response'
}

/** The word of an enum code: `UNKNOWN_153` where the column has none. */
export function word(column: Column, code: number): string {
  return column.words?.[code] ?? `UNKNOWN_${code}`
}
