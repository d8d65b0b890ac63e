import { ByteCursor } from '../../src/protocols/cursor.js'
import {
  type Conn,
  type DecodeOptions,
  INVALID,
  type Kind,
  NEED_MORE,
  type Protocol,
  type Span,
} from '../../src/protocols/protocol.js'

export const OPTIONS: DecodeOptions = { bodyBytes: 1024, redact: true }

/** A row as it came out. `lost`: marked as incomplete by one of its frames. */
export interface Emitted {
  readonly row: Record<string, unknown>
  readonly cut: number
  readonly lost: boolean
  readonly latency: number | undefined
}

interface Side {
  readonly frames: Span[]
  bytes: Buffer
  /** Bytes lost before what comes next. */
  missing: number
  /** The next bytes are searched for a boundary. */
  astray: boolean
  /** When the first byte of the frame to come was eaten; 0: none yet. */
  since: number
}

const POISON = Buffer.from('\r\n\r\n*1\r\nHTTP/1.1 200 OK\r\n\r\n')
const newSide = (): Side => ({ frames: [], bytes: Buffer.alloc(0), missing: 0, astray: false, since: 0 })

// Within a larger buffer: nobody may look outside.
function windowOn(bytes: Buffer, closed: boolean): ByteCursor {
  const buf = Buffer.concat([POISON, bytes, POISON])
  return new ByteCursor(buf, POISON.length, POISON.length + bytes.length, closed)
}

// → a window on the last `left` bytes.
function overwritten({ buf, closed }: ByteCursor, left: number): ByteCursor {
  const end = buf.length - POISON.length
  buf.fill(0xee, 0, end - left)
  return new ByteCursor(buf, end - left, end, closed)
}

/** The plainest thing that keeps the rules of `Protocol`: what `connections/` does, for one connection, from arrays. */
export class Driver {
  readonly emitted: Emitted[] = []
  readonly state: unknown
  calls = 0
  givenUp = 0
  faults = 0
  became: string | undefined
  foreign = false
  private readonly protocol: Protocol
  private readonly transport: Conn['transport']
  private readonly sides: Record<Kind, Side> = { request: newSide(), response: newSide() }
  private now = 1

  constructor(
    protocol: Protocol,
    fromStart: boolean,
    options: DecodeOptions = OPTIONS,
    transport: Conn['transport'] = 'stream',
  ) {
    this.protocol = protocol
    this.transport = transport
    const become = (name: string): void => {
      this.became = name
    }
    const conn: Conn = {
      transport,
      fromStart,
      options,
      whole: false,
      become,
    }
    this.state = protocol.newState(conn)
  }

  /** Frames and bytes that wait. */
  get waiting(): { readonly frames: number; readonly bytes: number } {
    const { request, response } = this.sides
    return {
      frames: request.frames.length + response.frames.length,
      bytes: request.bytes.length + response.bytes.length,
    }
  }

  feed(kind: Kind, bytes: Buffer): void {
    this.now++
    if (this.became !== undefined || this.foreign || bytes.length === 0) return
    if (this.transport === 'datagram') {
      this.message(kind, bytes)
      return
    }
    const side = this.sides[kind]
    if (side.missing > 0) this.jump(kind, side)
    side.bytes = Buffer.concat([side.bytes, bytes])
    this.pump(kind, false)
  }

  // One call with one message, whatever it makes of it.
  private message(kind: Kind, bytes: Buffer): void {
    const { frames } = this.sides[kind]
    const before = frames.length
    const window = Buffer.concat([POISON, bytes, POISON])
    this.calls++
    const cursor = new ByteCursor(window, POISON.length, POISON.length + bytes.length, true)
    if (this.protocol.parse(kind, cursor, this.state, frames) <= 0) this.faults++
    window.fill(0xee)
    for (let i = before; i < frames.length; i++) (frames[i] as Span).startNs = (frames[i] as Span).endNs = this.now
    this.stitch(false)
  }

  /** These bytes of the direction never arrive; it shows when the next ones do. */
  lose(kind: Kind, length: number): void {
    this.sides[kind].missing += length
  }

  end(): void {
    this.now++
    for (const kind of this.transport === 'datagram' ? [] : (['request', 'response'] as const)) {
      if (this.became !== undefined || this.foreign) break
      if (this.sides[kind].missing > 0) this.jump(kind, this.sides[kind])
      this.pump(kind, true)
    }
    this.stitch(true)
  }

  private jump(kind: Kind, side: Side): void {
    const length = side.missing + side.bytes.length
    side.bytes = Buffer.alloc(0)
    side.missing = 0
    // Each gap is told, also while a boundary is searched for.
    if (this.protocol.gap(kind, length, this.state, true) && !side.astray) {
      side.since ||= this.now
      this.pump(kind, false)
      return
    }
    side.astray = true
    side.since = 0
  }

  private pump(kind: Kind, closed: boolean): void {
    const side = this.sides[kind]
    let cursor: ByteCursor | undefined
    for (;;) {
      if (side.astray && !this.findBoundary(kind, side)) return
      const before = side.frames.length
      cursor ??= windowOn(side.bytes, closed)
      this.calls++
      const eaten = this.protocol.parse(kind, cursor, this.state, side.frames)
      if (eaten > side.bytes.length) throw new Error(`ate ${eaten} of ${side.bytes.length} bytes`)
      if (eaten > 0 && side.since === 0) side.since = this.now
      for (let i = before; i < side.frames.length; i++) this.stamp(side.frames[i] as Span, side)
      if (side.frames.length > before) side.since = 0
      if (eaten > 0) side.bytes = side.bytes.subarray(eaten)
      // Nobody may keep what was eaten, nor anything once the call was in vain.
      cursor = overwritten(cursor, eaten > 0 ? side.bytes.length : 0)
      this.stitch(false)
      if (eaten === NEED_MORE || this.became !== undefined) return
      if (eaten < 0 && !this.stumble(eaten, side)) return
      if (eaten < 0) cursor = undefined
    }
  }

  private stamp(frame: Span, side: Side): void {
    frame.startNs = side.since || this.now
    frame.endNs = this.now
  }

  private stumble(verdict: number, side: Side): boolean {
    this.faults++
    this.foreign = verdict !== INVALID
    side.astray = true
    side.since = 0
    side.bytes = side.bytes.subarray(1)
    return !this.foreign
  }

  private findBoundary(kind: Kind, side: Side): boolean {
    const window = Buffer.concat([POISON, side.bytes, POISON])
    const end = POISON.length + side.bytes.length
    const at = this.protocol.findBoundary(kind, new ByteCursor(window, POISON.length, end), this.state)
    if (at >= 0 && (at < POISON.length || at > end)) throw new Error(`a boundary at ${at}, outside the window`)
    side.astray = at < 0
    side.bytes = at < 0 ? Buffer.alloc(0) : side.bytes.subarray(at - POISON.length)
    return at >= 0
  }

  private stitch(ended: boolean): void {
    const { request, response } = this.sides
    const emit = (from: Span | undefined, to: Span | undefined, row: object, cut: number): void => {
      this.emitted.push({
        row: { ...row },
        cut,
        lost: from?.lost === true || to?.lost === true,
        latency: from && to ? to.endNs - from.startNs : undefined,
      })
    }
    this.givenUp += this.protocol.stitch(request.frames, response.frames, this.state, emit, ended)
  }
}
