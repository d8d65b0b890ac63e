import { endOf } from '../ends.js'
import type { Cursor, Guess, InferHint } from '../protocol.js'
import { type Look, lookAt } from './look.js'

/** A message of either end whose header and first fields are right tells. */
export function infer(sent: Cursor, received: Cursor, hint: InferHint): Guess {
  return endOf(look(sent, received, hint), look(received, sent, hint))
}

// Whether `client` and `server` are the two ends.
function look(client: Cursor, server: Cursor, hint: InferHint): Look {
  const asked = client.pos === client.end ? 'more' : lookAt('client', client.buf, client.pos, client.end)
  if (asked === 'yes' || (asked === 'no' && hint.fromStart)) return asked
  if (server.pos === server.end) return asked
  // Only the client can speak first.
  if (hint.fromStart && client.pos === client.end) return 'no'
  const answered = lookAt('server', server.buf, server.pos, server.end)
  return answered === 'more' && asked !== 'no' ? asked : answered
}
