import type { Conn } from '../protocol.js'
import type { Question } from './message.js'
import { TRANSPORT } from './table.js'
import type { Transfer } from './transfer.js'

const MDNS_PORT = 5353
const LLMNR_PORT = 5355
/** Ports on which a message that is not quite right is still DNS. */
const PORTS: readonly number[] = [53, MDNS_PORT, LLMNR_PORT]

const ANSWERED_MAX = 64

/** Is one of the two ports one of those of DNS? */
export function isDnsPort(hint: Conn['hint']): boolean {
  return hint !== undefined && (PORTS.includes(hint.localPort) || PORTS.includes(hint.remotePort))
}

/** What is known of a connection. */
export class State {
  readonly conn: Conn
  /** A code of `transport`. */
  readonly transport: number
  readonly stream: boolean
  /** Zone transfers under way, by the id of the query. */
  readonly transfers = new Map<number, Transfer>()
  /** Queries that were answered last: another answer to one of them is not for a query that comes later. */
  readonly #answered: string[] = []
  #answers = 0
  /** What was asked last, and its key: a response repeats the question. */
  #asked: Question | undefined
  #key = ''
  /** Responses were lost: a query that is under way may have had one. */
  responsesLost = false

  constructor(conn: Conn) {
    this.conn = conn
    this.stream = conn.transport === 'stream'
    this.transport = transportOf(conn)
  }

  /** What a query and its response have in common, besides the id. */
  keyOf(questions: readonly Question[]): string {
    const [question, another] = questions
    if (question === undefined || another !== undefined) return questions.map(keyOf).join('\n')
    const asked = this.#asked
    if (asked?.name === question.name && asked.type === question.type && asked.class === question.class)
      return this.#key
    this.#asked = question
    this.#key = keyOf(question)
    return this.#key
  }

  /** The query with this id was answered. */
  answer(id: number, key: string): void {
    this.#answered[this.#answers++ % ANSWERED_MAX] = `${id} ${key}`
  }

  wasAnswered(id: number, key: string): boolean {
    return this.#answered.includes(`${id} ${key}`)
  }
}

function keyOf({ name, type, class: code }: Question): string {
  return `${type} ${code} ${name.toLowerCase()}`
}

function transportOf({ transport, hint }: Conn): number {
  if (transport === 'stream') return TRANSPORT.tcp
  const ports = [hint?.localPort, hint?.remotePort]
  if (ports.includes(MDNS_PORT)) return TRANSPORT.mdns
  return ports.includes(LLMNR_PORT) ? TRANSPORT.llmnr : TRANSPORT.udp
}
