import { some } from './common.mjs'

const TYPES = { 1: 'CONNECT', 8: 'SUBSCRIBE', 10: 'UNSUBSCRIBE', 12: 'PINGREQ', 14: 'DISCONNECT' }
const ANSWERS = { 2: 'CONNACK', 9: 'SUBACK', 11: 'UNSUBACK', 13: 'PINGRESP', 4: 'PUBACK', 7: 'PUBCOMP' }
const CONNECT = '1'
const CONNACK = '2'
const PUBLISH = '3'
// A long topic the other reader cuts.
const start = (topic) => (topic ?? '').slice(0, 200)

export const mqtt = {
  name: 'mqtt',
  folder: 'mqtt',
  tables: ['mqtt_events'],
  ours: (row) => [
    ...(Object.values(TYPES).includes(row.packet_type) ? [row.packet_type] : []),
    ...(row.packet_type === 'PUBLISH' ? [`PUBLISH to ${start(row.topic)}, QoS ${row.qos}`] : []),
    ...(Object.values(ANSWERS).includes(row.resp_type) ? [row.resp_type] : []),
  ],
  theirs: (record, { records }) => {
    const type = record['mqtt.msgtype']
    if (type === PUBLISH) return [`PUBLISH to ${start(record['mqtt.topic'])}, QoS ${record['mqtt.qos']}`]
    // Without its request it is counted, and no row.
    if (type === CONNACK && !records.some((other) => other.s === record.s && other['mqtt.msgtype'] === CONNECT))
      return []
    return some(TYPES[type] ?? ANSWERS[type])
  },
}
