/** A condition that only a bug can break: throws, and the process ends with exit code 1 and a stack. */
export function assert(condition: unknown, why: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${why}`)
}

/** The value, which only a bug can make undefined. */
export function defined<T>(value: T | undefined | null, why: string): T {
  assert(value !== undefined && value !== null, why)
  return value
}
