import type { Json } from '../../records/table.js'
import type { Kind } from '../protocol.js'
import type { Message } from './message.js'
import type { Exchange, Side, State } from './state.js'
import { answers, CHECK, isMarker, isRerr, isT, TYPE } from './types.js'

/** A whole message of one end: it begins an exchange, or ends one that the other end has begun. */
export function take(kind: Kind, message: Message, s: State): void {
  const fromServer = kind === 'response'
  const [own, other] = fromServer ? [s.server, s.client] : [s.client, s.server]
  if (isT(message.type)) {
    begin(message, fromServer, own, s)
    return
  }
  if (answer(message, other, s)) return
  // The check for Tinit, an error that answers nothing.
  if (!fromServer && isRerr(message.type) && message.body === CHECK) begin(message, fromServer, own, s)
  else s.strays++
}

function begin(request: Message, fromServer: boolean, own: Side, s: State): void {
  const exchange: Exchange = { request, fromServer, response: undefined, discarded: null, abandoned: false }
  const { type } = request
  // Without a tag there is no answer.
  if (isMarker(type) || request.tag === 0) {
    const given = isMarker(type) && type !== TYPE.Tlease ? own.pending.get(request.which) : undefined
    if (given !== undefined) given.discarded = request.body ?? ''
    own.part(request.which)
    s.done.push(exchange)
    return
  }
  // It resets the session.
  if (type === TYPE.Tinit) {
    abandon(own, s)
    abandon(own === s.client ? s.server : s.client, s)
  }
  giveUp(own.add(exchange), s)
}

function answer(message: Message, other: Side, s: State): boolean {
  const exchange = other.pending.get(message.tag)
  if (exchange === undefined || !answers(exchange.request.type, message.type)) return false
  other.remove(message.tag)
  exchange.response = message
  s.done.push(exchange)
  if (message.type === TYPE.Rinit) agree(exchange.request.contexts, message.contexts, s)
  return true
}

// After Rinit the session goes on as negotiated: encrypted, compressed, or as before.
function agree(asked: Json, answered: Json, s: State): void {
  const wants = (headers: Json): boolean => ['desired', 'required'].includes(header(headers, 'tls'))
  if (wants(asked) && wants(answered)) s.conn.become('tls')
  else if (header(answered, 'compress').replace(';', '') !== '') s.conn.become('opaque')
}

function header(headers: Json, name: string): string {
  const value = headers !== null && typeof headers === 'object' ? (headers as Record<string, Json>)[name] : undefined
  return typeof value === 'string' ? value : ''
}

/** The answers to what this end has asked may have been lost. */
export function abandon(side: Side, s: State): void {
  giveUp(side.removeAll(), s)
}

function giveUp(exchanges: readonly Exchange[], s: State): void {
  for (const exchange of exchanges) {
    exchange.abandoned = true
    s.done.push(exchange)
  }
}
