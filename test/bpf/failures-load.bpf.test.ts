import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startDialogue } from '../harness/dialogue.js'
import { describeBpf, sleep, waitFor } from '../harness/live.js'
import { expectMultiset, pick } from '../harness/multiset.js'
import { type LossRow, parseRows, type Row, RUN, trace } from '../harness/trace.js'
import { type Access, type Nginx, startNginx } from '../servers/nginx.js'
import { program, python } from '../servers/packages.js'
import { run } from '../servers/process.js'

const client = (name: string): string => join(import.meta.dirname, 'clients', name)
const http = (rows: readonly Row[], role: string): Row[] =>
  rows.filter((row) => row.table_ === 'http_events' && row.trace_role === role)
const closing = (rows: readonly Row[]): LossRow[] =>
  rows.filter((row) => row.table_ === 'stirling_loss' && row.closing) as LossRow[]

interface Sum {
  readonly events: number
  readonly bytes: number
}

function sum(losses: readonly LossRow[], wanted: (line: LossRow) => boolean): Sum {
  const lines = losses.filter(wanted)
  const total = (column: keyof Sum): number => lines.reduce((all, line) => all + line[column], 0)
  return { events: total('events'), bytes: total('bytes') }
}

/** seen = emitted + skipped + lost, in events and in bytes. */
function expectBalance(losses: readonly LossRow[]): void {
  expect(sum(losses, ({ kind }) => ['emitted', 'skipped', 'lost'].includes(kind))).toEqual(
    sum(losses, ({ kind }) => kind === 'seen'),
  )
}

