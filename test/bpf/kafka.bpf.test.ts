import { join } from 'node:path'
import { describeBpf, waitFor } from '../harness/live.js'
import { expectMultiset, pick } from '../harness/multiset.js'
import { type Row, type Traced, trace } from '../harness/trace.js'
import { type Kafka, startKafka } from '../servers/kafka.js'
import { program, python } from '../servers/packages.js'
import { run } from '../servers/process.js'

const CLIENT = join(import.meta.dirname, 'clients/kafka-client.py')
const ROLES = ['server', 'client'] as const
const ASKED = ['req_cmd', 'api_version', 'req_size', 'req_body'] as const
const SEEN = [...ASKED, 'topics', 'partitions', 'record_count', 'error_codes', 'resp_size'] as const

const records = (rows: readonly Row[], api: string): number =>
  rows.filter((row) => row.req_cmd === api).reduce((sum, row) => sum + Number(row.record_count ?? 0), 0)

const find = (rows: readonly Row[], api: string): Row | undefined => rows.find((row) => row.req_cmd === api)

const lines = (count: number, length: number): string =>
  Array.from({ length: count }, (_, i) => `${i} ${'x'.repeat(length)}\n`).join('')

/** A client that stays: without acknowledgements, what the broker has not read is gone with the one that closes. */
const STAYS = '{ cat; sleep 1; } | "$0" "$@"'

