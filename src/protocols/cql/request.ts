import { BoundedText, quote } from '../../records/bounded.js'
import { JsonBytes } from '../../records/json-bytes.js'
import { REDACTED } from '../../records/redact.js'
import { cutText, text } from '../../records/text.js'
import type { Column } from './columns.js'
import { hasResultId, hasWideFlags, OP } from './header.js'
import type { Reader } from './reader.js'
import { redactCql, speaksOfSecrets } from './sql.js'
import { keepText, type Request, type State, type Statement } from './state.js'
import { UNTYPED } from './types.js'
import { writeBytes } from './values.js'

const MAX_LIST = 1024
// <query_parameters>
const HAS = { values: 1, pageSize: 4, pagingState: 8, names: 64 } as const
const PREPARED = 1

/** Reads the body of a request, or the first part of it (not `whole`). */
export function readRequest(request: Request, r: Reader, whole: boolean, s: State): void {
  const out = new BoundedText(s.conn.options.bodyBytes)
  describe(request, r, out, s)
  const shown = out.finish()
  const kept = keepText(s, shown)
  request.body = kept.text
  request.cut = request.cut || out.cut || kept.cut || (!r.ok && !whole)
}

function describe(request: Request, r: Reader, out: BoundedText, s: State): void {
  switch (request.op) {
    case OP.startup:
      writeOptions(request, r, out)
      break
    case OP.query:
      request.cql = readCql(r, out, s)
      readParameters(request, r, out, s)
      break
    case OP.prepare:
      request.cql = readCql(r, out, s)
      break
    case OP.execute:
      writeExecution(request, r, out, s)
      break
    case OP.batch:
      writeBatch(request, r, out, s)
      break
    case OP.register:
      writeList(r, out)
      break
    case OP.authResponse:
      writeToken(r, out, s)
      break
  }
}

/** [string list] */
export function writeList(r: Reader, out: BoundedText): void {
  const list: string[] = []
  for (let n = Math.min(r.u16(), MAX_LIST); n > 0 && r.ok; n--) list.push(quote(r.string()))
  out.add(`[${list.join(',')}]`)
}

/** A token of a login. */
export function writeToken(r: Reader, out: BoundedText, s: State): void {
  const length = r.i32()
  const at = r.take(Math.max(0, length))
  if (length <= 0 || at < 0) return
  out.add(s.conn.options.redact ? REDACTED : text(r.buf, at, at + length))
}

// [string map]
function writeOptions(request: Request, r: Reader, out: BoundedText): void {
  const parts: string[] = []
  for (let n = Math.min(r.u16(), MAX_LIST); n > 0 && r.ok; n--) {
    const name = r.string()
    const value = r.string()
    if (name === 'COMPRESSION') request.compression = value.toLowerCase()
    if (r.ok) parts.push(`${quote(name)}:${quote(value)}`)
  }
  out.add(`{${parts.join(',')}}`)
}

// [long string]; of a longer one than there is room for, the first part.
function readCql(r: Reader, out: BoundedText, s: State): string {
  const length = r.i32()
  const start = r.pos
  const end = start + Math.min(Math.max(0, length), r.left)
  r.take(length)
  const last = cutText(r.buf, start, end, out.room)
  if (last < end || !r.ok) out.cut = true
  const raw = text(r.buf, start, last)
  const cql = s.conn.options.redact ? redactCql(raw) : raw
  out.add(cql)
  return cql
}

function readParameters(request: Request, r: Reader, out: BoundedText, s: State): void {
  request.consistency = r.ok && r.left >= 2 ? r.u16() : null
  const flags = hasWideFlags(request.version) ? r.i32() : r.byte()
  if (!r.ok) return
  if ((flags & HAS.values) !== 0) {
    const secret = s.conn.options.redact && speaksOfSecrets(request.cql ?? '')
    const variables = request.statement?.variables ?? []
    out.add('\n')
    writeValues(r, out, variables, (flags & HAS.names) !== 0, secret)
  }
  if ((flags & HAS.pageSize) !== 0) r.i32()
  request.paging = r.ok && (flags & HAS.pagingState) !== 0
}

// Count, then each: its name where they have names, its value.
function writeValues(r: Reader, out: BoundedText, variables: readonly Column[], named: boolean, secret: boolean): void {
  const values = new JsonBytes(out.room)
  values.add(named ? '{' : '[')
  for (let i = 0, count = r.u16(); i < count && r.ok && !values.full; i++) {
    if (i > 0) values.add(',')
    const name = named ? r.string() : ''
    if (named) values.addName(name)
    const variable = named ? variables.find((each) => each.name === name) : variables[i]
    if (secret) values.add(`"${REDACTED}"`)
    if (secret) r.skipBytes()
    else writeBytes(values, variable?.type ?? UNTYPED, r)
  }
  values.add(named ? '}' : ']')
  out.add(values.finish())
  if (values.cut || out.full) out.cut = true
}

function writeExecution(request: Request, r: Reader, out: BoundedText, s: State): void {
  const statement = writePrepared(request, r.id(), out, s)
  request.statement = statement ?? null
  request.cql = statement?.cql ?? null
  if (hasResultId(request.version)) r.id()
  readParameters(request, r, out, s)
}

function writePrepared(request: Request, id: string, out: BoundedText, s: State): Statement | undefined {
  const statement = s.statements.get(id)
  // Prepared before the trace, if nothing of this connection was lost.
  if (statement === undefined && s.holes) request.lost = true
  out.add(statement?.cql ?? `id=0x${id}`)
  if (statement?.cut) out.cut = true
  return statement
}

const BATCHES = ['LOGGED', 'UNLOGGED', 'COUNTER']

// Type 1, count 2, then each: whether it is prepared 1, text or id, values.
function writeBatch(request: Request, r: Reader, out: BoundedText, s: State): void {
  const type = r.byte()
  const count = r.u16()
  out.add(`BEGIN ${BATCHES[type] ?? type} BATCH`)
  for (let i = 0; i < count && r.ok && !out.full; i++) {
    out.add('\n')
    const prepared = r.byte() === PREPARED
    const statement = prepared ? writePrepared(request, r.id(), out, s) : undefined
    const cql = prepared ? statement?.cql : readCql(r, out, s)
    if (r.left >= 2 && r.buf.readUInt16BE(r.pos) === 0) r.u16()
    else {
      out.add(' ')
      const secret = s.conn.options.redact && speaksOfSecrets(cql ?? '')
      writeValues(r, out, statement?.variables ?? [], false, secret)
    }
  }
  if (out.full) out.cut = true
  else if (r.ok && r.left >= 2) request.consistency = r.u16()
}
