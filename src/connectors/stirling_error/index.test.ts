import { ConnectorBench } from '../../../test/support/connector-bench.js'
import { FakeKernel } from '../../../test/support/fake-kernel.js'
import type { Connector, LossLine } from '../connector.js'
import { StirlingErrors } from './index.js'

let lines: LossLine[] = []

function make() {
  const errors = new StirlingErrors(() => [{ losses: () => lines } as unknown as Connector])
  return { errors, bench: new ConnectorBench(errors, new FakeKernel({ ticks: [], tickNs: 0.5e9 })) }
}

const line = (events: number, bytes: number, kind: LossLine['kind'] = 'lost'): LossLine => ({
  source: 's',
  reason: kind,
  kind,
  events,
  bytes,
})

test('a report becomes a row once: of a probe, or of the connector', () => {
  const { errors, bench } = make()
  errors.report({ connector: 'c', status: 13, error: 'why', context: 'attach', probe: 'p' })
  errors.report({ connector: 'c', status: 0, error: '', context: 'open' })
  bench.tick(2)
  expect(bench.rows).toEqual([
    {
      table_: 'probe_status',
      time_: expect.any(Number),
      source_connector: 'c',
      status: 13,
      error: 'why',
      tracepoint: 'p',
    },
    {
      table_: 'stirling_error',
      time_: expect.any(Number),
      source_connector: 'c',
      status: 0,
      error: null,
      context: 'open',
    },
  ])
})

test('reports are bounded', () => {
  const { errors, bench } = make()
  for (let i = 0; i < 5000; i++) errors.report({ connector: 'c', status: 0, error: '', context: 'open' })
  expect(bench.tick().rows).toHaveLength(1000)
})

test('what was lost since the last line; then the totals, with what they are compared with', () => {
  const { bench } = make()
  lines = [line(0, 0, 'seen'), line(2, 10), line(1, 1, 'skipped')]
  bench.tick(2)
  lines = [line(9, 90, 'seen'), line(3, 10), line(1, 1, 'skipped'), line(0, 0, 'emitted')]
  bench.tick(4).finish()
  const told = bench.of('stirling_loss').map(({ reason, events, bytes, closing }) => [reason, events, bytes, closing])
  expect(told).toEqual([
    ['lost', 2, 10, false],
    ['lost', 1, 0, false],
    ['seen', 9, 90, true],
    ['lost', 3, 10, true],
    ['skipped', 1, 1, true],
  ])
})
