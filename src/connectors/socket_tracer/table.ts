import { COMM, CONTAINER, PID, ROLE_WORDS, TIME_, UPID } from '../../records/columns.js'
import { table } from '../../records/table.js'

const FAMILIES = { 1: 'unix', 2: 'inet', 10: 'inet6' }

/** Stirling's `conn_stats`, with the process and the protocol by name. */
export const connStats = table(
  'conn_stats',
  'Connections and bytes per process and peer, since the trace began; a row every 10 s while there is news, and at the end.',
  [
    TIME_,
    UPID,
    PID,
    COMM,
    CONTAINER,
    {
      name: 'remote_addr',
      type: 'string',
      desc: 'Peer IP address, or path of a unix socket; null when unknown.',
      semantic: 'ip',
      pattern: 'general',
    },
    {
      name: 'remote_port',
      type: 'int',
      desc: 'Peer port; 0 where the traced process is the server: its peers are counted together by address.',
      semantic: 'port',
      pattern: 'general',
    },
    {
      name: 'trace_role',
      type: 'enum',
      desc: 'Role of the traced process on these connections.',
      words: ROLE_WORDS,
      pattern: 'enum',
    },
    { name: 'addr_family', type: 'enum', desc: 'Socket family of the peer.', words: FAMILIES, pattern: 'enum' },
    {
      name: 'protocol',
      type: 'string',
      chars: 11,
      desc: 'Protocol spoken, as recognised; null when not.',
      pattern: 'general',
    },
    { name: 'ssl', type: 'bool', desc: 'TLS was seen on these connections.', pattern: 'general' },
    { name: 'conn_open', type: 'int', desc: 'Connections seen so far.', pattern: 'counter' },
    { name: 'conn_close', type: 'int', desc: 'Of these, closed.', pattern: 'counter' },
    { name: 'conn_active', type: 'int', desc: 'Of these, open now.', pattern: 'gauge' },
    {
      name: 'bytes_sent',
      type: 'int',
      desc: 'Bytes sent so far.',
      unit: 'bytes',
      semantic: 'bytes',
      pattern: 'counter',
    },
    {
      name: 'bytes_recv',
      type: 'int',
      desc: 'Bytes received so far.',
      unit: 'bytes',
      semantic: 'bytes',
      pattern: 'counter',
    },
  ],
  { glance: ['remote_addr', 'protocol', 'bytes_sent', 'bytes_recv', 'trace_role', 'conn_open'] },
)
