import { FakeKernel } from '../../test/support/fake-kernel.js'
import type { Activity, Connector, Context, LossLine, Options, Write } from '../connectors/connector.js'
import type { Kernel } from '../kernel/kernel.js'
import { type Table, table } from '../records/table.js'
import type { Batch, Sink } from '../sinks/sink.js'
import { Pipeline } from './pipeline.js'
import { REPLAY_OPTIONS } from './settings.js'

const A = table('a', 'A.', [{ name: 'n', type: 'int', desc: 'N.' }])
const B = table('b', 'B.', [{ name: 'n', type: 'int', desc: 'N.' }])
const OPTIONS: Options = { ...REPLAY_OPTIONS, bodyBytes: 0, redact: true }

class Source implements Connector {
  readonly name = 'source'
  readonly tables = [A, B]
  readonly sampleMs: number
  readonly log: string[] = []
  transfers = 0
  lost: LossLine[] = []
  readonly #each: (transfers: number, write: Write) => Activity

  constructor(each: (transfers: number, write: Write) => Activity, sampleMs = 0) {
    this.#each = each
    this.sampleMs = sampleMs
  }

  open(context: Context): void {
    this.log.push(`open ${context.kernel.source}`)
  }

  transfer(_nowNs: number, write: Write): Activity {
    if (this.log.at(-1) !== 'transfer') this.log.push('transfer')
    return this.#each(++this.transfers, write)
  }

  detach(): void {
    this.log.push('detach')
  }

  flush(write: Write): void {
    this.log.push('flush')
    write(A, { n: -1 })
  }

  losses(): readonly LossLine[] {
    return this.lost
  }

  close(): void {
    this.log.push('close')
  }
}

class ListSink implements Sink {
  readonly rows: [string, number][] = []
  readonly batches: number[] = []
  readonly tables: string[] = []
  broken: Error | undefined
  closed = 0
  wait: (() => Promise<void>) | undefined

  open(tables: readonly Table[]): void {
    this.tables.push(...tables.map(({ name }) => name))
  }

  write({ table, rows }: Batch): Promise<void> | undefined {
    this.batches.push(rows.length)
    for (const row of rows) this.rows.push([table.name, (row as { n: number }).n])
    return this.wait?.()
  }

  async close(): Promise<void> {
    this.closed++
  }
}

interface Parts {
  readonly source: Source
  readonly kernel?: Kernel
  readonly limit?: number
  readonly durationMs?: number
  readonly shows?: (table: Table) => boolean
}

function make({ source, kernel = new FakeKernel({ ticks: [] }), limit, durationMs, shows = () => true }: Parts) {
  const sink = new ListSink()
  const setup = { kernel, connectors: [source], sink, options: OPTIONS, shows, limit, durationMs }
  const pipeline = new Pipeline(setup)
  pipeline.open()
  return { pipeline, sink, kernel }
}

const own = (sink: ListSink): number[] => sink.rows.filter(([name]) => name === 'a' || name === 'b').map(([, n]) => n)

test('stop: detaches, takes what is left, flushes, closes the sink', async () => {
  const source = new Source((n, write) => {
    write(A, { n })
    if (n === 3) pipeline.stop()
    return n < 6 ? 'more' : 'idle'
  })
  const { pipeline, sink } = make({ source })
  await pipeline.run()
  pipeline.close()
  expect(own(sink)).toEqual([1, 2, 3, 4, 5, 6, -1])
  expect(source.log).toEqual(['open live', 'transfer', 'detach', 'transfer', 'flush', 'close'])
  expect(sink.closed).toBe(1)
})

test('a stop while it sleeps wakes it', async () => {
  const { pipeline } = make({ source: new Source(() => 'idle') })
  setTimeout(() => pipeline.stop(), 30)
  const started = performance.now()
  await pipeline.run()
  expect(performance.now() - started).toBeLessThan(1000)
})

test('a stop before it runs', async () => {
  const { pipeline, sink } = make({ source: new Source(() => 'idle') })
  pipeline.stop()
  await pipeline.run()
  expect(own(sink)).toEqual([-1])
})

test.each([1, 7, 10])('limit %i: so many rows in all, also of a larger batch', async (limit) => {
  const source = new Source((n, write) => {
    for (let i = 0; i < 5; i++) write(i % 2 === 0 ? A : B, { n: 5 * n + i })
    return 'busy'
  })
  const { pipeline, sink } = make({ source, limit })
  await pipeline.run()
  expect(sink.rows).toHaveLength(limit)
  expect(pipeline.rows).toBe(limit)
})

