import { isSecretHeader, REDACTED } from '../../records/redact.js'
import type { Json } from '../../records/table.js'
import { FieldReader } from './fields.js'

type Named = readonly [string, 'shortstr' | 'octet' | 'timestamp' | 'table']

/** Properties of the class basic, from the highest flag down. */
const PROPERTIES: readonly Named[] = [
  ['content_type', 'shortstr'],
  ['content_encoding', 'shortstr'],
  ['headers', 'table'],
  ['delivery_mode', 'octet'],
  ['priority', 'octet'],
  ['correlation_id', 'shortstr'],
  ['reply_to', 'shortstr'],
  ['expiration', 'shortstr'],
  ['message_id', 'shortstr'],
  ['timestamp', 'timestamp'],
  ['type', 'shortstr'],
  ['user_id', 'shortstr'],
  ['app_id', 'shortstr'],
  ['cluster_id', 'shortstr'],
]
const HIGHEST_FLAG = 15
const CLZ_HIGHEST = 16
const BASIC = 60
const FIXED = 14
const TWO_32 = 2 ** 32

/** What a content header says. */
export interface ContentHeader {
  readonly bodySize: number
  readonly properties: Json
  readonly cut: boolean
}

/** Reads a content header; undefined: it is none. */
export function parseHeader(
  buf: Buffer,
  pos: number,
  end: number,
  room: number,
  redact: boolean,
): ContentHeader | undefined {
  if (end - pos < FIXED || buf.readUInt16BE(pos) !== BASIC || buf.readUInt16BE(pos + 2) !== 0) return undefined
  const bodySize = buf.readUInt32BE(pos + 4) * TWO_32 + buf.readUInt32BE(pos + 8)
  const flags = buf.readUInt16BE(pos + 12)
  // The two lowest flags would announce more of them.
  if (!Number.isSafeInteger(bodySize) || (flags & 3) !== 0) return undefined
  const reader = new FieldReader(buf, pos + FIXED, end, room)
  const properties: Record<string, Json> = {}
  for (let left = flags; left !== 0; ) {
    const i = Math.clz32(left) - CLZ_HIGHEST
    const [name, type] = PROPERTIES[i] as Named
    properties[name] = read(reader, type, redact)
    left &= (1 << (HIGHEST_FLAG - i)) - 1
  }
  return reader.done ? { bodySize, properties, cut: reader.cut } : undefined
}

function read(reader: FieldReader, type: Named[1], redact: boolean): Json {
  if (type === 'shortstr') return reader.string(1)
  if (type === 'octet') return reader.unsigned(1)
  if (type === 'timestamp') return reader.unsigned(8)
  const headers = reader.table(0)
  return redact ? withoutSecrets(headers) : headers
}

function withoutSecrets(headers: Json): Json {
  const secrets = Object.keys(headers as object).filter((name) => isSecretHeader(name.toLowerCase()))
  if (secrets.length === 0) return headers
  const redacted = secrets.map((name) => [name, REDACTED])
  return { ...(headers as Readonly<Record<string, Json>>), ...Object.fromEntries(redacted) }
}
