/** Longer lists give their memory back. */
const LONG = 64

/**
 * Shortens a list to its first entries. To set the length of an array calls into the engine and throws its memory away, which the
 * next entry needs again: for the few frames that most calls of `stitch` are given, that costs more than to take them out.
 */
export function shorten(list: unknown[], length = 0): void {
  if (list.length > length + LONG) list.length = length
  while (list.length > length) list.pop()
}

/** Removes the first `count` entries: mostly all of them, or none. */
export function dropFirst(list: unknown[], count: number): void {
  if (count === list.length) shorten(list)
  else if (count > 0) list.splice(0, count)
}
