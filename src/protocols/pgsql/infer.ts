import { u32 } from '../byte-reader.js'
import { endOf } from '../ends.js'
import type { Cursor, Guess, InferHint } from '../protocol.js'
import { type Look, lookAt } from './look.js'
import { OPENING } from './messages.js'
import { commandOf, isParameters } from './opening.js'
import { CMD } from './state.js'

const HEAD = 8

/** A startup packet tells, else a message of either end whose structure is right to the last byte. */
export function infer(sent: Cursor, received: Cursor, hint: InferHint): Guess {
  return endOf(look(sent, received, hint), look(received, sent, hint))
}

// Whether `client` and `server` are the two ends.
function look(client: Cursor, server: Cursor, hint: InferHint): Look {
  const silent = client.pos === client.end
  // Only the client can speak first.
  if (silent && hint.fromStart && server.pos < server.end) return 'no'
  const asked = silent ? 'more' : lookAtClient(client)
  if (asked === 'yes' || (asked === 'no' && hint.fromStart)) return asked
  const answered = server.pos === server.end ? 'more' : lookAt('server', server.buf, server.pos, server.end)
  if (asked === 'no' || answered === 'no') return asked === 'no' && answered === 'yes' ? 'yes' : 'no'
  return answered === 'yes' || (asked === 'weak' && answered === 'weak') ? 'yes' : 'more'
}

function lookAtClient({ buf, pos, end }: Cursor): Look {
  if (buf[pos] === 0) return lookAtOpening(buf, pos, end)
  return lookAt('client', buf, pos, end)
}

// Before any typed message: length 4, code 4.
function lookAtOpening(buf: Buffer, pos: number, end: number): Look {
  if (end - pos < HEAD) return end - pos > 1 && buf[pos + 1] !== 0 ? 'no' : 'more'
  const length = u32(buf, pos)
  const code = u32(buf, pos + 4)
  const cmd = commandOf(code, length)
  if (cmd === undefined) return 'no'
  if (code === OPENING.ssl || code === OPENING.gss || cmd === CMD.cancel) return 'yes'
  if (end - pos < length) return 'more'
  return isParameters(buf, pos + HEAD, pos + length) ? 'yes' : 'no'
}
