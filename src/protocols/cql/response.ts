import { BoundedText, quote } from '../../records/bounded.js'
import { JsonBytes } from '../../records/json-bytes.js'
import { REDACTED } from '../../records/redact.js'
import { type Column, type Columns, NO_COLUMNS, readColumns } from './columns.js'
import { FLAG, hasResultId, OP } from './header.js'
import type { Reader } from './reader.js'
import { writeList, writeToken } from './request.js'
import { keepStatement, type Request, type Response, type State } from './state.js'
import { TYPE, type Type, UNTYPED, VECTOR } from './types.js'
import { writeBytes } from './values.js'

const MAX_WARNINGS = 64
const MAX_LIST = 1024
const KIND = { void: 1, rows: 2, keyspace: 3, prepared: 4, schema: 5 } as const
// Flags of metadata.
const META = { global: 1, morePages: 2, none: 4, changed: 8 } as const
const SECRET_COLUMN = 'salted_hash'

/** Reads what precedes a body (flags of its header say what), then the body, or the first part of it (not `whole`). */
export function readResponse(response: Response, flags: number, r: Reader, whole: boolean, s: State): void {
  if ((flags & FLAG.traced) !== 0) response.tracingId = r.uuid()
  if ((flags & FLAG.warned) !== 0) response.warnings = readWarnings(r, s)
  if ((flags & FLAG.payload) !== 0) skipPayload(r)
  const out = new BoundedText(s.conn.options.bodyBytes)
  describe(response, r, out, s)
  response.body = out.finish()
  response.cut = out.cut || (!r.ok && !whole)
}

/** [bytes map] */
export function skipPayload(r: Reader): void {
  for (let n = r.u16(); n > 0 && r.ok; n--) {
    r.skipString()
    r.skipBytes()
  }
}

function readWarnings(r: Reader, s: State): string[] {
  const list: string[] = []
  for (let n = Math.min(r.u16(), MAX_WARNINGS); n > 0 && r.ok; n--)
    list.push(r.string().slice(0, s.conn.options.bodyBytes))
  return list
}

function describe(response: Response, r: Reader, out: BoundedText, s: State): void {
  switch (response.op) {
    case OP.error:
      readError(response, r, out)
      break
    case OP.authenticate:
      out.add(r.string())
      break
    case OP.supported:
      writeMultimap(r, out)
      break
    case OP.result:
      readResult(response, r, out, s)
      break
    case OP.event:
      writeEvent(r, out)
      break
    case OP.authChallenge:
    case OP.authSuccess:
      writeToken(r, out, s)
      break
  }
}

function readError(response: Response, r: Reader, out: BoundedText): void {
  const code = r.i32()
  if (!r.ok) return
  response.code = code
  const message = new BoundedText(out.room)
  message.add(r.string())
  response.message = message.finish()
  out.add(`[${code}] ${response.message}`)
}

// [string multimap]
function writeMultimap(r: Reader, out: BoundedText): void {
  out.add('{')
  for (let n = Math.min(r.u16(), MAX_LIST), i = 0; i < n && r.ok; i++) {
    out.add(`${i > 0 ? ',' : ''}${quote(r.string())}:`)
    writeList(r, out)
  }
  out.add('}')
}

function writeEvent(r: Reader, out: BoundedText): void {
  const kind = r.string()
  out.add(kind)
  if (kind === 'SCHEMA_CHANGE') writeChange(r, out)
  else {
    out.add(` ${r.string()}`)
    const size = r.byte()
    const at = r.take(size)
    if (at >= 0) out.add(` ${addressAt(r.buf, at, size)}:${r.i32()}`)
  }
}

function addressAt(buf: Buffer, at: number, size: number): string {
  return size === 4
    ? buf.subarray(at, at + 4).join('.')
    : buf.toString('hex', at, at + size).replace(/(.{4})(?=.)/g, '$1:')
}

// Change, target, keyspace, name; of a function and an aggregate the types of its arguments.
function writeChange(r: Reader, out: BoundedText): void {
  const change = r.string()
  const target = r.string()
  out.add(` ${change} ${target} keyspace=${r.string()}`)
  if (target === 'KEYSPACE') return
  out.add(` name=${r.string()}`)
  if (target !== 'FUNCTION' && target !== 'AGGREGATE') return
  out.add(' arguments=')
  writeList(r, out)
}

