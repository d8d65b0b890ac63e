import { lz4Block } from './lz4.js'
import { snappy } from './snappy.js'

const TEXT = `${'The quick brown fox jumps over the lazy dog. '.repeat(6)}${'a'.repeat(200)}end`
const FOX = '54686520717569636b2062726f776e20666f78206a756d7073206f76657220746865206c617a7920646f672e20'
// Compressed by snappy-java 1.1.10 and lz4-java 1.8.
const SNAPPY = `d903b0${FOX}fe2d00fe2d00fe2d00822d000061fe0100fe0100fe01000d0108656e64`
const LZ4 = `ff1e${FOX}2d00ce1f610100b2506161656e64`

describe.each([
  ['snappy', snappy, Buffer.from(SNAPPY, 'hex')],
  ['lz4', lz4Block, Buffer.from(LZ4, 'hex')],
] as const)('%s', (_name, decompress, packed) => {
  const within = Buffer.concat([Buffer.from('before'), packed, Buffer.from('after')])

  test('a whole block, in a larger buffer', () => {
    expect(decompress(within, 6, 6 + packed.length, 1 << 20)?.toString()).toBe(TEXT)
  })

  test('as far as the bytes go', () => {
    for (let end = 2; end < packed.length; end++) {
      const out = decompress(packed, 0, end, 1 << 20)
      expect(TEXT.startsWith(out?.toString() ?? 'damaged')).toBe(true)
    }
  })

  test('as far as the limit goes', () => {
    for (const limit of [0, 1, 45, 46, 200, 472]) {
      expect(decompress(packed, 0, packed.length, limit)?.toString()).toBe(TEXT.slice(0, limit))
    }
  })

  test('hostile bytes neither throw nor grow', () => {
    let state = 7
    for (let round = 0; round < 3000; round++) {
      const bytes = Buffer.from(round % 2 === 0 ? packed : Buffer.alloc(60, 0xff))
      for (let i = 0; i < 1 + (round % 5); i++) {
        state = (Math.imul(state, 1103515245) + 12345) >>> 0
        bytes[state % bytes.length] = state >>> 24
      }
      expect(decompress(bytes, 0, bytes.length, 1000)?.length ?? 0).toBeLessThanOrEqual(1000)
    }
  })
})

test.each([
  ['an offset before the start', snappy, '08 00 61 05 02'],
  ['an offset of 0', snappy, '08 00 61 05 00'],
  ['a length that does not end', snappy, 'ffffffffff'],
  ['an offset before the start', lz4Block, '10 61 0200'],
  ['an offset of 0', lz4Block, '10 61 0000'],
] as const)('%s is damage', (_name, decompress, hex) => {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex')
  expect(decompress(bytes, 0, bytes.length, 100)).toBeUndefined()
})

test('Snappy: literals with lengths of their own, and far copies', () => {
  const long = Buffer.alloc(70_000, 'xyz')
  const head = Buffer.from([0xf2, 0xa2, 0x04, 63 << 2, 0, 0, 0, 0])
  head.writeUInt32LE(long.length - 1, 4)
  const copy = Buffer.from([(1 << 2) | 3, 0x70, 0x11, 0x01, 0])
  const packed = Buffer.concat([head, long, copy])
  expect(
    snappy(packed, 0, packed.length, 1 << 20)
      ?.subarray(70_000)
      .toString(),
  ).toBe('xy')
})
