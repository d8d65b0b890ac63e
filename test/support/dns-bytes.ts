type Class = number
/** Name, type, class (IN). */
export type Asked = readonly [string, number, Class?]
/** Name, type, data, TTL (60), class (IN). */
export type Held = readonly [string, number, Buffer | string, number?, Class?]

interface Parts {
  readonly id?: number
  /** Flags of the header: 0x8180 is a response. */
  readonly flags?: number
  readonly questions?: readonly Asked[]
  readonly answers?: readonly Held[]
  readonly authorities?: readonly Held[]
  readonly additionals?: readonly Held[]
}

export const u16 = (...numbers: readonly number[]): Buffer =>
  Buffer.from(numbers.flatMap((number) => [(number >> 8) & 255, number & 255]))
export const u32 = (...numbers: readonly number[]): Buffer =>
  Buffer.concat(numbers.map((number) => u16(Math.floor(number / 65_536), number % 65_536)))
export const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex')

/** A name without compression; '' is the root. */
export function name(text: string): Buffer {
  const labels = text === '' ? [] : text.split('.').map((label) => Buffer.from(label, 'latin1'))
  return Buffer.concat([...labels.flatMap((label) => [Buffer.from([label.length]), label]), Buffer.from([0])])
}

/** Strings, each with its length before it. */
export function strings(...list: readonly string[]): Buffer {
  return Buffer.concat(list.flatMap((text) => [Buffer.from([text.length]), Buffer.from(text, 'latin1')]))
}

function record([owner, type, data, ttl = 60, code = 1]: Held): Buffer {
  const bytes = typeof data === 'string' ? hex(data) : data
  return Buffer.concat([name(owner), u16(type, code), u32(ttl), u16(bytes.length), bytes])
}

/** A message of DNS. */
export function message(parts: Parts): Buffer {
  const { id = 1, flags = 0x0100, questions = [], answers = [], authorities = [], additionals = [] } = parts
  return Buffer.concat([
    u16(id, flags, questions.length, answers.length, authorities.length, additionals.length),
    ...questions.map(([owner, type, code = 1]) => Buffer.concat([name(owner), u16(type, code)])),
    ...[...answers, ...authorities, ...additionals].map(record),
  ])
}

/** Messages as a stream carries them. */
export function prefixed(...messages: readonly Buffer[]): Buffer {
  return Buffer.concat(messages.flatMap((each) => [u16(each.length), each]))
}
