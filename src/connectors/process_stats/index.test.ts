import { ConnectorBench, OPTIONS } from '../../../test/support/connector-bench.js'
import { FakeKernel } from '../../../test/support/fake-kernel.js'
import { ProcessStats } from './index.js'
import { processStats } from './table.js'

const bench = (scope: Partial<typeof OPTIONS.scope>) =>
  new ConnectorBench(new ProcessStats(), new FakeKernel({ ticks: [] }), { scope: { ...OPTIONS.scope, ...scope } })

test('this process', () => {
  const { rows } = bench({ pids: [process.pid] }).tick()
  expect(rows).toHaveLength(1)
  expect(Object.keys(rows[0] as object)).toEqual(['table_', ...processStats.columns.map(({ name }) => name)])
  expect(rows[0]).toMatchObject({ pid: process.pid, upid: expect.stringMatching(`^0:${process.pid}:\\d+$`) })
  for (const name of ['cpu_utime_ns', 'rss_bytes', 'vsize_bytes', 'num_threads'])
    expect(rows[0]?.[name]).toBeGreaterThan(0)
})

test('all of them, or those of a name', () => {
  expect(
    bench({})
      .tick()
      .rows.map(({ pid }) => pid),
  ).toContain(process.pid)
  expect(bench({ comms: ['no-such-name*'] }).tick().rows).toEqual([])
})

test('a process that is gone has no row', () => expect(bench({ pids: [4_194_305] }).tick().rows).toEqual([]))

test('a recording holds no /proc: that is said', () => {
  const kernel = Object.assign(new FakeKernel({ ticks: [] }), { source: 'recording' as const })
  const { rows, reports } = new ConnectorBench(new ProcessStats(), kernel as never).tick()
  expect(rows).toEqual([])
  expect(reports).toEqual([expect.objectContaining({ connector: 'process_stats', context: 'open' })])
})
