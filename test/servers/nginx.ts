import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { program } from './packages.js'
import { freePort, ready, register, start, temporaryFolder } from './process.js'

/** A line of the access log. */
export interface Access {
  readonly method: string
  readonly path: string
  readonly status: number
  /** Bytes of the response's body as sent. */
  readonly bodyBytes: number
  /** Bytes of the request: its line, headers and body. */
  readonly requestBytes: number
  /** Bytes of the request's body, by its header; 0 without one. */
  readonly requestBodyBytes: number
  /** The body of a request to /post. */
  readonly requestBody: string
  readonly userAgent: string
  readonly connection: number
  /** Which request of its connection it was, from 1. */
  readonly nth: number
  readonly time: number
  readonly remotePort: number
}

export interface Nginx {
  readonly port: number
  /** The master process. */
  readonly pid: number
  /** The processes that talk to clients. */
  workers(): number[]
  /** All requests so far, in order of completion; still there after `stop`. */
  accessLog(): Access[]
  stop(): Promise<void>
}

/** The static files under /static: name → size. */
export const FILES = {
  '0.bin': 0,
  '1k.txt': 1 << 10,
  '100k.txt': 100 << 10,
  '1m.txt': 1 << 20,
  '16m.txt': 16 << 20,
} as const
/** The answers under /status. */
export const STATUSES = [200, 201, 204, 404, 418, 500, 503] as const

const FIELDS: readonly (readonly [keyof Access, string, boolean])[] = [
  ['method', 'request_method', true],
  ['path', 'request_uri', true],
  ['status', 'status', false],
  ['bodyBytes', 'body_bytes_sent', false],
  ['requestBytes', 'request_length', false],
  ['requestBodyBytes', 'content_length', true],
  ['requestBody', 'request_body', true],
  ['userAgent', 'http_user_agent', true],
  ['connection', 'connection', false],
  ['nth', 'connection_requests', false],
  ['time', 'msec', false],
  ['remotePort', 'remote_port', false],
]

function configuration(port: number, workers: number): string {
  const format = FIELDS.map(([name, variable, quoted]) => `"${name}":${quoted ? `"$${variable}"` : `$${variable}`}`)
  const statuses = STATUSES.map((status) => {
    const text = status === 204 ? '' : ` "answer ${status}\\n"`
    return `location = /status/${status} { return ${status}${text}; }`
  })
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${name};`)
  return `${process.getuid?.() === 0 ? 'user root root;' : ''}
daemon off; master_process on; worker_processes ${workers}; pid nginx.pid; error_log stderr warn;
events { worker_connections 256; }
http {
  log_format json escape=json '{${format.join(',')}}';
  access_log access.log json;
  default_type text/plain; types { } sendfile on; keepalive_timeout 30; keepalive_requests 1000000;
  ${temporary.join(' ')}
  client_body_buffer_size 128k; client_max_body_size 16m;
  server {
    listen 127.0.0.1:${port};
    location /static/ { root html; }
    location /copied/ { alias html/static/; sendfile off; }
    location /post { proxy_pass http://unix:$D/post.sock; proxy_request_buffering on; }
    location = /hello { return 200 "hello\\n"; }
    ${statuses.join('\n    ')}
  }
  server { listen unix:$D/post.sock; access_log off; location / { return 200 "posted\\n"; } }
}
`
}

async function prepare(folder: string, port: number, workers: number): Promise<void> {
  await mkdir(join(folder, 'html/static'), { recursive: true })
  for (const [name, size] of Object.entries(FILES)) {
    await writeFile(join(folder, 'html/static', name), 'abcdefghijklmno\n'.repeat(size / 16))
  }
  await writeFile(join(folder, 'nginx.conf'), configuration(port, workers).replaceAll('$D', folder))
}

type Raw = Record<keyof Access, string | number>

function parse(line: string): Access {
  const raw = JSON.parse(line) as Raw
  return { ...raw, requestBodyBytes: Number(raw.requestBodyBytes || 0) } as Access
}

const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)

/** Starts nginx on a free loopback port. */
export async function startNginx(options: { readonly port?: number; readonly workers?: 1 | 2 } = {}): Promise<Nginx> {
  const port = options.port ?? (await freePort())
  const folder = await temporaryFolder('nginx')
  await prepare(folder.path, port, options.workers ?? 1)
  const log = join(folder.path, 'access.log')
  const args = ['-p', folder.path, '-e', 'stderr', '-c', join(folder.path, 'nginx.conf')]
  const server = start(program('nginx'), { args })
  const read = (): string => readFileSync(log, 'utf8')
  // The master listens before it makes its workers.
  await ready('nginx', server, async () => childrenOf(server.pid).length > 0, folder)
  let last: string | undefined
  return register({
    port,
    pid: server.pid,
    workers: () => childrenOf(server.pid),
    accessLog: () => (last ?? read()).split('\n').filter(Boolean).map(parse),
    stop: async () => {
      await server.stop('SIGQUIT')
      last ??= read()
      await folder.remove()
    },
  })
}
