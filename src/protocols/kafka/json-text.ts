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

  open(name: string, bracket: string): void {
    this.key(name)
    this.#add(bracket)
    this.#comma = false
  }

  close(bracket: string): void {
    this.#add(bracket)
    this.#comma = true
  }

  value(name: string, value: number | boolean | string | null): void {
    this.raw(name, typeof value === 'string' ? quote(value) : String(value))
  }

  /** A value that is JSON already. */
  raw(name: string, json: string): void {
    this.key(name)
    this.#add(json)
    this.#comma = true
  }

  /** The name of the next value; '' in an array. */
  key(name: string): void {
    if (this.#comma) this.#add(',')
    if (name !== '') this.#add(`"${name}":`)
    this.#comma = false
  }

  #add(part: string): void {
    if (this.#text.length <= this.#limit) this.#text += part
    else this.cut = true
  }
}
