import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnection, type RowDataPacket } from 'mysql2/promise'
import { FRAME, FRAME_HEAD, frameHead, type Header, MAGIC } from '../../src/kernel/recording.js'
import { sleep } from '../harness/live.js'
import { trace } from '../harness/trace.js'
import { ACCOUNT, startMariadb } from '../servers/mariadb.js'
import { startNginx } from '../servers/nginx.js'
import { startNodeHttp } from '../servers/node-http.js'

export const FOLDER = import.meta.dirname
/** So long the kernel may take to close connections. */
const CLOSE_MS = 300

/** How each was made: traffic between processes of the test, on the loopback. */
export const SCENARIOS: Readonly<Record<string, () => Promise<void>>> = {
  nginx: recordNginx,
  'node-http': recordNodeHttp,
  mariadb: recordMariadb,
}

/** Traces the process while `work` runs and keeps what came from the kernel, without the name of this machine. */
async function record(name: string, pid: number, work: () => Promise<void>): Promise<void> {
  const file = join(tmpdir(), `stirling-golden-${process.pid}.rec`)
  try {
    const tracer = trace(['--pid', `${pid}`, '--record', file])
    await tracer.ready
    await work()
    await sleep(CLOSE_MS)
    const { exitCode, stderr } = await tracer.stop()
    if (exitCode !== 0 || !existsSync(file)) throw new Error(stderr)
    writeFileSync(join(FOLDER, `${name}.rec`), nameless(readFileSync(file)))
  } finally {
    rmSync(file, { force: true })
  }
}

/** The first frame is the header; its checksum is made anew. */
function nameless(bytes: Buffer): Buffer {
  const start = MAGIC.length + FRAME_HEAD
  const end = start + bytes.readUInt32LE(MAGIC.length + 4)
  const header = JSON.parse(bytes.toString('utf8', start, end)) as Header
  const host = { ...header.host, hostname: 'host', kernel: header.host.kernel.replace(/-.*/, '') }
  const payload = Buffer.from(JSON.stringify({ ...header, host }))
  return Buffer.concat([MAGIC, frameHead(FRAME.header, payload), payload, bytes.subarray(end)])
}

interface Ask {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

function ask(
  agent: Agent,
  port: number,
  path: string,
  { method = 'GET', headers = {}, body }: Ask = {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    const all = { 'user-agent': 'golden', ...headers }
    const question = request({ host: '127.0.0.1', port, path, method, headers: all, agent }, (answer) => {
      answer.resume().on('end', resolve)
    })
    question.on('error', reject).end(body)
  })
}

async function recordNginx(): Promise<void> {
  const server = await startNginx()
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  await record('nginx', server.workers()[0] as number, async () => {
    await ask(agent, server.port, '/hello?token=secret&q=1', { headers: { authorization: 'Bearer secret' } })
    await ask(agent, server.port, '/static/1k.txt')
    await ask(agent, server.port, '/static/100k.txt')
    await ask(agent, server.port, '/hello', { method: 'HEAD' })
    await ask(agent, server.port, '/status/404')
    await ask(agent, server.port, '/status/204', { headers: { connection: 'close' } })
    await ask(agent, server.port, '/post', { method: 'POST', body: '{"a":"größe"}' })
    await ask(agent, server.port, '/hello', { headers: { 'x-bytes': '\xff' } })
    agent.destroy()
  })
  await server.stop()
}

async function recordNodeHttp(): Promise<void> {
  const server = await startNodeHttp()
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  await record('node-http', server.pid, async () => {
    await ask(agent, server.port, '/chunked')
    await ask(agent, server.port, '/slow')
    await ask(agent, server.port, '/status/500')
    await ask(agent, server.port, '/', { method: 'PUT', body: 'x'.repeat(3000) })
    await ask(agent, server.port, '/no-length')
    agent.destroy()
  })
  await server.stop()
}

async function recordMariadb(): Promise<void> {
  const server = await startMariadb()
  await record('mariadb', server.pid, async () => {
    const { user, password, database } = ACCOUNT
    const client = await createConnection({ host: '127.0.0.1', port: server.port, user, password, database })
    await client.query('create table t (id int primary key, name varchar(20), at datetime)')
    await client.query("insert into t values (1, 'eins', '2020-01-02 03:04:05'), (2, null, null)")
    await client.query<RowDataPacket[]>('select * from t')
    await client.execute<RowDataPacket[]>('select name from t where id > ? and name = ?', [0, 'eins'])
    await client.execute<RowDataPacket[]>('select name from t where id > ? and name = ?', [1, 'zwei'])
    await client.query('select nothing').catch(() => undefined)
    await client.ping()
    await client.end()
  })
  await server.stop()
}
