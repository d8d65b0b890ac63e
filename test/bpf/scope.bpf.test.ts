import { describeBpf } from '../harness/live.js'
import { expectMultiset, pick } from '../harness/multiset.js'
import { type Row, type Traced, traceWhile } from '../harness/trace.js'
import { type NodeHttp, startNodeHttp } from '../servers/node-http.js'
import { program } from '../servers/packages.js'
import { run } from '../servers/process.js'

const http = ({ rows }: Traced): Row[] => rows.filter((row) => row.table_ === 'http_events')

describeBpf('The scope', 7, () => {
  let server: NodeHttp
  let other: NodeHttp
  beforeAll(async () => {
    server = await startNodeHttp()
    other = await startNodeHttp()
  })
  afterAll(async () => {
    await server.stop()
    await other.stop()
  })

  // One request to each server.
  async function traced(...scope: readonly string[]): Promise<unknown[]> {
    const urls = [server, other].map(({ port }) => `http://127.0.0.1:${port}/hello`)
    const result = await traceWhile(['--connectors', 'http', ...scope], () =>
      run(program('curl'), ['--silent', '--output', '/dev/null', '--output', '/dev/null', ...urls]),
    )
    expect(result.stderr).not.toContain('error')
    return pick(
      http(result).map((row) => ({ ...row, port: row.trace_role === 'server' ? row.local_port : row.remote_port })),
      'comm',
      'trace_role',
      'port',
    )
  }

  const both = (): string => `${server.port},${other.port}`

  test('--port is the port of either end', async () => {
    expectMultiset(await traced('--port', `${server.port}`), [
      ['node', 'server', server.port],
      ['curl', 'client', server.port],
    ])
  })

  test('--pid is one process', async () => {
    expectMultiset(await traced('--pid', `${server.pid}`), [['node', 'server', server.port]])
  })

  test('lists by comma and repeated', async () => {
    expectMultiset(await traced('--pid', `${server.pid}`, '--pid', `${other.pid}`), [
      ['node', 'server', server.port],
      ['node', 'server', other.port],
    ])
  })

  test.each(['curl', 'c?rl', '*url', 'xyz,cu*'])('--comm %j', async (comm) => {
    expectMultiset(await traced('--comm', comm, '--port', both()), [
      ['curl', 'client', server.port],
      ['curl', 'client', other.port],
    ])
  })

  test('different kinds must all hold', async () => {
    expectMultiset(await traced('--comm', 'curl', '--port', `${other.port}`), [['curl', 'client', other.port]])
    expect(await traced('--comm', 'curl', '--pid', `${server.pid}`)).toEqual([])
  })
})
