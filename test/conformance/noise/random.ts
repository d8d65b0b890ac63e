import { randomBytes } from '../example.js'

/** Numbers of [0, 1), from a seed. */
export type Random = () => number

/** What the two ends of a connection have said. */
export interface Talk {
  readonly client: Buffer
  readonly server: Buffer
}

export type Make = (random: Random) => Talk

/** A whole number of [low, high]. */
export const whole = (random: Random, low: number, high: number): number =>
  low + Math.floor(random() * (high - low + 1))

export const pick = <T>(random: Random, values: readonly T[]): T => values[Math.floor(random() * values.length)] as T

export const times = <T>(random: Random, low: number, high: number, make: () => T): T[] =>
  Array.from({ length: whole(random, low, high) }, make)

/** Numbers as they occur: mostly small. */
export const number = (random: Random, bits: number): number => Math.floor(2 ** (random() * bits)) - 1

export function u(value: number, bytes: number, little = false): Buffer {
  const buf = Buffer.alloc(bytes)
  const kept = Math.min(bytes, 6)
  if (little) buf.writeUIntLE(value % 2 ** (8 * kept), 0, kept)
  else buf.writeUIntBE(value % 2 ** (8 * kept), bytes - kept, kept)
  return buf
}

/** `body` behind its length. */
export const sized = (body: Buffer, bytes: number, little = false, more = 0): Buffer =>
  Buffer.concat([u(body.length + more, bytes, little), body])

export const concat = (...parts: readonly (Buffer | string)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)))

const WORDS =
  `the of and user id name order item total error select from get set status value key session token node main true false null
GET SET PUT POST DELETE PUB SUB MSG INFO PING PONG OK ERR END STAT VERSION QUIT AUTH LIST USER HTTP 200 404 {"name": "x"} <html> ; , = [main] 17
127.0.0.1 2026-11-26 12:00:01 caf\xc3\xa9 /usr/lib/x.so a.b.c $1 *2 +1 -1 :0 \t \r\n \n`.split(/ |\n(?=[A-Z1/])/)

export const word = (random: Random): string => pick(random, WORDS)
export const words = (random: Random, low: number, high: number): string =>
  times(random, low, high, () => word(random)).join(' ')
export const name = (random: Random): string =>
  String.fromCharCode(...times(random, 1, 12, () => whole(random, 0x61, 0x7a)))
export const lines = (random: Random, low: number, high: number, make: () => string, end = '\r\n'): Buffer =>
  Buffer.from(times(random, low, high, () => make() + end).join(''), 'latin1')

/** What a message carries. */
export function payload(random: Random, most = 200): Buffer {
  const length = whole(random, 0, most)
  switch (whole(random, 0, 3)) {
    case 0:
      return randomBytes(random, length)
    case 1:
      return sparse(random, length)
    case 2:
      return Buffer.from(words(random, 0, length / 5), 'latin1')
    default:
      return concat(...times(random, 0, length / 8, () => sized(Buffer.from(name(random)), 2)))
  }
}

/** Small numbers, mostly zero. */
export const sparse = (random: Random, length: number): Buffer =>
  randomBytes(random, length).map((byte) => (byte < 160 ? 0 : byte & 15)) as Buffer

/** Both ends talk like this. */
export const both =
  (make: (random: Random) => Buffer): Make =>
  (random) => ({ client: make(random), server: make(random) })
