import { isSecretHeader, REDACTED, redactForm } from '../../records/redact.js'
import type { Json } from '../../records/table.js'
import type { Reader } from './reader.js'
import { TYPE } from './table.js'

type Form = 'byte' | 'uint16' | 'uint32' | 'variable' | 'string' | 'pair'

/** MQTT 5 §2.2.2.2: what a property is called, how it is written, and the packets that may have it (0: the will). */
const PROPERTIES: Readonly<Record<number, readonly [name: string, form: Form, packets: readonly number[]]>> = {
  1: ['payload_format_indicator', 'byte', [TYPE.publish, 0]],
  2: ['message_expiry_interval', 'uint32', [TYPE.publish, 0]],
  3: ['content_type', 'string', [TYPE.publish, 0]],
  8: ['response_topic', 'string', [TYPE.publish, 0]],
  9: ['correlation_data', 'string', [TYPE.publish, 0]],
  11: ['subscription_identifier', 'variable', [TYPE.publish, TYPE.subscribe]],
  17: ['session_expiry_interval', 'uint32', [TYPE.connect, TYPE.connack, TYPE.disconnect]],
  18: ['assigned_client_identifier', 'string', [TYPE.connack]],
  19: ['server_keep_alive', 'uint16', [TYPE.connack]],
  21: ['authentication_method', 'string', [TYPE.connect, TYPE.connack, TYPE.auth]],
  22: ['authentication_data', 'string', [TYPE.connect, TYPE.connack, TYPE.auth]],
  23: ['request_problem_information', 'byte', [TYPE.connect]],
  24: ['will_delay_interval', 'uint32', [0]],
  25: ['request_response_information', 'byte', [TYPE.connect]],
  26: ['response_information', 'string', [TYPE.connack]],
  28: ['server_reference', 'string', [TYPE.connack, TYPE.disconnect]],
  31: ['reason_string', 'string', [2, 4, 5, 6, 7, 9, 11, 14, 15]],
  33: ['receive_maximum', 'uint16', [TYPE.connect, TYPE.connack]],
  34: ['topic_alias_maximum', 'uint16', [TYPE.connect, TYPE.connack]],
  35: ['topic_alias', 'uint16', [TYPE.publish]],
  36: ['maximum_qos', 'byte', [TYPE.connack]],
  37: ['retain_available', 'byte', [TYPE.connack]],
  38: ['user_property', 'pair', [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 15]],
  39: ['maximum_packet_size', 'uint32', [TYPE.connect, TYPE.connack]],
  40: ['wildcard_subscription_available', 'byte', [TYPE.connack]],
  41: ['subscription_identifier_available', 'byte', [TYPE.connack]],
  42: ['shared_subscription_available', 'byte', [TYPE.connack]],
}

/** Properties that are shown of a packet; behind them the rest is only checked. */
const MAX_SHOWN = 64

/** Properties of one packet by name. */
export interface Properties {
  readonly values: Readonly<Record<string, Json>> | null
  readonly alias: number
  readonly cut: boolean
}

export const NO_PROPERTIES: Properties = { values: null, alias: 0, cut: false }

/** Reads the properties of a packet of this type (0: of a will); what has no business there makes the reader not ok. */
export function readProperties(r: Reader, type: number, redact: boolean): Properties {
  const length = r.variable()
  const end = r.pos + length
  if (!r.ok || end > r.end) {
    r.ok = false
    return NO_PROPERTIES
  }
  if (length === 0) return NO_PROPERTIES
  const all = r.end
  const values: Record<string, Json> = {}
  let shown = 0
  r.end = end
  while (r.ok && r.pos < end) {
    const [name, form, packets] = PROPERTIES[r.byte()] ?? ['', 'byte', []]
    if (!packets.includes(type)) r.ok = false
    else if (form === 'pair') addPair(values, name, r, redact, shown++ < MAX_SHOWN)
    else add(values, name, r[form](), redact, shown++ < MAX_SHOWN)
  }
  r.end = all
  const alias = typeof values.topic_alias === 'number' ? values.topic_alias : 0
  return { values, alias, cut: shown > MAX_SHOWN }
}

// A PUBLISH may have several subscription identifiers: then it is a list.
function add(values: Record<string, Json>, name: string, read: string | number, redact: boolean, shown: boolean): void {
  const value = redact && name === 'authentication_data' ? REDACTED : read
  const before = values[name]
  if (!shown) return
  if (before === undefined) values[name] = value
  else values[name] = [...(Array.isArray(before) ? before : [before]), value]
}

function addPair(values: Record<string, Json>, list: string, r: Reader, redact: boolean, shown: boolean): void {
  const name = r.string()
  const value = r.string()
  if (!shown || !r.ok) return
  const pair = { name, value: redact && isSecret(name) ? REDACTED : value }
  values[list] = [...((values[list] as readonly Json[] | undefined) ?? []), pair]
}

function isSecret(name: string): boolean {
  return isSecretHeader(name.toLowerCase()) || redactForm(`${name}=`).length > name.length + 1
}
