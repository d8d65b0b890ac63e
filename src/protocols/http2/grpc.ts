import { cutText, text } from '../../records/text.js'
import type { Shown } from '../http/body.js'
import { type Decoder, decodersOf } from '../http/coding.js'
import type { Headers } from '../http/headers.js'
import { Writer, writeMessage } from './protobuf.js'

/** Bytes before a message: is it compressed, and its length. */
const PREFIX = 5
const INFLATED_MAX = 128 * 1024
/** A message whose fields are named must be whole. */
const NAMED_MAX = 16 * 1024

/** A message as text, by its schema. */
export type Describe = (message: Buffer) => string | undefined

/** A body of gRPC: messages, each with its length before it. */
export class Messages {
  /** Bytes of the whole body. */
  size: number
  private readonly limit: number
  private readonly useful: number
  private readonly describe: Describe | undefined
  private readonly json: boolean
  private readonly decoder: Decoder | undefined
  private readonly parts: Buffer[]
  private kept: number

  constructor(headers: Headers, limit: number, describe?: Describe) {
    this.size = 0
    this.limit = limit
    this.useful = describe === undefined || limit === 0 ? limit : Math.max(limit, NAMED_MAX)
    this.describe = describe
    this.json = headers['content-type']?.[0]?.includes('json') === true
    this.decoder = decodersOf(headers['grpc-encoding']?.[0], undefined)?.[0]
    this.parts = []
    this.kept = 0
  }

  /** Counts `buf[start, end)` and keeps what is of use. */
  take(buf: Buffer, start: number, end: number): void {
    const n = this.kept === this.size ? Math.min(end - start, this.useful - this.kept) : 0
    this.size += end - start
    if (n <= 0) return
    this.parts.push(Buffer.from(buf.subarray(start, start + n)))
    this.kept += n
    if (this.parts.length === PARTS_MAX) this.parts.splice(0, PARTS_MAX, Buffer.concat(this.parts))
  }

  /** Counts bytes that are not there. */
  skip(length: number): void {
    this.size += length
  }

  /** Nothing that follows is of use. */
  get sated(): boolean {
    return this.kept >= this.useful || this.kept < this.size
  }

  /** The messages as text, as far as they were kept. */
  show(): Shown {
    if (this.size === 0 || this.limit === 0) return { text: null, cut: false }
    const writer = new Writer(this.limit)
    const whole = this.write(Buffer.concat(this.parts), writer) && this.kept === this.size
    const cut = writer.full || !whole
    return { text: cut && writer.out === '' ? null : writer.out, cut }
  }

  // → false where something could not be read.
  private write(bytes: Buffer, writer: Writer): boolean {
    let at = 0
    while (at < bytes.length && !writer.full) {
      if (bytes.length - at < PREFIX) return false
      const start = at + PREFIX
      const end = start + bytes.readUInt32BE(at + 1)
      if (!this.writeOne(bytes[at] as number, bytes.subarray(start, end), end > bytes.length, writer)) return false
      at = end
    }
    return true
  }

  private writeOne(flags: number, sent: Buffer, cut: boolean, writer: Writer): boolean {
    const bytes = flags === 0 ? sent : flags === 1 ? inflate(sent, this.decoder) : undefined
    if (bytes === undefined) return false
    const named = cut || this.json ? undefined : this.describe?.(bytes)
    if (named !== undefined) {
      writer.add(`${writer.out === '' ? '' : '\n'}${named}`)
      return true
    }
    if (!this.json) return writeMessage(bytes, 0, bytes.length, cut, writer)
    const end = cutText(bytes, 0, bytes.length, this.limit)
    writer.add(`${writer.out === '' ? '' : '\n'}${text(bytes, 0, end)}`)
    return !cut && end === bytes.length
  }
}

const PARTS_MAX = 16

function inflate(bytes: Buffer, decode: Decoder | undefined): Buffer | undefined {
  try {
    return decode?.(bytes, INFLATED_MAX)
  } catch {
    return undefined
  }
}

const CODES =
  'OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS UNAUTHENTICATED'.split(
    ' ',
  )
const MESSAGE_MAX = 1024

/** Why a call failed, by its trailers: `grpc 5 NOT_FOUND: no such user`; null where it succeeded, or does not say. */
export function grpcFailure(trailers: Headers): string | null {
  const status = trailers['grpc-status']?.at(-1)
  if (status === undefined || !/^\d{1,4}$/.test(status) || Number(status) === 0) return null
  const name = CODES[Number(status)]
  const said = trailers['grpc-message']?.at(-1)
  const words = name === undefined ? `grpc ${status}` : `grpc ${Number(status)} ${name}`
  return said === undefined || said === '' ? words : `${words}: ${percentDecoded(said).slice(0, MESSAGE_MAX)}`
}

function percentDecoded(value: string): string {
  return value.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
    const bytes = Buffer.from(run.replaceAll('%', ''), 'hex')
    return text(bytes, 0, bytes.length)
  })
}
