import { quote } from '../../records/bounded.js'
import { slotOf } from '../words.js'
import type { Reader } from './reader.js'
import { readTypes, type Type } from './types.js'

/** Lists that are kept, a power of 2, the longest of them in bytes, and how many of these tell its slot. */
const SLOTS = 64
const BYTES_MAX = 2048
const HASHED = 64

/** A column of a result, or a variable of a statement. */
export interface Column {
  readonly name: string
  readonly type: Type
}

/** Columns as metadata list them. */
export interface Columns {
  readonly list: readonly Column[]
  /** Their names. */
  readonly json: string
}

interface Kept extends Columns {
  readonly count: number
  readonly global: boolean
  readonly bytes: Buffer
}

/** Metadata that were left out, or list none. */
export const NO_COLUMNS: Columns = Object.freeze({ list: Object.freeze([]), json: '[]' })

const kept: (Kept | undefined)[] = Array(SLOTS).fill(undefined)

/**
 * Reads `count` columns; `global`: all of one table, which is named first. Results of one statement list the same again and
 * again, and to compare their bytes costs less than to read them. Of lists that share a slot the last is kept.
 */
export function readColumns(r: Reader, count: number, global: boolean): Columns {
  const slot = slotOf(r.buf, r.pos, r.pos + Math.min(r.left, HASHED), SLOTS)
  const last = kept[slot]
  if (last !== undefined && last.count === count && last.global === global && r.skip(last.bytes)) return last
  const start = r.pos
  const list = readTypes(r, count, global)
  const columns = { list, json: `[${list.map(({ name }) => quote(name)).join(',')}]` }
  if (r.ok && r.pos - start <= BYTES_MAX) {
    kept[slot] = { ...columns, count, global, bytes: Buffer.from(r.buf.subarray(start, r.pos)) }
  }
  return columns
}
