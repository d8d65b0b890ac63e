import { exchangeTable, LEAD, TRAIL } from './columns.js'
import { table, word } from './table.js'

const OWN = table(
  't',
  'T.',
  [
    { name: 'a', type: 'int', desc: 'A.' },
    { name: 'b', type: 'enum', desc: 'B.', words: { 1: 'one' } },
  ],
  { error: (row) => (row.a === 1 ? 'failed' : null) },
)

test('the row type follows from the columns', () => {
  const row: Parameters<NonNullable<(typeof OWN)['error']>>[0] = { a: 1, b: null }
  expect(OWN.error?.(row)).toBe('failed')
})

test.each([
  [1, 'one'],
  [153, 'UNKNOWN_153'],
  [-1, 'UNKNOWN_-1'],
])('the word of %i is %s', (code, expected) => expect(word(OWN.columns[1] as never, code)).toBe(expected))

test('a protocol table is its own columns between the shared ones, and what else it knows', () => {
  const whole = exchangeTable(OWN as never)
  expect(whole.columns.map(({ name }) => name)).toEqual([
    ...LEAD.map(({ name }) => name),
    'a',
    'b',
    ...TRAIL.map(({ name }) => name),
  ])
  expect(whole.error).toBe(OWN.error)
  expect(whole.columns[0]?.name).toBe('time_')
})
