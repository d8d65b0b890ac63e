import { assert, defined } from './assert.js'
import { TracerError } from './errors.js'

test.each([
  ['usage', 2],
  ['cannotTrace', 3],
  ['dataLost', 4],
] as const)('%s ends with %i', (code, exitCode) => {
  const error = new TracerError(code, 'why', 'what to do', { cause: 'x' })
  expect(error).toMatchObject({ name: 'TracerError', message: 'why', hint: 'what to do', exitCode, cause: 'x' })
})

test('a bug throws', () => {
  expect(() => assert(0, 'zero')).toThrow('assertion failed: zero')
  expect(() => defined(undefined, 'there')).toThrow('assertion failed: there')
  expect(defined(0, 'there')).toBe(0)
})
