import { quote, within } from '../../records/bounded.js'

/** JSON that is written piece by piece, up to a limit in bytes. */
export class JsonText {
  /** There was more. */
  cut = false
  #text = ''
  /** The next value is not the first of its kind. */
  #comma = false
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  /** The text within the limit, and whether that is all. */
  finish(): { readonly text: string; readonly cut: boolean } {
    const text = within(this.#text, this.#limit)
    return { text, cut: this.cut || text.length < this.#text.length }
  }

  open(key: string, bracket: string): void {
    this.key(key)
    this.#add(bracket)
    this.#comma = false
  }

  close(bracket: string): void {
    this.#add(bracket)
    this.#comma = true
  }

  value(key: string, value: number | boolean | string | null): void {
    this.raw(key, typeof value === 'string' ? quote(value) : `${value}`)
  }

  /** A value that is JSON already. */
  raw(key: string, json: string): void {
    this.key(key)
    this.#add(json)
    this.#comma = true
  }

  /** What stands before the next value, its name with quotes and a colon; '' in an array. */
  key(key: string): void {
    if (this.#comma) this.#add(',')
    if (key !== '') this.#add(key)
    this.#comma = false
  }

  #add(part: string): void {
    if (this.#text.length <= this.#limit) this.#text += part
    else this.cut = true
  }
}
