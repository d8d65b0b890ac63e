import { aligned } from './aligned.js'

test('columns are as wide as their widest cell, lines have no blanks at their end', () => {
  const rows = [
    ['a', 'bb', 'the rest'],
    ['aaaa', ''],
    ['a', 'b', ''],
  ]
  expect(aligned(rows, '  ')).toBe('  a     bb  the rest\n  aaaa\n  a     b\n')
  expect(aligned([])).toBe('')
})
