import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { chown, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Program, program } from './packages.js'
import { freePort, ready, register, run, start, temporaryFolder } from './process.js'
import { type Certificates, installCertificate } from './tls.js'

/** A line of the server's log. */
export interface Entry {
  readonly pid: number
  /** LOG · ERROR · FATAL … */
  readonly severity: string
  readonly sqlstate: string
  readonly message: string
  /** The values of parameters, where `message` is that of an execution. */
  readonly detail: string
}

export interface Postgres {
  readonly port: number
  /** Folder of the unix socket. */
  readonly folder: string
  readonly pid: number
  /** Everything that clients asked so far; still there after `stop`. */
  log(): Entry[]
  stop(): Promise<void>
}

/** The account of the tests, with SCRAM. */
export const ACCOUNT = { user: 'tester', password: 'secret-of-tester', database: 'shop' } as const
/** An account without a password. */
export const PLAIN_USER = 'plain'

const OPTIONS = [
  'listen_addresses=127.0.0.1',
  'logging_collector=on',
  'log_destination=jsonlog',
  'log_filename=server',
  'log_statement=all',
  'log_parameter_max_length=-1',
  'timezone=GMT',
  'jit=off',
  'fsync=off',
  'shared_buffers=16MB',
  'max_wal_senders=4',
  'wal_level=logical',
].flatMap((option) => ['-c', option])

const HOSTS = `local all all trust
host all ${PLAIN_USER} 127.0.0.1/32 trust
host replication all 127.0.0.1/32 trust
host all all 127.0.0.1/32 scram-sha-256
`

/** The user that the server runs as: it refuses root. */
function unprivileged(file: string): number | undefined {
  if (process.getuid?.() !== 0) return undefined
  const users = readFileSync('/etc/passwd', 'utf8').split('\n')
  const line = users.find((each) => each.startsWith('postgres:')) ?? users.find((each) => each.startsWith('nobody:'))
  const uid = Number(line?.split(':')[2])
  if (Number.isInteger(uid) && spawnSync('test', ['-x', file], { uid, gid: uid }).status === 0) return uid
  throw new Error(`postgres refuses root, and another user cannot run ${file}`)
}

async function initialize(data: string, user: number | undefined): Promise<void> {
  const args = ['--pgdata', data, '--no-sync', '--auth=trust', '--username=postgres', '--encoding=UTF8', '--locale=C']
  const { code, stdout, stderr } = await run(program('initdb'), args, { user })
  if (code !== 0) throw new Error(`initdb failed: ${stdout}${stderr}`)
  await writeFile(join(data, 'pg_hba.conf'), HOSTS)
}

/** psql, and the arguments that make it quiet. */
export function psql(...args: readonly string[]): [Program, string[]] {
  const what = program('psql')
  const env = { ...what.env, PGPASSWORD: ACCOUNT.password, PSQLRC: '/dev/null', PGOPTIONS: '' }
  return [{ file: what.file, env }, ['--no-psqlrc', '--quiet', ...args]]
}

async function createAccounts(folder: string, port: number): Promise<void> {
  const statements = [
    `create role ${ACCOUNT.user} login superuser password '${ACCOUNT.password}'`,
    `create role ${PLAIN_USER} login superuser`,
    `create database ${ACCOUNT.database}`,
  ]
  const commands = statements.flatMap((sql) => ['--command', sql])
  const to = ['--host', folder, '--port', `${port}`, '--username', 'postgres', '--dbname', 'postgres']
  const { code, stderr } = await run(...psql(...to, ...commands))
  if (code !== 0) throw new Error(`psql did not create the accounts: ${stderr}`)
}

function parseLog(data: string): Entry[] {
  const folder = join(data, 'log')
  const file = readdirSync(folder).find((name) => name.endsWith('.json'))
  const lines = file === undefined ? [] : readFileSync(join(folder, file), 'utf8').split('\n').filter(Boolean)
  return lines.map((line) => {
    const { pid, error_severity, state_code, message, detail } = JSON.parse(line) as Record<string, string>
    return {
      pid: Number(pid),
      severity: error_severity ?? '',
      sqlstate: state_code ?? '',
      message: message ?? '',
      detail: detail ?? '',
    }
  })
}

// Who connects is logged then, and how it is encrypted.
async function encryption(certificates: Certificates, folder: string, user: number | undefined): Promise<string[]> {
  const { cert, key } = await installCertificate(certificates, folder, user)
  const options = ['ssl=on', `ssl_cert_file=${cert}`, `ssl_key_file=${key}`, 'log_connections=on']
  return options.flatMap((option) => ['-c', option])
}

/** Starts PostgreSQL on a free loopback port, with an empty database, `ACCOUNT` and `PLAIN_USER`. */
export async function startPostgres(options: { readonly certificates?: Certificates } = {}): Promise<Postgres> {
  const postgres = program('postgres')
  const user = unprivileged(postgres.file)
  const folder = await temporaryFolder('postgres')
  if (user !== undefined) await chown(folder.path, user, user)
  const data = join(folder.path, 'data')
  await initialize(data, user)
  const port = await freePort()
  const places = ['-D', data, '-p', `${port}`, '-k', folder.path]
  const { certificates } = options
  const tls = certificates === undefined ? [] : await encryption(certificates, folder.path, user)
  const server = start(postgres, { args: [...places, ...OPTIONS, ...tls], user })
  const ping = ['--host', folder.path, '--port', `${port}`, '--username', 'postgres', '--dbname', 'postgres']
  await ready('postgres', server, async () => (await run(...psql(...ping, '--list'))).code === 0, folder)
  await createAccounts(folder.path, port)
  const skip = parseLog(data).length
  let last: Entry[] | undefined
  return register({
    port,
    folder: folder.path,
    pid: server.pid,
    log: () => last ?? parseLog(data).slice(skip),
    stop: async () => {
      // A fast shutdown: clients are sent away.
      await server.stop('SIGINT')
      last ??= parseLog(data).slice(skip)
      await folder.remove()
    },
  })
}
