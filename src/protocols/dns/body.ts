import type { Json } from '../../records/table.js'
import type { Question, ResourceRecord } from './message.js'
import { shown, type Wire } from './name.js'
import { present } from './records.js'
import type { State } from './state.js'
import { TRANSPORT } from './table.js'
import { classWord, TYPE, typeWord } from './words.js'

/** RFC 6762 §5.4, §10.2: the top bit of a class is a flag in multicast DNS. */
const CLASS_FLAG = 0x8000
const CLASS_IN = 1
const UPDATE = 5
/** Names of sections 1 to 3; of an UPDATE by RFC 2136 §2. */
const SECTIONS = ['', 'answers', 'authorities', 'additionals'] as const
const UPDATE_SECTIONS = ['', 'prerequisites', 'updates', 'additionals'] as const

/** A list of values that stays below a number of bytes. */
class Limited<T extends Json> {
  readonly list: T[] = []
  cut = false
  #left: number

  constructor(bytes: number) {
    this.#left = bytes
  }

  add(value: T): void {
    this.#left -= JSON.stringify(value).length + 1
    if (this.#left < 0) this.cut = true
    else this.list.push(value)
  }
}

interface Entry {
  readonly [key: string]: Json
}

/** Questions and records, as rows show them: no more than their limit. */
export class Body {
  malformed = false
  readonly answers: Limited<string>
  readonly #state: State
  readonly #sections: readonly string[]
  readonly #queries: Limited<Entry>
  readonly #records: Limited<Entry>
  /** The section of each entry of #records. */
  readonly #places: string[] = []

  constructor(state: State, opcode: number) {
    const { bodyBytes } = state.conn.options
    this.#state = state
    this.#sections = opcode === UPDATE ? UPDATE_SECTIONS : SECTIONS
    this.answers = new Limited(bodyBytes)
    this.#queries = new Limited(bodyBytes)
    this.#records = new Limited(bodyBytes)
  }

  /** Something is left out. */
  get cut(): boolean {
    return this.#queries.cut || this.#records.cut
  }

  ask(question: Question): void {
    if (!this.#queries.cut) this.#queries.add(this.#entry(question, 'unicast_response'))
  }

  add(wire: Wire, record: ResourceRecord): void {
    if (record.type === TYPE.OPT || (this.#records.cut && (record.section > 1 || this.answers.cut))) return
    const { redact } = this.#state.conn.options
    const { text, malformed } = present(wire, record, redact)
    const type = typeWord(record.type)
    this.malformed ||= malformed
    if (record.section === 1 && !this.answers.cut) this.answers.add(text === '' ? type : `${type} ${text}`)
    if (this.#records.cut) return
    this.#records.add({ ...this.#entry(record, 'cache_flush'), ttl: record.ttl, ...dataOf(record.type, text) })
    if (!this.#records.cut) this.#places.push(this.#sections[record.section] as string)
  }

  // The class is shown where it is not IN.
  #entry({ name, type, class: code }: Question, flag: string): Entry {
    const flagged = this.#state.transport === TRANSPORT.mdns && code >= CLASS_FLAG
    const bare = flagged ? code - CLASS_FLAG : code
    const entry = { name: shown(name), type: typeWord(type) }
    const withClass = bare === CLASS_IN ? entry : { ...entry, class: classWord(bare) }
    return flagged ? { ...withClass, [flag]: true } : withClass
  }

  /** The questions, and the sections that hold something. */
  request(): string {
    return JSON.stringify({ queries: this.#queries.list, ...this.#filled() })
  }

  /** The sections that hold something; the answers always. */
  response(): string {
    return JSON.stringify({ answers: [], ...this.#filled() })
  }

  #filled(): Record<string, Entry[]> {
    const filled: Record<string, Entry[]> = {}
    this.#records.list.forEach((entry, i) => {
      const place = this.#places[i] as string
      filled[place] ??= []
      filled[place].push(entry)
    })
    return filled
  }
}

// Stirling's names for the data of addresses and aliases, which it alone shows.
function dataOf(type: number, text: string): Entry {
  if (type === TYPE.A || type === TYPE.AAAA) return { addr: text }
  return type === TYPE.CNAME ? { cname: shown(text.slice(0, -1)) } : { data: text }
}
