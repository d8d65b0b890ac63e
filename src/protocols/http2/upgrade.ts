import { type Request, Response } from '../http/frames.js'
import type { Conn } from '../protocol.js'
import { takeSettings } from './control.js'
import { Half, State } from './frames.js'
import { Head } from './head.js'
import { openWith } from './messages.js'
import { Field } from './static.js'

/** The state of a connection; one that was HTTP/1 has a stream under way. RFC 7540 §3.2: the request becomes stream 1. */
export function newState(conn: Conn, legacy?: unknown): State {
  const state = new State(conn)
  const request = legacy instanceof Response ? legacy.request : undefined
  if (request === undefined) return state
  state.lastId = 1
  openWith(state, 1, halfOf(request))
  const settings = Buffer.from(request.head.fields.headers['http2-settings']?.[0] ?? '', 'base64url')
  takeSettings(state, 'request', settings, 0, settings.length)
  return state
}

function halfOf(request: Request): Half {
  const half = new Half()
  half.startNs = request.startNs
  half.endNs = request.endNs
  half.lost = request.lost
  half.head = headOf(request)
  half.body = request.body
  half.ended = true
  return half
}

function headOf({ head, trailers }: Request): Head {
  const fields = [new Field(':method', head.method, 0), new Field(':path', head.target, 0)]
  for (const headers of [head.fields.headers, trailers ?? {}]) {
    for (const [name, values] of Object.entries(headers))
      for (const value of values) fields.push(new Field(name, value, 0))
  }
  const all = new Head(fields)
  all.cut = head.cut
  return all
}
