/** Lower-case name → values. Without a prototype, so that a field called `__proto__` is a field like any other. */
export class Headers {
  [name: string]: string[]
}
Object.setPrototypeOf(Headers.prototype, null)
Reflect.deleteProperty(Headers.prototype, 'constructor')

/** Adds a value → all values of the name. */
export function addValue(headers: Headers, name: string, value: string): string[] {
  const values = headers[name]
  if (values !== undefined) {
    values.push(value)
    return values
  }
  const fresh = [value]
  headers[name] = fresh
  return fresh
}

/** All values of a name as one; RFC 9110 §5.3. */
export function joined(headers: Headers, name: string): string | undefined {
  const values = headers[name]
  return values === undefined || values.length === 1 ? values?.[0] : values.join(',')
}

/** The items of a list, lower-case; RFC 9110 §5.6.1. */
export function itemsOf(list: string): readonly string[] {
  return list
    .toLowerCase()
    .split(',')
    .map((item) => item.trim())
}

/** Content-Length; -1 without one, NaN where it is not a length. */
export function contentLength(headers: Headers): number {
  const value = joined(headers, 'content-length')
  if (value === undefined) return -1
  if (!value.includes(',')) return lengthOf(value)
  // RFC 9112 §6.3: a list of the same number is that number; anything else is an error.
  const [length = Number.NaN, ...others] = itemsOf(value).map(lengthOf)
  return others.every((other) => other === length) ? length : Number.NaN
}

function lengthOf(digits: string): number {
  const length = isDigits(digits) ? Number(digits) : Number.NaN
  return Number.isSafeInteger(length) ? length : Number.NaN
}

const MAX_DIGITS = 64

function isDigits(value: string): boolean {
  if (value.length === 0 || value.length > MAX_DIGITS) return false
  for (let i = 0; i < value.length; i++) {
    const c = value.charCodeAt(i)
    if (c < 48 || c > 57) return false
  }
  return true
}
