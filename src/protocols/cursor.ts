import type { Cursor } from './protocol.js'

/** A window on bytes that are at hand: `new ByteCursor(buf)`. */
export class ByteCursor implements Cursor {
  readonly buf: Buffer
  pos: number
  end: number
  readonly closed: boolean
  want: number
  skip: number

  constructor(buf: Buffer, pos = 0, end = buf.length, closed = false) {
    this.buf = buf
    this.pos = pos
    this.end = end
    this.closed = closed
    this.want = 0
    this.skip = 0
  }
}
