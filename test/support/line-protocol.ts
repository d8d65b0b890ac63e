import {
  type Conn,
  type Cursor,
  FOREIGN,
  type Guess,
  INVALID,
  NEED_MORE,
  type Protocol,
  type Span,
} from '../../src/protocols/protocol.js'
import { table } from '../../src/records/table.js'

export interface Line extends Span {
  readonly text: string
}

export interface LineRow {
  readonly req: string | null
  readonly resp: string | null
}

const NEWLINE = 10

/**
 * A protocol for tests: requests are lines that begin with `lead[0]`, responses lines that begin with `lead[1]`; each answer
 * belongs to the oldest question. `Q!` is foreign, `Qbecome x y` becomes x and leaves it y, `Qskip N` needs nothing of the next N bytes.
 */
export class LineProtocol implements Protocol<Line, Conn, LineRow> {
  readonly name: string
  readonly transports: Protocol['transports']
  readonly table
  /** [kind, length] of each gap that was told. */
  readonly gaps: [string, number][] = []
  /** What other protocols have left it. */
  readonly legacies: unknown[] = []
  /** What a gap is answered with. */
  knowsItsPlace = false
  readonly #lead: string
  readonly #inferBytes: number

  /** `inferBytes`: so many bytes are needed to tell. */
  constructor(name = 'line', lead = 'QA', inferBytes = 1, transports: Protocol['transports'] = 'stream') {
    this.name = name
    this.transports = transports
    this.#lead = lead
    this.#inferBytes = inferBytes
    this.table = table(name, 'Lines.', [
      { name: 'req', type: 'string', desc: 'The question.' },
      { name: 'resp', type: 'string', desc: 'The answer.' },
    ])
  }

  infer(sent: Cursor, received: Cursor): Guess {
    const [out, back] = [this.#first(sent), this.#first(received)]
    if (out === 'short' && back === 'short') return 'need-more'
    if (out === 'request' || back === 'response') return 'client'
    if (out === 'response' || back === 'request') return 'server'
    return 'no'
  }

  #first({ buf, pos, end }: Cursor): 'request' | 'response' | 'short' | 'other' {
    if (end - pos < this.#inferBytes) return 'short'
    const lead = String.fromCharCode(buf[pos] as number)
    if (lead === this.#lead[0]) return 'request'
    return lead === this.#lead[1] ? 'response' : 'other'
  }

  newState(conn: Conn, legacy?: unknown): Conn {
    if (legacy !== undefined) this.legacies.push(legacy)
    return conn
  }

  parse(kind: 'request' | 'response', bytes: Cursor, conn: Conn, out: Line[]): number {
    const { buf, pos, end, closed } = bytes
    if (pos > end) throw new Error(`a window of ${end - pos} bytes`)
    if (pos === end) return NEED_MORE
    if (buf[pos] !== this.#lead.charCodeAt(kind === 'request' ? 0 : 1)) return INVALID
    const at = buf.subarray(pos, end).indexOf(NEWLINE)
    if (at < 0 && !closed) return NEED_MORE
    const size = at < 0 ? end - pos : at + 1
    const text = buf.toString('latin1', pos + 1, at < 0 ? end : pos + at)
    if (text === '!') return FOREIGN
    const [word, value, legacy] = text.split(' ')
    if (word === 'become') conn.become(value ?? '', legacy)
    if (word === 'skip') bytes.skip = Number(value)
    out.push({ text, startNs: 0, endNs: 0, lost: false })
    return size
  }

  gap(kind: string, length: number): boolean {
    this.gaps.push([kind, length])
    return this.knowsItsPlace
  }

  findBoundary(kind: 'request' | 'response', { buf, pos, end }: Cursor): number {
    const lead = this.#lead.charCodeAt(kind === 'request' ? 0 : 1)
    for (let at = pos; at < end; at++) {
      if (buf[at] === lead && (at === pos || buf[at - 1] === NEWLINE)) return at
    }
    return -1
  }

  stitch(
    requests: Line[],
    responses: Line[],
    _state: Conn,
    emit: (request: Line | undefined, response: Line | undefined, row: LineRow, cut: number) => void,
    ended: boolean,
  ): number {
    const n = Math.min(requests.length, responses.length)
    for (let i = 0; i < n; i++) {
      const [request, response] = [requests[i] as Line, responses[i] as Line]
      emit(request, response, { req: request.text, resp: response.text }, 0)
    }
    requests.splice(0, n)
    if (ended) for (const request of requests.splice(0)) emit(request, undefined, { req: request.text, resp: null }, 0)
    return responses.splice(0).length - n
  }
}
