import { quote } from '../../records/bounded.js'
import { Words } from '../words.js'

const ASCII = /^[\0-\x7f]*$/

/** A key of a document, and what it is in JSON. */
interface Key {
  readonly name: string
  readonly json: string
  readonly ascii: boolean
}

/** Keys by their bytes. */
export const KEYS = new Words<Key>((name) => ({ name, json: `${quote(name)}:`, ascii: ASCII.test(name) }))
