import type { Kind } from '../protocol.js'
import { FORMAT } from './decode.js'
import { type Packet, STAGE } from './packet.js'
import { abandon, awaitAnswer, awaitPing, losePlace, peer, type State, setAlias, settle } from './state.js'
import { SENDER, TYPE } from './table.js'

/** A packet is complete: it begins an exchange, ends one, or is one. */
export function complete(packet: Packet, kind: Kind, s: State): void {
  packet.sender = kind === 'request' ? SENDER.client : SENDER.server
  if (packet.type === TYPE.connect) connect(packet, s)
  packet.level = packet.five ? 5 : s.level
  packet.clientId = s.clientId
  switch (packet.type) {
    case TYPE.connect:
      break
    case TYPE.connack:
      acknowledgeConnect(packet, s)
      break
    case TYPE.publish:
      publish(packet, kind, s)
      break
    case TYPE.subscribe:
    case TYPE.unsubscribe:
      begin(packet, kind, s)
      break
    case TYPE.pubrel:
      release(packet, kind, s)
      break
    case TYPE.pingreq:
      awaitPing(s, packet)
      break
    case TYPE.pingresp:
      answer(s.pings.shift(), packet, s)
      break
    case TYPE.disconnect:
    case TYPE.auth:
      packet.mute = true
      s.ready.push(packet)
      break
    default:
      acknowledge(packet, kind, s)
  }
}

/** Its last byte was lost, which shows when later ones come: it may have been answered by now. */
export function completeLate(packet: Packet, kind: Kind, s: State): void {
  complete(packet, kind, s)
  packet.abandoned = !packet.mute
  if (s.connect === packet) {
    s.connect = null
    abandon(s, packet)
  }
  if (packet.id !== null && s.sides[kind].pending.get(packet.id) === packet) settle(s, kind, packet.id)
}

function connect(packet: Packet, s: State): void {
  losePlace(s, 'response')
  losePlace(s, 'request')
  s.sides.request.holes = false
  s.sides.response.holes = false
  s.format = packet.five ? FORMAT.five : FORMAT.four
  s.level = packet.level
  s.clientId = packet.clientId
  s.connect = packet
}

function acknowledgeConnect(packet: Packet, s: State): void {
  const { connect } = s
  s.connect = null
  const assigned = packet.properties.values?.assigned_client_identifier
  if (typeof assigned === 'string') s.clientId = assigned
  if (connect !== null) connect.clientId = s.clientId
  answer(connect ?? undefined, packet, s)
}

function answer(packet: Packet | undefined, by: Packet, s: State): void {
  if (packet === undefined) {
    s.strays++
    return
  }
  packet.answer = by
  s.ready.push(packet)
}

function publish(packet: Packet, kind: Kind, s: State): void {
  const { alias } = packet.properties
  const side = s.sides[kind]
  if (alias > 0 && packet.topic !== '') setAlias(side, alias, packet.topic as string)
  else if (alias > 0) {
    packet.topic = side.aliases.get(alias) ?? null
    // The packet that said what it stands for was not seen.
    packet.lost = packet.lost || packet.topic === null
  }
  if (packet.qos === 0) {
    packet.mute = true
    s.ready.push(packet)
  } else begin(packet, kind, s)
}

function begin(packet: Packet, kind: Kind, s: State): void {
  awaitAnswer(s, kind, packet.id as number, packet)
}

// MQTT 5 §4.3.3: the sender of a PUBLISH goes on with PUBREL, in another connection too.
function release(packet: Packet, kind: Kind, s: State): void {
  const pending = s.sides[kind].pending.get(packet.id as number)
  if (pending?.qos === 2) {
    // It follows a PUBREC, seen or not.
    if (pending.stage === STAGE.sent) pending.lost = true
    pending.stage = STAGE.released
    return
  }
  if (pending?.type === TYPE.pubrel) return
  packet.lost = packet.lost || s.sides.request.holes || s.sides.response.holes
  begin(packet, kind, s)
}

function acknowledge(packet: Packet, kind: Kind, s: State): void {
  const from = peer(kind)
  const id = packet.id as number
  const pending = s.sides[from].pending.get(id)
  if (pending === undefined || !acknowledges(packet.type, pending)) {
    s.strays++
    return
  }
  // MQTT 5 §4.3.3: an error ends the exchange.
  if (packet.type === TYPE.pubrec && (packet.code ?? 0) < 0x80) {
    pending.stage = STAGE.received
    return
  }
  // Its PUBREL was lost.
  if (packet.type === TYPE.pubcomp && pending.stage === STAGE.received) pending.lost = true
  pending.answer = packet
  pending.filters?.forEach((filter, i) => {
    const code = packet.codes[i]
    if (code !== undefined) filter.reason_code = code
  })
  settle(s, from, id)
}

function acknowledges(type: number, pending: Packet): boolean {
  switch (type) {
    case TYPE.puback:
      return pending.type === TYPE.publish && pending.qos === 1
    case TYPE.pubrec:
      return pending.type === TYPE.publish && pending.qos === 2
    case TYPE.pubcomp:
      return pending.type === TYPE.pubrel || (pending.qos === 2 && pending.stage !== STAGE.sent)
    case TYPE.suback:
      return pending.type === TYPE.subscribe
    default:
      return pending.type === TYPE.unsubscribe
  }
}
