import { join } from 'node:path'
import { describeBpf, sleep, waitFor } from '../harness/live.js'
import { expectMultiset } from '../harness/multiset.js'
import { type Row, type Traced, trace, traceWhile } from '../harness/trace.js'
import { type Program, program, python } from '../servers/packages.js'
import { run, start } from '../servers/process.js'
import { ACCOUNT, type Executed, type Redis, startRedis } from '../servers/redis.js'

const client = (name: string): string => join(import.meta.dirname, 'clients', name)
const ROLES = ['server', 'client'] as const
const SHOWN = 200

const redis = (traced: Traced, role: string): Row[] =>
  traced.rows.filter((row) => row.table_ === 'redis_events' && row.trace_role === role)

const events = (rows: readonly Row[]): Row[] => rows.filter((row) => String(row.req_cmd).startsWith('PUSH '))

/** The words of a command as one line; the log and the rows differ in the case of its name. */
const line = (words: readonly string[]): string => words.join(' ').toLowerCase().slice(0, SHOWN)

const leaves = (value: unknown): string[] =>
  typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [String(value)]

/** Not told by MONITOR: what changes the server, what it refuses, and arguments of a login. */
const UNTOLD = /^(?:acl|auth|client list|config|hello|notacommand)\b/

function logged(log: readonly Executed[]): string[] {
  return log.filter(({ from }) => from !== 'lua').map(({ words }) => line(words))
}

function traced(rows: readonly Row[]): string[] {
  const commands = rows.filter((row) => row.req_cmd !== null && !String(row.req_cmd).startsWith('PUSH '))
  return commands.map((row) => line([String(row.req_cmd), ...leaves(row.req_args)]))
}

const told = (lines: readonly string[]): string[] => lines.filter((each) => !UNTOLD.test(each))

const find = (rows: readonly Row[], start: string): Row | undefined =>
  rows.find((row) => line([String(row.req_cmd), ...leaves(row.req_args)]).startsWith(start))

