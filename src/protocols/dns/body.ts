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

/** How much may still be shown. */
class Room {
  #left: number

  constructor(bytes: number) {
    this.#left = bytes
  }

  /** There was more. */
  get short(): boolean {
    return this.#left < 0
  }

  /** Is there room for another entry, of `length` bytes as JSON? */
  take(length: number): boolean {
    this.#left -= length + 1
    return this.#left >= 0
  }
}

/** Questions and records, as rows show them: no more than their limit. */
export class Body {
  malformed = false
  readonly answers: string[] = []
  readonly #state: State
  readonly #sections: readonly string[]
  readonly #forAnswers: Room
  readonly #forQueries: Room
  readonly #forRecords: Room
  /** Entries as JSON. */
  #queries = ''
  /** Those of the records in a row, by section; the sections in the order in which they came. */
  readonly #filled: string[] = []
  readonly #entries: string[] = []
  /** How the entry of the record before begins. */
  #last: ResourceRecord | undefined
  #head = ''

  constructor(state: State, opcode: number) {
    const { bodyBytes } = state.conn.options
    this.#state = state
    this.#sections = opcode === UPDATE ? UPDATE_SECTIONS : SECTIONS
    this.#forAnswers = new Room(bodyBytes)
    this.#forQueries = new Room(bodyBytes)
    this.#forRecords = new Room(bodyBytes)
  }

  /** Something is left out. */
  get cut(): boolean {
    return this.#forQueries.short || this.#forRecords.short
  }

  get answersCut(): boolean {
    return this.#forAnswers.short
  }

  ask(question: Question): void {
    if (this.#forQueries.short) return
    const entry = `${this.#begin(question, 'unicast_response')}}`
    if (this.#forQueries.take(entry.length)) this.#queries += this.#queries === '' ? entry : `,${entry}`
  }

  add(wire: Wire, record: ResourceRecord): void {
    const { type, section } = record
    if (this.#forRecords.short && (section > 1 || this.answersCut)) return
    const { text, malformed } = present(wire, record, this.#state.conn.options.redact)
    this.malformed ||= malformed
    const json = isAddress(type) && !malformed ? `"${text}"` : jsonString(text)
    if (section === 1 && !this.answersCut) this.#answer(typeWord(type), text, json)
    if (this.#forRecords.short) return
    const data = type === TYPE.CNAME ? jsonString(shown(text.slice(0, -1))) : json
    const entry = `${this.#beginRecord(record)}${record.ttl}${dataKey(type)}${data}}`
    if (this.#forRecords.take(entry.length)) this.#fill(this.#sections[section] as string, entry)
  }

  #answer(type: string, text: string, json: string): void {
    const length = text === '' ? type.length + 2 : type.length + 1 + json.length
    if (this.#forAnswers.take(length)) this.answers.push(text === '' ? type : `${type} ${text}`)
  }

  #fill(section: string, entry: string): void {
    const at = this.#filled.indexOf(section)
    if (at >= 0) this.#entries[at] += `,${entry}`
    else this.#entries[this.#filled.push(section) - 1] = entry
  }

  // Records in a row are mostly about the same.
  #beginRecord(record: ResourceRecord): string {
    const { name, type, class: code } = record
    const last = this.#last
    if (last === undefined || name !== last.name || type !== last.type || code !== last.class) {
      this.#last = record
      this.#head = `${this.#begin(record, 'cache_flush')},"ttl":`
    }
    return this.#head
  }

  // An object without its end. The class is shown where it is not IN.
  #begin({ name, type, class: code }: Question, flag: string): string {
    const flagged = this.#state.transport === TRANSPORT.mdns && code >= CLASS_FLAG
    const bare = flagged ? code - CLASS_FLAG : code
    const shownClass = bare === CLASS_IN ? '' : `,"class":"${classWord(bare)}"`
    const shownFlag = flagged ? `,"${flag}":true` : ''
    return `{"name":${jsonString(shown(name))},"type":"${typeWord(type)}"${shownClass}${shownFlag}`
  }

  /** The questions, and the sections that hold something. */
  request(): string {
    return this.#shown('queries', this.#queries)
  }

  /** The sections that hold something; the answers always. */
  response(): string {
    return this.#shown('answers', this.#entries[this.#filled.indexOf('answers')] ?? '')
  }

  #shown(first: string, list: string): string {
    let out = `{"${first}":[${list}]`
    for (const [i, section] of this.#filled.entries())
      if (section !== first) out += `,"${section}":[${this.#entries[i]}]`
    return `${out}}`
  }
}

function isAddress(type: number): boolean {
  return type === TYPE.A || type === TYPE.AAAA
}

// Stirling's names for the data of addresses and aliases, which it alone shows.
function dataKey(type: number): string {
  if (isAddress(type)) return ',"addr":'
  return type === TYPE.CNAME ? ',"cname":' : ',"data":'
}
