import { join } from 'node:path'
import { describeBpf, waitFor } from '../harness/live.js'
import { expectMultiset, pick } from '../harness/multiset.js'
import { type Row, trace } from '../harness/trace.js'
import { type Broker, startBroker, whyNoBroker } from '../servers/kafka-broker.js'
import { program, python } from '../servers/packages.js'
import { type Output, run } from '../servers/process.js'

const CLIENT = join(import.meta.dirname, 'clients/kafka-client.py')
const START_MS = 400_000
const TEST_MS = 300_000
const ROLES = ['server', 'client'] as const

type Role = (typeof ROLES)[number]

/** Records of a partition in one message; `count` is null where they were not seen. */
interface Records {
  readonly partition: string
  readonly size: number
  readonly count: number | null
}

interface Partition {
  readonly index?: number
  readonly partition_index?: number
  readonly records: { readonly size: number; readonly count: number | null } | null
}

interface Topic {
  readonly name?: string
  readonly topic?: string
  readonly topic_id?: string
  readonly partitions?: readonly Partition[]
  readonly partition_data?: readonly Partition[]
}

const topicsOf = (text: unknown, field: string): readonly Topic[] => {
  const body = JSON.parse(String(text)) as Record<string, readonly Topic[]>
  return body[field] ?? []
}

/** Names by ids, as the broker told any client. */
function namesOf(rows: readonly Row[]): Map<string, string> {
  const known = rows.filter(({ req_cmd, resp }) => req_cmd === 'Metadata' && resp !== null)
  const topics = known.flatMap(({ resp }) => topicsOf(resp, 'topics'))
  return new Map(topics.map(({ topic_id, name }) => [topic_id ?? '', name ?? '']))
}

function recordsOf(rows: readonly Row[], api: 'Produce' | 'Fetch', names: ReadonlyMap<string, string>): Records[] {
  const [column, field] = api === 'Produce' ? ['req_body', 'topic_data'] : ['resp', 'responses']
  const topics = rows
    .filter((row) => row.req_cmd === api && row[column as string] !== null)
    .flatMap((row) => topicsOf(row[column as string], field as string))
  return topics.flatMap(({ name, topic, topic_id, partitions, partition_data }) =>
    (partitions ?? partition_data ?? []).flatMap(({ index, partition_index, records }) => {
      if (records === null || records.size === 0) return []
      const of = name ?? topic ?? names.get(topic_id ?? '') ?? topic_id
      return [{ partition: `${of}-${index ?? partition_index}`, ...records }]
    }),
  )
}

function sums(records: readonly Records[]): Record<string, number> {
  const sum: Record<string, number> = {}
  for (const { partition, count } of records) sum[partition] = (sum[partition] ?? 0) + Number(count)
  return sum
}

const lines = (count: number): string => Array.from({ length: count }, (_, i) => `${i} ${'x'.repeat(30)}\n`).join('')

