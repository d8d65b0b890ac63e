import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packetReader } from './capture-file.js'
import { InputFile } from './input-file.js'

const MIB = 1024 * 1024
const ETHERNET = 1
const WIFI = 105
const BEGIN_NS = 1_700_000_000_123_456_789n
const BYTES = Buffer.from('abcdefg')

/** Writes pcapng, of either order of bytes. */
class Writer {
  readonly #little: boolean

  constructor(little: boolean) {
    this.#little = little
  }

  /** Numbers of 32 bits, pairs of 16 in an array. */
  words(...words: readonly (number | readonly [number, number])[]): Buffer {
    const all = words.map((word) => {
      const buf = Buffer.alloc(4)
      if (typeof word === 'number') this.#little ? buf.writeUInt32LE(word) : buf.writeUInt32BE(word)
      else
        word.forEach((half, i) => void (this.#little ? buf.writeUInt16LE(half, 2 * i) : buf.writeUInt16BE(half, 2 * i)))
      return buf
    })
    return Buffer.concat(all)
  }

  block(type: number, ...body: readonly Buffer[]): Buffer {
    const whole = Buffer.concat(body)
    const padding = Buffer.alloc(-whole.length & 3)
    const length = this.words(whole.length + padding.length + 12)
    return Buffer.concat([this.words(type), length, whole, padding, length])
  }

  section(): Buffer {
    return this.block(0x0a0d0d0a, this.words(0x1a2b3c4d, [1, 0], 0xffffffff, 0xffffffff))
  }

  interface(linkType: number, snapLength = 0, options: Buffer = Buffer.alloc(0)): Buffer {
    return this.block(1, this.words([linkType, 0], snapLength), options)
  }

  option(code: number, value: Buffer): Buffer {
    return Buffer.concat([this.words([code, value.length]), value, Buffer.alloc(-value.length & 3)])
  }

  /** Seconds, as the option if_tsoffset has them. */
  seconds(seconds: number): Buffer {
    return this.#little ? this.words(seconds, 0) : this.words(0, seconds)
  }

  enhanced(at: number, units: bigint, length = BYTES.length, bytes = BYTES): Buffer {
    const time = [Number(units >> 32n), Number(units & 0xffffffffn)] as const
    return this.block(6, this.words(at, ...time, bytes.length, length), bytes)
  }
}

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stirling-pcapng-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Link type, µs, ns, what was captured and its length on the wire, of every packet; and what was wrong. */
function read(...blocks: readonly Buffer[]): [unknown[][], string | undefined] {
  const path = join(folder, 'x.pcapng')
  writeFileSync(path, Buffer.concat(blocks))
  const file = new InputFile(path)
  const reader = packetReader(file)
  const packets: unknown[][] = []
  for (let packet = reader.next(); packet !== undefined; packet = reader.next()) {
    const { linkType, us, ns, start, end, length } = packet
    packets.push([linkType, us, ns, file.buffer.toString('latin1', start, end), length])
  }
  file.close()
  return [packets, reader.damage]
}

describe.each([true, false])('pcapng, little-endian: %s', (little) => {
  const w = new Writer(little)
  const seconds = (units: bigint, perSecond: bigint): bigint => (units * perSecond) / 1_000_000_000n

  test.each<[string, number | undefined, bigint]>([
    ['µs, as nothing is said', undefined, 1_000_000n],
    ['ms', 3, 1000n],
    ['100 ns', 7, 10_000_000n],
    ['ns', 9, 1_000_000_000n],
    ['ps', 12, 1_000_000_000_000n],
    ['of a second 2^-20', 0x80 | 20, 1n << 20n],
  ])('time in units: %s', (_, resolution, perSecond) => {
    const options = resolution === undefined ? undefined : w.option(9, Buffer.from([resolution]))
    const units = seconds(BEGIN_NS, perSecond) & 0xffffffffffffffffn
    const ns = (units * 1_000_000_000n) / perSecond
    const [packets, damage] = read(w.section(), w.interface(ETHERNET, 0, options), w.enhanced(0, units))
    expect(packets).toEqual([[ETHERNET, Number(ns / 1000n), Number(ns % 1000n), 'abcdefg', 7]])
    expect(damage).toBeUndefined()
  })

  test('every kind of packet, of two interfaces, one of which counts from another second', () => {
    const offset = w.option(14, w.seconds(1_700_000_000))
    const blocks = [w.section(), w.interface(ETHERNET, 5), w.interface(WIFI, 0, offset), w.enhanced(1, 7n, 99)]
    const old = w.block(2, w.words([0, 0xffff], 0, 8, BYTES.length, BYTES.length), BYTES)
    const simple = w.block(3, w.words(BYTES.length), BYTES.subarray(0, 5))
    expect(read(...blocks, old, simple)).toEqual([
      [
        [WIFI, 1_700_000_000_000_007, 0, 'abcdefg', 99],
        [ETHERNET, 8, 0, 'abcdefg', 7],
        [ETHERNET, 8, 0, 'abcde', 7],
      ],
      undefined,
    ])
  })

  test('a section begins anew, in its own order of bytes; what is not known is passed, however long', () => {
    const other = new Writer(!little)
    const unknown = w.block(0x0bad, Buffer.alloc(3 * MIB))
    const first = [w.section(), w.interface(ETHERNET), unknown, w.enhanced(0, 1n)]
    expect(read(...first, other.section(), other.interface(WIFI), other.enhanced(0, 2n))).toEqual([
      [
        [ETHERNET, 1, 0, 'abcdefg', 7],
        [WIFI, 2, 0, 'abcdefg', 7],
      ],
      undefined,
    ])
  })

  test.each<[string, Buffer[], string]>([
    ['an interface that is not there', [w.enhanced(1, 1n)], 'a packet is of an interface that is not there'],
    ['beyond its block', [w.block(6, w.words(0, 0, 0, 100, 100), BYTES)], 'a packet goes beyond its block'],
    ['too long', [w.enhanced(0, 1n, 1, Buffer.alloc(300 * 1024))], 'a packet is said to be too long'],
    ['a block too short to be one', [w.words(6, 8)], 'a block has no sensible length'],
    ['cut off in a head', [w.enhanced(0, 1n).subarray(0, 6)], 'the capture file is cut off'],
    ['cut off in a body', [w.enhanced(0, 1n).subarray(0, 30)], 'the capture file is cut off'],
  ])('damage is said: %s', (_, blocks, damage) => {
    const [packets, said] = read(w.section(), w.interface(ETHERNET), w.enhanced(0, 1n), ...blocks)
    expect([packets.length, said]).toEqual([1, damage])
  })
})
