import { FieldReader, headEnd } from './head.js'

const OPTIONS = { bodyBytes: 64, redact: true }
const NAMES = ['Host', 'X-A', 'x-a', 'Date', 'Cookie', '__proto__', 'Content-Type']
const VALUES = ['1', '2', '22', 'é', '\xff', 'text/html', 'https://u:p@h/', '']

test.each([
  ['A: b\r\n\r\n', 8],
  ['A: b\n\n', 6],
  ['A: b\n\r\nrest', 7],
  ['A: b\r\n\r', 0],
  ['A: b\r\n', 0],
  ['', 0],
])('the end of %j is %i', (bytes, end) => {
  const buf = Buffer.from(`${bytes}`)
  expect(headEnd(buf, 0, buf.length)).toBe(end)
})

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
    if (pick([1, 2, 3, 4, 5, 6, 7, 8, 9]) === 9) block += pick(['no colon\r\n', `Long: ${'x'.repeat(3000)}\r\n`])
    const buf = Buffer.from(`${block}\r\n`, 'latin1')
    const expected = new FieldReader(OPTIONS).read(buf, 0, buf.length)
    const actual = reader.read(buf, 0, buf.length)
    expect(JSON.stringify(actual)).toBe(JSON.stringify(expected))
  }
})
