const SHOWN = 20

/** The value as text, with the keys of its objects in order: equal values, equal text. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (inner === null || typeof inner !== 'object' || Array.isArray(inner)) return inner
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}

function count(values: readonly unknown[], sign: 1 | -1, into: Map<string, number>): void {
  for (const value of values) {
    const key = canonical(value)
    into.set(key, (into.get(key) ?? 0) + sign)
  }
}

/** What `actual` has too many (+) or too few (-) of; empty where both hold the same values equally often. */
export function multisetDiff(actual: readonly unknown[], expected: readonly unknown[]): string[] {
  const surplus = new Map<string, number>()
  count(actual, 1, surplus)
  count(expected, -1, surplus)
  return [...surplus]
    .filter(([, n]) => n !== 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, n]) => `${n > 0 ? '+' : '-'} ${Math.abs(n)} x ${key}`)
}

/** Both hold the same values, each equally often, in whatever order. */
export function expectMultiset(actual: readonly unknown[], expected: readonly unknown[]): void {
  const diff = multisetDiff(actual, expected)
  if (diff.length === 0) return
  const more = diff.length > SHOWN ? [`… ${diff.length - SHOWN} more`] : []
  const head = `${actual.length} values, expected ${expected.length}: + too many, - missing`
  throw new Error([head, ...diff.slice(0, SHOWN), ...more].join('\n'))
}

/** These columns of each row. */
export function pick(rows: readonly Readonly<Record<string, unknown>>[], ...columns: readonly string[]): unknown[] {
  return rows.map((row) => columns.map((column) => row[column]))
}
