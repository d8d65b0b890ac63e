import type { Column } from './columns.js'
import type { Reader } from './reader.js'

/** Ids of types ("[option]"). */
export const TYPE = {
  custom: 0,
  ascii: 1,
  bigint: 2,
  blob: 3,
  boolean: 4,
  counter: 5,
  decimal: 6,
  double: 7,
  float: 8,
  int: 9,
  text: 10,
  timestamp: 11,
  uuid: 12,
  varchar: 13,
  varint: 14,
  timeuuid: 15,
  inet: 16,
  date: 17,
  time: 18,
  smallint: 19,
  tinyint: 20,
  duration: 21,
  list: 32,
  map: 33,
  set: 34,
  udt: 48,
  tuple: 49,
} as const

/** An id of ours: `count` values of one type, of the same length, without lengths before them. */
export const VECTOR = 0x10000

// Custom types that are not: what an old version of the protocol has no id for.
const CLASSES: Readonly<Record<string, number>> = {
  SimpleDateType: TYPE.date,
  TimeType: TYPE.time,
  ShortType: TYPE.smallint,
  ByteType: TYPE.tinyint,
  DurationType: TYPE.duration,
  FloatType: TYPE.float,
  DoubleType: TYPE.double,
  Int32Type: TYPE.int,
  LongType: TYPE.bigint,
}
const CLASS = /^org\.apache\.cassandra\.db\.marshal\.(\w+)/
const VECTORS =
  /^org\.apache\.cassandra\.db\.marshal\.VectorType\(org\.apache\.cassandra\.db\.marshal\.(\w+) ?, ?\d{1,5}\)$/
const MAX_DEPTH = 8
/** Types of one message, nested ones too, that are read. */
const MAX_TYPES = 1024

/** A type, and those inside. */
export interface Type {
  readonly id: number
  readonly inner: readonly Type[]
  /** Names of the fields of a UDT. */
  readonly names: readonly string[]
}

const NONE: readonly never[] = Object.freeze([])
/** Bytes whose type is not known. */
export const UNTYPED: Type = Object.freeze({ id: TYPE.custom, inner: NONE, names: NONE })

/** `count` names with their types; `global`: all of one table, which is named first. */
export function readTypes(r: Reader, count: number, global: boolean): readonly Column[] {
  const columns: Column[] = []
  if (global) skipNames(r)
  const budget = { types: MAX_TYPES }
  for (let i = 0; i < count && r.ok; i++) {
    if (!global) skipNames(r)
    const name = r.text()
    const type = readType(r, budget, 0)
    if (r.ok) columns.push({ name, type })
  }
  return columns
}

// Keyspace, and table or type.
function skipNames(r: Reader): void {
  r.skipString()
  r.skipString()
}

function readType(r: Reader, budget: { types: number }, depth: number): Type {
  const id = r.u16()
  if (--budget.types < 0 || depth > MAX_DEPTH) {
    r.take(-1)
    return UNTYPED
  }
  if (id === TYPE.custom) return customType(r.string())
  if (id === TYPE.udt) return readUdt(r, budget, depth)
  const count = id === TYPE.tuple ? r.u16() : id === TYPE.map ? 2 : id === TYPE.list || id === TYPE.set ? 1 : 0
  const inner: Type[] = []
  for (let i = 0; i < count && r.ok; i++) inner.push(readType(r, budget, depth + 1))
  return { id, inner, names: NONE }
}

function customType(name: string): Type {
  const element = CLASSES[VECTORS.exec(name)?.[1] ?? '']
  if (element !== undefined) return { id: VECTOR, inner: [simple(element)], names: NONE }
  return simple(CLASSES[CLASS.exec(name)?.[1] ?? ''] ?? TYPE.custom)
}

function simple(id: number): Type {
  return { id, inner: NONE, names: NONE }
}

function readUdt(r: Reader, budget: { types: number }, depth: number): Type {
  skipNames(r)
  const inner: Type[] = []
  const names: string[] = []
  for (let n = r.u16(); n > 0 && r.ok; n--) {
    names.push(r.string())
    inner.push(readType(r, budget, depth + 1))
  }
  return { id: TYPE.udt, inner, names }
}
