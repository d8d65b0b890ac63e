/** Exit codes, as documented in README.md. */
export const EXIT = {
  ok: 0,
  bug: 1,
  usage: 2,
  cannotTrace: 3,
  dataLost: 4,
  secondSignal: 130,
} as const

export type TracerErrorCode = 'usage' | 'cannotTrace' | 'dataLost'

/** An operating error: something the user can act on. Thrown at the edge, mapped once to an exit code, never shown with a stack. */
export class TracerError extends Error {
  readonly code: TracerErrorCode
  readonly hint: string | undefined

  constructor(code: TracerErrorCode, message: string, hint?: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'TracerError'
    this.code = code
    this.hint = hint
  }

  get exitCode(): number {
    return EXIT[this.code]
  }
}
