import { Known } from './known.js'

test('what was read of the last texts is kept, and no more', () => {
  const read: string[] = []
  const known = new Known((text) => read.push(text))
  for (const text of ['a', 'b', 'a', 'x'.repeat(9000), 'x'.repeat(9000)]) known.of(text)
  expect(read.map((text) => text[0])).toEqual(['a', 'b', 'x', 'x'])
  for (let i = 0; i < 63; i++) known.of(`${i}`)
  read.length = 0
  known.of('b')
  known.of('a')
  expect(read).toEqual(['a'])
})
