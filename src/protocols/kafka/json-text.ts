import { BoundedText, quote } from '../../records/bounded.js'

/** JSON that is written piece by piece, up to a limit in bytes. */
export class JsonText extends BoundedText {
  /** The next value is not the first of its kind. */
  #comma = false

  open(key: string, bracket: string): void {
    this.key(key)
    this.add(bracket)
    this.#comma = false
  }

  close(bracket: string): void {
    this.add(bracket)
    this.#comma = true
  }

  value(key: string, value: number | boolean | string | null): void {
    this.raw(key, typeof value === 'string' ? quote(value) : `${value}`)
  }

  /** A value that is JSON already. */
  raw(key: string, json: string): void {
    this.key(key)
    this.add(json)
    this.#comma = true
  }

  /** What stands before the next value, its name with quotes and a colon; '' in an array. */
  key(key: string): void {
    if (this.#comma) this.add(',')
    if (key !== '') this.add(key)
    this.#comma = false
  }
}
