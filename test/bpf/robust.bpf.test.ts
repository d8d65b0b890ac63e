import { once } from 'node:events'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeBpf, loadedPrograms, programsOf, waitFor } from '../harness/live.js'
import { expectMultiset, pick } from '../harness/multiset.js'
import { type LossRow, type Row, RUN, stirling, trace, traceWhile } from '../harness/trace.js'
import { type Nginx, startNginx } from '../servers/nginx.js'
import { program } from '../servers/packages.js'
import { freePort, type Output, run, start } from '../servers/process.js'

const POST_LINES = join(import.meta.dirname, 'clients/post-lines.mjs')
const BASH = { file: '/bin/bash', env: process.env }

const http = (rows: readonly Row[]): Row[] => rows.filter((row) => row.table_ === 'http_events')
const scope = (...ports: readonly number[]): string[] => ['--connectors', 'http', '--port', ports.join(',')]

/** A pipeline with the tracer at its head; the words of the tracer's command line, then what reads it. */
function pipeline(tracer: readonly string[], reader: string): string {
  const words = [process.execPath, RUN, 'trace', '--format', 'ndjson', ...tracer].map((word) => `'${word}'`)
  return `${words.join(' ')} | ${reader}; echo "exit \${PIPESTATUS[0]}"`
}

function sum(losses: readonly LossRow[], source: string, kinds: readonly string[]): { events: number; bytes: number } {
  const lines = losses.filter((line) => line.source_connector === source && kinds.includes(line.kind))
  const total = (column: 'events' | 'bytes'): number => lines.reduce((all, line) => all + line[column], 0)
  return { events: total('events'), bytes: total('bytes') }
}

