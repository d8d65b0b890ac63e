import type { Body } from './body.js'
import type { ResourceRecord } from './message.js'
import { TYPE } from './words.js'

const ANSWER = 1
/** The serial number is the fifth from the end of an SOA's data: five numbers of four bytes. */
const SERIAL_FROM_END = 20

/** The response to a query for a zone (AXFR, IXFR), in many messages: where does it end? RFC 5936 §2.2, RFC 1995 §4. */
export class Transfer {
  /** Of the query; later messages may have no question. */
  readonly key: string
  /** Where the records of all its messages are. */
  body: Body | undefined
  readonly #incremental: boolean
  #records = 0
  #serial = -1
  /** SOA records with the serial number of the first. */
  #same = 0
  /** It lists what changed: SOA records are between. */
  #changes = false
  /** It did not begin with an SOA: its first message was lost. */
  #headless = false

  constructor(key: string, incremental: boolean) {
    this.key = key
    this.#incremental = incremental
  }

  /** Takes the records of the next message. true: it was the last. */
  add(buf: Buffer, records: readonly ResourceRecord[]): boolean {
    let closing = false
    for (const record of records) {
      if (record.section !== ANSWER) continue
      if (this.#records === 0) this.#headless = record.type !== TYPE.SOA
      closing = record.type === TYPE.SOA && this.#count(serialOf(buf, record))
      this.#records++
    }
    // A server that refuses, or has nothing newer, says no more.
    if (this.#records === 0 || (this.#incremental && this.#records === 1)) return true
    return closing && (this.#headless || this.#same >= (this.#changes ? 3 : 2))
  }

  // Is it the serial number of the first?
  #count(serial: number): boolean {
    if (this.#headless) return true
    if (this.#records === 0) this.#serial = serial
    // Of what changed, the second record is the SOA of the version before.
    else if (this.#records === 1 && serial !== this.#serial) this.#changes = true
    const same = serial === this.#serial
    if (same) this.#same++
    return same
  }
}

function serialOf(buf: Buffer, { at, length }: ResourceRecord): number {
  return length < SERIAL_FROM_END ? -2 : buf.readUInt32BE(at + length - SERIAL_FROM_END)
}
