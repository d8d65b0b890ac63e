import { TYPE } from './table.js'

/** First bytes of what is part of a value but begins no reply. */
export const MARK = { streamEnd: 0x2e, chunk: 0x3b, attribute: 0x7c } as const

export const CR = 13
export const LF = 10
/** `?`: the length of a streamed value. */
export const STREAMED = 0x3f
/** The longest number, in characters. */
export const MAX_NUMBER = 4096

const MAX_HEADER = 24
const FIRST_BYTES: ReadonlySet<number> = new Set([...Object.values(TYPE), MARK.attribute])
const INTEGER = /^[+-]?\d{1,20}$/
const BIG_NUMBER = /^[+-]?\d+$/
const DOUBLE = /^(?:[+-]?\d+(?:\.\d*)?(?:e[+-]?\d+)?|[+-]?inf|-?nan)$/i

/** Whether a reply may begin with this byte. */
export function mayBeginReply(byte: number): boolean {
  return byte > 0x20 && FIRST_BYTES.has(byte)
}

/** Whether values of this type are a text that ends with the line. */
export function isText(type: number): boolean {
  return type === TYPE.simple || type === TYPE.error
}

/** Whether values of this type have other values in them. */
export function isAggregate(type: number): boolean {
  return type === TYPE.array || type === TYPE.map || type === TYPE.set || type === TYPE.push || type === MARK.attribute
}

/** Whether values of this type say how many bytes they have. */
export function isBulk(type: number): boolean {
  return type === TYPE.bulk || type === TYPE.verbatim || type === TYPE.bulkError || type === MARK.chunk
}

/** The CR after the length at `pos`; 0: it has not come, -1: there is no length. */
export function headerEnd(buf: Buffer, pos: number, end: number): number {
  const last = end - pos < MAX_HEADER ? end : pos + MAX_HEADER
  for (let i = pos; i < last; i++) {
    const c = buf[i] as number
    if (c === CR && i + 1 === end) return 0
    if (c === CR) return buf[i + 1] === LF ? i : -1
    if ((c < 0x30 || c > 0x39) && c !== 0x2d && c !== STREAMED) return -1
  }
  return last === end ? 0 : -1
}

/** The length `buf[start, end)`: -1 = null, -2 = not a length. */
export function lengthAt(buf: Buffer, start: number, end: number): number {
  if (end - start === 2 && buf[start] === 0x2d && buf[start + 1] === 0x31) return -1
  if (end === start || end - start > 10) return -2
  let n = 0
  for (let i = start; i < end; i++) {
    const digit = (buf[i] as number) - 0x30
    if (digit < 0 || digit > 9) return -2
    n = n * 10 + digit
  }
  return n
}

/** Whether `buf[start, end)` is a number, boolean or null of this type. */
export function isScalar(type: number, buf: Buffer, start: number, end: number): boolean {
  if (end - start > MAX_NUMBER) return false
  if (type === TYPE.null) return end === start
  const text = buf.toString('latin1', start, end)
  if (type === TYPE.boolean) return text === 't' || text === 'f'
  if (type === TYPE.bigNumber) return BIG_NUMBER.test(text)
  return type === TYPE.double ? DOUBLE.test(text) : type === TYPE.integer && INTEGER.test(text)
}
