import { REDACTED } from '../../records/redact.js'
import { cutText, text } from '../../records/text.js'
import { Reader } from './messages.js'
import { isSensitive } from './sql.js'
import { CMD, type Portal, type Request, type State } from './state.js'
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
  const values = bound(request, portal, s).join(', ')
  const prepared = statement === null ? `statement=${source}` : `query=[${statement.sql}]`
  if (cmd === CMD.bind) request.text = `portal=${name} statement=${source} params=[${values}]`
  else request.text = `${prepared} params=[${values}]`
  request.cut ||= portal.cut || (cmd === CMD.execute && statement?.cut === true)
}

function bound(request: Request, { statement, values }: Portal, s: State): string[] {
  const r = new Reader(values, 0, values.length)
  const formats = Array.from({ length: Math.min(r.u16(), values.length) }, () => r.u16())
  const count = r.u16()
  if (count > 0 && s.conn.options.redact && statement !== null && isSensitive(statement.sql)) return [REDACTED]
  const shown: string[] = []
  let room = s.conn.options.bodyBytes
  for (let i = 0; i < count && room > 0; i++) {
    const length = r.length()
    const start = r.pos
    r.take(Math.max(0, length))
    const binary = (formats.length > 1 ? formats[i] : formats[0]) === BINARY
    const end = Math.min(start + length, r.end)
    const value = length < 0 ? 'NULL' : show(r.buf, start, end, binary ? (statement?.types[i] ?? 0) : undefined, room)
    shown.push(value)
    room -= value.length + 2
    if (!r.ok) break
  }
  if (shown.length < count || !r.ok || room < 0) request.cut = true
  return shown
}

function show(buf: Buffer, start: number, end: number, type: number | undefined, room: number): string {
  if (type === undefined) return text(buf, start, cutText(buf, start, end, room))
  return binaryValue(buf, start, end, type, room)
}
