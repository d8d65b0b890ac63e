/** What stands in a string of JSON as it is. */
const PLAIN = /^[ !#-[\]-~]*$/
const LONE = /\\udc([89a-f][0-9a-f])/g

/** Text that is written piece by piece, up to a limit in bytes. */
export class BoundedText {
  /** There was more. */
  cut: boolean
  #text: string
  /** A unit of it may be more than one byte. */
  #wide: boolean
  readonly #limit: number

  constructor(limit: number) {
    this.cut = false
    this.#text = ''
    this.#wide = false
    this.#limit = limit
  }

  /** Bytes that there is still room for, at least. */
  get room(): number {
    return Math.max(0, this.#limit - this.#text.length)
  }

  /** What is added would not be shown. */
  get full(): boolean {
    return this.#text.length >= this.#limit
  }

  add(part: string): void {
    this.#wide = true
    this.addAscii(part)
  }

  /** Adds what is known to be ASCII. */
  addAscii(part: string): void {
    if (this.full && part !== '') this.cut = true
    else this.#text += part
  }

  /** Adds a text, or null, as JSON, behind what stands before it in ASCII. */
  addJson(before: string, value: string | null): void {
    if (this.full) this.cut = true
    else if (value === null) this.addAscii(`${before}null`)
    else if (PLAIN.test(value)) this.addAscii(`${before}"${value}"`)
    else this.add(before + quote(value))
  }

  /** The text within the limit; sets `cut` where that is not all. */
  finish(): string {
    const text = this.#wide ? within(this.#text, this.#limit) : this.#text.slice(0, this.#limit)
    this.cut = this.cut || text.length < this.#text.length
    return text
  }
}

/** The start of a text, of at most `limit` bytes, without half of a pair of surrogates at its end. */
export function within(whole: string, limit: number): string {
  let text = whole.slice(0, limit)
  // A unit of UTF-16 is at most three bytes.
  for (let over = text.length * 3 > limit ? 1 : 0; over > 0; ) {
    over = Buffer.byteLength(text) - limit
    if (over > 0) text = text.slice(0, -Math.ceil(over / 3))
  }
  const last = text.charCodeAt(text.length - 1)
  return last >= 0xd800 && last <= 0xdbff ? text.slice(0, -1) : text
}

/** The text as a string of JSON. */
export function jsonString(value: string): string {
  return PLAIN.test(value) ? `"${value}"` : JSON.stringify(value)
}

/** The text as a string of JSON; bytes that are not UTF-8 stay what `text` made of them. */
export function quote(value: string): string {
  if (PLAIN.test(value)) return `"${value}"`
  const json = JSON.stringify(value)
  return value.isWellFormed()
    ? json
    : json.replace(LONE, (_escape, byte: string) => String.fromCharCode(0xdc00 + Number.parseInt(byte, 16)))
}
