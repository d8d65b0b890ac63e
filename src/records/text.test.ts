import { cutText, escapeBytes, text } from './text.js'

const hex = (bytes: string): Buffer => Buffer.from(bytes.replaceAll(' ', ''), 'hex')
const PLAIN = 'twelve plain'
const BINARY = `\0${PLAIN}`
const textOf = (bytes: Buffer): string => text(bytes, 0, bytes.length)

test.each([
  ['ASCII', '61 62', 'ab'],
  ['UTF-8', 'c3bc e282ac f09f9880', 'ü€😀'],
  ['a replacement character that was sent', 'efbfbd', '\ufffd'],
  ['NUL', '00', '\0'],
  ['a byte-order mark', 'efbbbf 61', '\ufeffa'],
])('%s stays what it is', (_name, bytes, expected) => {
  expect(textOf(hex(bytes))).toBe(expected)
  expect(textOf(Buffer.concat([Buffer.from(BINARY), hex(bytes)]))).toBe(BINARY + expected)
  expect(escapeBytes(expected)).toBeUndefined()
})

// RFC 3629 §3: overlong forms, surrogates and what lies beyond U+10FFFF are not UTF-8.
test.each([
  ['ff', '\\xff'],
  ['61 80 62', 'a\\x80b'],
  ['c0 af', '\\xc0\\xaf'],
  ['e0 80 80', '\\xe0\\x80\\x80'],
  ['ed a0 80', '\\xed\\xa0\\x80'],
  ['f4 90 80 80', '\\xf4\\x90\\x80\\x80'],
  ['e2 82', '\\xe2\\x82'],
  ['f0 9f 98', '\\xf0\\x9f\\x98'],
  ['c3', '\\xc3'],
  ['5c ff', '\\\\\\xff'],
  ['ff efbfbd', '\\xff\ufffd'],
  ['ff f09f9880', '\\xff😀'],
  ['ff efbbbf', '\\xff\ufeff'],
])('%s is written as %s, also behind others', (bytes, escaped) => {
  expect(escapeBytes(textOf(hex(bytes)))).toBe(escaped)
  for (const plain of [PLAIN, BINARY]) {
    expect(escapeBytes(textOf(Buffer.concat([Buffer.from(plain), hex(bytes)])))).toBe(plain + escaped)
  }
})

test('no byte is lost: of any two bytes', () => {
  const bytesOf = (c: string): number[] => {
    const code = c.charCodeAt(0)
    return code >= 0xdc80 && code <= 0xdcff ? [code - 0xdc00] : [...Buffer.from(c)]
  }
  const lost: Buffer[] = []
  for (let i = 0; i < 65_536; i++) {
    const bytes = Buffer.from([i >> 8, i & 255])
    if (!bytes.equals(Buffer.from([...textOf(bytes)].flatMap(bytesOf)))) lost.push(bytes)
  }
  expect(lost).toEqual([])
})

test('only the window is read', () => {
  expect(text(Buffer.from('aübc'), 1, 4)).toBe('üb')
})

test.each([
  ['aü', 3, 'aü'],
  ['aü', 2, 'a'],
  ['a€b', 3, 'a'],
  ['a€b', 4, 'a€'],
  ['😀😀', 7, '😀'],
  ['abc', 0, ''],
])('%s cut to %i bytes is %s', (value, limit, expected) => {
  const buf = Buffer.from(`xx${value}`)
  expect(buf.toString('utf8', 2, cutText(buf, 2, buf.length, limit))).toBe(expected)
})

test('what is not UTF-8 is cut where the limit is', () => {
  expect(cutText(Buffer.alloc(10, 0x80), 0, 10, 6)).toBeGreaterThanOrEqual(3)
})
