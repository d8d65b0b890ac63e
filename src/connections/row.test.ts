import { exchangeTable } from '../records/columns.js'
import { table } from '../records/table.js'
import { cutColumns, rowMaker } from './row.js'

const OWN = table('t', 'T.', [
  { name: 'a', type: 'int', desc: 'A.' },
  { name: 'b', type: 'string', desc: 'B.' },
])

test('a row has the columns of its table, in order', () => {
  const origin = { pid: 7 } as never
  const row = rowMaker(OWN)(origin, { latency: 9 } as never, { b: 'x', a: 1, other: 2 })
  expect(Object.keys(row)).toEqual([...exchangeTable(OWN).columns.map(({ name }) => name), 'origin'])
  expect(row).toMatchObject({ pid: 7, a: 1, b: 'x', latency: 9, origin })
})

test('a name that is no identifier is refused', () => {
  expect(() => rowMaker(table('t', 'T.', [{ name: 'a b', type: 'int', desc: 'A.' }]))).toThrow('a b')
})

test.each([
  [0, []],
  [1, ['a']],
  [2, ['b']],
  [3, ['a', 'b']],
])('cut %i names %j', (cut, names) => expect(cutColumns(OWN)(cut)).toEqual(names))
