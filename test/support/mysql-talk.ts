import { ByteCursor } from '../../src/protocols/cursor.js'
import { mysql } from '../../src/protocols/mysql/index.js'
import type { Frame, State } from '../../src/protocols/mysql/state.js'
import type { MysqlRow } from '../../src/protocols/mysql/table.js'
import type { Kind } from '../../src/protocols/protocol.js'

type Part = string | number | Buffer
export const join = (...parts: readonly Part[]): Buffer =>
  Buffer.concat(parts.map((p) => (typeof p === 'number' ? Buffer.from([p]) : Buffer.from(p as string))))

export function packet(seq: number, ...parts: readonly Part[]): Buffer {
  const payload = join(...parts)
  return join(payload.length & 255, (payload.length >> 8) & 255, payload.length >> 16, seq, payload)
}

export const OK = (seq: number): Buffer => packet(seq, Buffer.from([0, 0, 0, 2, 0, 0, 0]))
export const LAST = (seq: number): Buffer => packet(seq, Buffer.from([0xfe, 0, 0, 2, 0, 0, 0]))
export const COLUMN = (seq: number): Buffer => packet(seq, 3, 'def', Buffer.alloc(20))
export const FULL = 0xffffff

/** A conversation, fed to the protocol as it is: a call that eats nothing is an error. */
export class Talk {
  readonly rows: (MysqlRow & { lost: boolean; cut: number })[] = []
  readonly became: string[] = []
  skip = 0
  readonly state: State
  readonly #frames: Record<Kind, Frame[]> = { request: [], response: [] }

  constructor(fromStart: boolean, bodyBytes = 64) {
    const become = (name: string): void => void this.became.push(name)
    this.state = mysql.newState({
      transport: 'stream',
      fromStart,
      options: { bodyBytes, redact: true },
      whole: false,
      become,
    })
  }

  feed(kind: Kind, ...parts: readonly Buffer[]): this {
    const bytes = new ByteCursor(Buffer.concat(parts))
    while (bytes.pos < bytes.end) {
      const n = mysql.parse(kind, bytes, this.state, this.#frames[kind])
      if (n <= 0) throw new Error(`${n} at ${bytes.pos}, want ${bytes.want}`)
      bytes.pos += n
    }
    this.skip = bytes.skip
    return this.end(false)
  }

  gap(kind: Kind, length: number): boolean {
    return mysql.gap(kind, length, this.state, true)
  }

  end(ended = true): this {
    const { request, response } = this.#frames
    mysql.stitch(
      request,
      response,
      this.state,
      (from, to, row, cut) => this.rows.push({ ...row, cut, lost: from?.lost === true || to?.lost === true }),
      ended,
    )
    return this
  }
}

export const query = (sql: string): Buffer => packet(0, 3, sql)
export const capabilities = (flags: number): Buffer =>
  Buffer.from([flags & 255, (flags >> 8) & 255, (flags >> 16) & 255, flags >>> 24])

export function greeting(flags: number): Buffer {
  const caps = capabilities(flags)
  const tail = join(caps.subarray(0, 2), 33, 2, 0, caps.subarray(2), 21, Buffer.alloc(10), 'saltsaltsalt\0plugin\0')
  return packet(0, 10, '8.0.36\0', Buffer.alloc(4), 'saltsalt', 0, tail)
}

export const login = (seq: number, flags: number): Buffer =>
  packet(seq, capabilities(flags), Buffer.alloc(4), 33, Buffer.alloc(23), 'root\0', 0)
