import { expect, test } from '@jest/globals'
import { isoTime } from './iso-time.js'

const DAY_MS = 86_400_000

test.each([
  0,
  -1,
  DAY_MS - 1,
  DAY_MS,
  Date.UTC(2024, 1, 29, 9, 41, 17, 7),
  Date.UTC(2024, 1, 29, 23, 59, 59, 999),
  Date.UTC(0, 0, 1),
  Date.UTC(12_345, 6, 7, 8, 9, 10, 11),
  8.64e15,
  -8.64e15,
])('%i ms are as in a Date, twice', (ms) => {
  for (let i = 0; i < 2; i++) expect(isoTime(ms)).toBe(new Date(ms).toISOString())
})

test('what is far from any time throws, as a Date does', () => {
  expect(() => isoTime(8.64e15 + DAY_MS)).toThrow(RangeError)
  expect(() => isoTime(Number.NaN)).toThrow(RangeError)
  expect(isoTime(0)).toBe('1970-01-01T00:00:00.000Z')
})
