import type { Cursor, Guess, Kind } from '../protocol.js'
import { ENOUGH, evidence } from './boundary.js'

/** A connection becomes this by an upgrade; where that was not seen the frames tell. See `Protocol.infer`. */
export function infer(sent: Cursor, received: Cursor): Guess {
  const client = together(of('request', sent), of('response', received))
  const server = together(of('response', sent), of('request', received))
  if (client >= ENOUGH) return 'client'
  if (server >= ENOUGH) return 'server'
  return client < 0 && server < 0 ? 'no' : 'need-more'
}

function of(kind: Kind, { buf, pos, end }: Cursor): number {
  return evidence(kind, buf, pos, end)
}

function together(out: number, back: number): number {
  return out < 0 || back < 0 ? -1 : out + back
}
