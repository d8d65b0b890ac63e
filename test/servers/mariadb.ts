import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { chown } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { type Program, prefix, program } from './packages.js'
import { freePort, ready, register, run, start, temporaryFolder } from './process.js'
import { type Certificates, installCertificate } from './tls.js'

/** A line of the general log. */
export interface Statement {
  readonly thread: number
  /** Connect · Query · Prepare · Execute · Close stmt · Init DB · Field List · Quit · … */
  readonly command: string
  readonly text: string
}

export interface Mariadb {
  readonly port: number
  readonly socket: string
  readonly pid: number
  /** Everything that clients asked so far; still there after `stop`. */
  generalLog(): Statement[]
  stop(): Promise<void>
}

/** The account of the tests; it may connect from the loopback only. */
export const ACCOUNT = { user: 'tester', password: 'secret', database: 'shop' } as const

const OPTIONS = [
  '--bind-address=127.0.0.1',
  '--local-infile=1',
  '--general-log=1',
  '--log-output=FILE',
  '--skip-name-resolve',
  '--innodb-buffer-pool-size=16M',
  '--innodb-log-file-size=4M',
  '--innodb-flush-log-at-trx-commit=0',
  '--performance-schema=OFF',
  '--max-allowed-packet=64M',
]

/** The user that the server runs as: mariadbd refuses root, unless an unprivileged user cannot read its files. */
function unprivileged(file: string): number | undefined {
  if (process.getuid?.() !== 0) return undefined
  const users = readFileSync('/etc/passwd', 'utf8').split('\n')
  const line = users.find((each) => each.startsWith('mysql:')) ?? users.find((each) => each.startsWith('nobody:'))
  const uid = Number(line?.split(':')[2])
  return Number.isInteger(uid) && spawnSync('test', ['-r', file], { uid, gid: uid }).status === 0 ? uid : undefined
}

async function install(mariadbd: Program, data: string, user: number | undefined): Promise<void> {
  const script = program('mariadb-install-db')
  const args = ['--no-defaults', `--basedir=${prefix(mariadbd)}`, `--datadir=${data}`, '--skip-test-db']
  const shell = { file: '/bin/sh', env: script.env }
  const options = ['--auth-root-authentication-method=normal', '--innodb-log-file-size=4M']
  const as = process.getuid?.() === 0 && user === undefined ? ['--user=root'] : []
  const { code, stdout, stderr } = await run(shell, [script.file, ...args, ...options, ...as], { user })
  if (code !== 0) throw new Error(`mariadb-install-db failed: ${stdout}${stderr}`)
}

/** Does the server greet? Its first packet is a handshake of protocol 10. */
function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1')
    socket.on('data', (bytes) => {
      resolve(bytes[4] === 10)
      socket.destroy()
    })
    socket.on('error', () => resolve(false))
  })
}

// «2211 22 9:59:37<tab>     3 Query<tab>select 1», the time only where it changes; a text may go on over further lines.
const LINE = /^(?:\d{6} [ \d]\d:\d\d:\d\d)?\t+ *(\d+) ([A-Z][A-Za-z]*(?: [A-Za-z]+)?)(?:\t(.*))?$/

function parseLog(log: string): Statement[] {
  const statements: { thread: number; command: string; text: string }[] = []
  for (const line of log.split('\n')) {
    const [, thread, command, text] = LINE.exec(line) ?? []
    const last = statements.at(-1)
    if (thread !== undefined && command !== undefined)
      statements.push({ thread: Number(thread), command, text: text ?? '' })
    else if (last && line !== '') last.text += `\n${line}`
  }
  return statements
}

async function createAccount(socket: string): Promise<void> {
  const { user, password, database } = ACCOUNT
  const sql = `create database ${database};
    create user '${user}'@'127.0.0.1' identified by '${password}';
    grant all on *.* to '${user}'@'127.0.0.1';`
  const args = ['--no-defaults', `--socket=${socket}`, '--user=root', '--execute', sql]
  const { code, stderr } = await run(program('mariadb'), args)
  if (code !== 0) throw new Error(`mariadb did not create the account: ${stderr}`)
}

async function encryption(certificates: Certificates, folder: string, user: number | undefined): Promise<string[]> {
  const { cert, key } = await installCertificate(certificates, folder, user)
  return ['--ssl', `--ssl-cert=${cert}`, `--ssl-key=${key}`]
}

/**
 * Starts MariaDB on a free loopback port, with an empty database and `ACCOUNT`. Without certificates it has no TLS, for not
 * every Debian client can be told to leave that out.
 */
export async function startMariadb(
  options: { readonly args?: readonly string[]; readonly certificates?: Certificates } = {},
): Promise<Mariadb> {
  const mariadbd = program('mariadbd')
  const share = join(prefix(mariadbd), 'share/mysql')
  const user = unprivileged(join(share, 'english/errmsg.sys'))
  const folder = await temporaryFolder('mariadb')
  if (user !== undefined) await chown(folder.path, user, user)
  const [data, socket, log] = ['data', 's.sock', 'general.log'].map((name) => join(folder.path, name)) as [
    string,
    string,
    string,
  ]
  await install(mariadbd, data, user)
  const port = await freePort()
  const places = [`--datadir=${data}`, `--socket=${socket}`, `--general-log-file=${log}`, `--lc-messages-dir=${share}`]
  const as = process.getuid?.() === 0 && user === undefined ? ['--user=root'] : []
  const { certificates } = options
  const tls = certificates === undefined ? ['--skip-ssl'] : await encryption(certificates, folder.path, user)
  const args = ['--no-defaults', ...places, `--port=${port}`, ...OPTIONS, ...tls, ...as, ...(options.args ?? [])]
  const server = start(mariadbd, { args, user })
  await ready('mariadbd', server, () => greets(port), folder)
  await createAccount(socket)
  const skip = existsSync(log) ? readFileSync(log).length : 0
  const read = (): string => readFileSync(log).subarray(skip).toString()
  let last: string | undefined
  return register({
    port,
    socket,
    pid: server.pid,
    generalLog: () => parseLog(last ?? read()),
    stop: async () => {
      await server.stop('SIGTERM')
      last ??= read()
      await folder.remove()
    },
  })
}
