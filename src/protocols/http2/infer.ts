import type { Cursor, Guess, InferHint, Kind } from '../protocol.js'
import {
  CONTINUATION,
  END_HEADERS,
  FRAME_HEADER,
  HEADERS,
  PADDED,
  PAYLOAD_DEFAULT,
  PING,
  PREFACE,
  PRIORITY,
  PUSH_PROMISE,
  RST_STREAM,
  SETTINGS,
  WINDOW_UPDATE,
  WITH_PRIORITY,
} from './frames.js'
import { Hpack, UNKNOWN } from './hpack.js'
import { findBoundary, frameEnd } from './start.js'
import type { Field } from './static.js'

/** Frames whose type sets their length, both ways together, without a header block that tells who asks. */
const EXACT_MIN = 4
const EXACT: readonly number[] = [PRIORITY, RST_STREAM, SETTINGS, PING, WINDOW_UPDATE]
const FRAMES_MAX = 64

/** What a direction looks like. */
interface Look {
  /** Frames in a row; -1: these are none. */
  readonly frames: number
  /** Those among them whose type sets their length. */
  readonly exact: number
  readonly kind: Kind | undefined
}

const NONE: Look = { frames: -1, exact: 0, kind: undefined }
const FEW: Look = { frames: 0, exact: 0, kind: undefined }

/** Who sends the preface is the client; without it header blocks tell. See `Protocol.infer`. */
export function infer(sent: Cursor, received: Cursor, hint: InferHint): Guess {
  const ours = prefaceOf(sent)
  const theirs = prefaceOf(received)
  if (ours === PREFACE.length) return 'client'
  if (theirs === PREFACE.length) return 'server'
  if (ours > 0 || theirs > 0) return 'need-more'
  const out = look(sent, hint.fromStart)
  const back = look(received, hint.fromStart)
  if (clash(out, back, hint.fromStart)) return 'no'
  const frames = Math.max(out.frames, 0) + Math.max(back.frames, 0)
  if (frames > 1 && (out.kind === 'request' || back.kind === 'response')) return 'client'
  if (frames > 1 && (out.kind === 'response' || back.kind === 'request')) return 'server'
  return out.exact + back.exact >= EXACT_MIN && hint.role !== 'unknown' ? hint.role : 'need-more'
}

function clash(out: Look, back: Look, fromStart: boolean): boolean {
  if (out.kind !== undefined && out.kind === back.kind) return true
  const none = out.frames < 0 || back.frames < 0
  return fromStart ? none : none && out.frames <= 0 && back.frames <= 0
}

// How many bytes of the preface are here; 0 also where it is something else.
function prefaceOf({ buf, pos, end }: Cursor): number {
  const length = Math.min(end - pos, PREFACE.length)
  return buf.compare(PREFACE, 0, length, pos, pos + length) === 0 ? length : 0
}

function look(bytes: Cursor, fromStart: boolean): Look {
  const { buf, pos, end } = bytes
  if (end - pos < FRAME_HEADER) return end - pos > 3 && (buf[pos + 3] as number) > CONTINUATION ? NONE : FEW
  if (fromStart) return lookAt(buf, pos, end)
  const at = findBoundary(undefined, bytes)
  // No boundary, but a frame may begin right here: its end is still to come.
  return lookAt(buf, at < 0 ? pos : at, end)
}

function lookAt(buf: Buffer, start: number, end: number): Look {
  let hpack: Hpack | undefined
  let kind: Kind | undefined
  let frames = 0
  let exact = 0
  let before = -1
  for (let at = start; at + FRAME_HEADER <= end && frames < FRAMES_MAX; ) {
    // RFC 9113 §5.5: types that are not known may follow.
    if (frames > 0 && (buf[at + 3] as number) > CONTINUATION) {
      at += FRAME_HEADER + buf.readUIntBE(at, 3)
      continue
    }
    const next = frameEnd(buf, before, at, kind, PAYLOAD_DEFAULT)
    if (next < 0) return NONE
    frames++
    const type = buf[at + 3] as number
    if (EXACT.includes(type) && next <= end) exact++
    if ((type === HEADERS || type === PUSH_PROMISE) && next <= end) {
      hpack ??= new Hpack(false, false)
      const fields = fieldsOf(buf, at, next, hpack)
      if (fields === undefined || !isSound(fields)) return NONE
      const said = kindOf(fields)
      // What a server promises is the answer to a request that it says itself.
      kind ??= type === PUSH_PROMISE && said === 'request' ? 'response' : said
    }
    before = at
    at = next
  }
  return { frames, exact, kind }
}

// Of a block in one piece.
function fieldsOf(buf: Buffer, frame: number, next: number, hpack: Hpack): Field[] | undefined {
  const flags = buf[frame + 4] as number
  let at = frame + FRAME_HEADER
  const end = (flags & PADDED) === 0 ? next : next - (buf[at++] as number)
  if ((flags & WITH_PRIORITY) !== 0) at += 5
  if (buf[frame + 3] === PUSH_PROMISE) at += 4
  if ((flags & END_HEADERS) === 0) return []
  const fields: Field[] = []
  return at < end && hpack.read(buf, at, end, fields) ? fields : undefined
}

/** A token of RFC 9110 §5.6.2. */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/
/** RFC 9113 §8.3: fields that begin with a colon, and what they may say. */
const PSEUDO: ReadonlyMap<string, RegExp> = new Map([
  [':status', /^[1-9]\d\d$/],
  [':method', TOKEN],
  [':scheme', /^[a-z][a-z\d+.-]*$/i],
  [':path', /^[/*]/],
  [':authority', /^[^\s/]+$/],
  [':protocol', /^[\w.-]+$/],
])

// No name is empty, none has control characters, and no value.
function isSound(fields: readonly Field[]): boolean {
  return fields.every(({ name, value }) => {
    if (name === UNKNOWN) return true
    return (PSEUDO.get(name)?.test(value) ?? TOKEN.test(name)) && !hasControl(value)
  })
}

function hasControl(value: string): boolean {
  for (let i = 0; i < value.length; i++) if (value.charCodeAt(i) < 0x20 && value[i] !== '\t') return true
  return false
}

// That there is one method, or scheme, may be an accident.
function kindOf(fields: readonly Field[]): Kind | undefined {
  const pseudo = new Set(fields.map(({ name }) => name).filter((name) => PSEUDO.has(name)))
  if (pseudo.has(':status')) return pseudo.size === 1 ? 'response' : undefined
  return pseudo.size > 1 || pseudo.has(':path') ? 'request' : undefined
}
