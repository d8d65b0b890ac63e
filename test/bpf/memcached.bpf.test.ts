import { join } from 'node:path'
import { describeBpf, waitFor } from '../harness/live.js'
import { expectMultiset } from '../harness/multiset.js'
import { type Row, type Traced, trace } from '../harness/trace.js'
import { type Memcached, startMemcached } from '../servers/memcached.js'
import { type Program, python } from '../servers/packages.js'
import { freePort, run } from '../servers/process.js'

const client = (name: string): string => join(import.meta.dirname, 'clients', name)
const ROLES = ['server', 'client'] as const
const NODE: Program = { file: process.execPath, env: process.env }
const DEADLINE_MS = 20_000
const STORES = /^(?:set|add|replace|append|prepend|cas)$/

const memcached = (rows: readonly Row[], role: string): Row[] =>
  rows.filter((row) => row.table_ === 'memcached_events' && row.trace_role === role)

const words = (value: unknown): string[] => (value === null ? [] : (value as string[]))

/** The line of a command, as the server logs it. */
function line(row: Row): string {
  const name = String(row.req_cmd)
  const [key = '', ...keys] = words(row.keys)
  const args = words(row.req_args)
  const noreply = row.dialect === 'text' && row.resp_type === 'none' && name !== 'quit' ? ['noreply'] : []
  const unique = name === 'cas' ? [row.cas] : []
  if (STORES.test(name)) return [name, key, row.flags, row.exptime, row.req_value_size, ...unique, ...noreply].join(' ')
  if (name === 'touch') return [name, key, row.exptime].join(' ')
  if (name === 'ms') return [name, key, row.req_value_size, ...args].join(' ')
  return [name, key, ...keys, ...args, ...noreply].filter(Boolean).join(' ')
}

