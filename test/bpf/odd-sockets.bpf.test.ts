import { join } from 'node:path'
import { startDialogue } from '../harness/dialogue.js'
import { describeBpf } from '../harness/live.js'
import { expectMultiset, pick } from '../harness/multiset.js'
import { type Row, type Traced, traceWhile } from '../harness/trace.js'
import { python } from '../servers/packages.js'

const CLIENT = join(import.meta.dirname, 'clients/odd-sockets.py')
const N = 300

const http = ({ rows }: Traced): Row[] => rows.filter((row) => row.table_ === 'http_events')

/** By role: connections that were opened, and bytes, of those whose protocol is HTTP. */
function opened({ rows }: Traced): Record<string, number> {
  const stats = rows.filter((row) => row.table_ === 'conn_stats' && row.protocol === 'http')
  const sums: Record<string, number> = {}
  for (const { trace_role, conn_open } of stats) {
    sums[trace_role as string] = (sums[trace_role as string] ?? 0) + (conn_open as number)
  }
  return sums
}

describeBpf('Sockets that are not what they seem', 10, () => {
  describe.each(['sock', 'syscall'])('layer %s', (layer) => {
    async function traced(what: string): Promise<[Traced, unknown]> {
      const client = startDialogue(python(), [CLIENT, what])
      const args = ['--attach', layer, '--connectors', 'socket_tracer', '--pid', `${await client.next()}`]
      let said: unknown
      const result = await traceWhile(args, async () => {
        said = await client.ask('go')
      })
      await client.stop()
      expect(result.exitCode).toBe(0)
      expect(result.losses.filter(({ kind, bytes }) => ['lost', 'unseen'].includes(kind) && bytes > 0)).toEqual([])
      return [result, said]
    }

    test('unix sockets in turn, at the same place in memory: each is a connection', async () => {
      const [result] = await traced('pairs')
      const paths = Array.from({ length: N }, (_, i) => `/${i}`)
      expectMultiset(pick(http(result), 'req_path').flat(), [...paths, ...paths])
      expect(Object.values(opened(result)).reduce((sum, n) => sum + n, 0)).toBe(2 * N)
    })

    test('a socket that is connected a second time is another connection', async () => {
      const [result, ports] = await traced('again')
      const [first, second] = ports as number[]
      const ofClient = ({ trace_role, local_port, remote_port }: Row): unknown =>
        trace_role === 'client' ? local_port : remote_port
      expectMultiset(
        http(result).map((row) => [row.trace_role, row.req_path, ofClient(row), row.resp_status]),
        ['client', 'server'].flatMap((role) => [
          [role, '/first', first, 200],
          [role, '/second', second, 200],
        ]),
      )
      expect(opened(result)).toEqual({ client: 2, server: 2 })
    })

    test('what is read after a reset belongs to the connection', async () => {
      const [result, got] = await traced('reset')
      expect(got).toBeGreaterThan(10_000)
      const columns = ['trace_role', 'req_path', 'resp_status', 'resp_body_size', 'partial']
      expectMultiset(pick(http(result), ...columns), [
        ['client', '/reset', 200, 10_000, false],
        ['server', '/reset', 200, 10_000, false],
      ])
      expect(opened(result)).toEqual({ client: 1, server: 1 })
    })

    test('a connection that is accepted when its client has closed it is seen from its start', async () => {
      const [{ rows }] = await traced('gone')
      const cancels = rows.filter(({ table_ }) => table_ === 'pgsql_events')
      expectMultiset(pick(cancels, 'trace_role', 'req_cmd', 'req', 'partial'), [
        ['client', 'CancelRequest', 'pid=4711', false],
        ['server', 'CancelRequest', 'pid=4711', false],
      ])
    })

    test('threads that send on one connection: every message in its place', async () => {
      const [result] = await traced('together')
      const paths = ['a', 'b'].flatMap((thread) => Array.from({ length: N }, (_, i) => `/${thread}/${i}`))
      expectMultiset(pick(http(result), 'req_path').flat(), [...paths, ...paths])
      expect(http(result).filter((row) => row.partial === true)).toEqual([])
    })
  })
})
