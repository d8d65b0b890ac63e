import type { Json } from '../../records/table.js'
import { cutText, text } from '../../records/text.js'
import type { Fields } from '../fields.js'
import type { DecodeOptions, Span } from '../protocol.js'
import { readContexts, readHeaders, readTrace } from './contexts.js'
import { methodOf } from './thrift.js'
import { MORE, TYPE } from './types.js'

const ENTRIES_MAX = 256

/** A message, or a fragment of one. */
export class Message implements Span {
  startNs = 0
  endNs = 0
  lost = false
  readonly type: number
  /** Without the bit of fragments. */
  readonly tag: number
  /** More fragments follow. */
  readonly fragment: boolean
  /** The first fragment of it. */
  first: Message | undefined
  contexts: Json = null
  destination: string | null = null
  dtab: string | null = null
  status: number | null = null
  method: string | null = null
  body: string | null = null
  /** Bytes of the payload. */
  size: number | null = null
  /** The payload is longer than what is shown of it. */
  cut = false
  /** Of a Tdiscarded: the tag of what is given up. */
  which = 0

  constructor(type: number, tag: number) {
    this.type = type
    this.tag = tag & ~MORE
    this.fragment = (tag & MORE) !== 0
  }

  /** About how many bytes are kept. */
  get kept(): number {
    return (this.body?.length ?? 0) + (this.contexts === null ? 0 : 512)
  }
}

/** Fills in what the body says; `all` holds the first bytes of it, `length` is what it is long. */
export function readBody(message: Message, all: Fields, length: number, options: DecodeOptions): void {
  const start = all.pos
  readHead(message, all, options.redact)
  const size = length - (all.pos - start)
  // The head is longer than what is at hand.
  if (all.short) return
  message.size = size
  message.method = message.type === TYPE.Tdispatch || message.type === TYPE.Treq ? methodOf(all) : null
  if (size === 0 || message.body !== null) return
  const end = cutText(all.buf, all.pos, all.end, options.bodyBytes)
  message.cut = end - all.pos < size
  message.body = text(all.buf, all.pos, end)
}

function readHead(message: Message, all: Fields, redact: boolean): void {
  switch (message.type) {
    case TYPE.Tdispatch:
      message.contexts = readContexts(all, redact)
      message.destination = shown(all.vector(2))
      message.dtab = readDtab(all)
      break
    case TYPE.Rdispatch:
      message.status = all.uint(1)
      message.contexts = readContexts(all, redact)
      break
    case TYPE.Treq:
      message.contexts = readTrace(all)
      break
    case TYPE.Rreq:
      message.status = all.uint(1)
      break
    case TYPE.Tinit:
    case TYPE.Rinit:
      message.contexts = readHeaders(all)
      break
    case TYPE.Tdiscarded:
    case TYPE.BAD_Tdiscarded:
      message.which = all.uint(3)
      break
    case TYPE.Tlease:
      message.body = readLease(all)
      break
  }
}

function shown(part: Fields): string {
  return text(part.buf, part.pos, part.end)
}

// As Finagle writes it: `/s=>/t;/u=>/v`.
function readDtab(all: Fields): string {
  const entries: string[] = []
  for (let left = all.uint(2); left > 0 && !all.short; left--) {
    const entry = `${shown(all.vector(2))}=>${shown(all.vector(2))}`
    if (entries.length < ENTRIES_MAX) entries.push(entry)
  }
  return entries.join(';')
}

// Unit 0: milliseconds from now on, 1: a time.
function readLease(all: Fields): string {
  const unit = all.uint(1)
  const value = all.uint(4) * 2 ** 32 + all.uint(4)
  return unit === 0 ? `${value} ms` : `until ${value} ms`
}
