import { once } from 'node:events'
import { join } from 'node:path'
import { describeBpf, sleep } from '../harness/live.js'
import { expectMultiset, pick } from '../harness/multiset.js'
import { type Row, type Traced, traceWhile } from '../harness/trace.js'
import { ACCOUNT, type Mariadb, type Statement, startMariadb } from '../servers/mariadb.js'
import { type Program, program, python } from '../servers/packages.js'
import { run, start } from '../servers/process.js'

const NODE = { file: process.execPath, env: process.env }
const client = (name: string): string => join(import.meta.dirname, 'clients', name)
const ROLES = ['server', 'client'] as const

const mysql = (traced: Traced, role: string): Row[] =>
  traced.rows.filter((row) => row.table_ === 'mysql_events' && row.trace_role === role)

/** Commands of the log whose text is the statement as it was sent. */
const VERBATIM: Readonly<Record<string, string>> = {
  Query: 'COM_QUERY',
  Prepare: 'COM_STMT_PREPARE',
  'Init DB': 'COM_INIT_DB',
}
/** Commands that are compared by their number only: the log writes their text in its own way, or none.
 * It has no line for a ping or the close of a statement. */
const COUNTED: Readonly<Record<string, string>> = {
  Execute: 'COM_STMT_EXECUTE',
  'Field List': 'COM_FIELD_LIST',
  'Change user': 'COM_CHANGE_USER',
  Quit: 'COM_QUIT',
}
const SHOWN = 200

const word = (command: string): string | undefined => VERBATIM[command] ?? COUNTED[command]

function logged(log: readonly Statement[]): unknown[] {
  return log.flatMap(({ command, text }) => {
    const name = word(command)
    return name === undefined ? [] : [[name, command in VERBATIM ? text.slice(0, SHOWN) : '']]
  })
}

function traced(rows: readonly Row[]): unknown[] {
  const verbatim = new Set(Object.values(VERBATIM))
  const counted = new Set(Object.values(COUNTED))
  return rows
    .filter((row) => verbatim.has(String(row.req_cmd)) || counted.has(String(row.req_cmd)))
    .map((row) => [row.req_cmd, verbatim.has(String(row.req_cmd)) ? String(row.req_body).slice(0, SHOWN) : ''])
}

/** Executions as the log writes them: values in the place of the question marks, a quote as \'. */
function filled(rows: readonly Row[]): string[] {
  return rows
    .map((row) => /^query=\[(.*)\] params=\[(.*)\]$/s.exec(String(row.req_body)))
    .filter((match) => match !== null)
    .map(([, sql = '', params = '']) => {
      const values = params.match(/'(?:[^']|'')*'|[^,\s]+/g) ?? []
      return sql.replace(/\?/g, () => (values.shift() ?? '').replace(/(?<=.)''(?=.)/g, "\\'"))
    })
}

const query = (rows: readonly Row[], start: string): Row | undefined =>
  rows.find((row) => String(row.req_body).startsWith(start))