describeBpf('memcached, traced live', 6, () => {
  let server: Memcached
  beforeAll(async () => {
    server = await startMemcached()
  })
  afterAll(() => server.stop())

  interface Work {
    readonly traced: Traced
    /** What the server has counted meanwhile. */
    readonly counted: Readonly<Record<string, number>>
  }

  const COUNTERS = ['get_hits', 'get_misses', 'cmd_set'] as const
  const counters = (): Promise<number[]> => Promise.all(COUNTERS.map((name) => server.statistic(name)))

  type Last = (rows: readonly Row[]) => boolean

  async function work(what: Program, args: readonly string[], last: string | Last, port?: number): Promise<Work> {
    const before = await counters()
    const tracer = trace([
      '--connectors',
      'memcached',
      '--port',
      `${server.port}${port === undefined ? '' : `,${port}`}`,
    ])
    await tracer.ready
    const { code, stderr } = await run(what, args)
    expect({ code, stderr }).toMatchObject({ code: 0 })
    const isLast: Last = typeof last === 'string' ? (rows) => rows.some((row) => row.req_cmd === last) : last
    const done = (role: string): boolean => isLast(memcached(tracer.rows(), role))
    await waitFor(() => ROLES.every(done), DEADLINE_MS).catch(() => undefined)
    const traced = await tracer.stop()
    expect(traced.exitCode).toBe(0)
    expect(traced.losses.filter(({ kind }) => kind === 'lost')).toEqual([])
    const after = await counters()
    const counted = Object.fromEntries(COUNTERS.map((name, i) => [name, (after[i] as number) - (before[i] as number)]))
    return { traced, counted }
  }

  const find = (rows: readonly Row[], start: string): Row | undefined => rows.find((row) => line(row).startsWith(start))
  const sum = (rows: readonly Row[], column: string): number =>
    rows.reduce((all, row) => all + Number(row[column] ?? 0), 0)

  test('pymemcache: each command of the server’s log, hits and misses', async () => {
    const before = server.commands().length
    const { traced, counted } = await work(python(), [client('pymemcache-client.py'), `${server.port}`], 'quit')
    const log = server
      .commands()
      .slice(before)
      .filter((command) => command !== 'stats')
    expect(log.length).toBeGreaterThan(140)
    for (const role of ROLES) {
      const rows = memcached(traced.rows, role)
      expectMultiset(rows.map(line), log)
      // The client hangs up as soon as a value is refused.
      const whole = rows.filter((row) => !line(row).startsWith('set py:huge '))
      expect(whole.filter((row) => row.partial === true || row.error === 'no response')).toEqual([])
      const hits = { get_hits: sum(rows, 'hits'), get_misses: sum(rows, 'misses') }
      expect(hits).toEqual({ get_hits: counted.get_hits, get_misses: counted.get_misses })
      expect(find(rows, 'set py:text')).toMatchObject({ req_value: 'größe\r\nEND\r\n', flags: 7, status: 'STORED' })
      expect(find(rows, 'get py:text')).toMatchObject({ resp: 'größe\r\nEND\r\n', flags: 7, error: null })
      for (let i = 0; i < 50; i++) {
        expect(rows.find((row) => line(row) === `get py:${i}`)).toMatchObject({ resp: `value ${i}` })
      }
      expect(find(rows, 'get py:0 py:2')).toMatchObject({ hits: 25, misses: 25 })
      expect(find(rows, 'set py:large')).toMatchObject({ req_value_size: 700_000, truncated: ['req_value'] })
      expect(find(rows, 'get py:large')).toMatchObject({ resp_value_size: 700_000, truncated: ['resp'], hits: 1 })
      const errors = rows.map((row) => row.error).filter((error) => error !== null)
      expectMultiset(errors, [
        'CLIENT_ERROR: cannot increment or decrement non-numeric value',
        'SERVER_ERROR: object too large for cache',
      ])
    }
  })

  test('memjs: the binary protocol, many commands at once', async () => {
    const { traced, counted } = await work(NODE, [client('memjs-client.mjs'), `${server.port}`], 'flush')
    for (const role of ROLES) {
      const rows = memcached(traced.rows, role)
      // It may hang up before its quit is answered.
      const others = rows.filter((row) => row.req_cmd !== 'quit')
      expect(others.filter((row) => row.partial === true || row.error === 'no response')).toEqual([])
      expect({ get_hits: sum(rows, 'hits'), get_misses: sum(rows, 'misses') }).toEqual({
        get_hits: counted.get_hits,
        get_misses: counted.get_misses,
      })
      const gets = rows.filter((row) => row.req_cmd === 'get' && row.keys !== null)
      const wanted = Array.from({ length: 60 }, (_, i) => [`js:${i}`, i < 40 ? `value ${i}` : 'Not found'])
      expectMultiset(
        gets.map((row) => [words(row.keys)[0], row.resp]).filter(([key]) => key !== 'js:large'),
        wanted,
      )
      expect(find(rows, 'get js:large')).toMatchObject({ resp_value_size: 700_000, truncated: ['resp'] })
      expect(find(rows, 'incr js:n')).toMatchObject({ req_args: ['5', '10'], resp_type: 'number' })
      const errors = others.map((row) => row.error).filter((error) => error !== null)
      expect(errors).toEqual(['Incr/Decr on non-numeric value: Non-numeric server-side value for incr or decr'])
    }
  })

  test('meta commands, quiet ones, several in a segment', async () => {
    const { traced, counted } = await work(python(), [client('memcached-raw.py'), `${server.port}`], 'noop')
    for (const role of ROLES) {
      const rows = memcached(traced.rows, role)
      expect(rows.filter((row) => row.partial === true || row.error === 'no response')).toEqual([])
      expect({ get_hits: sum(rows, 'hits'), get_misses: sum(rows, 'misses') }).toEqual({
        get_hits: counted.get_hits,
        get_misses: counted.get_misses,
      })
      expect(rows.map((row) => [line(row), row.status])).toEqual([
        ['flush_all', 'OK'],
        ['ms raw:1 3 T60 F7 c', 'HD'],
        ['mg raw:1 v f t k c s O123', 'VA'],
        ['mg raw:absent v', 'EN'],
        ['ma raw:n N0 J13 v', 'VA'],
        ['md raw:absent', 'NF'],
        ['mg raw:1 v q k', 'VA'],
        ['mg raw:absent v q k', null],
        ['ms raw:2 1 q', null],
        ['mn', 'MN'],
        ['set raw:3 0 0 1', 'STORED'],
        ['get raw:3', 'END'],
        ['get raw:absent raw:3', 'END'],
        ['incr raw:3 1', 'number'],
        ['version', 'VERSION'],
        ['nonsense', 'ERROR'],
        ['setq raw:4', null],
        ['getkq raw:4', 'No error'],
        ['getkq raw:absent', null],
        ['getq raw:4', 'No error'],
        ['addq raw:4', 'Key exists'],
        ['noop', 'No error'],
      ])
    }
  })

  test('datagrams: answers of many, of none, of several messages', async () => {
    const silent = await freePort()
    const args = [client('memcached-udp.py'), `${server.port}`, `${silent}`]
    const before = server.commands().length
    const { traced, counted } = await work(
      python(),
      args,
      (rows) => rows.some((row) => row.dialect === 'binary'),
      silent,
    )
    const log = server
      .commands()
      .slice(before)
      .filter((command) => command !== 'stats')
    for (const role of ROLES) {
      const all = memcached(traced.rows, role)
      const rows = all.filter((row) => line(row) !== 'get udp:silent')
      expectMultiset(rows.filter((row) => row.dialect !== 'binary' && row.req_cmd !== 'stats').map(line), log)
      expect(rows.filter((row) => row.partial === true || row.error === 'no response')).toEqual([])
      expect({ get_hits: sum(rows, 'hits'), get_misses: sum(rows, 'misses') }).toEqual({
        get_hits: counted.get_hits,
        get_misses: counted.get_misses,
      })
      expect(find(all, 'get udp:silent')).toMatchObject({
        resp_type: 'unanswered',
        error: 'no response',
        partial: false,
      })
      expect(find(rows, 'get udp:1')).toMatchObject({ resp: 'value', flags: 7, latency: expect.any(Number) })
      expect(find(rows, 'get udp:large')).toMatchObject({ resp_value_size: 50_300, hits: 1, truncated: ['resp'] })
      expect(find(rows, 'get udp:1 udp:absent udp:large')).toMatchObject({
        resp_value_size: 50_305,
        hits: 2,
        misses: 1,
      })
      expect(find(rows, 'stats')).toMatchObject({ resp_type: 'statistics', status: 'END' })
      expect(find(rows, 'incr udp:1 1')).toMatchObject({ status: 'CLIENT_ERROR' })
      expect(find(rows, 'incr udp:2 41')).toMatchObject({ resp: '42' })
      expect(rows.filter((row) => row.req_cmd === 'version').map((row) => row.dialect)).toEqual(['text', 'binary'])
    }
  })

  test('datagrams: many requests at once', async () => {
    const count = 100
    const args = [client('memcached-udp.mjs'), `${server.port}`, `${count}`]
    const { traced } = await work(NODE, args, (rows) => rows.length === 2 * count)
    const wanted = Array.from({ length: count }, (_, i) => [`node:${i}`, `${i}`])
    for (const role of ROLES) {
      const rows = memcached(traced.rows, role)
      const of = (name: string, column: string): unknown[] =>
        rows.filter((row) => row.req_cmd === name).map((row) => [words(row.keys)[0], row[column]])
      expectMultiset(of('get', 'resp'), wanted)
      expectMultiset(of('set', 'req_value'), wanted)
      expect(rows.filter((row) => row.error !== null || row.partial === true)).toEqual([])
    }
  })

  test('what a row says', async () => {
    const { traced } = await work(python(), [client('memcached-raw.py'), `${server.port}`], 'noop')
    expect(find(memcached(traced.rows, 'server'), 'mg raw:1 v f')).toMatchObject({
      pid: server.pid,
      comm: 'memcached',
      local_addr: '127.0.0.1',
      local_port: server.port,
      dialect: 'meta',
      req_cmd: 'mg',
      keys: ['raw:1'],
      flags: 7,
      resp_type: 'values',
      status: 'VA',
      resp: 'abc',
      resp_value_size: 3,
      hits: 1,
      misses: 0,
      error: null,
    })
    expect(find(memcached(traced.rows, 'client'), 'mg raw:1 v f')).toMatchObject({ remote_port: server.port })
  })
})
