import { quote } from '../../records/bounded.js'
import { Words } from '../words.js'
import { ALL } from './secrets.js'

const ASCII = /^[\0-\x7f]*$/

/** A key of a document, and what it is in JSON: as the first of its document, and as one that follows. */
interface Key {
  readonly name: string
  readonly first: string
  readonly next: string
  readonly ascii: boolean
  /** Its value may be a credential. */
  readonly secret: boolean
}

/** Keys by their bytes. */
export const KEYS = new Words<Key>((name) => {
  const first = `${quote(name)}:`
  return { name, first, next: `,${first}`, ascii: ASCII.test(name), secret: ALL.has(name) }
})
