import { u16, u32 } from '../byte-reader.js'
import { readName, type Wire } from './name.js'
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
const [NETBIOS_NB, NETBIOS_STATUS] = [32, 33]

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
  const flags = u16(buf, start + 2)
  return {
    id: u16(buf, start),
    flags,
    response: flags >= 0x8000,
    opcode: (flags >> 11) & 15,
    rcode: flags & 15,
    counts: [u16(buf, start + 4), u16(buf, start + 6), u16(buf, start + 8), u16(buf, start + 10)],
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
  text = ''
  #pointer = -1

  /** → the offset behind it, or -1. */
  read(wire: Wire, at: number): number {
    const pointer = at + 2 <= wire.end ? u16(wire.buf, at) : -1
    if (pointer >= POINTERS && pointer === this.#pointer) return at + 2
    const name = readName(wire, at)
    if (name === undefined) return -1
    this.#pointer = pointer
    this.text = name.text
    return name.after
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
  out.push({ name: name.text, type: u16(buf, name.after), class: u16(buf, name.after + 2) })
  return name.after + 4
}

function readRecord(wire: Wire, at: number, section: number, owners: Owners, out: ResourceRecord[]): number {
  const after = owners.read(wire, at)
  const data = after + 10
  if (after < 0 || data > wire.end) return -1
  const { buf } = wire
  const length = u16(buf, after + 8)
  if (data + length > wire.end) return -1
  out.push({
    name: owners.text,
    type: u16(buf, after),
    class: u16(buf, after + 2),
    section,
    ttl: u32(buf, after + 4),
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
  return (type === NETBIOS_NB || type === NETBIOS_STATUS) && NETBIOS_NAME.test(name)
}

function isOfClass(code: number): boolean {
  return isClass(code & ~CLASS_FLAG)
}
