import { endOf } from '../ends.js'
import type { Cursor, Guess, InferHint } from '../protocol.js'
import { type Look, lookAt } from './look.js'
import { lookAtSegment } from './segments.js'

/** An envelope of either end whose fields are right tells, or two that are weak; in the middle of a connection segments too. */
export function infer(sent: Cursor, received: Cursor, hint: InferHint): Guess {
  return endOf(look(sent, received, hint), look(received, sent, hint))
}

// Whether `client` and `server` are the two ends.
function look(client: Cursor, server: Cursor, hint: InferHint): Look {
  const silent = client.pos === client.end
  // Only the client can speak first.
  if (silent && hint.fromStart && server.pos < server.end) return 'no'
  const asked = silent ? 'more' : lookAtStart('client', client, hint)
  if (asked === 'yes' || (asked === 'no' && hint.fromStart)) return asked
  const answered = server.pos === server.end ? 'more' : lookAtStart('server', server, hint)
  if (asked === 'no' || answered === 'no') return answered === 'yes' ? 'yes' : 'no'
  const same = isSameVersion(client, server)
  return answered === 'yes' || (asked === 'weak' && answered === 'weak' && same) ? 'yes' : 'more'
}

function lookAtStart(from: 'client' | 'server', { buf, pos, end }: Cursor, hint: InferHint): Look {
  const envelope = lookAt(from, buf, pos, end)
  if (hint.fromStart || envelope === 'yes') return envelope
  const segment = lookAtSegment(from, buf, pos, end)
  if (segment === 'yes') return 'yes'
  return envelope === 'no' ? segment : envelope
}

function isSameVersion(client: Cursor, server: Cursor): boolean {
  return ((server.buf[server.pos] as number) & 0x7f) === client.buf[client.pos]
}