test('rows keep their order over tables', async () => {
  const source = new Source((_n, write) => {
    for (const [i, to] of [A, A, B, A].entries()) write(to, { n: i })
    pipeline.stop()
    return 'idle'
  })
  const { pipeline, sink } = make({ source })
  await pipeline.run()
  expect(own(sink).slice(0, 4)).toEqual([0, 1, 2, 3])
  expect(sink.batches.slice(0, 3)).toEqual([2, 1, 1])
})

test('tables that are not shown are not written, nor counted', async () => {
  const source = new Source((n, write) => {
    write(B, { n })
    if (n === 5) pipeline.stop()
    return 'idle'
  })
  const { pipeline, sink } = make({ source, shows: ({ name }) => name === 'a' })
  await pipeline.run()
  expect(sink.tables).toEqual(['a'])
  expect([own(sink), pipeline.rows]).toEqual([[-1], 1])
})

test('duration', async () => {
  const { pipeline } = make({ source: new Source(() => 'idle'), durationMs: 60 })
  const started = performance.now()
  await pipeline.run()
  const took = performance.now() - started
  expect(took).toBeGreaterThanOrEqual(59)
  expect(took).toBeLessThan(2000)
})

test('duration ends a recording too', async () => {
  const kernel: Kernel = Object.assign(new FakeKernel({ ticks: [] }), { source: 'recording' as const })
  const source = new Source(() => 'idle')
  const { pipeline } = make({ source, kernel, durationMs: 20 })
  await pipeline.run()
  expect(source.log.at(-1)).toBe('flush')
})

test('a signal is heard while a recording runs', async () => {
  const kernel: Kernel = Object.assign(new FakeKernel({ ticks: [] }), { source: 'recording' as const })
  const { pipeline } = make({ source: new Source(() => 'idle'), kernel })
  setTimeout(() => pipeline.stop(), 10)
  await pipeline.run()
})

test('a recording runs to its end', async () => {
  const fake = new FakeKernel({ ticks: [] })
  const kernel: Kernel = Object.assign(fake, { source: 'recording' as const })
  Object.defineProperty(kernel, 'ended', { get: () => fake.ticks >= 20 })
  const source = new Source((n, write) => {
    write(A, { n })
    return 'idle'
  })
  const { pipeline, sink } = make({ source, kernel })
  await pipeline.run()
  expect(own(sink).slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
})

test('a broken sink ends the run', async () => {
  const source = new Source((n, write) => {
    write(A, { n })
    return 'busy'
  })
  const { pipeline, sink } = make({ source })
  sink.broken = Object.assign(new Error('gone'), { code: 'EPIPE' })
  await pipeline.run()
  expect(source.transfers).toBe(2)
  expect(source.log.at(-1)).toBe('flush')
})

test('a slow sink is waited for: one batch at a time, and no tick meanwhile', async () => {
  let waiting = 0
  const source = new Source((n, write) => {
    expect(waiting).toBe(0)
    write(A, { n })
    write(B, { n })
    if (n === 4) pipeline.stop()
    return n < 6 ? 'more' : 'idle'
  })
  const { pipeline, sink } = make({ source })
  sink.wait = async () => {
    expect(++waiting).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 5))
    waiting--
  }
  await pipeline.run()
  expect(own(sink)).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, -1])
})

test('a connector is called as often as it asks', async () => {
  const source = new Source((n) => {
    if (n === 3) pipeline.stop()
    return 'idle'
  }, 10)
  const kernel = new FakeKernel({ ticks: [], tickNs: 4e6 })
  const { pipeline } = make({ source, kernel })
  await pipeline.run()
  expect(kernel.ticks).toBe(8)
})

test('losses are told when they grow, and in all at the end', async () => {
  const source = new Source((n) => {
    source.lost = [{ source: 'source', reason: 'lost_ring', kind: 'lost', events: n, bytes: 0 }]
    if (n === 4) pipeline.stop()
    return 'idle'
  })
  const kernel = new FakeKernel({ ticks: [], tickNs: 0.5e9 })
  const { pipeline, sink } = make({ source, kernel })
  await pipeline.run()
  expect(sink.rows.filter(([name]) => name === 'stirling_loss')).toHaveLength(3)
})

test('close closes the connectors and the kernel', () => {
  const source = new Source(() => 'idle')
  const { pipeline, kernel } = make({ source })
  pipeline.close()
  expect(source.log.at(-1)).toBe('close')
  expect((kernel as FakeKernel).closed).toBe(1)
})
