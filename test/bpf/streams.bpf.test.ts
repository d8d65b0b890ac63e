import { describeBpf } from '../harness/live.js'
import { expectMultiset, pick } from '../harness/multiset.js'
import { trace } from '../harness/trace.js'
import { python } from '../servers/packages.js'

describeBpf('Streams over MPTCP', 2, () => {
  test.each(['sock', 'syscall'])('are opened and closed once, with their addresses: layer %s', async (layer) => {
    const args = ['--attach', layer, '--connectors', 'socket_tracer', '--tables', 'conn_stats,stirling_loss']
    const traced = await trace([...args, '--', python().file, '-c', TWO_CONNECTIONS]).ended
    expect(traced.exitCode).toBe(0)
    const ports = JSON.parse(/^\[.*/m.exec(traced.stderr)?.[0] ?? '[]') as number[]
    expect(ports).toHaveLength(2)
    // Its standard output is a unix socket.
    const stats = traced.rows.filter(({ table_, addr_family }) => table_ === 'conn_stats' && addr_family === 'inet')
    const columns = ['trace_role', 'remote_addr', 'remote_port', 'conn_open', 'conn_close', 'bytes_sent', 'bytes_recv']
    const asked = ports.map((port) => ['client', '127.0.0.1', port, 1, 1, 1000, 3000])
    expectMultiset(pick(stats, ...columns), [...asked, ['server', '127.0.0.1', 0, 2, 2, 6000, 2000]])
    const missing = traced.losses.filter(
      ({ kind, events }) => ['lost', 'unseen', 'undecoded'].includes(kind) && events > 0,
    )
    expect(missing).toEqual([])
  })
})

// One after the other, so that the second has the memory of the first; its kernel sockets end after close().
const TWO_CONNECTIONS = `
import json, socket, time
MPTCP = 262
ports = []
for _ in range(2):
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, MPTCP)
    listener.bind(('127.0.0.1', 0))
    listener.listen()
    client = socket.socket(socket.AF_INET, socket.SOCK_STREAM, MPTCP)
    client.connect(listener.getsockname())
    server = listener.accept()[0]
    ports.append(listener.getsockname()[1])
    client.sendall(b'x' * 1000)
    assert len(server.recv(1000, socket.MSG_WAITALL)) == 1000
    server.sendall(b'y' * 3000)
    assert len(client.recv(3000, socket.MSG_WAITALL)) == 3000
    for each in (client, server, listener):
        each.close()
    time.sleep(0.3)
print(json.dumps(ports), flush=True)
`