describeBpf('The tracer among others', 12, () => {
  let nginx: Nginx
  beforeAll(async () => {
    nginx = await startNginx()
  })
  afterAll(() => nginx.stop())

  const curl = (...urls: readonly string[]): Promise<Output> =>
    run(program('curl'), ['--silent', ...urls.map((path) => `http://127.0.0.1:${nginx.port}/${path}`)])

  const wrk = (seconds: number, path: string): Promise<Output> => {
    const url = `http://127.0.0.1:${nginx.port}/${path}`
    return run(program('wrk'), ['--threads', '1', '--connections', '8', '--duration', `${seconds}s`, url])
  }

  /** Starts a pipeline of bash; ready when the tracer at its head is. */
  async function startPipeline(
    tracer: readonly string[],
    reader: string,
  ): Promise<{ said(): string; ended: Promise<unknown> }> {
    const shell = start(BASH, { args: ['-c', pipeline(tracer, reader)], stdout: 'pipe' })
    let said = ''
    shell.child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    const ended = once(shell.child, 'close')
    await waitFor(() => /^info: tracing/m.test(shell.stderr()), 20_000)
    return { said: () => said, ended }
  }

  test('| head -3 ends it with 0', async () => {
    const shell = await startPipeline([...scope(nginx.port), '--tables', 'http_events'], 'head -3')
    let ended = false
    void shell.ended.then(() => {
      ended = true
    })
    for (let i = 0; i < 50 && !ended; i++) await curl('hello', 'hello', 'hello')
    await shell.ended
    const lines = shell.said().trim().split('\n')
    expect(lines).toHaveLength(4)
    expect(http(lines.slice(0, 3).map((line) => JSON.parse(line) as Row))).toHaveLength(3)
    expect(lines[3]).toBe('exit 0')
  })

  test('SIGKILL leaves nothing attached', async () => {
    const tracer = trace(scope(nginx.port))
    await tracer.ready
    const held = programsOf(tracer.pid)
    expect(held.length).toBeGreaterThan(0)
    expect(loadedPrograms()).toEqual(expect.arrayContaining(held))
    const { signal } = await tracer.stop('SIGKILL')
    expect(signal).toBe('SIGKILL')
    await waitFor(() => !loadedPrograms().some((id) => held.includes(id)), 10_000)
  })

  test('two tracers at once see the same', async () => {
    const tracers = [trace(scope(nginx.port)), trace(scope(nginx.port))]
    await Promise.all(tracers.map(({ ready }) => ready))
    await curl('hello?[1-20]', 'static/100k.txt', 'status/404')
    const [first, second] = await Promise.all(tracers.map((tracer) => tracer.stop()))
    const columns = [
      'trace_role',
      'pid',
      'local_port',
      'remote_port',
      'req_method',
      'req_path',
      'resp_status',
      'resp_body_size',
    ]
    const one = pick(http(first?.rows ?? []), ...columns)
    expect(one).toHaveLength(44)
    expectMultiset(pick(http(second?.rows ?? []), ...columns), one)
  })

  test('a tiny ring: what is lost is counted, what is shown is right', async () => {
    const url = `http://127.0.0.1:${nginx.port}/static/1k.txt`
    const head = await run(program('curl'), ['--silent', '--output', '/dev/null', '--write-out', '%{size_header}', url])
    const answerBytes = 1024 + Number(head.stdout)
    const before = nginx.accessLog().length
    const traced = await traceWhile([...scope(nginx.port), '--ring-bytes', '64Ki'], () => wrk(2, 'static/1k.txt'))
    expect(traced.exitCode).toBe(0)
    const log = nginx.accessLog().slice(before)
    const rows = http(traced.rows).filter((row) => row.trace_role === 'server')
    expect(rows.length).toBeLessThanOrEqual(log.length)
    const wrong = rows.filter(
      (row) => row.req_path !== '/static/1k.txt' || ![200, null].includes(row.resp_status as null),
    )
    expect(wrong).toEqual([])
    const sources = new Set(
      traced.losses.filter(({ kind }) => kind === 'seen').map(({ source_connector }) => source_connector),
    )
    expect(sources.size).toBeGreaterThan(0)
    for (const source of sources) {
      const seen = sum(traced.losses, source, ['seen'])
      expect(seen.events).toBeGreaterThan(0)
      expect({ source, ...sum(traced.losses, source, ['emitted', 'skipped', 'filtered', 'lost']) }).toEqual({
        source,
        ...seen,
      })
    }
    // By the server's own log; wrk leaves in the middle of an exchange on each of its 8 connections, and so does the tracer.
    const whole = log.slice(0, -8)
    const moved = 2 * whole.reduce((all, { requestBytes }) => all + requestBytes + answerBytes, 0)
    expect(sum(traced.losses, 'socket_tracer', ['seen']).bytes).toBeGreaterThanOrEqual(moved)
    const lost = traced.losses.filter(({ kind }) => kind === 'lost')
    expect(lost.reduce((all, { events }) => all + events, 0)).toBeGreaterThan(0)
  })

  test('--strict: lost data is exit code 4', async () => {
    const args = [...scope(nginx.port), '--ring-bytes', '64Ki', '--strict']
    expect(await traceWhile(args, () => wrk(2, 'static/1k.txt'))).toMatchObject({ exitCode: 4 })
  })

  test('who reads its output is not traced', async () => {
    const port = await freePort()
    const tracer = [...scope(nginx.port, port), '--duration', '3s']
    const shell = await startPipeline(tracer, `'${process.execPath}' '${POST_LINES}' ${port}`)
    await curl('hello?[1-10]')
    await shell.ended
    const [posted, exit] = shell.said().trim().split('\n')
    expect(exit).toBe('exit 0')
    const lines = Number(/^posted (\d+)$/.exec(posted ?? '')?.[1])
    // 10 requests seen by both ends, and some lines about loss; had it traced its reader, each line would make two more.
    expect(lines).toBeGreaterThanOrEqual(20)
    expect(lines).toBeLessThan(100)
  })

  test('output into a TCP connection ends, and holds no output about itself', async () => {
    const received: Buffer[] = []
    const collector = createServer((socket) => socket.on('data', (chunk) => received.push(chunk))).listen(
      0,
      '127.0.0.1',
    )
    await once(collector, 'listening')
    const { port } = collector.address() as { port: number }
    const stdout = connect(port, '127.0.0.1')
    await once(stdout, 'connect')
    const tracer = trace([...scope(nginx.port, port), '--duration', '3s'], stdout)
    stdout.destroy()
    await tracer.ready
    await curl('hello?[1-10]')
    expect((await tracer.ended).exitCode).toBe(0)
    const lines = () => Buffer.concat(received).toString().trim().split('\n')
    const rows = await waitFor(() => lines().length >= 20 && lines().map((line) => JSON.parse(line) as Row))
    expect(http(rows)).toHaveLength(20)
    expect(rows.length).toBeLessThan(100)
    collector.close()
  })

  test('--record, then replay: the same bytes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'stirling-record-'))
    try {
      const file = join(folder, 'trace.rec')
      const live = await traceWhile([...scope(nginx.port), '--record', file], async () => {
        await curl('hello?[1-20]', 'static/100k.txt', 'status/404')
        await wrk(1, 'static/1k.txt')
      })
      expect(live.exitCode).toBe(0)
      expect(http(live.rows).length).toBeGreaterThan(1000)
      expect((await stat(file)).mode & 0o777).toBe(0o600)
      const replayed = await stirling(['replay', file, '--connectors', 'http', '--format', 'ndjson']).ended
      expect(replayed.exitCode).toBe(0)
      const records = (text: string): string[] =>
        text.split('\n').filter((line) => line.startsWith('{"table_":"http_events"'))
      expect(records(replayed.text).join('\n') === records(live.text).join('\n')).toBe(true)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  test('-- CMD: traced from its first byte, and its exit code returned', async () => {
    const { file, env } = program('curl')
    const own = ['--connectors', 'http', '--', '/usr/bin/env', `LD_LIBRARY_PATH=${env.LD_LIBRARY_PATH ?? ''}`, file]
    const url = `http://127.0.0.1:${nginx.port}`
    const fine = await trace([...own, '--silent', `${url}/hello?cmd`, `${url}/static/1k.txt?cmd`]).ended
    expect(fine.exitCode).toBe(0)
    expectMultiset(pick(http(fine.rows), 'comm', 'trace_role', 'req_path', 'resp_status', 'resp_body_size'), [
      ['curl', 'client', '/hello?cmd', 200, 6],
      ['curl', 'client', '/static/1k.txt?cmd', 200, 1024],
    ])
    // curl --fail: 22 on an answer of 400 or more.
    const failed = await trace([...own, '--silent', '--fail', `${url}/status/404?cmd`]).ended
    expect(failed.exitCode).toBe(22)
    expectMultiset(pick(http(failed.rows), 'req_path', 'resp_status'), [['/status/404?cmd', 404]])
  })

  test('SIGTERM: exit code 0, and nothing stays attached', async () => {
    const tracer = trace(scope(nginx.port))
    await tracer.ready
    const held = programsOf(tracer.pid)
    expect(held.length).toBeGreaterThan(0)
    expect((await tracer.stop('SIGTERM')).exitCode).toBe(0)
    await waitFor(() => !loadedPrograms().some((id) => held.includes(id)), 10_000)
  })

  test('a process that is not there: exit code 2', async () => {
    const result = await trace(['--connectors', 'http', '--pid', '4194304']).ended
    expect(result.exitCode).toBe(2)
    expect(result.text).toBe('')
    expect(result.stderr).toContain('4194304')
  })

  test('not root: exit code 3 and the line to type', async () => {
    const result = await run({ file: process.execPath, env: process.env }, [RUN, 'trace', '--connectors', 'http'], {
      user: 65_534,
    })
    expect(result.code).toBe(3)
    expect(result.stderr).toContain('sudo ')
  })
})
