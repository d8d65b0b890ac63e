import type { Guess, InferHint } from './protocol.js'

/** Whether bytes fit two ends of a protocol; `weak` = they do, but they would fit many others as well. */
export type Fit = 'yes' | 'weak' | 'more' | 'no'

/**
 * Which end this is, of how the bytes fit if it is the client, and if it is the server. Where both are right, the role that
 * is known of the connection decides, if it is given, else the client.
 */
export function endOf(client: Fit, server: Fit, role?: InferHint['role']): Guess {
  if (client === 'yes' && server === 'yes' && role !== undefined) return role === 'unknown' ? 'need-more' : role
  if (client === 'yes') return 'client'
  if (server === 'yes') return 'server'
  return client === 'no' && server === 'no' ? 'no' : 'need-more'
}
