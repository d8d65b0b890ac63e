import { type Mode, Verdict } from '../kernel/intf.gen.js'

export type VerdictMode = (typeof Mode)[keyof typeof Mode]

const ENTRY = 4 + Verdict.SIZE
const FIRST_ENTRIES = 64
const TWO_32 = 0x1_0000_0000

/** Verdicts of a batch, as entries of key‖value for the map `verdicts`: one call to the kernel for all of them. */
export class Verdicts {
  readonly #mask: number
  #buf = Buffer.alloc(ENTRY * FIRST_ENTRIES)
  #n = 0

  /** `entries`: the size of the map, a power of two. */
  constructor(entries: number) {
    this.#mask = entries - 1
  }

  add(conn: number, mode: VerdictMode, until: readonly [number, number]): void {
    if ((this.#n + 1) * ENTRY > this.#buf.length) this.#buf = Buffer.concat([this.#buf, this.#buf])
    const at = this.#n++ * ENTRY
    this.#buf.writeUInt32LE(((conn % TWO_32) & this.#mask) >>> 0, at)
    this.#u64(at + 4 + Verdict.conn, conn)
    this.#buf.writeUInt32LE(mode, at + 4 + Verdict.mode)
    this.#buf.writeUInt32LE(0, at + 4 + Verdict.pad)
    this.#u64(at + 4 + Verdict.until, until[0])
    this.#u64(at + 4 + Verdict.until + 8, until[1])
  }

  #u64(at: number, value: number): void {
    this.#buf.writeUInt32LE(value % TWO_32, at)
    this.#buf.writeUInt32LE(Math.floor(value / TWO_32), at + 4)
  }

  /** Hands the entries over and starts anew. */
  flush(write: (entries: Buffer, n: number) => void): void {
    if (this.#n > 0) write(this.#buf.subarray(0, this.#n * ENTRY), this.#n)
    this.#n = 0
  }
}