describeBpf('More than it can take', 7, () => {
  let nginx: Nginx
  beforeAll(async () => {
    nginx = await startNginx()
  })
  afterAll(() => nginx.stop())

  const scope = (): string[] => ['--connectors', 'http', '--port', `${nginx.port}`]

  async function load(seconds: number): Promise<readonly Access[]> {
    const before = nginx.accessLog().length
    const url = `http://127.0.0.1:${nginx.port}/`
    const script = ['--script', client('numbered.lua')]
    const args = ['--threads', '1', '--connections', '8', '--duration', `${seconds}s`, ...script, url]
    const { code, stdout } = await run(program('wrk'), args)
    expect(code).toBe(0)
    expect(stdout).toContain('Requests/sec')
    await sleep(50)
    return nginx.accessLog().slice(before)
  }

  /** What a row says of an answer, the log says too; no exchange is there twice. */
  function expectTrue(rows: readonly Row[], log: readonly Access[]): void {
    const known = new Map(log.map((line) => [line.path, line]))
    const answered = rows.filter((row) => row.table_ === 'http_events' && row.resp_status !== null)
    const wrong = answered.filter((row) => {
      const line = known.get(row.req_path as string)
      const port = row.trace_role === 'server' ? row.remote_port : row.local_port
      const size = row.partial === true || row.latency === null || row.resp_body_size === line?.bodyBytes
      return line === undefined || line.status !== row.resp_status || line.remotePort !== port || !size
    })
    expect(wrong).toEqual([])
    for (const role of ['server', 'client']) {
      const paths = pick(http(rows, role), 'req_path').flat()
      expect(new Set(paths).size).toBe(paths.length)
    }
  }

  // The tracer does not run for a part of the time: the ring overflows, be the machine ever so fast.
  test.each([
    ['a tenth', 50, 450],
    ['half', 250, 250],
    ['nine tenths', 450, 50],
  ])('it is held up for %s of the time: what is lost is counted, what is shown is true', async (_, held, free) => {
    const tracer = trace([...scope(), '--ring-bytes', '64Ki'])
    await tracer.ready
    let over = false
    const work = load(2).finally(() => {
      over = true
    })
    while (!over) {
      process.kill(tracer.pid, 'SIGSTOP')
      await sleep(held)
      process.kill(tracer.pid, 'SIGCONT')
      await sleep(free)
    }
    const log = await work
    const traced = await tracer.stop()
    expect(traced.exitCode).toBe(0)
    expectBalance(traced.losses)
    expect(sum(traced.losses, ({ kind }) => kind === 'lost').events).toBeGreaterThan(100)
    expect(http(traced.rows, 'server').length).toBeGreaterThan(10)
    expectTrue(traced.rows, log)
  })

  test('a reader that does not read: memory is bounded, and all is a row or counted', async () => {
    const args = [RUN, 'trace', '--format', 'ndjson', ...scope(), '--ring-bytes', '1Mi']
    const tracer = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    tracer.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    try {
      await waitFor(() => /^info: tracing/m.test(said), 20_000)
      const log = await load(3)
      const peak = Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${tracer.pid}/status`, 'utf8'))?.[1])
      expect(peak).toBeLessThan(256 * 1024)
      tracer.kill('SIGINT')
      await sleep(200)
      const chunks: Buffer[] = []
      tracer.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
      const [code] = (await once(tracer, 'close')) as [number]
      expect(code).toBe(0)
      const rows = parseRows(Buffer.concat(chunks).toString())
      expectBalance(closing(rows))
      expect(sum(closing(rows), ({ kind }) => kind === 'lost').events).toBeGreaterThan(100)
      expect(http(rows, 'server').length).toBeLessThan(log.length)
      expectTrue(rows, log)
    } finally {
      tracer.kill('SIGKILL')
    }
  })

  test('more connections than it can follow: the bytes of the others are counted', async () => {
    const most = 64
    const many = 150
    const tracer = trace([...scope(), '--connections', `${most}`])
    await tracer.ready
    const before = nginx.accessLog().length
    const clients = startDialogue(python(), [client('many.py'), `${nginx.port}`, 'at-once', `${many}`])
    expect(await clients.next()).toBe('open')
    clients.child.stdin?.end('\n')
    await once(clients.child, 'exit')
    // They are closed: there is room again.
    await run(program('curl'), ['--silent', `http://127.0.0.1:${nginx.port}/hello?after`])
    const traced = await tracer.stop()
    const log = nginx.accessLog().slice(before)
    expect(log).toHaveLength(many + 1)
    expectBalance(traced.losses)
    const lost = sum(traced.losses, ({ reason }) => reason === 'lost_map')
    expect(lost.events).toBeGreaterThan(0)
    const server = http(traced.rows, 'server')
    const all = http(traced.rows, 'client').length + server.length
    // An exchange is two events at either end, and a connection that is not followed is not followed at all; its end counts too.
    const missed = 2 * (many + 1) - all
    expect(lost.events).toBeGreaterThanOrEqual(2 * missed)
    expect(lost.events).toBeLessThanOrEqual(3 * missed)
    expect(all).toBeGreaterThanOrEqual(most)
    expectTrue(traced.rows, log)
    expectMultiset(
      pick(
        server.filter((row) => row.req_path === '/hello?after'),
        'resp_status',
      ),
      [[200]],
    )
  })

  const inTurn = (connections: number): Promise<unknown> =>
    run(python(), [client('many.py'), `${nginx.port}`, 'in-turn', `${connections}`])

  /** An exchange is two events at either end; of a connection that is not taken on its end counts too. */
  function expectShed(traced: { rows: readonly Row[]; losses: readonly LossRow[] }, requests: number): void {
    expectBalance(traced.losses)
    const shed = sum(traced.losses, ({ reason }) => reason === 'lost_shed')
    const rows = traced.rows.filter((row) => row.table_ === 'http_events')
    const missed = 2 * requests - rows.length
    expect(missed).toBeGreaterThan(0)
    expect(shed.events).toBeGreaterThanOrEqual(2 * missed)
    expect(shed.events).toBeLessThanOrEqual(3 * missed)
    expect(rows.filter((row) => row.partial === true || row.latency === null)).toEqual([])
  }

  test('the ring fills up: new connections are left out, those that are followed stay whole', async () => {
    const before = nginx.accessLog().length
    const tracer = trace([...scope(), '--ring-bytes', '64Ki'])
    await tracer.ready
    process.kill(tracer.pid, 'SIGSTOP')
    await inTurn(200)
    process.kill(tracer.pid, 'SIGCONT')
    await sleep(300)
    await run(program('curl'), ['--silent', `http://127.0.0.1:${nginx.port}/hello?after`])
    const traced = await tracer.stop()
    const log = nginx.accessLog().slice(before)
    expect(log).toHaveLength(201)
    expectShed(traced, 201)
    expect(sum(traced.losses, ({ reason }) => reason === 'lost_ring').events).toBe(0)
    expectTrue(traced.rows, log)
    expect(traced.rows.filter((row) => row.req_path === '/hello?after')).toHaveLength(2)
  })

  test('--max-overhead: new connections are left out where tracing would cost more', async () => {
    const before = nginx.accessLog().length
    const tracer = trace([...scope(), '--max-overhead', '0.1%', '--stats'])
    await tracer.ready
    for (let i = 0; i < 4; i++) {
      await inTurn(100)
      await sleep(500)
    }
    const traced = await tracer.stop()
    expect(nginx.accessLog().slice(before)).toHaveLength(400)
    expectShed(traced, 400)
    expect(traced.stderr).toMatch(/^programs: 0\.\d{3} s, [\d.]+ % of a core: .*sock_send \d+ × \d+ ns/m)
  })
})
