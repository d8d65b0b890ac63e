import { BoundedText, quote } from '../../records/bounded.js'

/** JSON that is written piece by piece, up to a limit in bytes. */
export class JsonText extends BoundedText {
  /** The next value is not the first of its kind. */
  #comma = false

  open(name: string, bracket: string): void {
    this.key(name)
    this.add(bracket)
    this.#comma = false
  }

  close(bracket: string): void {
    this.add(bracket)
    this.#comma = true
  }

  value(name: string, value: number | boolean | string | null): void {
    this.raw(name, typeof value === 'string' ? quote(value) : String(value))
  }

  /** A value that is JSON already. */
  raw(name: string, json: string): void {
    this.key(name)
    this.add(json)
    this.#comma = true
  }

  /** The name of the next value; '' in an array. */
  key(name: string): void {
    if (this.#comma) this.add(',')
    if (name !== '') this.add(`"${name}":`)
    this.#comma = false
  }
}
