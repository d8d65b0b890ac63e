import { join } from 'node:path'
import { describeBpf } from '../harness/live.js'
import { expectMultiset } from '../harness/multiset.js'
import { parseRows, type Row, trace } from '../harness/trace.js'
import { python } from '../servers/packages.js'

const CALLS = join(import.meta.dirname, 'clients/socket-calls.py')

interface Exchange {
  readonly name: string
  readonly up: number
  readonly down: number
}

const seen = (row: Row): unknown[] => [
  row.trace_role,
  row.req_path,
  row.resp_status,
  row.req_body_size,
  row.resp_body_size,
  row.req_body,
  row.resp_body,
  row.partial,
]

const TEXT = Array.from({ length: 10_000 }, (_, i) => `${i}`.padStart(7, '0')).join(',')

/** The last two: only one end asks for MPTCP, and the kernel falls back to TCP. */
const FAMILIES = ['inet', 'inet6', 'unix', 'mptcp', 'mptcp6', 'mptcp-inet', 'inet-mptcp']

// What sendfile and splice send is in no buffer of the process.
function expected(role: string, { name, up, down }: Exchange): unknown[] {
  const hidden = role === 'server' && (name === 'sendfile' || name === 'splice')
  return [role, `/${name}`, 200, up, down, TEXT.slice(0, up), hidden ? null : TEXT.slice(0, down), false]
}

describeBpf('Every call that moves bytes', 14, () => {
  test.each(['sock', 'syscall'].flatMap((layer) => FAMILIES.map((family) => [layer, family])))(
    'is decoded to the byte on both ends: layer %s, %s',
    async (layer, family) => {
      const command = [python().file, CALLS, family as string]
      const traced = await trace([
        '--attach',
        layer as string,
        '--connectors',
        'http',
        '--body-bytes',
        '64Ki',
        '--',
        ...command,
      ]).ended
      // The command's own output comes on stderr, between the tracer's words.
      const said = traced.stderr.split('\n').filter((line) => line.startsWith('{'))
      const exchanges = said.map((line) => JSON.parse(line) as Exchange)
      expect(exchanges.length).toBeGreaterThan(100)
      const rows = parseRows(traced.text).filter((row) => row.table_ === 'http_events')
      const wanted = exchanges.flatMap((exchange) => [expected('client', exchange), expected('server', exchange)])
      expectMultiset(rows.map(seen), wanted)
      expect(traced.exitCode).toBe(0)
    },
  )
})
