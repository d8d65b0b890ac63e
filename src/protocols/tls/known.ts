/** Texts that are kept, and the longest of them. */
const KNOWN_MAX = 64
const CHARS_MAX = 8192

/**
 * Reads a text, or bytes as latin1, and keeps what the last ones said: what software offers and what servers show comes again and
 * again. What it answers depends on the text alone.
 */
export class Known<T> {
  readonly #read: (text: string) => T
  readonly #known = new Map<string, T>()

  constructor(read: (text: string) => T) {
    this.#read = read
  }

  of(text: string): T {
    const known = this.#known.get(text)
    if (known !== undefined) return known
    const value = this.#read(text)
    if (text.length > CHARS_MAX) return value
    const [oldest] = this.#known.size >= KNOWN_MAX ? this.#known.keys() : []
    if (oldest !== undefined) this.#known.delete(oldest)
    this.#known.set(text, value)
    return value
  }
}
