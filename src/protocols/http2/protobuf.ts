import { text } from '../../records/text.js'

const DEPTH_MAX = 16
const VARINT_MAX = 10
const FIELD_MAX = 2 ** 29 - 1

/** Collects text up to a limit. */
export class Writer {
  out: string
  /** Something did not fit. */
  full: boolean
  private readonly limit: number

  constructor(limit: number) {
    this.out = ''
    this.full = false
    this.limit = limit
  }

  add(piece: string): void {
    if (this.full) return
    const left = this.limit - this.out.length
    this.full = piece.length > left
    this.out += this.full ? piece.slice(0, left).replace(/[\ud800-\udbff]$/, '') : piece
  }
}

/** Reads the wire format of protocol buffers. */
class Reader {
  readonly buf: Buffer
  pos: number
  readonly end: number
  /** The varint that was read last, as two halves. */
  low: number
  high: number

  constructor(buf: Buffer, pos: number, end: number) {
    this.buf = buf
    this.pos = pos
    this.end = end
    this.low = 0
    this.high = 0
  }

  varint(): boolean {
    let low = 0
    let high = 0
    for (let i = 0; i < VARINT_MAX && this.pos < this.end; i++) {
      const byte = this.buf[this.pos++] as number
      if (i < 4) low += (byte & 0x7f) * 2 ** (7 * i)
      else if (i === 4) {
        low += (byte & 0x0f) * 2 ** 28
        high = (byte & 0x70) >> 4
      } else high += (byte & 0x7f) * 2 ** (7 * i - 32)
      if (byte >= 0x80) continue
      this.low = low
      this.high = high % 2 ** 32
      return true
    }
    return false
  }

  get value(): string {
    const { low, high } = this
    return high === 0 ? `${low}` : `${(BigInt(high) << 32n) | BigInt(low)}`
  }

  hex(bytes: number): string {
    const digits = Buffer.from(this.buf.subarray(this.pos, this.pos + bytes))
      .reverse()
      .toString('hex')
    this.pos += bytes
    return `0x${digits}`
  }
}

/**
 * Writes the fields of a message of which no schema is known, a line each: `1: "Hello world"`.
 * `cut`: the message goes on after `end`. → false where it is none; what could be read is written.
 */
export function writeMessage(buf: Buffer, start: number, end: number, cut: boolean, writer: Writer): boolean {
  return writeFields(new Reader(buf, start, end), cut, '', writer)
}

function writeFields(from: Reader, cut: boolean, indent: string, writer: Writer): boolean {
  while (from.pos < from.end && !writer.full) {
    if (!from.varint() || !isTag(from)) return cut && from.pos === from.end
    const type = from.low & 7
    const line = `${writer.out === '' ? '' : '\n'}${indent}${from.low >>> 3}`
    if (type === 2) {
      if (!writeBytes(from, cut, indent, line, writer)) return false
      continue
    }
    const size = type === 1 ? 8 : 4
    if (type === 0 ? !from.varint() : from.end - from.pos < size) return cut
    writer.add(`${line}: ${type === 0 ? from.value : from.hex(size)}`)
  }
  return true
}

// Groups (types 3 and 4) are not read.
function isTag({ low, high }: Reader): boolean {
  const type = low & 7
  const field = low >>> 3
  return high === 0 && field > 0 && field <= FIELD_MAX && (type <= 2 || type === 5)
}

function writeBytes(from: Reader, cut: boolean, indent: string, line: string, writer: Writer): boolean {
  if (!from.varint()) return cut
  const { buf, pos } = from
  const length = from.high === 0 ? from.low : Number.POSITIVE_INFINITY
  const short = length > from.end - pos
  if (short && !cut) return false
  const end = short ? from.end : pos + length
  from.pos = end
  const value = text(buf, pos, end)
  const plain = isText(value)
  if (
    !(plain && !/[\t\n\r]/.test(value)) &&
    end > pos &&
    indent.length < DEPTH_MAX &&
    isMessage(buf, pos, end, short)
  ) {
    writer.add(`${line} {`)
    writeFields(new Reader(buf, pos, end), short, `${indent}  `, writer)
    writer.add(`\n${indent}}`)
  } else writer.add(`${line}: "${plain ? escaped(value) : bytesOf(buf, pos, end)}"`)
  return true
}

function isMessage(buf: Buffer, start: number, end: number, cut: boolean): boolean {
  const from = new Reader(buf, start, end)
  while (from.pos < end) {
    if (!from.varint() || !isTag(from)) return false
    const type = from.low & 7
    if (type === 0 || type === 2) if (!from.varint()) return cut
    const size = type === 1 ? 8 : type === 5 ? 4 : type === 2 ? from.low + from.high * 2 ** 32 : 0
    if (size > end - from.pos) return cut
    from.pos += size
  }
  return true
}

// Undecodable bytes are lone surrogates.
function isText(value: string): boolean {
  return value.isWellFormed() && !/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(value)
}

const ESCAPES: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function escaped(value: string): string {
  return value.replace(/["\\\n\r\t]/g, (c) => ESCAPES[c] as string)
}

function bytesOf(buf: Buffer, start: number, end: number): string {
  const chars = escaped(buf.toString('latin1', start, end))
  return chars.replace(/[\0-\x1f\x7f-\xff]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
