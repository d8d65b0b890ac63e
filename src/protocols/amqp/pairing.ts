import type { Message } from './message.js'
import type { State } from './state.js'

/** Finds what a whole message answers, or what will answer it. */
export function pair(message: Message, s: State): void {
  const { name, kind, spec } = message
  if (kind === 'response') s.header = null
  if (spec === undefined) return
  if (name === 'channel.open') s.open(message.channel, true)
  const channel = s.channel(message.channel)
  if (spec.isAnswer) answer(message, s)
  else if (name === 'basic.publish') channel.confirms.publish(message)
  else if (kind === 'response' && (name === 'basic.ack' || name === 'basic.nack')) confirm(message, s)
  else if (spec.answers.length > 0 && message.arg('no_wait') !== true) ask(message, s)
  if (name === 'confirm.select') channel.confirms.select()
}

function ask(message: Message, s: State): void {
  const { name } = message
  if (name.endsWith('.close') && message.kind === 'response') refuse(message, s)
  // The connection's own methods and those that begin or end a channel come one at a time.
  const certain = message.channel === 0 || name === 'channel.open' || name === 'channel.close'
  if (message.request === null) s.channel(message.channel).expect(message, certain)
}

// The server closes and names the method that it did not like.
function refuse(message: Message, s: State): void {
  const classId = Number(message.arg('class_id'))
  const methodId = Number(message.arg('method_id'))
  const channel = s.channel(message.channel)
  channel.closing = true
  if (message.channel !== 0) {
    join(channel.refuse(classId, methodId), message)
    return
  }
  const found = [...s.channels.values()].flatMap((each) => each.refuse(classId, methodId) ?? [])
  if (found.length === 1) join(found[0], message)
  else for (const each of found) s.release(each)
}

function join(request: Message | undefined, answer: Message): void {
  if (request === undefined) return
  answer.request = request
  request.answer = answer
}

function answer(message: Message, s: State): void {
  const { name } = message
  const channel = s.channel(message.channel)
  join(channel.answer(message), message)
  if (name === 'connection.tune-ok') s.frameMax = Number(message.arg('frame_max'))
  const closes = name === 'channel.close-ok' || name === 'connection.close-ok'
  if (message.request === null) {
    // What answers a close that stands in the row of another method.
    if (!(closes && channel.closing)) message.lost = true
    message.stray = message.lost && !message.spec?.content
    message.silent = message.stray
  }
  if (!closes) return
  const lost = message.request === null && !channel.closing
  if (message.channel === 0) for (const id of [...s.channels.keys()]) s.close(id, lost)
  else s.close(message.channel, lost)
}

function confirm(message: Message, s: State): void {
  const tag = Number(message.arg('delivery_tag'))
  const confirmed = s.channel(message.channel).confirms.confirm(tag, message.arg('multiple') === true)
  message.confirms = confirmed
  for (const each of confirmed) each.answer = message
  message.silent = confirmed.length > 0
  // What it confirms was not seen.
  message.lost = message.lost || confirmed.length === 0
}
