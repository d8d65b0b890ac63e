import { ConnectorBench } from '../../../test/support/connector-bench.js'
import { FakeKernel } from '../../../test/support/fake-kernel.js'
import { Sequences } from './index.js'

test('known sequences, ten rows a time', () => {
  const bench = new ConnectorBench(new Sequences(), new FakeKernel({ ticks: [] })).tick(2)
  const rows = bench.of('sequence_generator0')
  expect(rows).toHaveLength(20)
  expect(rows.slice(0, 8).map(({ fibonnaci }) => fibonnaci)).toEqual([0, 1, 1, 2, 3, 5, 8, 13])
  expect(rows[13]).toMatchObject({ x: 13, xmod10: 3, xsquared: 169, PIx: Math.PI * 13 })
  expect(bench.of('sequence_generator1')[13]).toMatchObject({ x: 13, xmod8: 5 })
})

test('numbers stay below 2^53', () => {
  const bench = new ConnectorBench(new Sequences(), new FakeKernel({ ticks: [] })).tick(20)
  for (const { fibonnaci } of bench.of('sequence_generator0')) expect(Number.isSafeInteger(fibonnaci)).toBe(true)
})
