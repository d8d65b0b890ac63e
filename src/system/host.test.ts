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
