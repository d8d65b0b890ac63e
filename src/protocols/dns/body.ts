import { jsonString } from '../../records/bounded.js'
import type { Question, ResourceRecord } from './message.js'
import { nameJson, type Wire } from './name.js'
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

/** A class without the flag. */
export function bareClass(code: number, transport: number): number {
  return transport === TRANSPORT.mdns ? code & ~CLASS_FLAG : code
}

/** Questions and records, as rows show them: no more than their limit. */
export class Body {
  malformed = false
  readonly answers: string[] = []
  readonly #state: State
  readonly #sections: readonly string[]
  /** Bytes of JSON that may still be shown; below 0 there was more. */
  #forAnswers: number
  #forQueries: number
  #forRecords: number
  /** Entries as JSON. */
  #queries = ''
  /** Those of the records in a row, by section; the sections in the order in which they came. */
  readonly #filled: string[] = []
  readonly #entries: string[] = []
  /** How the entry of the record before begins, and the word of its type. */
  #last: ResourceRecord | undefined
  #head = ''
  #word = ''

  constructor(state: State, opcode: number) {
    const { bodyBytes } = state.conn.options
    this.#state = state
    this.#sections = opcode === UPDATE ? UPDATE_SECTIONS : SECTIONS
    this.#forAnswers = bodyBytes
    this.#forQueries = bodyBytes
    this.#forRecords = bodyBytes
  }

  /** Something is left out. */
  get cut(): boolean {
    return this.#forQueries < 0 || this.#forRecords < 0
  }

  get answersCut(): boolean {
    return this.#forAnswers < 0
  }

  ask(question: Question): void {
    if (this.#forQueries < 0) return
    const entry = `${this.#begin(question, 'unicast_response')}}`
    this.#forQueries -= entry.length + 1
    if (this.#forQueries >= 0) this.#queries += this.#queries === '' ? entry : `,${entry}`
  }

  add(wire: Wire, record: ResourceRecord): void {
    const { type, section } = record
    if (this.#forRecords < 0 && (section > 1 || this.answersCut)) return
    const { text, malformed } = present(wire, record, this.#state.conn.options.redact)
    this.malformed ||= malformed
    this.#begins(record)
    const json = isAddress(type) && !malformed ? `"${text}"` : jsonString(text)
    if (section === 1 && !this.answersCut) this.#answer(this.#word, text, json)
    if (this.#forRecords < 0) return
    const data = type === TYPE.CNAME ? nameJson(text.slice(0, -1)) : json
    const entry = `${this.#head}${data}}`
    this.#forRecords -= entry.length + 1
    if (this.#forRecords >= 0) this.#fill(this.#sections[section] as string, entry)
  }

  #answer(type: string, text: string, json: string): void {
    this.#forAnswers -= text === '' ? type.length + 3 : type.length + json.length + 2
    if (this.#forAnswers >= 0) this.answers.push(text === '' ? type : `${type} ${text}`)
  }

  #fill(section: string, entry: string): void {
    const at = this.#filled.indexOf(section)
    if (at >= 0) this.#entries[at] += `,${entry}`
    else this.#entries[this.#filled.push(section) - 1] = entry
  }

  // Records in a row are mostly about the same.
  #begins(record: ResourceRecord): void {
    const { name, type, class: code, ttl } = record
    const last = this.#last
    if (last !== undefined && name === last.name && type === last.type && code === last.class && ttl === last.ttl)
      return
    this.#last = record
    this.#word = typeWord(type)
    this.#head = `${this.#begin(record, 'cache_flush')},"ttl":${ttl}${dataKey(type)}`
  }

  // An object without its end. The class is shown where it is not IN.
  #begin({ name, type, class: code }: Question, flag: string): string {
    const bare = bareClass(code, this.#state.transport)
    const shownClass = bare === CLASS_IN ? '' : `,"class":"${classWord(bare)}"`
    const shownFlag = bare === code ? '' : `,"${flag}":true`
    return `{"name":${nameJson(name)},"type":"${typeWord(type)}"${shownClass}${shownFlag}`
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
