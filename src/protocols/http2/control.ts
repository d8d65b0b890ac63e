import type { Kind } from '../protocol.js'
import { type Exchange, type Frame, Half, PAYLOAD_DEFAULT, PAYLOAD_MAX, type State } from './frames.js'
import { finish, pushFrame } from './messages.js'

const MAX_FRAME_SIZE = 5
// RFC 9112 §4
const HTTP1 = /^HTTP\/(1\.\d) (\d{3})(?: ([^\r\n]*))?/
// RFC 9113 §7
const CODES =
  'NO_ERROR PROTOCOL_ERROR INTERNAL_ERROR FLOW_CONTROL_ERROR SETTINGS_TIMEOUT STREAM_CLOSED FRAME_SIZE_ERROR REFUSED_STREAM CANCEL COMPRESSION_ERROR CONNECT_ERROR ENHANCE_YOUR_CALM INADEQUATE_SECURITY HTTP_1_1_REQUIRED'.split(
    ' ',
  )

const nameOf = (code: number): string => CODES[code] ?? `error ${code}`

/** RST_STREAM: one end wants no more of a stream. */
export function takeReset(state: State, kind: Kind, id: number, code: number, out: Frame[]): void {
  const exchange = state.exchanges.get(id)
  const complete = exchange?.response?.ended === true
  if (exchange !== undefined && !complete) {
    exchange.failure = `reset by the ${kind === 'request' ? 'client' : 'server'}: ${nameOf(code)}`
  }
  if (exchange !== undefined && !complete && kind === 'response') {
    // That is the answer.
    endResponse(state, exchange, out)
  } else out.push(state.rest)
  if (exchange !== undefined) finish(state, exchange)
}

function endResponse(state: State, exchange: Exchange, out: Frame[]): void {
  exchange.response ??= new Half()
  exchange.response.ended = true
  pushFrame(state, 'response', exchange.response, true, out)
}

/** GOAWAY: the server has not looked at the streams after `lastId`, and closes the connection. */
export function takeGoaway(state: State, lastId: number, code: number): void {
  if (code !== 0) state.goaway = `connection closed by the server: ${nameOf(code)}`
  for (const exchange of state.exchanges.values()) {
    if (exchange.id <= lastId || exchange.id % 2 === 0 || exchange.response !== undefined) continue
    exchange.failure = `refused by the server: GOAWAY, ${nameOf(code)}`
    finish(state, exchange)
  }
}

/** The server speaks HTTP/1 only: to it, the preface is a request, and what comes after is none. */
export function takeHttp1(state: State, line: string, out: Frame[]): void {
  const [, version, status = '', reason = ''] = HTTP1.exec(line) ?? []
  state.goaway = `answered in HTTP/${version ?? 1}: ${status} ${reason}`.trimEnd()
  for (const exchange of state.exchanges.values()) {
    if (exchange.response !== undefined) continue
    exchange.failure = state.goaway
    endResponse(state, exchange, out)
    finish(state, exchange)
  }
  out.push(state.rest)
}

/** SETTINGS: how long a frame to this end may be. */
export function takeSettings(state: State, kind: Kind, buf: Buffer, start: number, end: number): void {
  const other = state.side(kind === 'request' ? 'response' : 'request')
  for (let at = start; at + 6 <= end; at += 6) {
    if (buf.readUInt16BE(at) !== MAX_FRAME_SIZE) continue
    const length = Math.min(buf.readUInt32BE(at + 2), PAYLOAD_MAX)
    other.payloadMax = Math.max(other.payloadMax, length, PAYLOAD_DEFAULT)
  }
}
