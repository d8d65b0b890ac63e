import { shorten } from '../lists.js'
import type { Emit } from '../protocol.js'
import type { Packet } from './packet.js'
import { reasonOf } from './reasons.js'
import type { State } from './state.js'
import { ANSWER, CUT, type MqttRow } from './table.js'

/** Rows of the exchanges that have ended; packets know their answers since they were parsed. */
export function stitch(requests: Packet[], responses: Packet[], s: State, emit: Emit<MqttRow>, ended: boolean): number {
  shorten(requests)
  shorten(responses)
  if (ended) s.ready.push(...leftOver(s))
  for (const packet of s.ready) emitExchange(packet, emit)
  shorten(s.ready)
  const { strays } = s
  s.strays = 0
  return strays
}

// In the order in which they began.
function leftOver(s: State): Packet[] {
  const { request, response } = s.sides
  const left = [...request.pending.values(), ...response.pending.values(), ...s.pings.splice(0)]
  if (s.connect !== null) left.push(s.connect)
  s.connect = null
  request.pending.clear()
  response.pending.clear()
  return left.sort((a, b) => a.startNs - b.startNs)
}

function emitExchange(packet: Packet, emit: Emit<MqttRow>): void {
  const { answer } = packet
  if (packet.abandoned) packet.lost = true
  const from = answer ?? (packet.mute ? packet : null)
  const row: MqttRow = {
    mqtt_version: packet.level,
    packet_type: packet.type,
    sender: packet.sender,
    client_id: packet.clientId,
    topic: packet.topic,
    filters: packet.filters,
    qos: packet.qos,
    retain: packet.retain,
    dup: packet.dup,
    packet_id: packet.id,
    payload: packet.payload,
    payload_size: packet.payloadSize,
    connect: packet.connect,
    session_present: answer === null ? null : answer.sessionPresent,
    resp_type: answer === null ? unanswered(packet) : answer.type,
    reason_code: from === null ? null : from.code,
    reason: from === null ? null : reasonOf(from.type, from.five, from.code),
    req_properties: packet.properties.values,
    resp_properties: answer === null ? null : answer.properties.values,
  }
  emit(packet, answer ?? undefined, row, packet.cut | (answer?.properties.cut ? CUT.respProperties : 0))
}

function unanswered(packet: Packet): number | null {
  if (packet.mute) return ANSWER.none
  return packet.abandoned ? null : ANSWER.unanswered
}
