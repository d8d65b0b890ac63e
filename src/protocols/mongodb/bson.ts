import { i32 } from './wire.js'

/** Types of BSON elements. */
export const TYPE = {
  double: 1,
  string: 2,
  document: 3,
  array: 4,
  binary: 5,
  undefined: 6,
  objectId: 7,
  bool: 8,
  date: 9,
  null: 10,
  regex: 11,
  pointer: 12,
  code: 13,
  symbol: 14,
  scopedCode: 15,
  int32: 16,
  timestamp: 17,
  int64: 18,
  decimal128: 19,
  maxKey: 0x7f,
  minKey: 0xff,
} as const

const FIXED = byType<number>({
  [TYPE.double]: 8,
  [TYPE.undefined]: 0,
  [TYPE.objectId]: 12,
  [TYPE.bool]: 1,
  [TYPE.date]: 8,
  [TYPE.null]: 0,
  [TYPE.int32]: 4,
  [TYPE.timestamp]: 8,
  [TYPE.int64]: 8,
  [TYPE.decimal128]: 16,
  [TYPE.maxKey]: 0,
  [TYPE.minKey]: 0,
})
// What a type with a length of its own has besides the bytes that the length counts, and the least length.
const SIZED = byType<readonly [number, number]>({
  [TYPE.string]: [4, 1],
  [TYPE.document]: [0, 5],
  [TYPE.array]: [0, 5],
  [TYPE.binary]: [5, 0],
  [TYPE.pointer]: [16, 1],
  [TYPE.code]: [4, 1],
  [TYPE.symbol]: [4, 1],
  [TYPE.scopedCode]: [0, 14],
})

// An array is found in at once, an object with few of many numbers is searched.
function byType<T>(known: Readonly<Record<number, T>>): readonly (T | undefined)[] {
  return Array.from({ length: 256 }, (_, type) => known[type])
}

/** An empty document. */
export const MIN_DOCUMENT = 5
export const UNKNOWN_SIZE = -1
export const NO_VALUE = -2

/** Whether elements have this type. */
export function isType(type: number): boolean {
  return FIXED[type] !== undefined || SIZED[type] !== undefined || type === TYPE.regex
}

/** The first NUL of `buf[start, end)`, or -1. A call into the engine costs more than the few bytes of a key. */
export function nulAt(buf: Buffer, start: number, end: number): number {
  for (let i = start; i < end; i++) if (buf[i] === 0) return i
  return -1
}

/** Bytes of the value at `pos`; UNKNOWN_SIZE: that stands behind `end`; NO_VALUE: there is no such value. */
export function sizeOf(type: number, buf: Buffer, pos: number, end: number): number {
  const fixed = FIXED[type]
  if (fixed !== undefined) return fixed
  if (type === TYPE.regex) return regexSize(buf, pos, end)
  const sized = SIZED[type]
  if (sized === undefined) return NO_VALUE
  if (end - pos < 4) return UNKNOWN_SIZE
  const length = i32(buf, pos)
  return length < sized[1] ? NO_VALUE : length + sized[0]
}

// Two texts: the pattern and its options.
function regexSize(buf: Buffer, pos: number, end: number): number {
  const first = buf.indexOf(0, pos)
  const second = first < 0 ? -1 : buf.indexOf(0, first + 1)
  return second < 0 || second >= end ? UNKNOWN_SIZE : second + 1 - pos
}

/** A number or bool, all of which is there; null where it is neither, or too large. */
export function numberAt(type: number, buf: Buffer, pos: number): number | null {
  switch (type) {
    case TYPE.double:
      return buf.readDoubleLE(pos)
    case TYPE.int32:
      return i32(buf, pos)
    case TYPE.bool:
      return buf[pos] as number
    case TYPE.int64: {
      const value = Number(buf.readBigInt64LE(pos))
      return Number.isSafeInteger(value) ? value : null
    }
    default:
      return null
  }
}
