import { closeSync, openSync, readSync } from 'node:fs'
import { TracerError } from '../lib/errors.js'

const BUFFER_BYTES = 1024 * 1024

/** A file that is read from its start to its end; `-` is standard input. */
export class InputFile {
  readonly path: string
  /** Bytes that were read so far. */
  offset = 0
  readonly #fd: number
  readonly #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES)
  #start = 0
  #end = 0

  /** Throws a usage error if it cannot be read. */
  constructor(path: string) {
    this.path = path
    try {
      this.#fd = path === '-' ? 0 : openSync(path, 'r')
      this.#fill(1)
    } catch (cause) {
      throw new TracerError('usage', `cannot read ${path}: ${(cause as Error).message}`, undefined, { cause })
    }
  }

  /** The next `length` bytes without passing them; fewer where the file ends before. */
  peek(length: number): Buffer {
    this.#fill(length)
    return this.#buffer.subarray(this.#start, Math.min(this.#start + length, this.#end))
  }

  /** The next `length` bytes, a copy; fewer where the file ends before. */
  read(length: number): Buffer {
    const into = Buffer.allocUnsafe(length)
    let done = 0
    while (done < length && this.#fill(1)) {
      const n = this.#buffer.copy(into, done, this.#start, Math.min(this.#end, this.#start + length - done))
      this.#start += n
      done += n
    }
    this.offset += done
    return into.subarray(0, done)
  }

  // → false: the file has ended before.
  #fill(length: number): boolean {
    if (this.#end - this.#start < length) {
      this.#buffer.copy(this.#buffer, 0, this.#start, this.#end)
      this.#end -= this.#start
      this.#start = 0
      for (let n = 1; n > 0 && this.#end < length; this.#end += n) {
        n = readSync(this.#fd, this.#buffer, this.#end, BUFFER_BYTES - this.#end, null)
      }
    }
    return this.#end - this.#start >= length
  }

  close(): void {
    if (this.#fd !== 0) closeSync(this.#fd)
  }
}
