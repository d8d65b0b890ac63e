import { join } from 'node:path'
import { describeBpf, waitFor } from '../harness/live.js'
import { expectMultiset, multisetDiff } from '../harness/multiset.js'
import { type Row, type Traced, trace } from '../harness/trace.js'
import { type Audited, type Cassandra, startCassandra, whyNoCassandra } from '../servers/cassandra.js'
import { type Program, python } from '../servers/packages.js'
import { type Output, run, start } from '../servers/process.js'

const NODE: Program = { file: process.execPath, env: process.env }
const client = (name: string): string => join(import.meta.dirname, 'clients', name)
const ROLES = ['server', 'client'] as const
const SETTLED_MS = 30_000
const TEST_MS = 150_000

const cql = (rows: readonly Row[], role: string): Row[] =>
  rows.filter((row) => row.table_ === 'cql_events' && row.trace_role === role)

const STATEMENTS = /^(?:QUERY|PREPARE|EXECUTE|BATCH)$/
/** The audit log is silent on these keyspaces. */
const UNTOLD = /\bsystem(?:_schema|_virtual_schema)?\./
/** The log hides what is behind the word. */
const plain = (text: string): string => text.replace(/(PASSWORD).*$/s, '$1')

/** Statements of a request: those of a batch are in lines of their own, with their values behind. */
function statementsOf(row: Row): string[] {
  const lines = String(row.req_body).split('\n')
  if (row.req_op !== 'BATCH') return lines.slice(0, 1)
  return lines.slice(1).map((line) => line.replace(/(?: \[.*)?$/, ''))
}

function traced(rows: readonly Row[]): string[] {
  const asked = rows.filter((row) => STATEMENTS.test(String(row.req_op)))
  return asked
    .flatMap((row) => statementsOf(row).map((text) => plain(row.error === null ? text : `${text}; ${row.resp_error}`)))
    .filter((text) => !UNTOLD.test(text))
}

const told = (log: readonly Audited[]): string[] =>
  log.filter(({ type }) => !/^(?:LOGIN_SUCCESS|BATCH)$/.test(type)).map(({ operation }) => plain(operation))

const find = (rows: readonly Row[], start: string, op?: string): Row | undefined =>
  rows.find((row) => String(row.req_body).startsWith(start) && (op === undefined || row.req_op === op))

describeBpf(
  'CQL, traced live',
  6,
  () => {
    let db: Cassandra
    beforeAll(async () => {
      db = await startCassandra()
    }, 200_000)
    afterAll(() => db.stop())

    /** Each statement of the audit log is there once as the server saw it and once as the client did. */
    async function expectBothRoles(atLeast: number, work: () => Promise<Output>): Promise<Traced> {
      const before = db.audited().length
      const tracer = trace(['--connectors', 'cql', '--port', `${db.port}`, '--body-bytes', '8Ki'])
      await tracer.ready
      const { code, stdout, stderr } = await work()
      expect({ code, said: code === 0 ? '' : stdout.slice(-2000) + stderr }).toEqual({ code: 0, said: '' })
      const log = (): string[] => told(db.audited().slice(before))
      const complete = (role: string): boolean => multisetDiff(traced(cql(tracer.rows(), role)), log()).length === 0
      await waitFor(() => log().length >= atLeast && ROLES.every(complete), SETTLED_MS).catch(() => undefined)
      const result = await tracer.stop()
      expect(result.exitCode).toBe(0)
      expect(log().length).toBeGreaterThanOrEqual(atLeast)
      for (const role of ROLES) {
        const rows = cql(result.rows, role)
        expectMultiset(traced(rows), log())
        expect(rows.filter((row) => row.partial === true || row.error === 'no response')).toEqual([])
        const logins = rows.filter((row) => row.req_op === 'AUTH_RESPONSE')
        expect(logins.length).toBeGreaterThan(0)
        for (const row of logins) expect(row).toMatchObject({ req_body: '[REDACTED]', resp_op: 'AUTH_SUCCESS' })
      }
      expect(result.text).not.toContain('secret-of-role')
      return result
    }

    test(
      'the driver for Node, version 4: statements, pages, many at once, a batch, large values, errors',
      async () => {
        const result = await expectBothRoles(140, () =>
          run(NODE, [client('cassandra-driver.mjs'), `${db.port}`], { ms: 90_000 }),
        )
        for (const role of ROLES) {
          const rows = cql(result.rows, role)
          const inserted = find(rows, 'INSERT INTO node.items', 'EXECUTE')
          expect(inserted?.req_body).toContain('\n[0,"item 0 ü",0.50,["a","b"],"2015-06-30T17:29:00.123Z"]')
          expect(inserted).toMatchObject({
            protocol_version: 4,
            req_consistency: 'LOCAL_ONE',
            resp_body: 'Response type = VOID',
          })
          const pages = rows.filter((row) => row.req_body === 'SELECT id FROM node.items')
          expect(pages.map((row) => [row.req_paging, row.resp_more_pages, row.resp_rows])).toEqual([
            [false, true, 6],
            [true, true, 6],
            [true, true, 6],
            [true, false, 2],
          ])
          for (let i = 0; i < 20; i++) {
            const shown = find(rows, `SELECT name FROM node.items WHERE id = ?\n[${i}]`)?.resp_body
            expect(shown).toContain(i === 1 ? '"item 1 ü"' : `["item ${i} ü"]`)
          }
          expect(find(rows, 'SELECT name FROM node.items WHERE id = 40')).toMatchObject({
            resp_rows: 1,
            truncated: ['resp_body'],
          })
          expect(find(rows, 'SELEC 1')?.error).toMatch(/^8192 \(Syntax error\): line 1:0/)
          expect(
            rows.some(
              (row) => row.resp_op === 'EVENT' && String(row.resp_body).includes('CREATED TABLE keyspace=node'),
            ),
          ).toBe(true)
        }
      },
      TEST_MS,
    )

    test.each([
      ['5', '0'],
      ['3', '3'],
    ])(
      'the driver for Python, version %s: types, many at once, a batch, traces',
      async (version, wanted) => {
        const args = [client('cassandra-driver.py'), `${db.port}`, wanted]
        const result = await expectBothRoles(210, () => run(python(), args, { ms: 90_000 }))
        for (const role of ROLES) {
          const rows = cql(result.rows, role)
          const shown = String(find(rows, `INSERT INTO py${wanted}.kinds`, 'EXECUTE')?.req_body)
          expect(shown).toContain(
            '"00112233-4455-6677-8899-aabbccddeeff",9007199254740993,100000000000000000000,0.5,"2015-06-30"',
          )
          expect(shown).toContain('"17:29:00.000005000","127.0.0.2",{"k":7},[1,"zwei"],"0x00ff"]')
          expect(find(rows, `SELECT * FROM py${wanted}.kinds`)?.resp_body).toContain('9007199254740993')
          expect(find(rows, `SELECT name FROM py${wanted}.items WHERE id = 5`)?.resp_tracing_id).toMatch(
            /^[0-9a-f-]{36}$/,
          )
          const paged = rows.filter((row) => row.req_body === `SELECT id, name FROM py${wanted}.items`)
          expect(paged.map((row) => row.resp_rows)).toEqual([60, 60, 60, 20])
          const statements = rows.filter((row) => STATEMENTS.test(String(row.req_op)))
          expect(new Set(statements.map((row) => row.protocol_version))).toEqual(new Set([Number(version)]))
          expect(rows.find((row) => row.req_op === 'BATCH')?.resp_warnings ?? ['none before version 4']).toHaveLength(1)
        }
      },
      TEST_MS,
    )

    test.each([
      ['4', 'LZ4'],
      ['4', 'SNAPPY'],
      ['5', 'LZ4'],
    ])(
      'the driver for Java, version %s compressed by %s',
      async (version, compression) => {
        const work = (): Promise<Output> =>
          db.java(client('CassandraDriver.java'), [`${db.port}`, version, compression])
        const result = await expectBothRoles(55, work)
        const keyspace = `java${version}${compression.toLowerCase()}`
        for (const role of ROLES) {
          const rows = cql(result.rows, role)
          expect(find(rows, `INSERT INTO ${keyspace}.items (id, name) VALUES (?, ?)\n[7,`)?.req_body).toContain(
            '[7,"item 7"]',
          )
          const pages = rows.filter((row) => row.req_body === `SELECT id, name FROM ${keyspace}.items`)
          expect(pages.map((row) => row.resp_rows)).toEqual([20, 20, 11])
        }
      },
      TEST_MS,
    )

    test.each<[string, Program, readonly string[]]>([
      ['4', NODE, ['cassandra-driver.mjs']],
      ['5', python(), ['cassandra-driver.py', '0']],
    ])(
      'a connection that is older than the trace, version %s',
      async (version, what, [name = '', ...more]) => {
        const args = [client(name), `${db.port}`, ...more, 'wait']
        const session = start(what, { args, stdin: 'pipe', stdout: 'pipe' })
        let said = ''
        session.child.stdout?.on('data', (chunk: Buffer) => {
          said += chunk.toString()
        })
        await waitFor(() => said.includes('connected'), 60_000)
        const tracer = trace(['--connectors', 'cql', '--port', `${db.port}`])
        await tracer.ready
        session.child.stdin?.write('go\n')
        const late = (rows: readonly Row[], role: string): unknown[] =>
          cql(rows, role)
            .filter((row) => String(row.req_body).includes("'late"))
            .map((row) => [row.protocol_version, row.req_body, row.resp_rows])
        await waitFor(() => ROLES.every((role) => late(tracer.rows(), role).length >= 5), SETTLED_MS).catch(
          () => undefined,
        )
        const result = await tracer.stop()
        const wanted = [0, 1, 2, 3, 4].map((i) => [
          Number(version),
          `SELECT key FROM system.local WHERE key = 'late${i}'`,
          0,
        ])
        for (const role of ROLES) expectMultiset(late(result.rows, role), wanted)
      },
      TEST_MS,
    )
  },
  whyNoCassandra,
)
