import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const CACHE = join(ROOT, '.cache/root')
const READY_MS = 20_000
const HOST_PATH = [...(process.env.PATH ?? '').split(':'), '/usr/sbin']

/** The command line that is measured: that of the checkout, or an installed one. */
export const RUN = process.env.STIRLING_RUN ?? join(ROOT, 'bin/run.js')
// What a person's shell has; loading certificates would count as start-up.
const { NODE_EXTRA_CA_CERTS: _, NODE_OPTIONS: __, ...env } = process.env
export const STIRLING = { file: process.execPath, env }

/** A program of the cache of the live tests, or of the host; undefined = neither has it. */
export function program(name) {
  const cached = ['usr/sbin', 'usr/bin'].map((folder) => join(CACHE, folder, name)).find(existsSync)
  if (cached !== undefined) return { file: cached, env: { ...env, LD_LIBRARY_PATH: libraries() } }
  const file = HOST_PATH.map((folder) => join(folder, name)).find(existsSync)
  return file === undefined ? undefined : { file, env }
}

function libraries() {
  const folders = ['lib', 'usr/lib'].map((folder) => join(CACHE, folder)).filter(existsSync)
  return folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name))).join(':')
}

/** The first line of what `--version` or the like says. */
export function version(what, flag = '--version') {
  const { stdout, stderr } = spawnSync(what.file, [flag], { env: what.env, encoding: 'utf8' })
  return `${stdout}${stderr}`.split('\n').find((line) => /\d\.\d/.test(line)) ?? '?'
}

/** A folder of this run, and the processes that it has started: `close` removes and ends them. */
export class Bench {
  folder = mkdtempSync(join(tmpdir(), 'stirling-bench-'))
  #children = []

  /** A path in the folder. */
  path(name) {
    return join(this.folder, name)
  }

  /** Starts a program that ends with this process; `said` collects its stderr. */
  start(what, args, stdout = 'ignore') {
    const words = ['--pdeathsig', 'TERM', '--', what.file, ...args]
    const child = spawn('setpriv', words, { env: what.env, stdio: ['ignore', stdout, 'pipe'] })
    const running = { child, pid: child.pid, said: '', ended: once(child, 'exit') }
    child.stderr.on('data', (chunk) => {
      running.said += chunk
    })
    this.#children.push(running)
    return running
  }

  async stop(running, signal = 'SIGINT') {
    this.#children = this.#children.filter((each) => each !== running)
    if (running.child.exitCode !== null || running.child.signalCode !== null) return
    running.child.kill(signal)
    await running.ended
  }

  /** Waits until the program says that it is ready. */
  async ready(running, pattern) {
    const deadline = Date.now() + READY_MS
    while (!pattern.test(running.said)) {
      if (Date.now() > deadline || running.child.exitCode !== null) throw new Error(`not ready: ${running.said}`)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  /** Runs a program to its end → what it wrote on stdout. */
  async run(what, args) {
    const running = this.start(what, args, 'pipe')
    let out = ''
    running.child.stdout.on('data', (chunk) => {
      out += chunk
    })
    const [code] = await once(running.child, 'close')
    await this.stop(running)
    if (code !== 0) throw new Error(`${what.file}: exit ${code}: ${running.said}`)
    return out
  }

  /** Starts `trace`; resolves when all probes are attached. */
  async trace(args, stdout = 'ignore') {
    const running = this.start(STIRLING, [RUN, 'trace', '--format', 'ndjson', ...args], stdout)
    await this.ready(running, /^info: tracing/m)
    return running
  }

  async close() {
    for (const running of [...this.#children]) await this.stop(running, 'SIGTERM')
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** A TCP port of the loopback that nobody uses. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

// About 300 bytes of request and 400 of response head, as browsers and applications send them.
export const REQUEST_HEADERS = [
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
  'Accept: application/json, text/plain, */*',
  'Accept-Language: en-US,en;q=0.5',
  'Accept-Encoding: identity',
  'X-Request-Id: 7f0c9a52-8d1e-4b4f-9c55-0d6f3b1a2e77',
]
const RESPONSE_HEADERS = [
  'Cache-Control "no-cache, no-store, must-revalidate"',
  'Strict-Transport-Security "max-age=31536000; includeSubDomains"',
  'X-Content-Type-Options nosniff',
  'X-Frame-Options SAMEORIGIN',
  'X-Request-Id 7f0c9a52-8d1e-4b4f-9c55-0d6f3b1a2e77',
]
const BODY = '{"id":42,"name":"Maria","email":"maria@example.org","roles":["reader","writer"],"active":true}'
const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']

function configuration(port) {
  return `user root root; daemon off; worker_processes 1; pid nginx.pid; error_log stderr warn;
events { worker_connections 256; }
http {
  access_log access.log; default_type application/json; types { } keepalive_timeout 60; keepalive_requests 100000000;
  ${TEMPORARY.map((name) => `${name}_temp_path ${name};`).join(' ')}
  server {
    listen 127.0.0.1:${port};
    ${RESPONSE_HEADERS.map((header) => `add_header ${header};`).join(' ')}
    location / { return 200 '${BODY}'; }
  }
}
`
}

/** Starts nginx, with one worker, on a free port of the loopback. */
export async function startNginx(bench) {
  const port = await freePort()
  const folder = bench.path('nginx')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'nginx.conf'), configuration(port))
  const server = bench.start(program('nginx'), ['-p', folder, '-e', 'stderr', '-c', join(folder, 'nginx.conf')])
  const workers = () => readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8').trim()
  for (const deadline = Date.now() + READY_MS; workers() === ''; ) {
    if (Date.now() > deadline) throw new Error(`nginx did not start: ${server.said}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const log = join(folder, 'access.log')
  return {
    url: `http://127.0.0.1:${port}/api/users/42?fields=name,email`,
    port,
    worker: workers().split(' ')[0],
    /** Requests since the last call. */
    served: () => {
      const lines = readFileSync(log).reduce((all, byte) => all + (byte === 10 ? 1 : 0), 0)
      writeFileSync(log, '')
      return lines
    },
  }
}

const asked = REQUEST_HEADERS.flatMap((header) => ['-H', header])
const wrk = (seconds, url) => ['-t', '1', '-c', '16', '-d', `${seconds}s`, ...asked, url]

/** Asks nginx as fast as it can, or `rate` times a second over new connections of `clients`. */
export async function load(bench, nginx, seconds, rate, clients = 10) {
  if (rate === undefined) {
    await bench.run(program('wrk'), wrk(seconds, nginx.url))
    return
  }
  const each = ['--h1', '-t', '1', '-c', `${clients}`, '--rps', `${rate / clients}`, '-D', `${seconds}`]
  await bench.run(program('h2load'), [...each, ...asked, nginx.url])
}

/** Asks nginx as fast as it can until it is stopped, an hour at most. */
export function loadWithoutEnd(bench, nginx) {
  return bench.start(program('wrk'), wrk(3600, nginx.url))
}
