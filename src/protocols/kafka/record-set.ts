/** Bytes of a batch that must be there to count its records. */
export const BATCH_HEADER = 61
// Base offset 8, length of what follows 4, then up to and with the byte that tells the format.
const LENGTH = 8
const MAGIC = 16
const OLD_ATTRIBUTES = 17
const ATTRIBUTES = 21
const COUNT = 57
const CONTROL = 0x20
const COMPRESSED = 0x07

/** The records of a partition: batches (or, before Kafka 0.11, messages) are counted by their headers. */
export class RecordSet {
  readonly size: number
  /** Bytes after the batch under way. */
  left: number
  /** Records so far; -1: not known. */
  count = 0

  constructor(size: number) {
    this.size = size
    this.left = size
  }

  /** The next batch begins at `pos`, where min(BATCH_HEADER, left) bytes are: → its length, within the set. */
  next(buf: Buffer, pos: number): number {
    const { left } = this
    if (left <= OLD_ATTRIBUTES) return this.#cutOff()
    const size = 12 + buf.readInt32BE(pos + LENGTH)
    const magic = buf[pos + MAGIC] as number
    if (magic > 2 || size <= OLD_ATTRIBUTES || (magic === 2 && size < BATCH_HEADER)) return this.lose()
    if (size > left) return this.#cutOff()
    this.left -= size
    if (this.count < 0) return size
    // Messages that were compressed together are in one message.
    if (magic < 2) this.count = ((buf[pos + OLD_ATTRIBUTES] as number) & COMPRESSED) === 0 ? this.count + 1 : -1
    // Markers of transactions are no records.
    else if (((buf[pos + ATTRIBUTES + 1] as number) & CONTROL) === 0) this.count += buf.readUInt32BE(pos + COUNT)
    return size
  }

  /** The rest is not known: → its length. */
  lose(): number {
    this.count = -1
    return this.#cutOff()
  }

  // An answer may end within a batch: the client asks for that one again.
  #cutOff(): number {
    const { left } = this
    this.left = 0
    return left
  }
}
