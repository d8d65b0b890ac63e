import { jest } from '@jest/globals'
import { HOST } from '../../test/support/bench.js'
import { correctedOffsetUs, wallOffsetUs, wallUs } from './host.js'

test('wall time is the tracer clock, its start and the offset', () => {
  expect(wallUs({ ...HOST, startNs: 5_000, wallOffsetUs: 1_700_000_000_000_000 }, 2_999)).toBe(1_700_000_000_000_007)
})

test('the offset gives the time of day', () => {
  const host = { ...HOST, startNs: Number(process.hrtime.bigint()), wallOffsetUs: wallOffsetUs() }
  expect(Math.abs(wallUs(host, 0) / 1000 - Date.now())).toBeLessThan(50)
})

test('it is kept while the clocks agree and follows when the wall clock was set', () => {
  const offset = wallOffsetUs()
  expect(correctedOffsetUs(offset)).toBe(offset)
  expect(Math.abs(correctedOffsetUs(offset - 3600e6) - offset)).toBeLessThan(10_000)
})

describe('the wall clock', () => {
  const START_US = 1_700_000_000_000_000
  let wallUsNow: number
  let monotonicUs: number

  beforeEach(() => {
    wallUsNow = START_US
    monotonicUs = 5_000_000
    jest.spyOn(Date, 'now').mockImplementation(() => Math.floor(wallUsNow / 1000))
    jest.spyOn(process.hrtime, 'bigint').mockImplementation(() => BigInt(monotonicUs) * 1000n)
  })
  afterEach(() => void jest.restoreAllMocks())

  const pass = (us: number, driftUs = 0): void => {
    monotonicUs += us
    wallUsNow += us + driftUs
  }
  const offset = START_US - 5_000_000

  test.each([
    ['an hour ahead', 3600e6],
    ['an hour back', -3600e6],
    ['by ten milliseconds', 10_000],
    ['to 1970', -START_US],
  ])('set %s: the offset follows at once, to the millisecond', (_, step) => {
    pass(1e6, step)
    expect(Math.abs(correctedOffsetUs(offset) - (offset + step))).toBeLessThanOrEqual(1000)
  })

  test('the resolution of Date.now and a slow drift within it change nothing', () => {
    for (let i = 0; i < 1000; i++) {
      pass(1237, 1)
      expect(correctedOffsetUs(offset)).toBe(offset)
    }
  })

  test('a drift is followed before it is a hundredth of a second', () => {
    let followed = offset
    for (let i = 0; i < 2000; i++) {
      pass(100_000, 50)
      followed = correctedOffsetUs(followed)
      expect(Math.abs(wallUsNow - (monotonicUs + followed))).toBeLessThan(10_000)
    }
  })

  test('set to and fro: back at the first offset', () => {
    pass(1e6, 3600e6)
    const ahead = correctedOffsetUs(offset)
    pass(1e6, -3600e6)
    expect(Math.abs(correctedOffsetUs(ahead) - offset)).toBeLessThanOrEqual(1000)
  })
})
