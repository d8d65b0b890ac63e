import { REDACTED } from '../../records/redact.js'

// PASSWORD = 'x', PASSWORD 'x', HASHED PASSWORD = $$x$$; the end may be cut off.
const PASSWORD = /((?<!['"])\bpassword\b\s*=?\s*)(?:'(?:[^']|'')*(?:'|$)|\$\$(?:(?!\$\$).)*(?:\$\$|$))/gis
const WORDS = /^\s*(?:(?:--|\/\/)[^\n]*\n\s*|\/\*.*?\*\/\s*)*([a-z]+)(?:\s+([a-z]+))?/is
const TWO = /^(?:create|alter|drop|grant|revoke|list|begin)$/i

/** A statement without the passwords in it. */
export function redactCql(cql: string): string {
  return speaksOfSecrets(cql) ? cql.replace(PASSWORD, `$1'${REDACTED}'`) : cql
}

/** Whether values that are bound to the statement may be passwords. */
export function speaksOfSecrets(cql: string): boolean {
  return /\bpassword\b/i.test(cql)
}

/** What a statement does, in upper case: SELECT, CREATE TABLE; null where it has no words. */
export function firstWords(cql: string | null): string | null {
  const [, first, second] = WORDS.exec(cql ?? '') ?? []
  if (first === undefined) return null
  return (second !== undefined && TWO.test(first) ? `${first} ${second}` : first).toUpperCase()
}
