import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { describeBpf, sleep, waitFor } from '../harness/live.js'
import { type Row, type Tracer, trace } from '../harness/trace.js'

const NONSENSE = Buffer.alloc(32 * 1024, 0xff)
/** Enough of them, both ends counted, that their endpoint is off. */
const FIRST = 20
const MORE = 130

/** Answers HTTP to who asks so, and nonsense to others; each on a connection of its own. */
async function listen(): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', (request) => {
      const http = request.subarray(0, 4).equals(Buffer.from('GET '))
      socket.end(http ? 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok' : NONSENSE)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port

async function ask(server: Server, request: string): Promise<void> {
  const socket = connect(portOf(server), '127.0.0.1')
  socket.on('data', () => undefined)
  socket.write(request)
  await once(socket, 'close')
}

describeBpf('Endpoints that are of no use', 1, () => {
  let servers: Server[]
  let tracer: Tracer
  beforeAll(async () => {
    servers = [await listen(), await listen()]
    tracer = trace(['--connectors', 'http', '--pid', `${process.pid}`, '--port', servers.map(portOf).join()])
    await tracer.ready
  })
  afterAll(() => {
    for (const server of servers) server.close()
  })

  const get = (server: Server, path: string): Promise<void> => ask(server, `GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`)
  const rowsOf = (rows: readonly Row[], path: string): Row[] =>
    rows.filter(({ table_, req_path }) => table_ === 'http_events' && String(req_path).startsWith(path))

  test('are not copied, and no other suffers; one that is of use after all is seen again', async () => {
    const [useless, useful] = servers as [Server, Server]
    for (let i = 0; i < FIRST; i++) await ask(useless, '\0\0')
    await sleep(300)
    for (let i = 0; i < MORE; i++) await ask(useless, '\0\0')
    for (let i = 0; i < FIRST; i++) await get(useful, `/useful/${i}`)

    for (let i = 0; i < 1000 && rowsOf(tracer.rows(), '/again').length === 0; i++) await get(useless, `/again/${i}`)
    await waitFor(() => rowsOf(tracer.rows(), '/again').length > 0)
    await sleep(300)
    for (let i = 0; i < FIRST; i++) await get(useless, `/after/${i}`)

    const { rows, losses, exitCode } = await tracer.stop()
    expect(exitCode).toBe(0)
    for (const path of ['/useful/', '/after/']) {
      const expected = Array.from({ length: FIRST }, (_, i) => [`${path}${i}`, `${path}${i}`]).flat()
      expect(
        rowsOf(rows, path)
          .map(({ req_path }) => req_path)
          .sort(),
      ).toEqual(expected.sort())
    }
    const bytes = (reason: string): number => losses.find((line) => line.reason === reason)?.bytes ?? 0
    const both = 2 * (FIRST + MORE) * NONSENSE.length
    expect(bytes('seen')).toBeGreaterThan(both)
    expect(bytes('emitted')).toBeLessThan(both * 0.35)
    expect(bytes('skip_verdict')).toBeGreaterThan(both * 0.6)
    expect(losses.filter(({ kind, events }) => kind === 'lost' && events > 0)).toEqual([])
  })
})
