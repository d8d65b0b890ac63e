import { noResponse, type RowOf, table } from '../../records/table.js'

/** Codes of `packet_type`: MQTT 5 §2.1.2. */
export const TYPE = {
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  subscribe: 8,
  suback: 9,
  unsubscribe: 10,
  unsuback: 11,
  pingreq: 12,
  pingresp: 13,
  disconnect: 14,
  auth: 15,
} as const

/** Codes of `resp_type` besides those of packets. */
export const ANSWER = { none: 0, unanswered: 16 } as const

const TYPE_WORDS: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(TYPE).map(([name, code]) => [code, name.toUpperCase()]),
)

/** Codes of `sender`. */
export const SENDER = { client: 1, server: 2 } as const

const COLUMNS = [
  {
    name: 'mqtt_version',
    type: 'enum',
    desc: 'Version of the protocol; null where the CONNECT was not seen and nothing else tells.',
    words: { 3: '3.1', 4: '3.1.1', 5: '5.0' },
    pattern: 'enum',
  },
  {
    name: 'packet_type',
    type: 'enum',
    desc: 'Type of the packet that begins the exchange.',
    words: TYPE_WORDS,
    semantic: 'method',
    pattern: 'enum',
  },
  {
    name: 'sender',
    type: 'enum',
    desc: 'Which end of the connection sent that packet: a server publishes too.',
    words: { [SENDER.client]: 'client', [SENDER.server]: 'server' },
    pattern: 'enum',
  },
  {
    name: 'client_id',
    type: 'string',
    desc: 'Client identifier of the connection, also one that the server assigned; null where it was not seen.',
    pattern: 'general',
  },
  {
    name: 'topic',
    type: 'string',
    desc: 'Topic name, also where an alias stands for it; topic filters of SUBSCRIBE and UNSUBSCRIBE, with commas between.',
    pattern: 'general',
  },
  {
    name: 'filters',
    type: 'json',
    desc: 'Topic filters of SUBSCRIBE and UNSUBSCRIBE: each with its options and the reason code that it was answered with.',
    pattern: 'structured',
  },
  {
    name: 'qos',
    type: 'int',
    desc: 'Quality of service of a PUBLISH; the highest that a SUBSCRIBE asks for.',
    pattern: 'general',
  },
  { name: 'retain', type: 'bool', desc: 'Retain flag of a PUBLISH.', pattern: 'general' },
  { name: 'dup', type: 'bool', desc: 'Flag of a PUBLISH: it was sent before.', pattern: 'general' },
  {
    name: 'packet_id',
    type: 'int',
    desc: 'Packet identifier; null where the packet has none.',
    pattern: 'general',
  },
  { name: 'payload', type: 'string', desc: 'Application message of a PUBLISH.', pattern: 'structured' },
  {
    name: 'payload_size',
    type: 'int',
    desc: 'Length of the application message, bytes.',
    unit: 'bytes',
    semantic: 'bytes',
    pattern: 'gauge',
  },
  {
    name: 'connect',
    type: 'json',
    desc: 'What a CONNECT asks for: clean start, keep alive, user name, password, will.',
    pattern: 'structured',
  },
  {
    name: 'session_present',
    type: 'bool',
    desc: 'The server goes on with an earlier session, by its CONNACK.',
    pattern: 'general',
  },
  {
    name: 'resp_type',
    type: 'enum',
    desc: 'Type of the packet that ends the exchange: none = none is due, unanswered = none came; null when it was lost.',
    words: { ...TYPE_WORDS, [ANSWER.none]: 'none', [ANSWER.unanswered]: 'unanswered' },
    semantic: 'status',
    pattern: 'enum',
  },
  {
    name: 'reason_code',
    type: 'int',
    desc: 'Reason or return code of the answer, or of the packet where it has no answer; of several the worst.',
    semantic: 'status',
    pattern: 'general',
  },
  { name: 'reason', type: 'string', desc: 'That code in the words of the specification.', pattern: 'general' },
  {
    name: 'req_properties',
    type: 'json',
    desc: 'Properties of the packet by name (MQTT 5); null where it has none.',
    pattern: 'structured',
  },
  {
    name: 'resp_properties',
    type: 'json',
    desc: 'Properties of the answer by name (MQTT 5); null where it has none.',
    pattern: 'structured',
  },
] as const

/** A row of `mqtt_events`, the protocol's own columns. */
export type MqttRow = RowOf<typeof COLUMNS>

type Name = (typeof COLUMNS)[number]['name']

const bit = (name: Name): number => 1 << COLUMNS.findIndex((column) => column.name === name)

/** Bits of `cut` for the columns that have a limit. */
export const CUT = {
  topic: bit('topic'),
  filters: bit('filters'),
  payload: bit('payload'),
  connect: bit('connect'),
  reqProperties: bit('req_properties'),
  respProperties: bit('resp_properties'),
} as const

/** The exchanges of MQTT. */
export const MQTT_EVENTS = table(
  'mqtt_events',
  'Packets of MQTT clients and servers with the answers that end their exchange.',
  COLUMNS,
  { glance: ['packet_type', 'topic', 'payload', 'resp_type'], endpoint, error: explain },
)

function endpoint(row: MqttRow): string {
  const type = TYPE_WORDS[row.packet_type ?? 0] ?? 'UNKNOWN'
  return row.topic === null ? type : `${type} ${row.topic}`
}

function explain(row: MqttRow, partial = false): string | null {
  if (row.resp_type === ANSWER.unanswered) return noResponse(partial)
  const { reason_code: code, resp_type: answer } = row
  // Return codes of CONNACK in MQTT 3 are small numbers.
  if (code === null || (code < 0x80 && (answer !== TYPE.connack || code === 0))) return null
  const said = reasonString(row.resp_type === ANSWER.none ? row.req_properties : row.resp_properties)
  return `${code}: ${row.reason ?? 'unknown reason'}${said}`
}

function reasonString(properties: MqttRow['req_properties']): string {
  if (properties === null || typeof properties !== 'object' || !('reason_string' in properties)) return ''
  return ` (${properties.reason_string})`
}