describeBpf('Kafka, traced live', 6, () => {
  let broker: Kafka
  beforeAll(async () => {
    broker = await startKafka()
  })
  afterAll(() => broker.stop())

  const asked = (name: string, args: readonly string[]): string[] => [
    '-q',
    '-b',
    `127.0.0.1:${broker.port}`,
    '-X',
    `client.id=${name}`,
    ...args,
  ]

  async function kcat(name: string, args: readonly string[], input?: string): Promise<string> {
    const { code, stdout, stderr } = await run(program('kcat'), asked(name, args), input === undefined ? {} : { input })
    expect({ code, stderr }).toMatchObject({ code: 0 })
    return stdout
  }

  async function kcatThatStays(name: string, args: readonly string[], input: string): Promise<void> {
    const { file, env } = program('kcat')
    const { code, stderr } = await run({ file: '/bin/sh', env }, ['-c', STAYS, file, ...asked(name, args)], { input })
    expect({ code, stderr }).toMatchObject({ code: 0 })
  }

  /** The rows of one client, by role: both ends have seen the same. */
  async function traced(
    client: string,
    work: () => Promise<unknown>,
    ...flags: readonly string[]
  ): Promise<Record<'server' | 'client', Row[]> & { all: Traced }> {
    const tracer = trace(['--connectors', 'kafka', '--port', `${broker.port}`, ...flags])
    const of = (list: readonly Row[], role: string): Row[] =>
      list.filter((row) => row.table_ === 'kafka_events' && row.trace_role === role && row.client_id === client)
    await tracer.ready
    await work()
    // The broker may have something to read yet.
    await waitFor(() => of(tracer.rows(), 'server').length >= of(tracer.rows(), 'client').length, 20_000)
    const all = await tracer.stop()
    expect(all.exitCode).toBe(0)
    expect(all.losses.filter(({ kind }) => kind === 'lost')).toEqual([])
    const rows = { server: of(all.rows, 'server'), client: of(all.rows, 'client'), all }
    expectMultiset(pick(rows.server, ...ASKED), pick(rows.client, ...ASKED))
    // A client that closes does not wait for its last Fetch.
    const answered = (list: readonly Row[]): unknown[] =>
      pick(
        list.filter(({ req_cmd }) => req_cmd !== 'Fetch'),
        ...SEEN,
      )
    expectMultiset(answered(rows.server), answered(rows.client))
    return rows
  }

  test('kcat produces and consumes: every record is counted once', async () => {
    const work = async (): Promise<void> => {
      await kcat('kcat-a', ['-P', '-t', 'lines', '-p', '1'], lines(500, 20))
      const read = await kcat('kcat-a', ['-C', '-t', 'lines', '-o', 'beginning', '-e'])
      expect(read.split('\n')).toHaveLength(501)
    }
    const rows = await traced('kcat-a', work)
    for (const role of ROLES) {
      expect(records(rows[role], 'Produce')).toBe(500)
      expect(records(rows[role], 'Fetch')).toBe(500)
      expect(find(rows[role], 'Produce')).toMatchObject({ topics: ['lines'], partitions: ['lines-1'], error: null })
      expect(find(rows[role], 'Metadata')).toMatchObject({ error: null, resp_result: 'OK' })
      expect(rows[role].filter((row) => row.partial)).toEqual([])
    }
  })

  test('kafka-python: two partitions, messages counted by batches of format 2', async () => {
    const rows = await traced('py', async () => {
      const { code, stdout, stderr } = await run(python(), [CLIENT, `${broker.port}`])
      expect({ code, stdout, stderr }).toMatchObject({ code: 0, stdout: '25\n' })
    })
    for (const role of ROLES) {
      expect(records(rows[role], 'Produce')).toBe(25)
      expect(records(rows[role], 'Fetch')).toBe(25)
      const partitions = rows[role].filter((row) => row.req_cmd === 'Produce').flatMap((row) => row.partitions)
      expect([...new Set(partitions)].sort()).toEqual(['python-0', 'python-1'])
    }
  })

  test('compressed, and without acknowledgement', async () => {
    const rows = await traced('kcat-b', async () => {
      await kcat('kcat-b', ['-P', '-t', 'zipped', '-z', 'gzip'], lines(300, 50))
      await kcatThatStays('kcat-b', ['-P', '-t', 'unheard', '-X', 'acks=0'], lines(40, 50))
    })
    const of = (role: 'server' | 'client', topic: string): Row[] =>
      rows[role].filter((row) => row.req_cmd === 'Produce' && (row.topics as string[])[0] === topic)
    for (const role of ROLES) {
      expect(records(of(role, 'zipped'), 'Produce')).toBe(300)
      for (const row of of(role, 'zipped')) expect(row).toMatchObject({ resp_result: 'OK', error: null })
      expect(records(of(role, 'unheard'), 'Produce')).toBe(40)
      for (const row of of(role, 'unheard')) {
        expect(row).toMatchObject({ resp_result: 'NONE', error: null, resp: null, latency: null })
      }
    }
  })

  test('large records: sizes are right', async () => {
    const rows = await traced('kcat-c', async () => {
      await kcat('kcat-c', ['-P', '-t', 'large', '-p', '0', '-X', 'linger.ms=0'], lines(4, 700_000))
    })
    for (const role of ROLES) {
      const produced = rows[role].filter((row) => row.req_cmd === 'Produce')
      expect(records(produced, 'Produce')).toBe(4)
      const bytes = produced.reduce((sum, row) => sum + Number(row.record_bytes), 0)
      expect(bytes).toBeGreaterThan(4 * 700_000)
      expect(bytes).toBeLessThan(4 * 700_200)
    }
  })

  test('a consumer group', async () => {
    const rows = await traced('kcat-d', async () => {
      await kcat('kcat-d', ['-P', '-t', 'grouped'], lines(10, 10))
      const options = ['-X', 'auto.offset.reset=earliest', '-c', '10']
      expect((await kcat('kcat-d', ['-G', 'readers', ...options, 'grouped'])).split('\n')).toHaveLength(11)
    })
    for (const role of ROLES) {
      for (const api of ['FindCoordinator', 'JoinGroup', 'SyncGroup', 'OffsetFetch', 'LeaveGroup']) {
        expect([api, find(rows[role], api)]).toEqual([api, expect.objectContaining({ error: null, resp_result: 'OK' })])
      }
      expect(String(find(rows[role], 'JoinGroup')?.req_body)).toContain('"group_id":"readers"')
    }
  })

  test('what a row says', async () => {
    const work = (): Promise<string> => kcat('kcat-e', ['-P', '-t', 'said', '-p', '0'], lines(3, 10))
    const { server, client } = await traced('kcat-e', work)
    const row = find(server, 'Produce')
    expect(row).toMatchObject({
      pid: broker.pid,
      comm: 'kcat',
      local_port: broker.port,
      encrypted: false,
      partial: false,
    })
    expect(JSON.parse(String(row?.req_body))).toMatchObject({
      acks: -1,
      topic_data: [{ name: 'said', partition_data: [{ index: 0, records: { count: 3 } }] }],
    })
    expect(JSON.parse(String(row?.resp))).toMatchObject({
      responses: [{ name: 'said', partition_responses: [{ index: 0, error_code: 0, base_offset: 0 }] }],
    })
    expect(row?.latency).toBeGreaterThan(0)
    expect(find(client, 'Produce')).toMatchObject({ remote_port: broker.port })
  })
})
