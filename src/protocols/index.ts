import type { Protocol } from './protocol.js'

/** The registry: a new protocol is its folder and one line here. Order decides between two that both say yes. */
export const PROTOCOLS: readonly Protocol[] = []