describeBpf('Redis, traced live', 7, () => {
  let db: Redis
  beforeAll(async () => {
    db = await startRedis()
  })
  afterAll(() => db.stop())

  /** Each command that MONITOR tells is there once as the server saw it and once as the client did. */
  async function expectBothRoles(atLeast: number, work: () => Promise<unknown>): Promise<Traced> {
    const before = db.monitored().length
    const result = await traceWhile(['--connectors', 'redis', '--port', `${db.port}`], async () => {
      await work()
      await sleep(100)
    })
    expect(result.exitCode).toBe(0)
    const log = told(logged(db.monitored().slice(before)))
    expect(log.length).toBeGreaterThanOrEqual(atLeast)
    for (const role of ROLES) expectMultiset(told(traced(redis(result, role))), log)
    expect(result.losses.filter(({ kind }) => kind === 'lost')).toEqual([])
    return result
  }

  async function expectExit(code: number, what: Program, args: readonly string[], input?: string): Promise<void> {
    const result = await run(what, args, input === undefined ? {} : { input })
    expect({ code: result.code, stderr: result.stderr }).toMatchObject({ code })
  }

  const cli = (input: string, ...args: readonly string[]): Promise<void> =>
    expectExit(0, program('redis-cli'), ['-p', `${db.port}`, ...args], input)

  test.each([['-2'], ['-3']])('redis-cli %s: values, errors, a transaction', async (version) => {
    const input = `set cli ü\nget cli\nget absent\nhset h f1 1 f2 2\nhgetall h\nincr cli\nmulti\nincr n\nincr cli\nexec
zadd z 1.5 m\nzscore z m\neval "return {1, {2, redis.status_reply('x')}, false}" 0\nflushall\n`
    const result = await expectBothRoles(14, () => cli(input, version))
    for (const role of ROLES) {
      const rows = redis(result, role)
      expect(find(rows, 'set cli')).toMatchObject({ req_args: { key: 'cli', value: 'ü' }, resp: 'OK', error: null })
      expect(find(rows, 'get cli')).toMatchObject({ resp: 'ü', resp_type: 'bulk string', resp_size: 8 })
      expect(find(rows, 'get absent')).toMatchObject({ resp: '<NULL>', resp_type: 'null' })
      expect(find(rows, 'incr cli')).toMatchObject({ error: 'ERR value is not an integer or out of range' })
      expect(find(rows, 'exec')).toMatchObject({ error: 'ERR value is not an integer or out of range', resp_errors: 1 })
      expect(find(rows, 'eval')).toMatchObject({ resp: '[1,[2,"x"],null]' })
      const map = version === '-3' ? '{"f1":"1","f2":"2"}' : '["f1","1","f2","2"]'
      expect(find(rows, 'hgetall')).toMatchObject({ resp: map })
      expect(find(rows, 'zscore')).toMatchObject({ resp_type: version === '-3' ? 'double' : 'bulk string' })
    }
  })

  test('redis-py: pipelines, transactions, large values, waiting, channels, errors', async () => {
    const result = await expectBothRoles(400, () => expectExit(0, python(), [client('redis-client.py'), `${db.port}`]))
    for (const role of ROLES) {
      const rows = redis(result, role)
      for (let i = 0; i < 200; i++) expect(find(rows, `get py:${i}`)).toMatchObject({ resp: `value ${i}` })
      expect(find(rows, 'set py:large')).toMatchObject({ req_size: 3_000_039, resp: 'OK', truncated: ['req_args'] })
      expect(find(rows, 'get py:large')).toMatchObject({ resp_size: 3_000_012, truncated: ['resp'] })
      expect(find(rows, 'blpop')).toMatchObject({ resp: '["py:queue","job"]' })
      expect(find(rows, 'subscribe')).toMatchObject({ resp: '[["subscribe","py:news",1],["subscribe","py:other",2]]' })
      expect(events(rows).map((row) => row.resp)).toEqual([
        '["message","py:news","hello"]',
        '["pmessage","py:*","py:news","hello"]',
      ])
      expect(find(rows, 'notacommand')?.error).toContain("ERR unknown command 'NOTACOMMAND'")
      expect(rows.filter((row) => row.error === 'no response' || row.partial === true)).toEqual([])
    }
  })

  test('redis-benchmark: pipelines on several connections', async () => {
    const args = [
      '-p',
      `${db.port}`,
      '-q',
      '-n',
      '2000',
      '-c',
      '5',
      '-P',
      '20',
      '-r',
      '1000',
      '-t',
      'set,incr,lpush,mset',
    ]
    const result = await expectBothRoles(8000, () => expectExit(0, program('redis-benchmark'), args))
    for (const role of ROLES) {
      const rows = redis(result, role)
      const answers = new Set(rows.map((row) => `${row.req_cmd} ${row.resp_type}`))
      expect([...answers].filter((answer) => /^(?:SET|INCR|LPUSH|MSET) /.test(answer)).sort()).toEqual([
        'INCR integer',
        'LPUSH integer',
        'MSET simple string',
        'SET simple string',
      ])
    }
  })

  test('what a row says', async () => {
    const result = await expectBothRoles(1, () => cli('', 'blpop', 'nothing', '0.1'))
    const row = find(redis(result, 'server'), 'blpop')
    expect(row).toMatchObject({
      pid: db.pid,
      comm: 'redis-server',
      local_addr: '127.0.0.1',
      local_port: db.port,
      encrypted: false,
      req_cmd: 'BLPOP',
      req_args: { key: ['nothing'], timeout: '0.1' },
      req_size: 37,
      resp: '<NULL>',
      resp_size: 5,
      error: null,
    })
    expect(row?.latency).toBeGreaterThan(100e6)
    expect(find(redis(result, 'client'), 'blpop')).toMatchObject({ remote_port: db.port })
  })

  test('no password is shown', async () => {
    const { user, password } = ACCOUNT
    const input = `auth ${user} ${password}\nhello 3 auth ${user} ${password}\nacl whoami\nconfig set masterauth ${password}
config get masterauth\nacl setuser other on >${password}\nconfig set masterauth ""\n`
    const result = await expectBothRoles(1, () => cli(input, '--user', user, '--pass', password, '--no-auth-warning'))
    for (const role of ROLES) {
      expect(find(redis(result, role), 'acl whoami')).toMatchObject({ resp: user })
      expect(find(redis(result, role), 'config get')).toMatchObject({ resp: '{"masterauth":"[REDACTED]"}' })
    }
    expect(result.text).not.toContain(password)
  })

  test('a connection that is older than the trace', async () => {
    const session = start(program('redis-cli'), { args: ['-p', `${db.port}`], stdin: 'pipe', stdout: 'pipe' })
    let said = ''
    session.child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    const ask = async (command: string, answer: string): Promise<void> => {
      session.child.stdin?.write(`${command}\n`)
      await waitFor(() => said.endsWith(answer))
    }
    await ask('set old before', 'OK\n')
    const result = await traceWhile(['--connectors', 'redis', '--port', `${db.port}`], async () => {
      for (let i = 0; i < 5; i++) await ask(`echo old${i}`, `old${i}\n`)
      await sleep(100)
    })
    for (const role of ROLES) {
      const rows = redis(result, role)
      expect(rows).toHaveLength(5)
      for (const i of [1, 2, 3, 4]) expect(find(rows, `echo old${i}`)).toMatchObject({ resp: `old${i}`, error: null })
    }
  })

  test('a replica: its commands up to PSYNC', async () => {
    const tracer = trace(['--connectors', 'redis', '--port', `${db.port}`])
    await tracer.ready
    const replica = await startRedis({ args: ['--replicaof', '127.0.0.1', `${db.port}`] })
    const cliOf = (...args: readonly string[]) => run(program('redis-cli'), ['-s', replica.socket, ...args])
    await run(program('redis-cli'), ['-s', db.socket, 'set', 'replicated', 'yes'])
    let value = ''
    await waitFor(() => {
      void cliOf('get', 'replicated').then(({ stdout }) => {
        value = stdout
      })
      return value === 'yes\n'
    })
    const result = await tracer.stop()
    for (const role of ROLES) {
      const rows = redis(result, role)
      expect(rows.map((row) => row.req_cmd)).toEqual(['PING', 'REPLCONF', 'REPLCONF', 'PSYNC'])
      expect(String(rows.at(-1)?.resp)).toMatch(/^FULLRESYNC [0-9a-f]{40} \d+$/)
    }
    await replica.stop()
  })
})
