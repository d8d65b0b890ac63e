import { cutText, text } from '../../records/text.js'
import { u32 } from '../byte-reader.js'
import { type Cursor, INVALID, NEED_MORE } from '../protocol.js'
import { MAX_OPENING, OPENING, Reader } from './messages.js'
import { CMD, enqueue, type Frame, Request, type State } from './state.js'

/** The parameters that are shown; others may hold anything. */
const SHOWN = ['user', 'database', 'application_name', 'replication']
const HEAD = 8

/** One untyped packet: length 4, code 4; a startup, a cancel request, or whether the connection may be encrypted. */
export function parseOpening(bytes: Cursor, s: State, out: Frame[]): number {
  const { buf, pos, end } = bytes
  if (end - pos < HEAD) {
    bytes.want = HEAD
    return NEED_MORE
  }
  const length = u32(buf, pos)
  const code = u32(buf, pos + 4)
  const cmd = commandOf(code, length)
  if (cmd === undefined) return INVALID
  if (end - pos < length) {
    bytes.want = length
    return NEED_MORE
  }
  if (cmd === CMD.startup && !isParameters(buf, pos + HEAD, pos + length)) return INVALID
  const request = new Request(cmd)
  if (cmd === CMD.startup) {
    readStartup(buf, pos + HEAD, pos + length, s, request)
    s.started = true
  } else if (cmd === CMD.cancel) request.text = `pid=${u32(buf, pos + HEAD)}`

  if (cmd !== CMD.cancel) enqueue(s, request)
  out.push(request)
  return length
}

/** What a packet of this code and length is, if it can be one. */
export function commandOf(code: number, length: number): string | undefined {
  if (length > MAX_OPENING) return undefined
  if (code === OPENING.cancel) return length >= 16 && length <= 268 ? CMD.cancel : undefined
  if (code === OPENING.ssl || code === OPENING.gss) return length === HEAD ? CMD.encryption : undefined
  return code >>> 16 === OPENING.majorVersion && length > HEAD ? CMD.startup : undefined
}

/** Whether `buf[start, end)` is a list of named parameters with an empty name at its end. */
export function isParameters(buf: Buffer, start: number, end: number): boolean {
  const r = new Reader(buf, start, end)
  let hasUser = false
  while (r.pos < end - 1) {
    const name = r.pos
    const nameEnd = r.untilNul()
    if (!isName(buf, name, nameEnd)) return false
    hasUser ||= buf.toString('latin1', name, nameEnd) === 'user'
    r.untilNul()
    if (!r.ok) return false
  }
  return hasUser && r.pos === end - 1 && buf[r.pos] === 0
}

// Names of settings, and of protocol options (`_pq_.x`).
function isName(buf: Buffer, start: number, end: number): boolean {
  if (start === end || end - start > 64) return false
  for (let i = start; i < end; i++) {
    const c = buf[i] as number
    if (!((c >= 0x61 && c <= 0x7a) || (c >= 0x41 && c <= 0x5a) || (c >= 0x30 && c <= 0x39) || c === 0x5f || c === 0x2e))
      return false
  }
  return true
}

function readStartup(buf: Buffer, start: number, end: number, s: State, request: Request): void {
  const r = new Reader(buf, start, end)
  const parts: string[] = []
  while (r.ok && r.pos < end - 1) {
    const from = r.pos
    const name = buf.toString('latin1', from, r.untilNul())
    const value = r.pos
    const valueEnd = r.untilNul()
    if (!SHOWN.includes(name)) continue
    const shownEnd = cutText(buf, value, valueEnd, s.conn.options.bodyBytes)
    request.cut ||= shownEnd < valueEnd
    parts.push(`${name}=${text(buf, value, shownEnd)}`)
  }
  request.text = parts.join(' ')
}
