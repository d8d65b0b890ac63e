// The program that `stirling demo` traces: a small shop and its customer, two processes that talk HTTP over loopback.
import { spawn } from 'node:child_process'
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'

const NOBODY = 65_534
const PAUSE_MS = 150
const SLOW_MS = 180

type Answer = (response: ServerResponse, body: string) => void

function json(status: number, value: unknown): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  }
}

const NOT_FOUND = json(404, { error: 'no such thing' })

const ANSWERS: Readonly<Record<string, Answer>> = {
  'GET /products?page=1': json(200, [
    { id: 17, name: 'teapot', price: 24.5 },
    { id: 18, name: 'kettle', price: 39 },
  ]),
  'GET /products/17': json(200, { id: 17, name: 'teapot', price: 24.5 }),
  'GET /cart': json(401, { error: 'who are you?' }),
  'POST /login': (response) => response.writeHead(204, { 'set-cookie': 'session=5f2a9c' }).end(),
  'POST /orders': (response, body) => json(201, { id: 4711, items: JSON.parse(body) })(response, body),
  'PUT /cart/17': (response) => response.writeHead(204).end(),
  'DELETE /cart/17': (response) => response.writeHead(204).end(),
  'GET /report.csv': (response) => {
    response.writeHead(200, { 'content-type': 'text/csv' })
    response.write('id,sold\n17,12\n')
    setTimeout(() => response.end('18,3\n'), SLOW_MS)
  },
  'GET /stock': json(503, { error: 'the warehouse does not answer' }),
}

interface Step {
  readonly line: string
  readonly body?: object
  readonly headers?: Readonly<Record<string, string>>
}

const VISIT: readonly Step[] = [
  { line: 'GET /products?page=1' },
  { line: 'GET /products/17' },
  { line: 'GET /cart' },
  { line: 'POST /login', headers: { authorization: 'Basic Z3Vlc3Q6Z3Vlc3Q=' } },
  { line: 'PUT /cart/17', body: { count: 2 } },
  { line: 'POST /orders', body: [{ id: 17, count: 2 }] },
  { line: 'GET /report.csv' },
  { line: 'GET /stock' },
  { line: 'DELETE /cart/17' },
  { line: 'GET /nowhere' },
]

function answer(incoming: IncomingMessage, response: ServerResponse): void {
  let body = ''
  incoming.on('data', (chunk: Buffer) => {
    body += chunk.toString()
  })
  incoming.on('end', () => (ANSWERS[`${incoming.method} ${incoming.url}`] ?? NOT_FOUND)(response, body))
}

function serve(): void {
  process.title = 'shop'
  const server = createServer(answer)
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo
    spawn(process.execPath, [fileURLToPath(import.meta.url), `${port}`], { stdio: 'ignore' })
  })
}

function visit(port: number): void {
  process.title = 'buyer'
  const agent = new Agent({ keepAlive: true })
  let next = 0
  setInterval(() => send(port, agent, VISIT[next++ % VISIT.length] as Step), PAUSE_MS)
}

// The shop has gone: so does the customer.
function send(port: number, agent: Agent, { line, body, headers }: Step): void {
  const [method, path] = line.split(' ')
  const outgoing = request({ host: '127.0.0.1', port, agent, method, path, headers })
  outgoing.on('response', (response) => response.resume())
  outgoing.on('error', () => process.exit())
  outgoing.end(body === undefined ? undefined : JSON.stringify(body))
}

// Nothing here needs root.
function dropPrivileges(): void {
  if (process.getuid?.() !== 0) return
  process.setgroups?.([])
  process.setgid?.(NOBODY)
  process.setuid?.(NOBODY)
}

// Ends with the tracer, however that ends.
const parent = process.ppid
setInterval(() => process.ppid === parent || process.exit(), 500)

dropPrivileges()
const port = Number(process.argv[2])
if (port > 0) visit(port)
else serve()
