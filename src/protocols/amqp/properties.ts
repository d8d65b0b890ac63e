import { isSecretHeader, REDACTED } from '../../records/redact.js'
import type { Json } from '../../records/table.js'
import { FieldReader } from './fields.js'

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
  const properties = readProperties(reader, flags, redact)
  return reader.done ? { bodySize, properties, cut: reader.cut } : undefined
}

// Properties of the class basic, each behind its flag. Written out: to add them by their names takes twice as long.
function readProperties(reader: FieldReader, flags: number, redact: boolean): Json {
  const shown: Record<string, Json> = {}
  if (flags & 0x8000) shown.content_type = reader.string(1)
  if (flags & 0x4000) shown.content_encoding = reader.string(1)
  if (flags & 0x2000) shown.headers = redact ? withoutSecrets(reader.table(0)) : reader.table(0)
  if (flags & 0x1000) shown.delivery_mode = reader.unsigned(1)
  if (flags & 0x0800) shown.priority = reader.unsigned(1)
  if (flags & 0x0400) shown.correlation_id = reader.string(1)
  if (flags & 0x0200) shown.reply_to = reader.string(1)
  if (flags & 0x0100) shown.expiration = reader.string(1)
  if (flags & 0x0080) shown.message_id = reader.string(1)
  if (flags & 0x0040) shown.timestamp = reader.unsigned(8)
  if (flags & 0x0020) shown.type = reader.string(1)
  if (flags & 0x0010) shown.user_id = reader.string(1)
  if (flags & 0x0008) shown.app_id = reader.string(1)
  if (flags & 0x0004) shown.cluster_id = reader.string(1)
  return shown
}

function withoutSecrets(headers: Json): Json {
  const secrets = Object.keys(headers as object).filter((name) => isSecretHeader(name.toLowerCase()))
  if (secrets.length === 0) return headers
  const redacted = secrets.map((name) => [name, REDACTED])
  return { ...(headers as Readonly<Record<string, Json>>), ...Object.fromEntries(redacted) }
}
