import { REDACTED, redactUrl } from '../../records/redact.js'
import type { Json } from '../../records/table.js'
import { Packet } from './packet.js'
import { readProperties } from './properties.js'
import type { Reader } from './reader.js'
import { CUT, TYPE } from './table.js'

/** Bits of the connect flags; MQTT 5 §3.1.2.3. */
const FLAG = { reserved: 1, cleanStart: 2, will: 4, willRetain: 32, password: 64, username: 128 } as const
/** A bridge between servers says so by this bit of the protocol level. */
const BRIDGE = 0x80

/** Whether a CONNECT begins here, as far as it has come; the reader is left behind the name. */
export function readName(r: Reader): boolean {
  const name = r.string()
  return name === 'MQTT' || name === 'MQIsdp'
}

/** The CONNECT that the reader stands at; null: it is none. */
export function readConnect(r: Reader, redact: boolean): Packet | null {
  if (!readName(r)) return null
  const level = r.byte()
  const flags = r.byte()
  const keepAlive = r.uint16()
  if (!r.ok) return null
  const version = level & ~BRIDGE
  const five = version === 5
  const packet = new Packet(TYPE.connect, five)
  packet.level = version
  if (five) packet.properties = readProperties(r, TYPE.connect, redact)
  const clientId = r.string()
  if (r.ok) packet.clientId = clientId
  const connect: Record<string, Json> = { clean_start: (flags & FLAG.cleanStart) !== 0, keep_alive: keepAlive }
  if (level & BRIDGE) connect.bridge = true
  if (flags & FLAG.will && r.ok) connect.will = readWill(r, flags, five, redact)
  readAccount(r, flags, version, redact, connect)
  packet.connect = connect
  if (!r.ok) packet.cut |= CUT.connect
  if (r.cut) packet.cut |= CUT.connect
  if (packet.properties.cut) packet.cut |= CUT.reqProperties
  return packet
}

function readWill(r: Reader, flags: number, five: boolean, redact: boolean): Json {
  const properties = five ? readProperties(r, 0, redact).values : null
  const will = {
    topic: r.string(),
    payload: r.string(),
    qos: (flags >> 3) & 3,
    retain: (flags & FLAG.willRetain) !== 0,
  }
  return properties === null ? will : { ...will, properties }
}

// MQTT 3.1: either may be missing, whatever its flag says.
function readAccount(r: Reader, flags: number, version: number, redact: boolean, into: Record<string, Json>): void {
  const there = (): boolean => r.ok && (version !== 3 || r.left > 0)
  if (flags & FLAG.username && there()) {
    const username = r.string()
    into.username = redact ? redactUrl(username) : username
  }
  if (flags & FLAG.password && there()) {
    const password = r.string()
    into.password = redact ? REDACTED : password
  }
}