function readResult(response: Response, r: Reader, out: BoundedText, s: State): void {
  switch (r.i32()) {
    case KIND.void:
      out.add('Response type = VOID')
      break
    case KIND.rows:
      readRows(response, r, out, s)
      break
    case KIND.keyspace:
      out.add(`Response type = SET_KEYSPACE\nKeyspace = ${r.string()}`)
      break
    case KIND.prepared:
      readPrepared(response, r, out, s)
      break
    case KIND.schema:
      out.add('Response type = SCHEMA_CHANGE\n')
      writeChange(r, out)
      break
  }
}

interface Metadata {
  readonly count: number
  /** null: they were left out. */
  readonly columns: Columns | null
  readonly morePages: boolean
}

function readMetadata(r: Reader): Metadata {
  const flags = r.i32()
  const count = r.i32()
  if ((flags & META.morePages) !== 0) r.skipBytes()
  if ((flags & META.changed) !== 0) r.id()
  const columns = (flags & META.none) === 0 ? readSpecs(r, flags, count) : null
  return { count, columns, morePages: (flags & META.morePages) !== 0 }
}

function readSpecs(r: Reader, flags: number, count: number): Columns {
  return readColumns(r, count, (flags & META.global) !== 0 && count > 0)
}

// Metadata, count 4, then values row by row.
function readRows(response: Response, r: Reader, out: BoundedText, s: State): void {
  const { count, columns, morePages } = readMetadata(r)
  const known = columns ?? response.request?.statement?.columns ?? NO_COLUMNS
  response.morePages = morePages
  out.add(`Response type = ROWS\nNumber of columns = ${count}`)
  if (known.list.length > 0) out.add(`\n${known.json}`)
  const rows = r.i32()
  if (!r.ok || rows < 0) return
  response.rows = rows
  out.add(`\nNumber of rows = ${rows}`)
  const values = new JsonBytes(out.room)
  for (let i = 0; i < rows && r.left > 0 && !values.full && count > 0; i++) writeRow(r, values, count, known.list, s)
  out.add(values.finish())
  if (values.cut || (out.full && rows > 0)) out.cut = true
}

function writeRow(r: Reader, out: JsonBytes, count: number, columns: readonly Column[], s: State): void {
  out.add('\n[')
  for (let i = 0; i < count && r.left > 0 && !out.full; i++) {
    if (i > 0) out.add(',')
    const column = columns[i]
    if (column?.name === SECRET_COLUMN && s.conn.options.redact) {
      out.add(`"${REDACTED}"`)
      r.skipBytes()
    } else writeBytes(out, column?.type ?? UNTYPED, r)
  }
  out.add(']')
}

// Id, [id of the result's columns], metadata of the variables with the places of the partition key, metadata of the result.
function readPrepared(response: Response, r: Reader, out: BoundedText, s: State): void {
  const id = r.id()
  if (hasResultId(response.version)) r.id()
  const flags = r.i32()
  const count = r.i32()
  if (response.version >= 4) for (let n = r.i32(); n > 0 && r.ok; n--) r.u16()
  const variables = (flags & META.none) === 0 ? readSpecs(r, flags, count) : NO_COLUMNS
  out.add(`Response type = PREPARED\nId = 0x${id}\n[${variables.list.map(wordsOf).join(',')}]`)
  const result = readMetadata(r)
  if (id !== '' && response.request !== null)
    keep(response.request, id, variables.list, result.columns ?? NO_COLUMNS, s)
}

function keep(request: Request, id: string, variables: readonly Column[], columns: Columns, s: State): void {
  if (request.cql !== null) keepStatement(s, id, { cql: request.cql, cut: request.cut, variables, columns })
}

function wordsOf({ name, type }: Column): string {
  return quote(`${name} ${nameOf(type)}`)
}

const NAMES = new Map<number, string>([
  ...Object.entries(TYPE).map(([name, id]) => [id, name] as const),
  [VECTOR, 'vector'],
])

function nameOf({ id, inner }: Type): string {
  const name = id === TYPE.varchar ? 'text' : (NAMES.get(id) ?? `type ${id}`)
  return inner.length === 0 || id === TYPE.udt ? name : `${name}<${inner.map(nameOf).join(', ')}>`
}
