import { REDACTED } from '../../records/redact.js'
import { cutText, text } from '../../records/text.js'
import { Reader } from './messages.js'
import { isSensitive } from './sql.js'
import { CMD, type Portal, type Request, type ShownValues, type State, type Statement } from './state.js'
import { binaryValue } from './values.js'

const BINARY = 1

/** What a Bind or an Execute says, with the values of its parameters. */
export function describe(request: Request, s: State): void {
  const { portal, cmd, name } = request
  if (portal === null) {
    // Bound before the trace, or the Bind was lost.
    if (cmd === CMD.execute) request.text = `portal=${name}`
    request.lost = true
    return
  }
  const { statement, source } = portal
  // Prepared before the trace, or its name may have another meaning by now.
  if (statement === null || statement.doubtful) request.lost = true
  const { values, cut } = shownOf(portal, s)
  const prepared = statement === null ? `statement=${source}` : `query=[${statement.sql}]`
  if (cmd === CMD.bind) request.text = `portal=${name} statement=${source} params=[${values}]`
  else request.text = `${prepared} params=[${values}]`
  request.cut ||= cut || portal.cut || (cmd === CMD.execute && statement?.cut === true)
}

// A Bind and its Execute show the same, unless the types have become known between them.
function shownOf(portal: Portal, s: State): ShownValues {
  const { statement, values, shown } = portal
  if (values !== null && shown.types !== statement?.types) {
    portal.shown = showValues(statement, new Reader(values, 0, values.length), s)
  }
  return portal.shown
}

/** Formats, count and values of parameters, as far as they are there, as they are shown. */
export function showValues(statement: Statement | null, r: Reader, s: State): ShownValues {
  const formats: number[] = []
  for (let n = r.u16(); n > 0 && r.ok; n--) formats.push(r.u16())
  const count = r.u16()
  if (count > 0 && s.conn.options.redact && statement !== null && isSensitive(statement.sql))
    return { types: null, values: REDACTED, cut: false }
  const types = formats.includes(BINARY) ? statement?.types : null
  let shown = ''
  let room = s.conn.options.bodyBytes
  let i = 0
  while (i < count && room > 0) {
    const length = r.length()
    const start = r.pos
    r.take(Math.max(0, length))
    const binary = (formats.length > 1 ? formats[i] : formats[0]) === BINARY
    const end = Math.min(start + length, r.end)
    const value = length < 0 ? 'NULL' : show(r.buf, start, end, binary ? (types?.[i] ?? 0) : undefined, room)
    shown += i === 0 ? value : `, ${value}`
    room -= value.length + 2
    i++
    if (!r.ok) break
  }
  return { types, values: shown, cut: i < count || !r.ok || room < 0 }
}

function show(buf: Buffer, start: number, end: number, type: number | undefined, room: number): string {
  if (type === undefined) return text(buf, start, cutText(buf, start, end, room))
  return binaryValue(buf, start, end, type, room)
}
