import { join } from 'node:path'
import { describeBpf } from '../harness/live.js'
import { expectMultiset, pick } from '../harness/multiset.js'
import { type Row, type Traced, traceWhile } from '../harness/trace.js'
import { ACCOUNT as MARIADB_ACCOUNT, startMariadb } from '../servers/mariadb.js'
import { program } from '../servers/packages.js'
import { ACCOUNT, psql, startPostgres } from '../servers/postgres.js'
import { run } from '../servers/process.js'
import { type Certificates, makeCertificates } from '../servers/tls.js'

const NODE = { file: process.execPath, env: process.env }
const ROLES = ['server', 'client'] as const
const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const
const client = (name: string): string => join(import.meta.dirname, 'clients', name)

const rowsOf = (traced: Traced, table: string, role: string): Row[] =>
  traced.rows.filter((row) => row.table_ === table && row.trace_role === role)

/** Names of ciphers as OpenSSL has them → as IANA has them. */
async function cipherNames(): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await run(program('openssl'), ['ciphers', '-stdname', 'ALL'])
  return new Map([...stdout.matchAll(/^(\S+)\s+- (\S+)/gm)].map(([, iana = '', openssl = '']) => [openssl, iana]))
}

/** So many handshakes, each of a connection of its own; nothing of what is encrypted, and what was before makes no row. */
function expectHandshakes(traced: Traced, table: string, wanted: readonly unknown[][]): void {
  expect(traced.losses.filter(({ kind }) => kind === 'lost')).toEqual([])
  for (const role of ROLES) {
    const rows = rowsOf(traced, 'tls_events', role)
    expectMultiset(pick(rows, 'version', 'cipher'), wanted)
    expect(rows.filter((row) => row.error !== null || row.partial === true || row.handshake !== 'complete')).toEqual([])
    const port = role === 'client' ? 'local_port' : 'remote_port'
    expect(new Set(rows.map((row) => row[port])).size).toBe(wanted.length)
    expect(rowsOf(traced, table, role)).toEqual([])
  }
}

describeBpf('TLS within a connection, traced live', 3, () => {
  let certificates: Certificates
  let names: ReadonlyMap<string, string>
  beforeAll(async () => {
    certificates = await makeCertificates()
    names = await cipherNames()
  })
  afterAll(() => certificates.remove())

  // What leads to TLS is decoded for its sake.
  test.each(['pgsql,tls', 'tls'])('PostgreSQL: an SSLRequest, then TLS; %s', async (connectors) => {
    const db = await startPostgres({ certificates })
    const to = `hostaddr=127.0.0.1 host=shop.example port=${db.port} user=${ACCOUNT.user} dbname=${ACCOUNT.database}`
    const ca = join(certificates.path, 'ca.pem')
    const traced = await traceWhile(['--connectors', connectors, '--port', `${db.port}`], async () => {
      for (const version of VERSIONS) {
        const bounds = `ssl_min_protocol_version=${version} ssl_max_protocol_version=${version}`
        const url = `${to} sslmode=verify-full sslrootcert=${ca} ${bounds}`
        expect(await run(...psql(url, '--command', 'select 1'))).toMatchObject({ code: 0, stderr: '' })
      }
    })
    await db.stop()
    const log = db.log().flatMap(({ message }) => {
      const [, version, cipher = ''] = /SSL enabled \(protocol=(\S+), cipher=(\S+),/.exec(message) ?? []
      return version === undefined ? [] : [[version, names.get(cipher)]]
    })
    expect(log.map(([version]) => version)).toEqual(VERSIONS)
    expectHandshakes(traced, 'pgsql_events', log)
    for (const role of ROLES) {
      expect(pick(rowsOf(traced, 'tls_events', role), 'server_name')).toEqual([['shop.example'], ['shop.example']])
    }
  })

  test('MariaDB: a request for TLS in the login, then TLS', async () => {
    const db = await startMariadb({ certificates })
    const ca = join(certificates.path, 'ca.pem')
    const { user, password } = MARIADB_ACCOUNT
    const login = ['--no-defaults', '--host=127.0.0.1', `--port=${db.port}`, `--user=${user}`, `--password=${password}`]
    const sql = "show status like 'Ssl_cipher'"
    const said: string[][] = []
    const traced = await traceWhile(['--connectors', 'mysql,tls', '--port', `${db.port}`], async () => {
      for (const version of VERSIONS) {
        const tls = [`--ssl-ca=${ca}`, `--tls-version=${version}`]
        const cli = await run(program('mariadb'), [
          ...login,
          ...tls,
          '--batch',
          '--skip-column-names',
          '--execute',
          sql,
        ])
        expect(cli).toMatchObject({ code: 0, stderr: '' })
        said.push([version, cli.stdout.trim().split('\t')[1] as string])
        const node = await run(NODE, [client('mysql2-tls.mjs'), `${db.port}`, ca, version])
        expect(node).toMatchObject({ code: 0, stderr: '' })
        said.push(node.stdout.trim().split('\t'))
      }
    })
    await db.stop()
    expect(said.map(([version]) => version)).toEqual(VERSIONS.flatMap((version) => [version, version]))
    expectHandshakes(
      traced,
      'mysql_events',
      said.map(([version, cipher]) => [version, names.get(cipher as string)]),
    )
  })
})