describeBpf(
  'Kafka with a broker of its own, traced live',
  3,
  () => {
    let broker: Broker
    beforeAll(async () => {
      broker = await startBroker()
    }, START_MS)
    afterAll(() => broker.stop())

    function succeeded({ code, stdout, stderr }: Output): string {
      expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
      return stdout
    }

    /** What the broker says that it holds. */
    async function offsets(topic: string): Promise<Record<string, number>> {
      const said = succeeded(await broker.tool('GetOffsetShell', ['--topic', topic]))
      const parts = said
        .trim()
        .split('\n')
        .map((line) => line.split(':'))
      return Object.fromEntries(parts.map(([name, index, end]) => [`${name}-${index}`, Number(end)]))
    }

    async function traced(clients: readonly string[], work: () => Promise<unknown>): Promise<Record<Role, Row[]>> {
      const tracer = trace(['--connectors', 'kafka', '--port', `${broker.port}`, '--body-bytes', '64Ki'])
      const of = (rows: readonly Row[], role: Role): Row[] =>
        rows.filter((row) => row.trace_role === role && clients.includes(String(row.client_id)))
      await tracer.ready
      await work()
      // The broker may have something to read yet.
      const even = (): boolean => of(tracer.rows(), 'server').length >= of(tracer.rows(), 'client').length
      await waitFor(even, 20_000)
      const { rows, losses, exitCode } = await tracer.stop()
      expect(exitCode).toBe(0)
      expect(losses.filter(({ kind }) => kind === 'lost')).toEqual([])
      expect(losses.filter(({ reason }) => reason.startsWith('kafka_'))).toEqual([])
      return { server: of(rows, 'server'), client: of(rows, 'client') }
    }

    /** Both ends have seen the same requests, and the records that the broker holds. */
    async function expectHeld(rows: Record<Role, Row[]>, topic: string): Promise<void> {
      const held = await offsets(topic)
      const names = namesOf([...rows.server, ...rows.client])
      const asked = (role: Role): unknown[] => pick(rows[role], 'client_id', 'req_cmd', 'api_version', 'req_size')
      expectMultiset(asked('server'), asked('client'))
      const stored = Object.fromEntries(Object.entries(held).filter(([, count]) => count > 0))
      for (const role of ROLES) expect([role, sums(recordsOf(rows[role], 'Produce', names))]).toEqual([role, stored])
      expect(sums(recordsOf(rows.client, 'Fetch', names))).toEqual(stored)
      // The broker sends from its files: how many records there are stays unknown on its side, not how many bytes.
      const sizes = (role: Role): unknown[] =>
        recordsOf(rows[role], 'Fetch', names).map(({ partition, size }) => ({ partition, size }))
      expectMultiset(sizes('server'), sizes('client'))
    }

    test(
      "Kafka's own producer and consumer: topics by id, a group",
      async () => {
        const rows = await traced(['java-p', 'java-c'], async () => {
          const producer = ['--topic', 'java', '--producer-property', 'client.id=java-p']
          succeeded(await broker.tool('ConsoleProducer', producer, lines(300)))
          const group = ['--group', 'readers', '--consumer-property', 'client.id=java-c', '--from-beginning']
          const all = ['--topic', 'java', '--max-messages', '300', ...group]
          const read = succeeded(await broker.tool('consumer.ConsoleConsumer', all))
          expect(read.trim().split('\n')).toHaveLength(300)
        })
        await expectHeld(rows, 'java')
        for (const role of ROLES) {
          const versions = (api: string): unknown[] =>
            rows[role].filter((row) => row.req_cmd === api).map((row) => row.api_version)
          expect(new Set(versions('Produce'))).toEqual(new Set([13]))
          expect(new Set(versions('Fetch'))).toEqual(new Set([18]))
          for (const api of [
            'FindCoordinator',
            'JoinGroup',
            'SyncGroup',
            'OffsetFetch',
            'OffsetCommit',
            'LeaveGroup',
          ]) {
            const found = rows[role].find((row) => row.req_cmd === api && row.resp_result === 'OK')
            expect([api, found?.error]).toEqual([api, null])
          }
        }
      },
      TEST_MS,
    )

    test(
      'kafka-python: topics by name, older versions',
      async () => {
        const rows = await traced(['py'], async () => {
          const output = await run(python(), [CLIENT, `${broker.port}`], { ms: TEST_MS })
          expect(output).toMatchObject({ code: 0, stdout: '25\n' })
        })
        await expectHeld(rows, 'python')
      },
      TEST_MS,
    )

    test(
      'kcat: compressed, without acknowledgement, and what the broker refuses',
      async () => {
        const kcat = async (...args: string[]): Promise<Output> => {
          const input = args[0] === '-P' ? { input: lines(200) } : {}
          const all = ['-q', '-b', `127.0.0.1:${broker.port}`, '-X', 'client.id=kcat', ...args]
          return run(program('kcat'), all, { ms: TEST_MS, ...input })
        }
        const rows = await traced(['kcat'], async () => {
          succeeded(await kcat('-P', '-t', 'kcat', '-p', '0', '-z', 'lz4'))
          succeeded(await kcat('-P', '-t', 'kcat', '-p', '1', '-X', 'acks=0'))
          const read = succeeded(await kcat('-C', '-t', 'kcat', '-o', 'beginning', '-e'))
          expect(read.trim().split('\n')).toHaveLength(400)
          expect((await kcat('-C', '-t', 'kcat', '-p', '0', '-o', '1000', '-X', 'auto.offset.reset=error')).code).toBe(
            1,
          )
        })
        await expectHeld(rows, 'kcat')
        for (const role of ROLES) {
          const results = rows[role].filter((row) => row.req_cmd === 'Produce').map((row) => row.resp_result)
          expect(new Set(results)).toEqual(new Set(['OK', 'NONE']))
          const errors = rows[role].filter((row) => row.req_cmd === 'Fetch' && row.resp_result === 'ERR')
          expect(errors.map((row) => row.error)).toEqual(['OFFSET_OUT_OF_RANGE'])
        }
      },
      TEST_MS,
    )
  },
  whyNoBroker,
)
