import { constants, inflateRawSync } from 'node:zlib'

/** No bytes. */
export const EMPTY = Buffer.alloc(0)

/** RFC 7692 §7.2.1: what a message may refer back to. */
const WINDOW = 32 * 1024
/** A message that becomes longer is not decompressed, but for its start. */
const INFLATED_MAX = 1024 * 1024
/** RFC 7692 §7.2.2: the end of a message, which is not transferred. */
const TAIL = Buffer.from([0, 0, 0xff, 0xff])

/** The compressed messages of one direction, in order: each may refer to the text of those before it. */
export class Inflater {
  /** The end of the text so far, as far as it is known: what refers to more of it cannot be read, and is not misread. */
  private window: Buffer
  /** What was read last is all of its message. */
  reached: boolean
  /** No text was missed so far. */
  certain: boolean

  constructor(certain: boolean) {
    this.window = EMPTY
    this.reached = true
    this.certain = certain
  }

  /** A message was missed. */
  forget(): void {
    this.window = EMPTY
    this.certain = false
  }

  /** The text of the next message, or of its start; undefined where it refers to what was not seen, or is damaged. */
  read(bytes: Buffer, whole: boolean): Buffer | undefined {
    const all = whole ? inflate(Buffer.concat([bytes, TAIL]), this.window) : TOO_LONG
    this.reached = Buffer.isBuffer(all)
    const out = all === TOO_LONG ? this.readStart(bytes) : all
    if (this.reached && out !== undefined) this.remember(out)
    else this.forget()
    return out
  }

  // Hostile input may inflate without end: less and less of it is read until the output fits.
  private readStart(bytes: Buffer): Buffer | undefined {
    for (let length = bytes.length; length > 0; length >>= 2) {
      const out = inflate(bytes.subarray(0, length), this.window)
      if (out !== TOO_LONG) return out
    }
    return undefined
  }

  private remember(text: Buffer): void {
    const all = text.length < WINDOW ? Buffer.concat([this.window, text]) : text
    this.window = Buffer.from(all.subarray(Math.max(0, all.length - WINDOW)))
  }
}

const TOO_LONG = 'too long'

function inflate(bytes: Buffer, dictionary: Buffer): Buffer | undefined | typeof TOO_LONG {
  try {
    const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: INFLATED_MAX }
    return inflateRawSync(bytes, dictionary.length > 0 ? { ...options, dictionary } : options)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? TOO_LONG : undefined
  }
}
