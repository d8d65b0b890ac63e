import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describeBpf, sleep, waitFor } from '../harness/live.js'
import { expectMultiset, pick } from '../harness/multiset.js'
import { type Row, type Traced, trace, traceWhile } from '../harness/trace.js'
import { type Program, program, python } from '../servers/packages.js'
import { ACCOUNT, type Entry, PLAIN_USER, type Postgres, psql, startPostgres } from '../servers/postgres.js'
import { run, start, temporaryFolder } from '../servers/process.js'

const ROLES = ['server', 'client'] as const
const SHOWN = 200

const pgsql = (rows: readonly Row[], role: string): Row[] =>
  rows.filter((row) => row.table_ === 'pgsql_events' && row.trace_role === role)

// «$1 = 'it''s', $2 = NULL» → it's, NULL
function values(detail: string): string {
  const list = [...detail.matchAll(/\$\d+ = (?:'((?:[^']|'')*)'|NULL)/g)]
  return list.map(([, text]) => text?.replaceAll("''", "'") ?? 'NULL').join(', ')
}

/** What the log has of queries and executions, and of errors. */
function logged(log: readonly Entry[]): unknown[] {
  return log.flatMap(({ severity, sqlstate, message, detail }) => {
    if (severity === 'ERROR') return [['error', sqlstate, message]]
    const [, kind, sql] = /^(statement|execute \S+): ([\s\S]*)$/.exec(message) ?? []
    if (kind === undefined || sql === undefined) return []
    if (kind === 'statement') return [['Query', sql.slice(0, SHOWN)]]
    return [['Execute', `query=[${sql}] params=[${values(detail)}]`.slice(0, SHOWN)]]
  })
}

