import { randomBytes } from '../conformance/example.js'

type Random = () => number
type Mutation = (good: Buffer, random: Random, other: Buffer) => Buffer

const below = (random: Random, n: number): number => Math.floor(random() * n)
const range = (random: Random, length: number, most: number): [number, number] => {
  const from = below(random, length)
  return [from, Math.min(length, from + 1 + below(random, most))]
}

/** Values that a length should not have, or only just. */
const EXTREMES = [0n, 1n, 0x7fn, 0x80n, 0xffn, 0x7fffn, 0xffffn, 0xffffffn, 0x7fffffffn, 0x80000000n, 0xffffffffn]
const HUGE = [...EXTREMES, 0x7fffffffffffffffn, 0xffffffffffffffffn]
const DIGITS = /\d+/g
const RANGE_BYTES = 32
const PIECES_MAX = 128

function flip(good: Buffer, random: Random): Buffer {
  const bad = Buffer.from(good)
  for (let i = below(random, 4); i >= 0; i--) {
    const at = below(random, bad.length)
    bad[at] = (bad[at] as number) ^ (1 << below(random, 8))
  }
  return bad
}

function overwrite(good: Buffer, random: Random): Buffer {
  const bad = Buffer.from(good)
  for (let i = below(random, 4); i >= 0; i--) bad[below(random, bad.length)] = below(random, 256)
  return bad
}

function remove(good: Buffer, random: Random): Buffer {
  const [from, to] = range(random, good.length, RANGE_BYTES)
  return Buffer.concat([good.subarray(0, from), good.subarray(to)])
}

function repeat(good: Buffer, random: Random): Buffer {
  const [from, to] = range(random, good.length, RANGE_BYTES)
  return Buffer.concat([good.subarray(0, to), good.subarray(from)])
}

function swap(good: Buffer, random: Random): Buffer {
  const [a, b, c] = [0, 1, 2].map(() => below(random, good.length)).sort((x, y) => x - y) as [number, number, number]
  return Buffer.concat([good.subarray(0, a), good.subarray(b, c), good.subarray(a, b), good.subarray(c)])
}

function binaryLength(good: Buffer, random: Random): Buffer {
  const bad = Buffer.from(good)
  const bytes = Buffer.alloc(8)
  const value = HUGE[below(random, HUGE.length)] as bigint
  const size = 1 << below(random, 4)
  if (random() < 0.5) bytes.writeBigUInt64LE(value)
  else bytes.writeBigUInt64BE(BigInt.asUintN(64, value << BigInt(64 - 8 * size)))
  bytes.copy(bad, below(random, bad.length), 0, size)
  return bad
}

function textLength(good: Buffer, random: Random): Buffer {
  const text = good.toString('latin1')
  const found = [...text.matchAll(DIGITS)]
  const at = found[below(random, found.length)]
  if (at === undefined) return binaryLength(good, random)
  const value = `${random() < 0.2 ? '-' : ''}${HUGE[below(random, HUGE.length)]}`
  return Buffer.from(text.slice(0, at.index) + value + text.slice(at.index + at[0].length), 'latin1')
}

const cut: Mutation = (good, random) => good.subarray(0, below(random, good.length))
const splice: Mutation = (good, random, other) =>
  Buffer.concat([good.subarray(0, below(random, good.length)), other.subarray(below(random, other.length))])
const insert: Mutation = (good, random) => {
  const at = below(random, good.length)
  return Buffer.concat([good.subarray(0, at), randomBytes(random, below(random, 64)), good.subarray(at)])
}
const anything: Mutation = (_good, random) => randomBytes(random, below(random, 200))

const MUTATIONS: readonly Mutation[] = [
  flip,
  overwrite,
  remove,
  repeat,
  swap,
  binaryLength,
  textLength,
  cut,
  splice,
  insert,
  anything,
]

/** The bytes with a fault or a few; `other`: what may be mixed with them. */
export function mutate(good: Buffer, random: Random, other: Buffer = good): Buffer {
  let bad = good
  for (let i = below(random, 3); i >= 0 && bad.length > 0; i--) {
    bad = (MUTATIONS[below(random, MUTATIONS.length)] as Mutation)(bad, random, other)
  }
  return bad
}

/** The bytes in pieces: most often one, seldom very small ones, never many. */
export function* pieces(bytes: Buffer, random: Random): Generator<Buffer> {
  const least = Math.ceil(bytes.length / PIECES_MAX)
  const most = random() < 0.5 ? bytes.length : below(random, random() < 0.2 ? 3 : bytes.length)
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + Math.max(1, least, most === bytes.length ? most : below(random, 2 * most)))
    yield bytes.subarray(at, end)
    at = end
  }
}
