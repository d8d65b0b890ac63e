import { expectMultiset, multisetDiff } from './multiset.js'

test('order of values and of keys does not count', () => {
  expect(multisetDiff([{ a: 1, b: [2] }, 'x'], ['x', { b: [2], a: 1 }])).toEqual([])
})

test('values that occur too often or too seldom are named', () => {
  expect(multisetDiff(['a', 'a', 'b'], ['a', 'c', 'c'])).toEqual(['+ 1 x "a"', '+ 1 x "b"', '- 2 x "c"'])
  expect(() => expectMultiset([1], [])).toThrow('1 values, expected 0: + too many, - missing\n+ 1 x 1')
})
