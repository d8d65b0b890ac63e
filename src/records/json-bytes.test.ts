import { expect, test } from '@jest/globals'
import { JsonBytes } from './json-bytes.js'

function written(limit: number, ...strings: (string | Buffer)[]): JsonBytes {
  const out = new JsonBytes(limit)
  for (const each of strings) {
    const bytes = Buffer.from(each)
    out.addString(bytes, 0, bytes.length)
  }
  return out
}

test.each([
  ['plain', 'plain'],
  ['what is escaped', '"\\/\b\f\n\r\t\0\x1f\x7f'],
  ['not ASCII', 'ü€😀\u2028'],
  ['longer than the memory at first', 'x'.repeat(100_000)],
])('%s is as in JSON', (_what, value) => {
  const out = written(1 << 20, value)
  expect(out.finish()).toBe(JSON.stringify(value))
  expect(out.cut).toBe(false)
})

test('what is not UTF-8 becomes what text makes of it', () => {
  expect(written(100, Buffer.from([0x61, 0xff, 0xc3]), 'b').finish()).toBe('"a\udcff\udcc3""b"')
})

test('keys, numbers in hexadecimal, and what is ASCII', () => {
  const out = new JsonBytes(100)
  out.add('{')
  out.addKey(Buffer.from('key'), 0, 3)
  out.addHex(Buffer.from('09afAF'), 0, 6)
  out.add(' and something that is longer than a few bytes')
  expect(out.finish()).toBe('{"key":303961664146 and something that is longer than a few bytes')
})

test('a UUID', () => {
  const out = new JsonBytes(100)
  out.addUuid(Buffer.from('ff00112233445566778899aabbccddeeff', 'hex'), 1)
  expect(out.finish()).toBe('00112233-4455-6677-8899-aabbccddeeff')
})

test.each([
  [0, ''],
  [1, '"'],
  [3, '"ab'],
  [4, '"ab'],
  [5, '"ab'],
  [6, '"ab€'],
  [7, '"ab€"'],
])('within %i bytes, without half a character', (limit, shown) => {
  const out = written(limit, 'ab€')
  expect(out.finish()).toBe(shown)
  expect(out.cut).toBe(shown !== '"ab€"')
})

test('a byte that is not UTF-8 takes the room of what is shown for it', () => {
  const out = written(6, Buffer.from([0xff, 0xff, 0xff]))
  expect(out.finish()).toBe('"\udcff')
  expect(out.cut).toBe(true)
})

test('one text does not show in the next', () => {
  expect(written(100, 'the first').finish()).toBe('"the first"')
  expect(written(100, 'b').finish()).toBe('"b"')
})
