import { isDeepStrictEqual } from 'node:util'

type Row = Readonly<Record<string, unknown>>

/** Columns of a wanted row: plain values first, for they tell most rows apart, then objects and matchers. */
interface Wanted {
  readonly plain: readonly (readonly [string, unknown])[]
  readonly others: readonly (readonly [string, object])[]
}

const known = new WeakMap<object, Wanted>()

function wantedOf(columns: object): Wanted {
  const found = known.get(columns)
  if (found !== undefined) return found
  const isPlain = (value: unknown): boolean => typeof value !== 'object' || value === null
  const all = Object.entries(columns)
  const wanted = {
    plain: all.filter(([, value]) => isPlain(value)),
    others: all.filter(([, value]) => !isPlain(value)),
  }
  known.set(columns, wanted)
  return wanted
}

/** Does the row have these values? `expect` is dear: it is asked for what is neither equal nor plainly different. */
export function fits(row: Row, columns: object): boolean {
  const { plain, others } = wantedOf(columns)
  for (const [name, value] of plain) if (!Object.is(row[name], value)) return false
  return others.every(([name, value]) => fitsObject(row[name], value))
}

function fitsObject(actual: unknown, wanted: object): boolean {
  if (isMatcher(wanted)) return wanted.asymmetricMatch(actual)
  if (typeof actual !== 'object' || actual === null) return false
  if (isDeepStrictEqual(actual, wanted) || isDeepStrictEqual(JSON.parse(JSON.stringify(actual)), wanted)) return true
  return hasMatcher(wanted) && equals(actual, wanted)
}

interface Matcher {
  asymmetricMatch(actual: unknown): boolean
}

const isMatcher = (wanted: object): wanted is Matcher => '$$typeof' in wanted

function hasMatcher(wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return false
  return isMatcher(wanted) || Object.values(wanted).some(hasMatcher)
}

function equals(actual: unknown, wanted: unknown): boolean {
  try {
    expect(actual).toEqual(wanted)
    return true
  } catch {
    return false
  }
}

/** Is a row one of these? Rows come about in their order, so it looks first behind the one that it found last. */
export function oneOf(rows: readonly object[]): (row: Row) => boolean {
  let next = 0
  return (row) => {
    for (let i = 0; i < rows.length; i++) {
      const at = (next + i) % rows.length
      if (!fits(row, rows[at] as object)) continue
      next = at + 1
      return true
    }
    return false
  }
}
