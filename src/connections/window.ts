import type { Cursor } from '../protocols/protocol.js'

/** The cursor that protocols are given; one for each user, set anew before every call. */
export class Window implements Cursor {
  buf: Buffer
  pos = 0
  end = 0
  closed = false
  want = 0
  skip = 0

  constructor(buf: Buffer = Buffer.alloc(0)) {
    this.buf = buf
  }

  set(buf: Buffer, pos: number, end: number, closed: boolean): this {
    this.buf = buf
    this.pos = pos
    this.end = end
    this.closed = closed
    this.want = 0
    this.skip = 0
    return this
  }
}
