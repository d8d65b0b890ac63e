import { REDACTED } from '../../records/redact.js'
import { text } from '../../records/text.js'
import { type Cursor, INVALID, NEED_MORE } from '../protocol.js'
import { ANSWERED, HEADER, Header, MAGIC, OPERATIONS, STATUSES } from './binary.js'
import { type Frame, Reply } from './frames.js'
import { finishReply } from './pairing.js'
import type { State } from './state.js'
import { ANSWER, DIALECT } from './table.js'
import { keep } from './values.js'

const STAT = 0x10
const COUNTERS: ReadonlySet<number> = new Set([0x05, 0x06, 0x15, 0x16])
const RETRIEVED = /^g(?:e|a)tk?q?$/

/** A response of the binary protocol, up to its value. */
export function parseBinaryReply(bytes: Cursor, s: State, out: Frame[]): number {
  const { buf, pos, end } = bytes
  if (end - pos < HEADER) {
    if (pos < end && buf[pos] !== MAGIC.response) return INVALID
    bytes.want = HEADER
    return NEED_MORE
  }
  const header = new Header(buf, pos)
  if (buf[pos] !== MAGIC.response || !header.isResponse) return INVALID
  if (s.reply !== null && (header.opcode !== STAT || header.opaque !== s.reply.opaque)) return INVALID
  const body = HEADER + header.extras + header.key
  if (end - pos < body) {
    bytes.want = body
    return NEED_MORE
  }
  const key = pos + HEADER + header.extras
  const begun = s.reply ?? begin(header, buf, pos + HEADER)
  s.reply = begun
  s.valueKey = text(buf, key, key + header.key)
  if (header.key > 0) begun.key = s.valueKey
  s.reading = true
  s.retrieved.begin(header.value, 0, Math.max(0, s.conn.options.bodyBytes - begun.shown))
  if (header.value === 0) endBinaryValue(s, out)
  else bytes.skip = s.retrieved.needless
  return body
}

function begin(header: Header, buf: Buffer, extras: number): Reply {
  const reply = new Reply(DIALECT.binary)
  reply.opcode = header.opcode
  reply.opaque = header.opaque
  reply.status = STATUSES[header.status] as string
  if (header.cas !== '0') reply.cas = header.cas
  if (header.extras === 4) reply.flags = buf.readUInt32BE(extras)
  const { name = '' } = OPERATIONS.get(header.opcode) ?? {}
  if (!ANSWERED.has(header.status)) reply.type = ANSWER.error
  else if (header.status !== 0) reply.type = ANSWER.status
  else if (RETRIEVED.test(name)) {
    reply.type = ANSWER.values
    reply.hits = 1
    reply.size = header.value
  } else if (COUNTERS.has(header.opcode) && header.value === 8) reply.type = ANSWER.number
  else if (header.opcode === STAT) reply.type = ANSWER.statistics
  return reply
}

/** The value of a response is complete; statistics end with an empty one. */
export function endBinaryValue(s: State, out: Frame[]): void {
  const reply = s.reply as Reply
  s.reading = false
  const bytes = s.retrieved.bytes()
  if (reply.type === ANSWER.statistics) {
    if (s.valueKey !== '') {
      keep(reply, s.valueKey, text(bytes, 0, bytes.length), s.conn.options.bodyBytes)
      return
    }
  } else if (reply.type === ANSWER.number) reply.text = bytes.length === 8 ? bytes.readBigUInt64BE(0).toString() : ''
  else if (reply.type === ANSWER.values) keep(reply, s.valueKey, s.retrieved.shown(bytes), s.conn.options.bodyBytes)
  else reply.text = messageOf(reply, s.retrieved.shown(bytes), s)
  reply.cut = reply.cut || s.retrieved.cut
  s.reply = null
  out.push(reply)
  finishReply(reply, s)
}

// What a server says in the course of a login may be part of it.
function messageOf({ opcode, status }: Reply, message: string, s: State): string {
  const isLogin = (opcode === 0x21 || opcode === 0x22) && status === 'Authentication continue'
  return isLogin && s.conn.options.redact && message !== '' ? REDACTED : message
}
