import { endOf } from '../ends.js'
import type { Cursor, Guess, InferHint, Kind } from '../protocol.js'
import { mayBegin, parseLine } from './line.js'
import { beginsLine, CR, findMessage, LF, lineAt, MAX_LINE, TLS_HANDSHAKE } from './parse.js'

/** What the bytes of one direction look like, taken for one end: `yes` only it says that · `weak` it could · `more` too little. */
type Sign = 'yes' | 'weak' | 'more' | 'no'

const MAX_LINES = 16
/** Bytes of a connection that is older than the trace in which a message must begin. */
const MAX_SEARCHED = 8192
const SERVER_OPTION = /"(?:server_id|max_payload|proto)"\s*:/
const CLIENT_OPTION = /"(?:verbose|pedantic|lang|protocol|tls_required)"\s*:/

/** Who sends INFO and MSG is the server; see `Protocol.infer`. */
export function infer(sent: Cursor, received: Cursor, { fromStart, role }: InferHint): Guess {
  const client = judge(look('request', sent, fromStart), look('response', received, fromStart))
  const server = judge(look('request', received, fromStart), look('response', sent, fromStart))
  return endOf(client, server, role)
}

function judge(asClient: Sign, asServer: Sign): Sign {
  if (asClient === 'no' || asServer === 'no') return 'no'
  return asClient === 'yes' || asServer === 'yes' ? 'yes' : 'more'
}

function look(kind: Kind, { buf, pos, end }: Cursor, fromStart: boolean): Sign {
  const sign = kind === 'request' && fromStart && isTls(buf, pos, end) ? 'weak' : lookAt(kind, buf, pos, end)
  if (sign !== 'no' || fromStart) return sign
  const at = findMessage(kind, buf, pos, end, false)
  // Joined in the middle of a payload: anything may have been before.
  if (at < 0) return end - pos > MAX_SEARCHED ? 'no' : 'more'
  return lookAt(kind, buf, at, end)
}

// After INFO the client may begin a handshake.
function isTls(buf: Buffer, pos: number, end: number): boolean {
  return buf[pos] === TLS_HANDSHAKE && pos + 1 < end && buf[pos + 1] === 3
}

function lookAt(kind: Kind, buf: Buffer, start: number, end: number): Sign {
  let sign: Sign = 'more'
  let pos = start
  for (let i = 0; i < MAX_LINES && pos < end; i++) {
    const lf = buf.indexOf(LF, pos)
    if (lf < 0 || lf >= end) return lookAtPart(kind, buf, pos, end) ? sign : 'no'
    if (!beginsLine(kind, buf, pos, lf, false)) return 'no'
    const line = parseLine(kind, lineAt(buf, pos, lf), false)
    if (line === undefined) return 'no'
    const { op, rest, size } = line
    if (op === 'INFO' && !SERVER_OPTION.test(rest)) return 'no'
    if (op === 'CONNECT' && !CLIENT_OPTION.test(rest)) return 'no'
    // Of two servers, the one that has connected sends INFO too.
    if (op === 'CONNECT' || (op === 'INFO' && kind === 'response')) return 'yes'
    pos = lf + 1
    if (size >= 0) {
      const cr = pos + size
      if (cr + 2 > end) return sign
      if (buf[cr] !== CR || buf[cr + 1] !== LF) return 'no'
      return 'yes'
    }
    sign = 'weak'
  }
  return sign
}

function lookAtPart(kind: Kind, buf: Buffer, pos: number, end: number): boolean {
  const start = buf.toString('latin1', pos, Math.min(end, pos + 10))
  if (end - pos > MAX_LINE || !mayBegin(kind, start, false)) return false
  const [, options] = /^(?:INFO|CONNECT)[ \t]+([^ \t])/i.exec(start) ?? []
  return options === undefined || options === '{'
}
