import { BoundedText } from '../../records/bounded.js'

/** Topics and partitions that are listed. */
export const MAX_LISTED = 64
const MAX_ERRORS = 16
const MAX_NAME = 255

/** A partition of a topic, by name or id. */
export interface Partition {
  readonly topic: string
  readonly number: number
}

/** What a body says, as far as columns take it. */
export class Content {
  readonly json: BoundedText
  /** Names, or ids where the message has no names. */
  readonly topics: string[] = []
  readonly partitions: Partition[] = []
  /** There are more topics, or partitions, than are listed. */
  moreTopics = false
  morePartitions = false
  /** Codes other than 0, each once. */
  readonly errors: number[] = []
  acks: number | null = null
  /** Records of all partitions; null: the message has none, -1: not all were seen. */
  records: number | null = null
  recordBytes: number | null = null
  /** Bytes were missing where the place of what follows cannot be known: this is how far it came. */
  broken = false
  /** What the request has said that is answered: what that names is not listed again. */
  asked: Content | null = null

  constructor(limit: number) {
    this.json = new BoundedText(limit)
  }

  addTopic(topic: string): void {
    const name = topic.slice(0, MAX_NAME)
    if (this.topics.includes(name) || this.asked?.topics.includes(name)) return
    if (this.topics.length < MAX_LISTED) this.topics.push(name)
    else this.moreTopics = true
  }

  addPartition(topic: string, number: number): void {
    if (this.morePartitions) return
    const name = topic.slice(0, MAX_NAME)
    const isSame = (other: Partition): boolean => other.number === number && other.topic === name
    if (this.partitions.some(isSame) || this.asked?.partitions.some(isSame)) return
    if (this.partitions.length < MAX_LISTED) this.partitions.push({ topic: name, number })
    else this.morePartitions = true
  }

  addError(code: number): void {
    if (code !== 0 && this.errors.length < MAX_ERRORS && !this.errors.includes(code)) this.errors.push(code)
  }

  addRecords(count: number, bytes: number): void {
    this.records = count < 0 || this.records === -1 ? -1 : (this.records ?? 0) + count
    this.recordBytes = (this.recordBytes ?? 0) + bytes
  }
}
