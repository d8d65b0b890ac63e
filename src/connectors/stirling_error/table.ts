import { TIME_ } from '../../records/columns.js'
import { table } from '../../records/table.js'
import { STATUS } from '../connector.js'

const CONNECTOR = {
  name: 'source_connector',
  type: 'string',
  desc: 'The connector that reports.',
  chars: 14,
  pattern: 'general',
} as const
const STATUS_CODE = { name: 'status', type: 'enum', desc: 'What came of it.', words: STATUS, pattern: 'enum' } as const
const ERROR = { name: 'error', type: 'string', desc: 'In words; null when all is well.', pattern: 'general' } as const

/** Stirling's `stirling_error`. */
export const stirlingError = table(
  'stirling_error',
  'Status of connectors.',
  [
    TIME_,
    CONNECTOR,
    STATUS_CODE,
    ERROR,
    { name: 'context', type: 'string', desc: 'Where it happened: open, attach, transfer.', pattern: 'general' },
  ],
  { glance: ['source_connector', 'status', 'error'] },
)

/** Stirling's `probe_status`. */
export const probeStatus = table(
  'probe_status',
  'Probes that could not be attached, or only in part.',
  [
    TIME_,
    CONNECTOR,
    { name: 'tracepoint', type: 'string', chars: 16, desc: 'The probe, or the hook layer.', pattern: 'general' },
    STATUS_CODE,
    ERROR,
  ],
  { glance: ['tracepoint', 'status', 'error', 'source_connector'] },
)

/** What did not become a row, and why. */
export const stirlingLoss = table(
  'stirling_loss',
  'Events, bytes and records that did not become rows: a line when something was lost, and the totals at the end.',
  [
    TIME_,
    { ...CONNECTOR, desc: 'The connector that counts.' },
    { name: 'reason', type: 'string', chars: 18, desc: 'seen, emitted, or why not.', pattern: 'enum' },
    {
      name: 'kind',
      type: 'string',
      chars: 9,
      desc: 'seen = emitted + skipped (on purpose) + lost; unseen: no probe saw them; undecoded: emitted, but of no use.',
      pattern: 'enum',
    },
    { name: 'events', type: 'int', desc: 'How many events.', pattern: 'counter' },
    { name: 'bytes', type: 'int', desc: 'The bytes they stand for.', unit: 'bytes', pattern: 'counter' },
    {
      name: 'closing',
      type: 'bool',
      desc: 'true: the total of the whole trace; false: since the last line.',
      pattern: 'general',
    },
  ],
  { glance: ['reason', 'kind', 'events', 'bytes', 'source_connector'] },
)