describeBpf('MySQL, traced live', 9, () => {
  let db: Mariadb
  beforeAll(async () => {
    db = await startMariadb()
  })
  afterAll(() => db.stop())

  /** Each statement in the general log is there once as the server saw it and once as the client did. */
  async function expectBothRoles(
    atLeast: number,
    work: () => Promise<unknown>,
    ...more: readonly string[]
  ): Promise<Traced> {
    const before = db.generalLog().length
    const result = await traceWhile(['--connectors', 'mysql', '--port', `${db.port}`, ...more], async () => {
      await work()
      await sleep(100)
    })
    expect(result.exitCode).toBe(0)
    const log = logged(db.generalLog().slice(before))
    expect(log.length).toBeGreaterThanOrEqual(atLeast)
    for (const role of ROLES) expectMultiset(traced(mysql(result, role)), log)
    expect(result.losses.filter(({ kind }) => kind === 'lost')).toEqual([])
    return result
  }

  async function expectExit(code: number, what: Program, args: readonly string[]): Promise<void> {
    const result = await run(what, args)
    expect({ code: result.code, stderr: result.stderr }).toMatchObject({ code })
  }

  // The first --execute undoes a --force before it.
  function cli(sql: string, ...more: string[]): [Program, string[]] {
    const account = [`--user=${ACCOUNT.user}`, `--password=${ACCOUNT.password}`, ACCOUNT.database]
    return [
      program('mariadb'),
      ['--no-defaults', '--host=127.0.0.1', `--port=${db.port}`, ...account, '--execute', sql, ...more],
    ]
  }

  test('the mariadb command line: statements, results, errors', async () => {
    const sql = `create table cli (id int, name text); insert into cli values (1, 'a'), (2, 'b\nc'), (3, 'ü');
      select * from cli; select * from cli where id = 0; select * from absent; drop table cli`
    const result = await expectBothRoles(6, () => expectExit(0, ...cli(sql, '--force')))
    for (const role of ROLES) {
      const rows = mysql(result, role)
      expect(query(rows, 'select * from cli')).toMatchObject({ resp_rows: 3, error: null, partial: false })
      expect(query(rows, 'select * from cli where')).toMatchObject({ resp_rows: 0, error: null })
      expect(String(query(rows, 'select * from absent')?.error)).toContain("Table 'shop.absent' doesn't exist")
      expect(query(rows, 'drop table cli')).toMatchObject({ error: null })
    }
  })

  test('mysql2: text and prepared statements, several results, a long statement', async () => {
    const result = await expectBothRoles(18, () => expectExit(0, NODE, [client('mysql2.mjs'), `${db.port}`]))
    for (const role of ROLES) {
      const rows = mysql(result, role)
      const executed = rows.filter((row) => row.req_cmd === 'COM_STMT_EXECUTE')
      expect(rows.filter((row) => row.req_cmd === 'COM_STMT_CLOSE')).toHaveLength(2)
      expect(rows.filter((row) => row.req_cmd === 'COM_PING')).toHaveLength(1)
      expect(pick(executed, 'error')).toEqual([[null], [null], [null], [null]])
      expect(pick(executed.slice(0, 3), 'resp_rows')).toEqual([[1], [1], [1]])
      for (const row of executed.slice(0, 3)) expect(row.req_body).toContain('select name from mysql2 where id = ')
      expect(query(rows, 'select * from mysql2 order')).toMatchObject({ resp_rows: 3 })
      expect(query(rows, 'select nope')?.error).toContain('Unknown column')
      expect(query(rows, 'selec 1')?.error).toContain('error in your SQL syntax')
      expect(query(rows, 'insert into mysql2 values (1, 2')?.error).toContain('Duplicate entry')
      const long = query(rows, "select 'xxx")
      expect(long?.truncated).toContain('req_body')
      expect(long).toMatchObject({ resp_rows: 1, error: null })
    }
  })

  test.each(['', 'compress'])('mysql2: LOCAL INFILE, CALL, dates and NULLs, 20 MB %s', async (mode) => {
    const before = db.generalLog().length
    const work = (): Promise<void> => expectExit(0, NODE, [client('mysql2-more.mjs'), `${db.port}`, mode])
    const result = await expectBothRoles(14, work, '--ring-bytes', '128Mi')
    const log = db.generalLog().slice(before)
    const executions = log
      .filter(({ command }) => command === 'Execute')
      .map(({ text }) => text.replace(/TIMESTAMP(?=')/g, ''))
    for (const role of ROLES) {
      const rows = mysql(result, role)
      expect(rows.filter((row) => row.error !== null || row.partial)).toEqual([])
      expectMultiset(filled(rows), executions)
      expect(query(rows, 'load data')).toMatchObject({ resp_affected_rows: 3000 })
      expect(query(rows, 'call many')).toMatchObject({ resp_rows: 2003, resp_affected_rows: 3003 })
      expect(query(rows, 'select length')).toMatchObject({ resp_rows: 1, truncated: ['req_body'] })
      expect(query(rows, 'select seq from')).toMatchObject({ resp_rows: 50_000 })
      expect(query(rows, "select 'after")).toMatchObject({ resp_rows: 1 })
    }
  })

  test('the mariadb command line, compressed', async () => {
    const sql = "select seq, repeat('x', 200) from seq_1_to_5000; select * from absent; select 1"
    const result = await expectBothRoles(3, () => expectExit(0, ...cli(sql, '--compress', '--force')))
    for (const role of ROLES) {
      const rows = mysql(result, role)
      expect(query(rows, 'select seq')).toMatchObject({ resp_rows: 5000, error: null, partial: false })
      expect(String(query(rows, 'select * from absent')?.error)).toContain("Table 'shop.absent' doesn't exist")
      expect(query(rows, 'select 1')).toMatchObject({ resp_rows: 1, error: null })
    }
  })

  test('connections that are older than the trace, one of them compressed', async () => {
    const old = start(NODE, { args: [client('mysql2-older.mjs'), `${db.port}`], stdin: 'pipe', stdout: 'pipe' })
    await once(old.child.stdout as NodeJS.ReadableStream, 'data')
    const result = await expectBothRoles(5, async () => {
      old.child.stdin?.end()
      await once(old.child, 'close')
    })
    for (const role of ROLES) {
      const rows = mysql(result, role)
      const [before, since] = rows.filter((row) => row.req_cmd === 'COM_STMT_EXECUTE')
      expect(before).toMatchObject({ resp_rows: 1, error: null, partial: true })
      expect(before?.req_body).toMatch(/^Execute stmt_id=\d+\.$/)
      expect(since).toMatchObject({ req_body: "query=[select ? as prepared_since] params=['x']", resp_rows: 1 })
      expect(rows.filter((row) => row.req_cmd === 'COM_PING')).toHaveLength(1)
      expect(query(rows, "select 'of an older")).toMatchObject({ resp_rows: 1, error: null, partial: false })
      expect(query(rows, 'select seq')).toMatchObject({ resp_rows: 1000, error: null })
    }
  })

  test('pymysql: autocommit off, binary values, errors', async () => {
    const result = await expectBothRoles(9, () => expectExit(0, python(), [client('pymysql-client.py'), `${db.port}`]))
    const rows = mysql(result, 'server')
    expect(query(rows, 'select * from python')).toMatchObject({ resp_rows: 3, error: null })
    expect(query(rows, 'select * from absent')?.error).toContain("doesn't exist")
  })

  test('what a row says, and that it says no password', async () => {
    const result = await expectBothRoles(1, () => expectExit(0, ...cli('select sleep(0.1)')))
    const row = query(mysql(result, 'server'), 'select sleep')
    expect(row).toMatchObject({
      pid: db.pid,
      comm: 'mariadbd',
      local_addr: '127.0.0.1',
      local_port: db.port,
      remote_addr: '127.0.0.1',
      encrypted: false,
      req_cmd: 'COM_QUERY',
      req_body: 'select sleep(0.1)',
      resp_rows: 1,
      error: null,
    })
    expect(row?.latency).toBeGreaterThan(100e6)
    expect(query(mysql(result, 'client'), 'select sleep')).toMatchObject({ remote_port: db.port })
    expect(result.text).not.toContain(ACCOUNT.password)
    expect(result.text).not.toContain('mysql_native_password')
  })

  test('a large result: all rows counted, and the statements after it', async () => {
    const sql = "select seq, repeat('x', 200) from seq_1_to_5000; select 1"
    const result = await expectBothRoles(2, () => expectExit(0, ...cli(sql)))
    for (const role of ROLES) {
      expect(query(mysql(result, role), 'select seq')).toMatchObject({ resp_rows: 5000, error: null })
      expect(query(mysql(result, role), 'select 1')).toMatchObject({ resp_rows: 1, error: null })
    }
  })
})
