import { join } from 'node:path'
import { describeBpf, sleep, waitFor } from '../harness/live.js'
import { expectMultiset } from '../harness/multiset.js'
import { type Row, type Traced, trace } from '../harness/trace.js'
import { ferretdb, type Mongodb, startMongodb } from '../servers/mongodb.js'
import { type Program, python } from '../servers/packages.js'
import { run, start } from '../servers/process.js'

const NODE: Program = { file: process.execPath, env: process.env }
const client = (name: string): string => join(import.meta.dirname, 'clients', name)
const ROLES = ['server', 'client'] as const
const PASSWORD = 'secret-of-tester'
const SETTLED_MS = 20_000

const mongodb = (rows: readonly Row[], role: string): Row[] =>
  rows.filter((row) => row.table_ === 'mongodb_events' && row.trace_role === role)

/** Drivers do not tell what they ask for themselves. */
const UNTOLD = /^(?:hello|ismaster|saslStart|saslContinue|endSessions)$/i

const told = (rows: readonly Row[]): unknown[] =>
  rows
    .filter((row) => !UNTOLD.test(String(row.req_cmd)))
    .map((row) => [row.req_cmd, row.req_database, row.req_collection, row.error !== null])

const found = ferretdb()
const lacking = 'lacking' in found ? found.lacking : undefined

describeBpf(
  'MongoDB, traced live',
  3,
  () => {
    let db: Mongodb
    beforeAll(async () => {
      db = await startMongodb(found as Program)
    }, 90_000)
    afterAll(() => db.stop())

    /** Each command that the client tells is there once as the server saw it and once as the client did. */
    async function expectBothRoles(what: Program, args: readonly string[]): Promise<Traced> {
      const tracer = trace(['--connectors', 'mongodb', '--port', `${db.port}`])
      await tracer.ready
      const { code, stdout, stderr } = await run(what, args, { ms: 60_000 })
      expect({ code, stderr }).toMatchObject({ code: 0 })
      const asked = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown[])
      const lines = asked.filter(([name]) => !UNTOLD.test(String(name)))
      const settled = (): boolean => ROLES.every((role) => told(mongodb(tracer.rows(), role)).length >= lines.length)
      await waitFor(settled, SETTLED_MS).catch(() => undefined)
      const result = await tracer.stop()
      expect(result.exitCode).toBe(0)
      for (const role of ROLES) expectMultiset(told(mongodb(result.rows, role)), lines)
      return result
    }

    const of = (rows: readonly Row[], cmd: string, collection: string): Row[] =>
      rows.filter((row) => row.req_cmd === cmd && row.req_collection === collection)

    test('the driver for Node: cursors, values, large documents, errors, several connections', async () => {
      const result = await expectBothRoles(NODE, [client('mongodb.mjs'), `${db.port}`])
      for (const role of ROLES) {
        const rows = mongodb(result.rows, role)
        expect(of(rows, 'insert', 'items')[0]).toMatchObject({
          req_docs: 300,
          resp_n: 300,
          resp_result: 'OK',
          req_op: 'OP_MSG',
        })
        const batches = [...of(rows, 'find', 'items').slice(0, 1), ...of(rows, 'getMore', 'items')]
        expect(batches.map((row) => row.resp_docs).reduce((sum, n) => Number(sum) + Number(n), 0)).toBe(150)
        const types = String(of(rows, 'insert', 'types')[0]?.req_body)
        expect(types).toContain('"_id":{"$oid":"507f1f77bcf86cd799439011"},"long":{"$numberLong":"9007199254740993"}')
        expect(types).toContain('"when":{"$date":"2015-06-30T17:29:00.123Z"},"ratio":0.5,"nothing":null')
        expect(of(rows, 'insert', 'large')[0]).toMatchObject({ req_docs: 1, resp_n: 1, truncated: ['req_body'] })
        expect(of(rows, 'find', 'large')[0]).toMatchObject({
          resp_docs: 1,
          resp_result: 'OK',
          truncated: ['resp_body'],
        })
        expect(rows.find((row) => row.req_cmd === 'nosuchcommand')).toMatchObject({
          resp_error_code: 59,
          resp_error_name: 'CommandNotFound',
        })
        expect(
          of(rows, 'insert', 'items')
            .filter((row) => row.resp_error_code === 11000)
            .map((row) => row.resp_errors),
        ).toEqual([1, 2])
        expect(rows.filter((row) => row.error === 'no response' && row.req_cmd !== 'endSessions')).toEqual([])
      }
    }, 120_000)

    test('PyMongo: batches, writes without an answer, errors, a login', async () => {
      const result = await expectBothRoles(python(), [client('pymongo-client.py'), `${db.port}`, PASSWORD])
      for (const role of ROLES) {
        const rows = mongodb(result.rows, role)
        const quiet = rows.filter((row) => row.resp_result === 'NONE')
        expect(quiet.map((row) => row.req_cmd)).toEqual(['insert', 'insert', 'insert'])
        const login = rows.filter((row) => row.req_cmd === 'saslStart')
        expect(login.length).toBeGreaterThan(0)
        for (const row of login) expect(row.req_body).toContain('"payload":"[REDACTED]"')
        expect(rows.filter((row) => row.partial === true)).toEqual([])
      }
      expect(result.text).not.toContain(Buffer.from(`\0tester\0${PASSWORD}`).toString('base64'))
      expect(result.text).not.toContain(PASSWORD)
    }, 120_000)

    test('a connection that is older than the trace', async () => {
      const session = start(NODE, {
        args: [client('mongodb.mjs'), `${db.port}`, 'wait'],
        stdin: 'pipe',
        stdout: 'pipe',
      })
      let said = ''
      session.child.stdout?.on('data', (chunk: Buffer) => {
        said += chunk.toString()
      })
      await waitFor(() => said.includes('"ping"'), 30_000)
      const tracer = trace(['--connectors', 'mongodb', '--port', `${db.port}`])
      await tracer.ready
      session.child.stdin?.write('go\n')
      const counts = (rows: readonly Row[], role: string): unknown[] =>
        mongodb(rows, role)
          .filter((row) => String(row.req_collection).startsWith('late'))
          .map((row) => [row.req_collection, row.resp_result])
      await waitFor(() => ROLES.every((role) => counts(tracer.rows(), role).length >= 5), SETTLED_MS).catch(
        () => undefined,
      )
      await sleep(100)
      const result = await tracer.stop()
      const wanted = [0, 1, 2, 3, 4].map((i) => [`late${i}`, 'OK'])
      for (const role of ROLES) expectMultiset(counts(result.rows, role), wanted)
    }, 120_000)
  },
  () => lacking,
)
