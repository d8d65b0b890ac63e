import { type Name, readName, type Wire } from './name.js'
import { isClass, OPCODES, TYPE } from './words.js'

export const HEADER_BYTES = 12
const QUESTION_BYTES_MIN = 5
const RECORD_BYTES_MIN = 11
const Z_BIT = 0x40
/** The first two bytes of a name that is only a pointer are not below this. */
const POINTERS = 0xc000
/** RFC 6762 §18.12, §18.13: in multicast DNS the top bit of a class is a flag. */
const CLASS_FLAG = 0x8000
/** NetBIOS names (RFC 1001 §14.1) have the same framing: a label of 32 letters, and types of their own. */
const NETBIOS_NAME = /^[A-P]{32}(\.|$)/
const NETBIOS_TYPES: readonly number[] = [32, 33]

export interface Header {
  readonly id: number
  readonly flags: number
  readonly response: boolean
  readonly opcode: number
  /** Without the bits that EDNS adds. */
  readonly rcode: number
  /** Questions, answers, authorities, additionals. */
  readonly counts: readonly [number, number, number, number]
}

export interface Question {
  readonly name: string
  readonly type: number
  readonly class: number
}

/** A resource record; its data is `buf[at, at + length)` of the message. */
export interface ResourceRecord extends Question {
  /** 1 answer, 2 authority, 3 additional. */
  readonly section: number
  readonly ttl: number
  readonly at: number
  readonly length: number
}

/** A message's structure. `malformed`: it breaks off, or breaks the rules, after what is there. */
export interface Structure {
  readonly questions: readonly Question[]
  readonly records: readonly ResourceRecord[]
  readonly malformed: boolean
  /** The offset behind the last record. */
  readonly after: number
}

/** RFC 1035 §4.1.1; undefined where there are fewer than 12 bytes. */
export function readHeader({ buf, start, end }: Wire): Header | undefined {
  if (end - start < HEADER_BYTES) return undefined
  const u16 = (at: number): number => ((buf[start + at] as number) << 8) | (buf[start + at + 1] as number)
  const flags = u16(2)
  return {
    id: u16(0),
    flags,
    response: flags >= 0x8000,
    opcode: (flags >> 11) & 15,
    rcode: flags & 15,
    counts: [u16(4), u16(6), u16(8), u16(10)],
  }
}

/** Could it be the header of a message of `length` bytes? */
export function isPlausible(header: Header, length: number): boolean {
  const [questions, ...records] = header.counts
  const least = records.reduce((sum, count) => sum + count * RECORD_BYTES_MIN, questions * QUESTION_BYTES_MIN)
  return hasKnownFlags(header) && HEADER_BYTES + least <= length
}

/** Could it be the header of a message that breaks off? */
export function isSane(header: Header): boolean {
  return hasKnownFlags(header) && header.counts.every((count) => count < 256)
}

function hasKnownFlags({ flags, opcode, rcode, response }: Header): boolean {
  return OPCODES[opcode] !== undefined && (flags & Z_BIT) === 0 && (response || rcode === 0) && rcode < 12
}

/** Reads the owners of records: those in a row mostly point to the same name. */
class Owners {
  #pointer = -1
  #text = ''

  read(wire: Wire, at: number): Name | undefined {
    const pointer = at + 2 <= wire.end ? wire.buf.readUInt16BE(at) : -1
    if (pointer >= POINTERS && pointer === this.#pointer) return { text: this.#text, after: at + 2 }
    const name = readName(wire, at)
    if (name !== undefined && pointer >= POINTERS) {
      this.#pointer = pointer
      this.#text = name.text
    }
    return name
  }
}

/** Walks all sections, as far as they follow the rules. */
export function readStructure(wire: Wire, { counts }: Header): Structure {
  const questions: Question[] = []
  const records: ResourceRecord[] = []
  let at = wire.start + HEADER_BYTES
  for (let i = 0; i < counts[0]; i++) {
    const after = readQuestion(wire, at, questions)
    if (after < 0) return { questions, records, malformed: true, after: at }
    at = after
  }
  const owners = new Owners()
  for (let section = 1; section <= 3; section++) {
    for (let i = 0; i < (counts[section] as number); i++) {
      const after = readRecord(wire, at, section, owners, records)
      if (after < 0) return { questions, records, malformed: true, after: at }
      at = after
    }
  }
  return { questions, records, malformed: false, after: at }
}

// → the offset behind it, or -1.
function readQuestion(wire: Wire, at: number, out: Question[]): number {
  const name = readName(wire, at)
  if (name === undefined || name.after + 4 > wire.end) return -1
  const { buf } = wire
  out.push({ name: name.text, type: buf.readUInt16BE(name.after), class: buf.readUInt16BE(name.after + 2) })
  return name.after + 4
}

function readRecord(wire: Wire, at: number, section: number, owners: Owners, out: ResourceRecord[]): number {
  const name = owners.read(wire, at)
  if (name === undefined || name.after + 10 > wire.end) return -1
  const { buf } = wire
  const length = buf.readUInt16BE(name.after + 8)
  const data = name.after + 10
  if (data + length > wire.end) return -1
  out.push({
    name: name.text,
    type: buf.readUInt16BE(name.after),
    class: buf.readUInt16BE(name.after + 2),
    section,
    ttl: buf.readUInt32BE(name.after + 4),
    at: data,
    length,
  })
  return data + length
}

/** Can it be told from the bytes alone that this is DNS? */
export function isCertain({ questions, records, malformed }: Structure): boolean {
  if (malformed || questions.length + records.length === 0) return false
  return questions.every(isQuestion) && records.every(isRecord)
}

function isRecord(record: ResourceRecord): boolean {
  return record.type === TYPE.OPT || (isOfClass(record.class) && !isNetbios(record))
}

/** A question that makes sense. */
export function isQuestion(question: Question): boolean {
  return question.type !== 0 && isOfClass(question.class) && !isNetbios(question)
}

/** A question of NetBIOS, or its answer: the messages look the same. */
export function isNetbios({ name, type }: Question): boolean {
  return NETBIOS_TYPES.includes(type) && NETBIOS_NAME.test(name)
}

function isOfClass(code: number): boolean {
  return isClass(code & ~CLASS_FLAG)
}
