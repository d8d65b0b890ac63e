import { REDACTED } from '../../records/redact.js'
import type { Json } from '../../records/table.js'

/** What proves who a client is. Servers read the names whatever their case. */
const SECRETS: ReadonlySet<string> = new Set('pass password auth_token token jwt sig nkey'.split(' '))
const SECRET_TEXT = /("(?:pass|password|auth_token|token|jwt|sig|nkey)"\s*:\s*)(?:"(?:[^"\\]|\\.)*(?:"|$)|[^",}]+)/gi
/** Deeply nested values are not taken apart. */
const MAX_BRACKETS = 64

/** Options as they are shown, and whether some are left out. */
export interface Options {
  readonly json: Json
  readonly cut: boolean
  /** The option `verbose`; servers take it as set where it is missing. */
  readonly verbose: boolean
}

/** The object of INFO or CONNECT, or its text where it is none; at most about `limit` characters. */
export function parseOptions(text: string, limit: number, redact: boolean): Options {
  const object = objectOf(text)
  if (object === undefined) {
    const clean = redact ? text.replace(SECRET_TEXT, `$1"${REDACTED}"`) : text
    return { json: clean.slice(0, limit), cut: clean.length > limit, verbose: true }
  }
  const verbose = Object.entries(object).findLast(([name]) => name.toLowerCase() === 'verbose')?.[1] !== false
  const shown: [string, Json][] = []
  let left = limit
  for (const [name, value] of Object.entries(object)) {
    const safe = redact && value !== '' && SECRETS.has(name.toLowerCase()) ? REDACTED : value
    left -= name.length + JSON.stringify(safe).length
    if (left < 0) return { json: Object.fromEntries(shown), cut: true, verbose }
    shown.push([name, safe])
  }
  return { json: Object.fromEntries(shown), cut: false, verbose }
}

function objectOf(text: string): Readonly<Record<string, Json>> | undefined {
  if ((text.match(/[[{]/g)?.length ?? 0) > MAX_BRACKETS) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, Json>>)
      : undefined
  } catch {
    return undefined
  }
}