/** The same of the rows. A statement that cannot be parsed is not in the log, but its error is. */
function traced(rows: readonly Row[]): unknown[] {
  return rows.flatMap((row) => {
    const { req_cmd, req, resp_result, resp, resp_sqlstate } = row
    const error = resp_result === 'ERR' ? [['error', resp_sqlstate, String(resp).replace(/ \([\s\S]*$/, '')]] : []
    const executed = req_cmd === 'Execute' && resp_result !== 'NONE'
    const asked = executed || (req_cmd === 'Query' && resp_sqlstate !== '42601')
    return asked ? [...error, [req_cmd, String(req).slice(0, SHOWN)]] : error
  })
}

const find = (rows: readonly Row[], start: string): Row | undefined =>
  rows.find((row) => String(row.req).startsWith(start))

describeBpf('PostgreSQL, traced live', 12, () => {
  let db: Postgres
  beforeAll(async () => {
    db = await startPostgres()
  })
  afterAll(() => db.stop())

  const SCOPE = (): string[] => ['--connectors', 'pgsql', '--port', `${db.port}`]

  /** Each statement in the server's log is there once as the server saw it and once as the client did. */
  async function expectBothRoles(atLeast: number, work: () => Promise<unknown>): Promise<Traced> {
    const before = db.log().length
    const result = await traceWhile(SCOPE(), async () => {
      await work()
      await sleep(150)
    })
    expect(result.exitCode).toBe(0)
    const log = logged(db.log().slice(before))
    expect(log.length).toBeGreaterThanOrEqual(atLeast)
    for (const role of ROLES) expectMultiset(traced(pgsql(result.rows, role)), log)
    expect(result.losses.filter(({ kind }) => kind === 'lost')).toEqual([])
    return result
  }

  async function expectExit(code: number, what: Program, args: readonly string[], input?: string): Promise<void> {
    const result = await run(what, args, input === undefined ? {} : { input })
    if (result.code !== code) throw new Error(`exit code ${result.code}: ${result.stderr}`)
  }

  const to = (user: string): string[] => [
    '--host=127.0.0.1',
    `--port=${db.port}`,
    `--username=${user}`,
    '--dbname=shop',
  ]
  const cli = (...sql: readonly string[]): [Program, string[]] =>
    psql(...to(ACCOUNT.user), ...sql.flatMap((each) => ['--command', each]))

  test('psql: statements, results, errors', async () => {
    const work = cli(
      "create table cli (id int, name text); insert into cli values (1, 'a'), (2, 'b\nc'), (3, 'ü')",
      'select * from cli; select count(*) from cli',
      'select * from cli where id = 0',
      'select * from absent',
      'selec 1',
      "do $$ begin raise notice 'hi'; end $$",
      'drop table cli',
    )
    const result = await expectBothRoles(8, () => expectExit(0, ...work))
    for (const role of ROLES) {
      const rows = pgsql(result.rows, role)
      expect(rows[0]).toMatchObject({ req_cmd: 'Startup', req: 'user=tester database=shop application_name=psql' })
      expect(rows[0]?.resp).toMatch(/^auth=sasl\nserver_version=15/)
      expect(find(rows, 'create table cli')).toMatchObject({ resp: 'CREATE TABLE\nINSERT 0 3', resp_affected_rows: 3 })
      expect(find(rows, 'select * from cli; select')).toMatchObject({
        resp: 'id,name\n1,a\n2,b\nc\n3,ü\nSELECT 3\ncount\n3\nSELECT 1',
        resp_rows: 4,
        error: null,
        partial: false,
      })
      expect(find(rows, 'select * from cli where')).toMatchObject({ resp_rows: 0, error: null })
      expect(find(rows, 'select * from absent')?.error).toBe('42P01: relation "absent" does not exist')
      expect(find(rows, 'selec 1')?.error).toMatch(/^42601: syntax error/)
    }
  })

  test('COPY in both directions', async () => {
    const work = psql(...to(ACCOUNT.user), '--file=-')
    const input = `create table copied (id int, name text);
\\copy copied from stdin
${Array.from({ length: 1000 }, (_, i) => `${i}\trow ${i}\n`).join('')}\\.
\\copy copied to '/dev/null'
copy copied from stdin;
not a number
\\.
drop table copied;
`
    const result = await expectBothRoles(5, () => expectExit(0, ...work, input))
    for (const role of ROLES) {
      const rows = pgsql(result.rows, role)
      const copies = rows.filter((row) => /copy/i.test(String(row.req)) && row.resp_result === 'OK')
      expect(
        pick(
          copies.filter((row) => /^COPY/.test(String(row.resp))),
          'resp_affected_rows',
          'resp_rows',
        ),
      ).toEqual([
        [1000, null],
        [null, 1000],
      ])
      expect(find(rows, 'copy copied from stdin;')?.error).toMatch(/^22P02: invalid input syntax/)
    }
  })

  test('pg8000: named statements, values in binary form', async () => {
    const work = (): Promise<void> =>
      expectExit(0, python(), [join(import.meta.dirname, 'clients/pg8000-client.py'), `${db.port}`])
    const result = await expectBothRoles(12, work)
    for (const role of ROLES) {
      const executed = pgsql(result.rows, role).filter((row) => row.req_cmd === 'Execute')
      const selected = executed.find((row) => String(row.req).includes('select id, name'))
      expect(selected).toMatchObject({ resp_rows: 2, error: null, partial: false })
      expect(executed.find((row) => String(row.req).includes('id > $1'))).toMatchObject({ resp_rows: 0 })
      expect(executed.filter((row) => row.partial)).toEqual([])
    }
  })

  test.each(['simple', 'extended', 'prepared'])('pgbench, %s protocol', async (protocol) => {
    const { file, env } = program('pgbench')
    const what = { file, env: { ...env, PGUSER: PLAIN_USER } }
    const server = ['--host=127.0.0.1', `--port=${db.port}`, 'shop']
    await expectExit(0, what, ['--initialize', '--quiet', ...server])
    const args = ['--no-vacuum', '--client=2', '--transactions=25', `--protocol=${protocol}`, ...server]
    const result = await expectBothRoles(2 * 25 * 7, () => expectExit(0, what, args))
    for (const role of ROLES) expect(pgsql(result.rows, role).filter((row) => row.error !== null)).toEqual([])
  })

  test('pgbench, batches in a pipeline', async () => {
    const { file, env } = program('pgbench')
    const folder = await temporaryFolder('pgbench')
    const script = join(folder.path, 'pipeline.sql')
    const statements = ['select 30 as a', 'select 31 as b', 'select count(*) from generate_series(1, 40)']
    await writeFile(script, ['\\startpipeline', ...statements.map((sql) => `${sql};`), '\\endpipeline', ''].join('\n'))
    const server = ['--host=127.0.0.1', `--port=${db.port}`, 'shop']
    const args = ['--no-vacuum', '--transactions=20', '--protocol=prepared', `--file=${script}`, ...server]
    await expectBothRoles(60, () => expectExit(0, { file, env: { ...env, PGUSER: PLAIN_USER } }, args))
    await folder.remove()
  })

  test('what a row says', async () => {
    const result = await expectBothRoles(1, () => expectExit(0, ...cli('select pg_sleep(0.1)')))
    const row = find(pgsql(result.rows, 'server'), 'select pg_sleep')
    expect(row).toMatchObject({
      comm: 'postgres',
      local_addr: '127.0.0.1',
      local_port: db.port,
      remote_addr: '127.0.0.1',
      encrypted: false,
      req_cmd: 'Query',
      req: 'select pg_sleep(0.1)',
      resp_rows: 1,
      error: null,
    })
    expect(row?.latency).toBeGreaterThan(100e6)
    expect(find(pgsql(result.rows, 'client'), 'select pg_sleep')).toMatchObject({ remote_port: db.port, comm: 'psql' })
  })

  test('many rows, a row of 3 MB, and the statement after them', async () => {
    const many = "select i, repeat('x', 200) from generate_series(1, 5000) i"
    const work = cli(many, "select repeat('y', 3000000)", 'select 1', `select '${'z'.repeat(100_000)}'`)
    const result = await expectBothRoles(4, () => expectExit(0, ...work))
    for (const role of ROLES) {
      const rows = pgsql(result.rows, role)
      expect(find(rows, 'select i')).toMatchObject({
        resp_rows: 5000,
        error: null,
        truncated: ['resp'],
        partial: false,
      })
      expect(find(rows, 'select repeat')).toMatchObject({ resp_rows: 1, truncated: ['resp'], partial: false })
      expect(find(rows, 'select 1')).toMatchObject({ resp: '?column?\n1\nSELECT 1', error: null })
      expect(find(rows, "select 'zzz")).toMatchObject({ resp_rows: 1, truncated: ['req', 'resp'] })
    }
  })

  test('no password and no proof of one is shown', async () => {
    const secret = 'secret-of-nobody'
    const result = await traceWhile(SCOPE(), async () => {
      await expectExit(0, ...cli(`create role nobody password '${secret}'`, 'drop role nobody'))
      await sleep(100)
    })
    expect(find(pgsql(result.rows, 'server'), 'create role')?.req).toBe('create role nobody password [REDACTED]')
    for (const word of [secret, ACCOUNT.password, 'SCRAM', 'c=biws']) expect(result.text).not.toContain(word)
  })

  test('a connection that is older than the trace', async () => {
    const client = start(...startable(psql(...to(PLAIN_USER), '--file=-')))
    const say = (sql: string): unknown => client.child.stdin?.write(`${sql};\n`)
    say('select 10')
    await waitFor(() => db.log().some(({ message }) => message === 'statement: select 10;'))
    const tracer = trace(SCOPE())
    await tracer.ready
    say('select 20')
    say('select 21')
    await waitFor(() => pgsql(tracer.rows(), 'server').length >= 2)
    client.child.stdin?.end()
    const { rows } = await tracer.stop()
    for (const role of ROLES) {
      expect(pick(pgsql(rows, role), 'req', 'resp_rows', 'partial')).toEqual([
        ['select 20;', 1, false],
        ['select 21;', 1, false],
      ])
    }
  })

  test('a cancel request, and the query that it ends', async () => {
    const result = await traceWhile(SCOPE(), async () => {
      const client = start(...startable(cli('select pg_sleep(20)')))
      await waitFor(() => db.log().some(({ message }) => message === 'statement: select pg_sleep(20)'))
      client.child.kill('SIGINT')
      await once(client.child, 'exit')
      await sleep(150)
    })
    for (const role of ROLES) {
      const rows = pgsql(result.rows, role)
      expect(find(rows, 'select pg_sleep')?.error).toMatch(/^57014: /)
      expect(rows.find((row) => row.req_cmd === 'CancelRequest')).toMatchObject({ resp_result: 'NONE', error: null })
    }
  })
})

const startable = ([what, args]: [Program, string[]]): Parameters<typeof start> => [what, { args, stdin: 'pipe' }]
