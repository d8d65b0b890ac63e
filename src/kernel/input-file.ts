import { closeSync, openSync, readSync } from 'node:fs'
import { TracerError } from '../lib/errors.js'
import { viewOf } from './bytes.js'
import { gunzip, isGzip } from './gzip.js'

const BUFFER_BYTES = 1024 * 1024

/** A file that is read from its start to its end, and unpacked if it is gzip'ed; `-` is standard input. */
export class InputFile {
  readonly path: string
  /** Where `take` leaves bytes. */
  readonly buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES)
  readonly view = viewOf(this.buffer)
  /** Bytes that were read so far, unpacked. */
  offset = 0
  readonly #fd: number
  #start = 0
  #end = 0
  /** What a gzip'ed file holds, from where it was read to. */
  #unpacked: Buffer | undefined

  /** Throws a usage error if it cannot be read. */
  constructor(path: string) {
    this.path = path
    try {
      this.#fd = path === '-' ? 0 : openSync(path, 'r')
      if (isGzip(this.peek(2))) this.#unpack()
    } catch (cause) {
      throw new TracerError('usage', `cannot read ${path}: ${(cause as Error).message}`, undefined, { cause })
    }
  }

  /** The next `length` bytes without passing them; fewer where the file ends before. */
  peek(length: number): Buffer {
    this.#fill(length)
    return this.buffer.subarray(this.#start, Math.min(this.#start + length, this.#end))
  }

  /** Passes the next `length` bytes → where they stand in `buffer`, until the next call; -1, and nothing passed, where the file ends before. */
  take(length: number): number {
    if (!this.#fill(length)) return -1
    const at = this.#start
    this.#start += length
    this.offset += length
    return at
  }

  /** The next `length` bytes, a copy; fewer where the file ends before. */
  read(length: number): Buffer {
    const into = Buffer.allocUnsafe(length)
    let done = 0
    while (done < length && this.#fill(1)) {
      const n = this.buffer.copy(into, done, this.#start, Math.min(this.#end, this.#start + length - done))
      this.#start += n
      done += n
    }
    this.offset += done
    return into.subarray(0, done)
  }

  #unpack(): void {
    const packed: Buffer[] = []
    for (let bytes = this.read(BUFFER_BYTES); bytes.length > 0; bytes = this.read(BUFFER_BYTES)) packed.push(bytes)
    this.#unpacked = gunzip(Buffer.concat(packed))
    this.offset = 0
  }

  // → how many bytes came; 0 at the end.
  #more(): number {
    const room = BUFFER_BYTES - this.#end
    if (this.#unpacked === undefined) return readSync(this.#fd, this.buffer, this.#end, room, null)
    const n = this.#unpacked.copy(this.buffer, this.#end, 0, room)
    this.#unpacked = this.#unpacked.subarray(n)
    return n
  }

  // → false: the file has ended before.
  #fill(length: number): boolean {
    if (this.#end - this.#start < length) {
      this.buffer.copy(this.buffer, 0, this.#start, this.#end)
      this.#end -= this.#start
      this.#start = 0
      for (let n = 1; n > 0 && this.#end < length; this.#end += n) {
        n = this.#more()
      }
    }
    return this.#end - this.#start >= length
  }

  close(): void {
    if (this.#fd !== 0) closeSync(this.#fd)
  }
}
