import { Hpack } from './hpack.js'
import { decodeHuffman } from './huffman.js'
import type { Field } from './static.js'

const hex = (bytes: string): Buffer => Buffer.from(bytes.replace(/\s/g, ''), 'hex')

/** Blocks → `name: value` of each; `damaged` where a block is. */
function decode(hpack: Hpack, ...blocks: readonly string[]): (string[] | 'damaged')[] {
  return blocks.map((block) => {
    const bytes = hex(block)
    const fields: Field[] = []
    if (!hpack.read(bytes, 0, bytes.length, fields)) return 'damaged'
    return fields.map(({ name, value }) => `${name}: ${value}`)
  })
}

const fresh = (): Hpack => new Hpack(false, true)

test('RFC 7541 C.4: requests', () => {
  const first = [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com']
  expect(
    decode(
      fresh(),
      '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff',
      '8286 84be 5886 a8eb 1064 9cbf',
      '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf',
    ),
  ).toEqual([
    first,
    [...first, 'cache-control: no-cache'],
    [':method: GET', ':scheme: https', ':path: /index.html', ':authority: www.example.com', 'custom-key: custom-value'],
  ])
})

test('RFC 7541 C.6: responses, with a table of 256 bytes', () => {
  const date = 'date: Mon, 21 Oct 2013 20:13:21 GMT'
  const rest = ['cache-control: private', date, 'location: https://www.example.com']
  expect(
    decode(
      fresh(),
      `3fe101 4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718
       63c7 8f0b 97c8 e9ae 82ae 43d3`,
      '4883 640e ffc1 c0bf',
      `88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335
       dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07`,
      'be',
      'c1',
    ),
  ).toEqual([
    [':status: 302', ...rest],
    [':status: 307', ...rest],
    [
      ':status: 200',
      'cache-control: private',
      'date: Mon, 21 Oct 2013 20:13:22 GMT',
      'location: https://www.example.com',
      'content-encoding: gzip',
      'set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1',
    ],
    ['set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1'],
    'damaged',
  ])
})

// RFC 7541 Appendix B, codes of every length, each with ones behind it.
test.each<[number, string]>([
  [0x61, '1f'],
  [0x20, '53'],
  [0x3a, 'b9'],
  [0x2a, 'f9'],
  [0x21, 'fe3f'],
  [0x00, 'ffc7'],
  [0x5c, 'fffe1f'],
  [0x09, 'ffffea'],
  [0x01, 'ffffb1'],
  [0xff, 'fffffbbf'],
  [0xf9, 'ffffffef'],
  [0x0a, 'fffffff3'],
])('the code of byte %i', (byte, code) => {
  const bytes = hex(code)
  const out = Buffer.alloc(8)
  expect(decodeHuffman(bytes, 0, bytes.length, out)).toBe(1)
  expect(out[0]).toBe(byte)
})

test.each([
  ['padding of a byte', '1fff'],
  ['padding with a zero', '1e'],
  ['the end of the string', 'ffffffff'],
])('no Huffman code: %s', (_name, code) => {
  expect(decodeHuffman(hex(code), 0, code.length / 2, Buffer.alloc(8))).toBe(-1)
})

test.each([
  ['no such entry', 'be'],
  ['index 0', '80'],
  ['an endless integer', 'ffffffffffffffffff'],
  ['a string beyond the block', '0005 6162'],
  ['a name without a value', '0001 61'],
])('damaged: %s', (_name, block) => {
  expect(decode(fresh(), block)).toEqual(['damaged'])
})

const A = '4001 6101 31'
const B = '4001 6201 32'

test('what was defined in blocks that were not seen is unknown, what comes after is not', () => {
  const hpack = new Hpack(false, false)
  expect(decode(hpack, 'be', `${A} be bf`, `${B} be bf c0`)).toEqual([
    ['<unknown>: <unknown>'],
    ['a: 1', 'a: 1', '<unknown>: <unknown>'],
    ['b: 2', 'b: 2', 'a: 1', '<unknown>: <unknown>'],
  ])
  hpack.forget()
  expect(decode(hpack, 'be')).toEqual([['<unknown>: <unknown>']])
})

test('an unknown name keeps its place, and its value is taken for a secret', () => {
  expect(decode(new Hpack(false, false), '7e01 31', 'be bf')).toEqual([
    ['<unknown>: 1'],
    ['<unknown>: 1', '<unknown>: <unknown>'],
  ])
  expect(decode(new Hpack(true, false), '7e01 31', 'be')).toEqual([
    ['<unknown>: [REDACTED]'],
    ['<unknown>: [REDACTED]'],
  ])
})

test('a table that was emptied is known again', () => {
  expect(decode(new Hpack(false, false), `20 3fe11f ${A}`, 'be', 'bf')).toEqual([['a: 1'], ['a: 1'], 'damaged'])
})

test('an entry that does not fit empties the table', () => {
  expect(decode(fresh(), A, `3f11 ${A}`, 'be')).toEqual([['a: 1'], ['a: 1'], ['a: 1']])
  expect(decode(fresh(), `${A} 3f01 ${A}`, 'be')).toEqual([['a: 1', 'a: 1'], 'damaged'])
})
