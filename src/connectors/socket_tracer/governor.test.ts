import { ADMIT_ALL } from '../../kernel/intf.gen.js'
import { Governor } from './governor.js'

const SECOND = 1e9

/** Overheads of one second after another, as shares of a core → what the governor says to each. */
function told(limit: number, overheads: readonly number[]): (number | undefined)[] {
  const governor = new Governor(limit)
  governor.next(0, () => 0)
  let spent = 0
  return overheads.map((overhead, i) => {
    spent += overhead * SECOND
    return governor.next((i + 1) * SECOND, () => spent)
  })
}

test('below the limit all connections are taken on', () => {
  expect(told(0.1, [0, 0.05, 0.1])).toEqual([undefined, undefined, undefined])
})

test('above it, as many fewer as it is too much, and never none', () => {
  expect(told(0.1, [0.2, 0.1])).toEqual([ADMIT_ALL / 2, undefined])
  expect(told(0.01, [10, 10])).toEqual([ADMIT_ALL / 256, undefined])
})

test('as it becomes less, more are taken on again, up to all', () => {
  const shares = told(0.1, [0.4, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01])
  expect(shares.slice(0, 3)).toEqual([16_384, 20_480, 25_600])
  expect(shares.slice(-2)).toEqual([ADMIT_ALL, undefined])
})

test('it looks twice a second', () => {
  const governor = new Governor(0.1)
  let looks = 0
  const look = () => ++looks
  for (let ms = 0; ms < 2000; ms += 10) governor.next(ms * 1e6, look)
  expect(looks).toBe(4)
})
