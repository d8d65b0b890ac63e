import { COMM, CONTAINER, PID, TIME_, UPID } from '../../records/columns.js'
import { table } from '../../records/table.js'

/** Stirling's `process_stats`: a row per process and second. */
export const processStats = table(
  'process_stats',
  'CPU, memory and I/O of each process, from /proc, every second.',
  [
    TIME_,
    UPID,
    PID,
    COMM,
    CONTAINER,
    { name: 'major_faults', type: 'int', desc: 'Page faults that needed I/O, so far.', pattern: 'counter' },
    { name: 'minor_faults', type: 'int', desc: 'Page faults that needed none, so far.', pattern: 'counter' },
    {
      name: 'cpu_utime_ns',
      type: 'int',
      desc: 'CPU time in user mode so far, ns.',
      unit: 'ns',
      semantic: 'duration',
      pattern: 'counter',
    },
    {
      name: 'cpu_ktime_ns',
      type: 'int',
      desc: 'CPU time in the kernel so far, ns.',
      unit: 'ns',
      semantic: 'duration',
      pattern: 'counter',
    },
    { name: 'num_threads', type: 'int', desc: 'Threads.', pattern: 'gauge' },
    { name: 'vsize_bytes', type: 'int', desc: 'Virtual size.', unit: 'bytes', semantic: 'bytes', pattern: 'gauge' },
    { name: 'rss_bytes', type: 'int', desc: 'Resident size.', unit: 'bytes', semantic: 'bytes', pattern: 'gauge' },
    {
      name: 'rchar_bytes',
      type: 'int',
      desc: 'Bytes read through system calls so far; null where /proc/PID/io is not readable.',
      unit: 'bytes',
      semantic: 'bytes',
      pattern: 'counter',
    },
    {
      name: 'wchar_bytes',
      type: 'int',
      desc: 'Bytes written through system calls so far.',
      unit: 'bytes',
      semantic: 'bytes',
      pattern: 'counter',
    },
    {
      name: 'read_bytes',
      type: 'int',
      desc: 'Bytes fetched from storage so far.',
      unit: 'bytes',
      semantic: 'bytes',
      pattern: 'counter',
    },
    {
      name: 'write_bytes',
      type: 'int',
      desc: 'Bytes sent to storage so far.',
      unit: 'bytes',
      semantic: 'bytes',
      pattern: 'counter',
    },
  ],
  { glance: ['cpu_utime_ns', 'cpu_ktime_ns', 'rss_bytes', 'num_threads', 'read_bytes', 'write_bytes'] },
)
