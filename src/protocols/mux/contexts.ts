import { isoTime } from '../../records/iso-time.js'
import { REDACTED } from '../../records/redact.js'
import type { Json } from '../../records/table.js'
import { text } from '../../records/text.js'
import type { Fields } from '../fields.js'
import { Words } from '../words.js'

const SHOWN_BYTES = 256
const SHOWN_ENTRIES = 64
const SECRET = /auth|token|secret|passw|cookie|credential/i
const PRINTABLE = /^[^\p{Cc}\ud800-\udfff]*$/u

type Reader = (value: Fields) => Json

/** Contexts of Finagle whose form is known, by their ids. */
const KNOWN: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['com.twitter.finagle.tracing.TraceContext', (value) => (value.left < 32 ? plain(value) : traceContext(value))],
  ['com.twitter.finagle.Deadline', (value) => (value.left === 16 ? deadline(value) : plain(value))],
  ['com.twitter.finagle.Retries', (value) => (value.left === 4 ? value.uint(4) : plain(value))],
  ['MuxFailure', (value) => (value.left >= 8 ? failure(value) : plain(value))],
])

/** The id of a context. */
interface Id {
  readonly name: string
  readonly secret: boolean
  readonly read: Reader
}

const IDS = new Words<Id>((name) => ({ name, secret: SECRET.test(name), read: KNOWN.get(name) ?? plain }))

const FAILURES = ['retryable', 'rejected', 'not retryable']

/** `n:2 (key~2 value~2){n}` of Tdispatch and Rdispatch, as JSON; null: there are none. */
export function readContexts(all: Fields, redact: boolean): Json {
  const count = all.uint(2)
  if (count === 0) return null
  return readPairs(all, count, 2, ({ secret, read }, value) => (redact && secret ? REDACTED : read(value)))
}

/** `version:2 (key~4 value~4)*` of Tinit and Rinit, as JSON. */
export function readHeaders(all: Fields): Json {
  const version = all.uint(2)
  const headers = readPairs(all, SHOWN_ENTRIES, 4, ({ name }, value) =>
    name === 'mux-framer' && value.left === 4 ? value.uint(4) : plain(value),
  )
  return { version, ...headers }
}

/** `n:1 (key:1 value~1){n}` of Treq, as JSON. */
export function readTrace(all: Fields): Json {
  const found: Record<string, Json> = {}
  for (let left = all.uint(1); left > 0 && !all.short; left--) {
    const key = all.uint(1)
    const value = all.vector(1)
    if (key === 1 && value.left === 24) found.trace = ids(value)
    else if (key === 2) found.flags = hex(value)
    else found[`key ${key}`] = plain(value)
  }
  return found
}

function readPairs(all: Fields, count: number, size: number, read: (id: Id, value: Fields) => Json) {
  const found: [string, Json][] = []
  for (let i = 0; i < count && all.left > 0 && !all.short; i++) {
    const key = all.vector(size)
    const value = all.vector(size)
    if (i >= SHOWN_ENTRIES || all.short) continue
    const id = IDS.of(key.buf, key.pos, Math.min(key.end, key.pos + SHOWN_BYTES))
    found.push([id.name, read(id, value)])
  }
  return Object.fromEntries(found)
}

// Span, parent, trace, flags, and of a trace id of 128 bits its first half at the end.
function traceContext(value: Fields): Json {
  const { span_id, parent_id, trace_id } = ids(value)
  const flags = hex(value.take(8))
  const high = value.left >= 8 ? hex(value.take(8)) : ''
  return { trace_id: `${high}${trace_id}`, span_id, parent_id, flags }
}

function ids(value: Fields): Record<'span_id' | 'parent_id' | 'trace_id', string> {
  return { span_id: hex(value.take(8)), parent_id: hex(value.take(8)), trace_id: hex(value.take(8)) }
}

// When it was set, and when it is over, in ns since the epoch.
function deadline(value: Fields): Json {
  return { set: time(value.take(8)), deadline: time(value.take(8)) }
}

function time(ns: Fields): string {
  return isoTime(Number(ns.buf.readBigInt64BE(ns.pos) / 1_000_000n))
}

function failure(value: Fields): Json {
  value.take(7)
  const bits = value.uint(1)
  return FAILURES.filter((_, i) => (bits >> i) & 1)
}

function plain(value: Fields): Json {
  const shown = text(value.buf, value.pos, Math.min(value.end, value.pos + SHOWN_BYTES))
  return PRINTABLE.test(shown) ? shown : `0x${hex(value)}`
}

function hex({ buf, pos, end }: Fields): string {
  return buf.toString('hex', pos, Math.min(end, pos + SHOWN_BYTES))
}
