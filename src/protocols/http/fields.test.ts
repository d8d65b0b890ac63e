import { FieldReader, type Fields } from './fields.js'

const OPTIONS = { bodyBytes: 64, redact: true }
const NAMES = ['Host', 'X-A', 'x-a', 'Date', 'Cookie', '__proto__', 'Content-Type']
const VALUES = ['1', '2', '22', 'é', '\xff', 'text/html', 'https://u:p@h/', '']

test('what is remembered of the last head changes nothing', () => {
  let seed = 1
  const pick = <T>(list: readonly T[]): T => {
    seed = (seed * 48271) % 2147483647
    return list[seed % list.length] as T
  }
  const reader = new FieldReader(OPTIONS)
  for (let round = 0; round < 5000; round++) {
    let block = ''
    for (let n = pick([0, 1, 2, 3, 4, 5]); n > 0; n--)
      block += `${pick(NAMES)}: ${pick(VALUES)}${pick(['\r\n', '\n', '\r\n fold\r\n'])}`
    if (pick([1, 2, 3, 4, 5, 6, 7, 8, 9]) === 9)
      block += pick(['no colon\r\n', ': no name\r\n', `Long: ${'x'.repeat(3000)}\r\n`])
    const buf = Buffer.from(`${block}\r\n`, 'latin1')
    const expected = new FieldReader(OPTIONS).read(buf, 0, buf.length)
    const actual = reader.again(buf, 0, buf.length) ?? reader.read(buf, 0, buf.length)
    expect(actual).toEqual(expected)
  }
})

function fields(block: string): Fields {
  const buf = Buffer.from(`${block}\r\n`, 'latin1')
  const read = new FieldReader(OPTIONS).read(buf, 0, buf.length)
  if (read === undefined) throw new Error('no end')
  return read
}

test('without an empty line there are none yet', () => {
  const reader = new FieldReader(OPTIONS)
  const buf = Buffer.from('A: b\r\nC: d\r\n\r\n')
  for (let end = 0; end < buf.length; end++) expect(reader.read(buf, 0, end)).toBeUndefined()
  expect({ ...reader.read(buf, 0, buf.length)?.headers }).toEqual({ a: ['b'], c: ['d'] })
  expect(reader.size).toBe(buf.length)
})

test.each<[string, Record<string, string[]>]>([
  ['A: b\r\n', { a: ['b'] }],
  ['A:b\nA : \t c \n', { a: ['b', 'c'] }],
  ['A:\r\n b\r\n\tc\r\n', { a: ['b c'] }],
  [' fold of nothing\r\nA: b\r\n', { a: ['b'] }],
  ['no field\r\n fold of it\r\nA: b\r\n: nor this\r\n', { a: ['b'] }],
  ['Cookie: a\r\n b\r\n', { cookie: ['[REDACTED]'] }],
  ['', {}],
])('%j', (block, expected) => {
  expect({ ...fields(block).headers }).toEqual(expected)
})

test.each([
  ['', -1],
  ['Content-Length: 5\r\n', 5],
  ['Content-Length: 5, 5\r\n', 5],
  ['Content-Length: 5\r\nContent-Length: 5\r\n', 5],
  [`Content-Length: ${'0'.repeat(30)}50\r\n`, 50],
  ['Content-Length: 9007199254740991\r\n', Number.MAX_SAFE_INTEGER],
  ['Content-Length: 9007199254740993\r\n', Number.NaN],
  ['Content-Length: 5, 6\r\n', Number.NaN],
  ['Content-Length: 5,\r\n', Number.NaN],
  ['Content-Length: +5\r\n', Number.NaN],
  ['Content-Length: -5\r\n', Number.NaN],
  ['Content-Length: 5 5\r\n', Number.NaN],
  ['Content-Length: \r\n', Number.NaN],
])('length of %j: %d', (block, length) => {
  expect(fields(block).length).toBe(length)
})

test.each([
  ['', undefined],
  ['Transfer-Encoding: identity\r\n', undefined],
  ['Transfer-Encoding: Chunked\r\n', true],
  ['Transfer-Encoding: gzip,\tchunked\r\n', true],
  ['Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n', true],
  ['Transfer-Encoding:\r\n chunked\r\n', true],
  ['Transfer-Encoding: chunked, identity\r\n', false],
  ['Transfer-Encoding: xchunked\r\n', false],
])('%j: chunked %s', (block, chunked) => {
  expect(fields(block).format.chunked).toBe(chunked)
})
