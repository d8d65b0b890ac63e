import { jsonString } from '../../records/bounded.js'
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

/** A list that stays below a number of bytes as JSON. */
class Limited {
  readonly list: string[] = []
  cut = false
  #left: number

  constructor(bytes: number) {
    this.#left = bytes
  }

  /** Adds a value that takes `length` bytes as JSON. */
  add(value: string, length: number): void {
    this.#left -= length + 1
    if (this.#left < 0) this.cut = true
    else this.list.push(value)
  }
}

/** Questions and records, as rows show them: no more than their limit. */
export class Body {
  malformed = false
  readonly answers: Limited
  readonly #state: State
  readonly #sections: readonly string[]
  /** Entries as JSON. */
  readonly #queries: Limited
  readonly #records: Limited
  /** Those of the records in a row, by section. */
  readonly #filled = new Map<string, string>()

  #lastName = ''
  #lastShown = '"."'

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
    if (this.#queries.cut) return
    const entry = `${this.#entry(question, 'unicast_response')}}`
    this.#queries.add(entry, entry.length)
  }

  add(wire: Wire, record: ResourceRecord): void {
    if (record.type === TYPE.OPT || (this.#records.cut && (record.section > 1 || this.answers.cut))) return
    const { redact } = this.#state.conn.options
    const { text, malformed } = present(wire, record, redact)
    const type = typeWord(record.type)
    this.malformed ||= malformed
    const json = jsonString(text)
    if (record.section === 1 && !this.answers.cut) this.#answer(type, text, json)
    if (this.#records.cut) return
    const entry = `${this.#entry(record, 'cache_flush')},"ttl":${record.ttl},${dataOf(record.type, text, json)}}`
    this.#records.add(entry, entry.length)
    if (this.#records.cut) return
    const section = this.#sections[record.section] as string
    const before = this.#filled.get(section)
    this.#filled.set(section, before === undefined ? entry : `${before},${entry}`)
  }

  // An object without its end. The class is shown where it is not IN.
  #entry({ name, type, class: code }: Question, flag: string): string {
    const flagged = this.#state.transport === TRANSPORT.mdns && code >= CLASS_FLAG
    const bare = flagged ? code - CLASS_FLAG : code
    const shownClass = bare === CLASS_IN ? '' : `,"class":"${classWord(bare)}"`
    const shownFlag = flagged ? `,"${flag}":true` : ''
    return `{"name":${this.#name(name)},"type":"${typeWord(type)}"${shownClass}${shownFlag}`
  }

  #answer(type: string, text: string, json: string): void {
    if (text === '') this.answers.add(type, type.length + 2)
    else this.answers.add(`${type} ${text}`, type.length + 1 + json.length)
  }

  // Records in a row are mostly about the same name.
  #name(name: string): string {
    if (name !== this.#lastName) {
      this.#lastName = name
      this.#lastShown = jsonString(shown(name))
    }
    return this.#lastShown
  }

  /** The questions, and the sections that hold something. */
  request(): string {
    return this.#shown('queries', this.#queries.list.join(','))
  }

  /** The sections that hold something; the answers always. */
  response(): string {
    return this.#shown('answers', this.#filled.get('answers') ?? '')
  }

  #shown(first: string, list: string): string {
    let out = `{"${first}":[${list}]`
    for (const [section, entries] of this.#filled) if (section !== first) out += `,"${section}":[${entries}]`
    return `${out}}`
  }
}

// Stirling's names for the data of addresses and aliases, which it alone shows; `json` is the text as JSON.
function dataOf(type: number, text: string, json: string): string {
  if (type === TYPE.A || type === TYPE.AAAA) return `"addr":${json}`
  return type === TYPE.CNAME ? `"cname":${jsonString(shown(text.slice(0, -1)))}` : `"data":${json}`
}
