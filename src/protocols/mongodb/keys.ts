import { Words } from '../words.js'

/** Keys of documents by their bytes. */
export const KEYS = new Words<string>((name) => name)
