import { describeBpf, waitFor } from '../harness/live.js'
import { expectMultiset, pick } from '../harness/multiset.js'
import { type Row, type Traced, traceWhile } from '../harness/trace.js'
import { type JavaProgram, javaLacks, javaProgram } from '../servers/java.js'
import { freePort, type Running, start } from '../servers/process.js'

const ROLES = ['server', 'client'] as const
const FETCH_MS = 600_000
const JVM_MS = 60_000
const SHOWN = 40
/** [path, length of the payload, its start, answer]; of a server the last is empty. */
type Told = readonly [string, number, string, string]

const mux = (traced: Traced, role: string): Row[] =>
  traced.rows.filter((row) => row.table_ === 'mux_events' && row.trace_role === role)

const head = (text: unknown): string => String(text).slice(0, SHOWN)

function answerOf(row: Row): string {
  return row.status === 'OK' ? `${row.resp_body_size} ${head(row.resp_body)}` : 'failed'
}

interface Speaker extends Running {
  lines(): string[]
  told(): Told[]
}

function speak(finagle: JavaProgram, ...more: readonly string[]): Speaker {
  const running = start(finagle.what, { args: [...finagle.args, ...more], stdin: 'pipe', stdout: 'pipe' })
  let said = ''
  running.child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  const lines = (): string[] => said.slice(0, said.lastIndexOf('\n') + 1).split('\n')
  const told = (): Told[] =>
    lines()
      .filter((line) => line.startsWith('['))
      .map((line) => JSON.parse(line))
  return { ...running, lines, told }
}

async function ended({ child }: Running): Promise<void> {
  child.stdin?.end()
  await waitFor(() => child.exitCode !== null || child.signalCode !== null, JVM_MS)
}

const lacks = javaLacks('finagle')
if (lacks !== undefined) process.stderr.write(`skipped: Mux: ${lacks}\n`)
const only = lacks === undefined ? test : test.skip

describeBpf('Finagle Mux, traced live', lacks === undefined ? 1 : 0, () => {
  let finagle: JavaProgram | undefined
  beforeAll(() => {
    if (lacks === undefined) finagle = javaProgram('FinagleMux', 'finagle')
  }, FETCH_MS)

  only(
    'its own client and server: what both have counted',
    async () => {
      const port = await freePort()
      const server = speak(finagle as JavaProgram, 'server', `${port}`)
      await waitFor(() => server.lines().includes('listening'), JVM_MS)
      let client: Speaker | undefined
      const traced = await traceWhile(['--connectors', 'mux', '--port', `${port}`], async () => {
        client = speak(finagle as JavaProgram, 'client', `${port}`, '32768')
        await waitFor(() => client?.lines().includes('done'), JVM_MS)
        // It takes leave of its clients, which are still there.
        await ended(server)
        await ended(client)
      })
      expect(traced.exitCode).toBe(0)
      expect(traced.losses.filter(({ kind, reason }) => kind === 'lost' || reason === 'mux_orphan')).toEqual([])
      for (const role of ROLES) {
        const rows = mux(traced, role)
        const dispatches = rows.filter((row) => row.req_type === 'Tdispatch')
        const asked = dispatches.map((row) => [row.destination, row.req_body_size, head(row.req_body)])
        expectMultiset(
          asked,
          server.told().map((each) => each.slice(0, 3)),
        )
        // The one that the client gives up has no answer that it tells.
        const given = dispatches.filter((row) => row.destination !== '/slow')
        expect(given).toHaveLength(46)
        expectMultiset(
          given.map((row) => [row.destination, row.req_body_size, head(row.req_body), answerOf(row)]),
          client?.told() ?? [],
        )
        expectSession(rows, dispatches)
      }
    },
    180_000,
  )
})

function expectSession(rows: readonly Row[], dispatches: readonly Row[]): void {
  expectMultiset(
    pick(
      rows.filter((row) => row.req_type !== 'Tdispatch' && row.req_type !== 'Tping'),
      'req_type',
      'req_sender',
      'resp_type',
      'error',
    ),
    [
      ['BAD_Rerr', 'client', 'BAD_Rerr', null],
      ['Tinit', 'client', 'Rinit', null],
      ['BAD_Tdiscarded', 'client', 'none', null],
      ['Tdrain', 'server', 'Rdrain', null],
    ],
  )
  const pings = rows.filter((row) => row.req_type === 'Tping')
  expect(pings.length).toBeGreaterThan(0)
  for (const ping of pings) expect(ping).toMatchObject({ resp_type: 'Rping', error: null })
  const find = (path: string, body: string): Row | undefined =>
    dispatches.find((row) => row.destination === path && row.req_body === body)
  expect(find('/bad', 'fail')).toMatchObject({ status: 'ERROR', error: 'ERROR: java.lang.Exception: broken' })
  expect(find('/bad', 'reject')).toMatchObject({
    status: 'NACK',
    error: 'NACK',
    resp_contexts: { MuxFailure: ['retryable', 'rejected'] },
  })
  expect(find('/s/timed', 'in time')).toMatchObject({
    dtab: '/s=>/t;/u=>/v',
    req_contexts: { 'com.twitter.finagle.Deadline': { deadline: expect.stringMatching(/^\d{4}-.*Z$/) } },
  })
  expect(find('/slow', 'wait')).toMatchObject({
    resp_type: 'Rdiscarded',
    discarded: 'java.lang.Exception: changed my mind',
  })
}
