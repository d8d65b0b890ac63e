import type { LossLine } from '../connectors/connector.js'
import { summary } from './summary.js'

const line = (reason: string, kind: LossLine['kind'], events: number, bytes: number): LossLine => ({
  source: 'socket_tracer',
  reason,
  kind,
  events,
  bytes,
})

const LINES = [
  line('seen', 'seen', 10, 4096),
  line('emitted', 'emitted', 7, 1024),
  line('skip_run', 'skipped', 2, 2048),
  line('skip_nobuf', 'skipped', 0, 0),
  line('lost_ring', 'lost', 1, 1024),
  line('late', 'lost', 0, 0),
  line('unseen', 'lost', 0, 512),
  line('http_invalid', 'lost', 3, 9),
]

test('what was seen is the sum of what became of it; what user space adds has lines of its own', () => {
  expect(summary(LINES, [], 5, 1500).split('\n')).toEqual([
    'events: 10 seen = 7 emitted + 2 skip_run + 1 lost_ring',
    'bytes: 4.0 KiB seen = 1.0 KiB emitted + 2.0 KiB skip_run + 1.0 KiB lost_ring',
    'unseen: 512 B',
    'http_invalid: 3, 9 B',
    expect.stringMatching(/^ {2}lost_ring: .*--ring-bytes/),
    expect.stringMatching(/^ {2}unseen: /),
    expect.stringMatching(/^5 rows in 1\.5 s; stirling itself: \d+\.\d\d s CPU, [\d.]+ [KMG]iB at most$/),
    '',
  ])
})

test('without a kernel side, only what it cost', () => {
  expect(summary([], [], 0, 0).split('\n')).toHaveLength(2)
})

test('what the programs have cost; of those that did not run, nothing', () => {
  const costs = [
    { program: 'sock_send', runs: 1000, runTimeNs: 500_000 },
    { program: 'sock_recv', runs: 4, runTimeNs: 1_000 },
    { program: 'tcp_destroy', runs: 0, runTimeNs: 0 },
  ]
  expect(summary([], costs, 0, 1000).split('\n')[0]).toBe(
    'programs: 0.001 s, 0.05 % of a core: sock_send 1000 × 500 ns, sock_recv 4 × 250 ns',
  )
})
