import { text } from '../records/text.js'
import { Words } from './words.js'

const LISTS = [
  ['', 'a', 'ab', 'ba', 'name', 'x'.repeat(64), 'x'.repeat(65), 'x'.repeat(500)],
  ['é', 'Ã©', '\u00c3', '\u{1f600}', '\0', '\x80'],
  Array.from({ length: 5000 }, (_, i) => `key ${i}`),
]

test.each(LISTS.map((words) => ({ words })))('a word is that of its bytes, whatever came before', ({ words }) => {
  const known = new Words((word) => `<${word}>`)
  const all = [...words, ...words, ...words.toReversed()]
  const said = all.map((word) => known.of(Buffer.from(`..${word}..`), 2, 2 + Buffer.byteLength(word)))
  expect(said).toEqual(all.map((word) => `<${word}>`))
})

test('bytes that are no UTF-8 are told from all else', () => {
  const known = new Words((word) => word)
  const bytes = Buffer.from(Array.from({ length: 512 }, (_, i) => i & 255))
  const said = Array.from(bytes, (_, i) => known.of(bytes, i, i + 1))
  expect(said).toEqual(Array.from(bytes, (_, i) => text(bytes, i, i + 1)))
})

test('what is known is not read again', () => {
  let read = 0
  const known = new Words((word) => {
    read++
    return word
  })
  const before = read
  for (let i = 0; i < 10; i++) known.of(Buffer.from('insert'), 0, 6)
  expect(read - before).toBe(1)
})
