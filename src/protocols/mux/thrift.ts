import { text } from '../../records/text.js'
import type { Fields } from '../fields.js'

const STRICT = 0x80010000
const CALL = 1
const ONEWAY = 4
const NAME_MAX = 256

/** The method of a call in Thrift's binary protocol, which is what ThriftMux carries; null: it is none. */
export function methodOf({ buf, pos, end }: Fields): string | null {
  if (end - pos < 9) return null
  const head = buf.readUInt32BE(pos)
  const type = head & 0xff
  if ((head & 0xffffff00) >>> 0 !== STRICT || (type !== CALL && type !== ONEWAY)) return null
  const length = buf.readUInt32BE(pos + 4)
  if (length === 0 || length > NAME_MAX || pos + 8 + length > end) return null
  return text(buf, pos + 8, pos + 8 + length)
}
