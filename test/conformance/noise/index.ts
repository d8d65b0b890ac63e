import { ENCODINGS } from './encodings.js'
import type { Make } from './random.js'
import { STRANGERS } from './strangers.js'

/** Bytes that are none of our protocols, by kind. */
export const NOISE: readonly (readonly [string, Make])[] = [...Object.entries(ENCODINGS), ...Object.entries(STRANGERS)]
