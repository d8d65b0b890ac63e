import type { Json } from '../../records/table.js'
import type { Span } from '../protocol.js'
import { Body } from './body.js'
import { type Edns, readEdns } from './edns.js'
import type { Header, Question, Structure } from './message.js'
import type { Wire } from './name.js'
import type { State } from './state.js'
import { TYPE } from './words.js'

const ADDITIONAL = 3

/** One message, as its row shows it; of a zone transfer, all those of the response. */
export class Frame implements Span {
  startNs = 0
  endNs = 0
  lost = false
  readonly header: Header
  readonly question: Question | undefined
  /** What a query and its response have in common, besides the id. */
  key: string
  readonly edns: Json
  readonly rcode: number
  readonly body: Body
  malformed: boolean
  size: number
  messages = 1
  /** Records by section. */
  counts: Header['counts']
  /** Of a response: it is a zone transfer, or a part of one. */
  transferred = false
  /** … no other message belongs to it. */
  last = true
  /** Of a query: what has come of its response. */
  response: Frame | undefined
  /** Of a query: its response may be among what was lost. */
  doubtful = false

  /** `body`: where the records of a transfer's earlier messages are. */
  constructor(wire: Wire, header: Header, structure: Structure, state: State, body = new Body(state, header.opcode)) {
    const { questions, records, malformed } = structure
    let edns: Edns | undefined
    // A response repeats them, and does not show them.
    if (!header.response) for (const question of questions) body.ask(question)
    for (const record of records) {
      if (record.type !== TYPE.OPT) body.add(wire, record)
      else if (record.section === ADDITIONAL) edns ??= readEdns(wire, record)
    }
    this.header = header
    this.question = questions[0]
    this.key = state.keyOf(questions)
    this.edns = edns?.json ?? null
    this.rcode = ((edns?.rcode ?? 0) << 4) | header.rcode
    this.body = body
    this.malformed = malformed || edns?.malformed === true || body.malformed
    this.size = wire.end - wire.start
    this.counts = header.counts
  }

  /** Takes the next message of a zone transfer. */
  join(next: Frame): void {
    this.endNs = next.endNs
    this.lost ||= next.lost
    this.malformed ||= next.malformed
    this.size += next.size
    this.messages++
    const [questions, answers, authorities, additionals] = this.counts
    this.counts = [questions, answers + next.counts[1], authorities + next.counts[2], additionals + next.counts[3]]
  }
}
