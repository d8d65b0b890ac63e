import { isUtf8 } from 'node:buffer'
import { u32 } from '../byte-reader.js'
import { Fields } from '../fields.js'
import { CHECK, isDispatch, isMarker, isRerr, MORE, TYPE, TYPE_WORDS } from './types.js'

/** Bytes before the body of a message: size, type, tag. */
export const HEAD = 8
/** A message is not longer. */
const SIZE_MAX = 1 << 30
const VERSION_MAX = 1
const CONTEXTS_MAX = 256
const PRINTABLE = /^[\x21-\x7e]+$/

/** The head of a message. */
export interface Head {
  /** Of the whole message, with the four bytes of the size. */
  readonly total: number
  readonly type: number
  readonly tag: number
}

/** Reads the head at `pos`, which must be there; undefined: it is none. */
export function readFrameHead(buf: Buffer, pos: number): Head | undefined {
  const size = u32(buf, pos)
  const type = ((buf[pos + 4] as number) << 24) >> 24
  if (size < 4 || size > SIZE_MAX || TYPE_WORDS[type] === undefined) return undefined
  const tag = u32(buf, pos + 4) & 0xffffff
  if ((tag & MORE) !== 0 && !isDispatch(type)) return undefined
  if (isMarker(type) !== (tag === 0) && !mayHaveNoTag(type)) return undefined
  return isEmpty(type) && size > 4 ? undefined : { total: 4 + size, type, tag }
}

// An error may answer what had no tag.
function mayHaveNoTag(type: number): boolean {
  return isRerr(type) || type === TYPE.Tdiscarded || type === TYPE.BAD_Tdiscarded
}

function isEmpty(type: number): boolean {
  const code = Math.abs(type)
  return code === TYPE.Tdrain || code === TYPE.Tping
}

/** How sure the bytes at `pos` are a message: its body is as it must be · it may be anything · more bytes are needed. */
export type Look = 'sure' | 'weak' | 'more' | 'no'

/** Looks at a message, as far as its bytes are there. */
export function lookAtFrame(buf: Buffer, pos: number, end: number): Look {
  if (end - pos < HEAD)
    return buf[pos] === undefined || (pos < end && (buf[pos] as number) > SIZE_MAX >> 24) ? 'no' : 'more'
  const head = readFrameHead(buf, pos)
  if (head === undefined) return 'no'
  const stop = Math.min(end, pos + head.total)
  const whole = stop === pos + head.total
  const body = new Fields(buf, pos + HEAD, stop)
  const look = lookAtBody(head.type, body)
  if (look === 'more' || body.short) return whole && (head.tag & MORE) === 0 ? 'no' : 'more'
  return look
}

function lookAtBody(type: number, body: Fields): Look {
  switch (type) {
    case TYPE.Tinit:
    case TYPE.Rinit:
      return lookAtInit(body)
    case TYPE.Tdispatch:
      return lookAtDispatch(body)
    case TYPE.Rdispatch:
      if (body.left > 0 && body.uint(1) > 2) return 'no'
      return body.short || body.left === 0 ? 'more' : lookAtContexts(body)
    case TYPE.Treq:
      return lookAtTrace(body)
    case TYPE.Rreq:
      return body.left === 0 ? 'more' : body.uint(1) > 2 ? 'no' : 'weak'
    case TYPE.Rerr:
    case TYPE.BAD_Rerr:
      return lookAtText(body)
    case TYPE.Tdiscarded:
    case TYPE.BAD_Tdiscarded:
      body.uint(3)
      return lookAtText(body)
    case TYPE.Tlease:
      return body.left === 9 && body.uint(1) <= 1 ? 'weak' : 'no'
    default:
      return 'weak'
  }
}

function lookAtInit(body: Fields): Look {
  if (body.left < 2) return 'more'
  if (body.uint(2) > VERSION_MAX) return 'no'
  while (body.left > 0) {
    const key = body.vector(4)
    body.vector(4)
    if (body.short) return 'more'
    if (!isName(key)) return 'no'
  }
  return 'sure'
}

function lookAtContexts(body: Fields): Look {
  const count = body.uint(2)
  if (count > CONTEXTS_MAX) return 'no'
  for (let i = 0; i < count && !body.short; i++) {
    const key = body.vector(2)
    if (!body.short && !isName(key)) return 'no'
    body.vector(2)
  }
  return body.short ? 'more' : count > 0 ? 'sure' : 'weak'
}

function lookAtDispatch(body: Fields): Look {
  const contexts = lookAtContexts(body)
  if (contexts === 'no' || contexts === 'more') return contexts
  const destination = body.vector(2)
  const empty = destination.left === 0
  if (!body.short && !empty && (destination.buf[destination.pos] !== 0x2f || !isName(destination))) return 'no'
  const entries = body.uint(2)
  if (entries > CONTEXTS_MAX) return 'no'
  for (let i = 0; i < entries && !body.short; i++) {
    const prefix = body.vector(2)
    if (!body.short && !isName(prefix)) return 'no'
    body.vector(2)
  }
  if (body.short) return 'more'
  return contexts === 'sure' || !empty ? 'sure' : 'weak'
}

function lookAtTrace(body: Fields): Look {
  if (body.left === 0) return 'more'
  const count = body.uint(1)
  if (count > 2) return 'no'
  for (let i = 0; i < count && !body.short; i++) {
    const key = body.uint(1)
    const length = body.vector(1).left
    if (!body.short && (key !== i + 1 || length !== (key === 1 ? 24 : 1))) return 'no'
  }
  return body.short ? 'more' : count === 2 ? 'sure' : 'weak'
}

function lookAtText(body: Fields): Look {
  if (body.short) return 'more'
  const bytes = body.bytes()
  if (bytes.includes(0) || !isUtf8(bytes)) return 'no'
  return bytes.toString('latin1') === CHECK ? 'sure' : 'weak'
}

function isName({ buf, pos, end }: Fields): boolean {
  return PRINTABLE.test(buf.toString('latin1', pos, Math.min(end, pos + 128)))
}

/** The next offset at which a message begins whose body is as it must be, or an empty one that another follows; or -1. */
export function findFrame(buf: Buffer, pos: number, end: number): number {
  for (let at = pos; at < end; at++) {
    if ((buf[at] as number) > 1) continue
    const look = lookAtFrame(buf, at, end)
    if (look === 'sure' || (look === 'weak' && isFollowed(buf, at, end))) return at
    if (look === 'more' && end - at < HEAD) return at
  }
  return -1
}

// Followed by nothing at all, or by another message.
function isFollowed(buf: Buffer, at: number, end: number): boolean {
  const next = at + (readFrameHead(buf, at)?.total ?? 0)
  return next === end || (next < end && lookAtFrame(buf, next, end) !== 'no')
}
