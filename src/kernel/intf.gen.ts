// Generated from the BTF of bpf/intf/*.h by bpf/build/gen-intf.mjs. Do not edit.

/** sha256 of bpf/intf/*.h: the objects and libstirling.so must have the same. */
export const ABI_HASH = 'fb93bbbaa913820c9837b96e3854d5357821ed23ba834a9c27d0bc53b3086812'

export const SCOPE_SLOTS = 4096
export const ADMIT_ALL = 65536
export const CAPTURE_CLASS_MAX = 16384
export const SAMPLE_BYTES = 64

/** enum event_kind */
export const EventKind = {
  DATA: 1,
  CONN: 2,
  CLOSE: 3,
} as const

/** enum direction */
export const Direction = {
  SEND: 0,
  RECV: 1,
} as const

/** enum lane */
export const Lane = {
  WIRE: 0,
  PLAIN: 1,
} as const

/** enum family */
export const Family = {
  UNIX: 1,
  INET: 2,
  INET6: 10,
} as const

/** enum role */
export const Role = {
  UNKNOWN: 0,
  CLIENT: 1,
  SERVER: 2,
} as const

/** enum reason */
export const Reason = {
  SEEN: 0,
  EMITTED: 1,
  SKIP_UNDECIDED: 2,
  SKIP_RUN: 3,
  SKIP_VERDICT: 4,
  SKIP_CAPTURE: 5,
  SKIP_NOBUF: 6,
  LOST_RING: 7,
  LOST_FAULT: 8,
  LOST_CONTROL: 9,
  LOST_MAP: 10,
  LOST_SHED: 11,
  COUNT: 12,
} as const

/** enum data_flag */
export const DataFlag = {
  START: 1,
  END: 2,
  MORE: 4,
  TRUNCATED: 8,
} as const

/** enum mode */
export const Mode = {
  UNDECIDED: 0,
  FULL: 1,
  LENGTHS: 2,
  OFF: 3,
  WHOLE: 4,
} as const

/** enum scope_flag */
export const ScopeFlag = {
  INCLUDE: 1,
  EXCLUDE: 2,
  TREE: 4,
} as const

/** struct data_event: member → offset in bytes. */
export const DataEvent = {
  SIZE: 64,
  kind: 0,
  direction: 1,
  lane: 2,
  flags: 3,
  size: 4,
  conn: 8,
  time: 16,
  position: 24,
  length: 32,
  captured: 36,
  tgid: 40,
  reason: 44,
  peer_port: 46,
  peer_addr: 48,
} as const

/** struct conn_event: member → offset in bytes. */
export const ConnEvent = {
  SIZE: 336,
  kind: 0,
  family: 1,
  type: 2,
  role: 3,
  size: 4,
  conn: 8,
  time: 16,
  cgroup: 24,
  start_boottime: 32,
  position: 40,
  tgid: 56,
  netns: 60,
  local_port: 64,
  remote_port: 66,
  protocol: 68,
  mode: 70,
  local_addr: 72,
  remote_addr: 88,
  comm: 104,
  local_path: 120,
  remote_path: 228,
} as const

/** struct close_event: member → offset in bytes. */
export const CloseEvent = {
  SIZE: 40,
  kind: 0,
  pad: 1,
  size: 4,
  conn: 8,
  time: 16,
  position: 24,
} as const

/** struct verdict: member → offset in bytes. */
export const Verdict = {
  SIZE: 32,
  conn: 0,
  mode: 8,
  pad: 12,
  until: 16,
} as const

/** struct endpoint: member → offset in bytes. */
export const Endpoint = {
  SIZE: 24,
  netns: 0,
  port: 4,
  pad: 6,
  addr: 8,
} as const

/** struct comm_pattern: member → offset in bytes. */
export const CommPattern = {
  SIZE: 16,
  glob: 0,
} as const

/** struct cgroup_filter: member → offset in bytes. */
export const CgroupFilter = {
  SIZE: 16,
  id: 0,
  level: 8,
  pad: 12,
} as const

/** struct counter: member → offset in bytes. */
export const Counter = {
  SIZE: 16,
  events: 0,
  bytes: 8,
} as const

export interface Field {
  readonly name: string
  readonly offset: number
  /** Size of one element. */
  readonly bytes: number
  readonly count: number
}

/** Every struct, by its name in C; recordings carry it. */
export const LAYOUT: Readonly<Record<string, readonly Field[]>> = {
  data_event: [
    { name: 'kind', offset: 0, bytes: 1, count: 1 },
    { name: 'direction', offset: 1, bytes: 1, count: 1 },
    { name: 'lane', offset: 2, bytes: 1, count: 1 },
    { name: 'flags', offset: 3, bytes: 1, count: 1 },
    { name: 'size', offset: 4, bytes: 4, count: 1 },
    { name: 'conn', offset: 8, bytes: 8, count: 1 },
    { name: 'time', offset: 16, bytes: 8, count: 1 },
    { name: 'position', offset: 24, bytes: 8, count: 1 },
    { name: 'length', offset: 32, bytes: 4, count: 1 },
    { name: 'captured', offset: 36, bytes: 4, count: 1 },
    { name: 'tgid', offset: 40, bytes: 4, count: 1 },
    { name: 'reason', offset: 44, bytes: 2, count: 1 },
    { name: 'peer_port', offset: 46, bytes: 2, count: 1 },
    { name: 'peer_addr', offset: 48, bytes: 1, count: 16 },
  ],
  conn_event: [
    { name: 'kind', offset: 0, bytes: 1, count: 1 },
    { name: 'family', offset: 1, bytes: 1, count: 1 },
    { name: 'type', offset: 2, bytes: 1, count: 1 },
    { name: 'role', offset: 3, bytes: 1, count: 1 },
    { name: 'size', offset: 4, bytes: 4, count: 1 },
    { name: 'conn', offset: 8, bytes: 8, count: 1 },
    { name: 'time', offset: 16, bytes: 8, count: 1 },
    { name: 'cgroup', offset: 24, bytes: 8, count: 1 },
    { name: 'start_boottime', offset: 32, bytes: 8, count: 1 },
    { name: 'position', offset: 40, bytes: 8, count: 2 },
    { name: 'tgid', offset: 56, bytes: 4, count: 1 },
    { name: 'netns', offset: 60, bytes: 4, count: 1 },
    { name: 'local_port', offset: 64, bytes: 2, count: 1 },
    { name: 'remote_port', offset: 66, bytes: 2, count: 1 },
    { name: 'protocol', offset: 68, bytes: 2, count: 1 },
    { name: 'mode', offset: 70, bytes: 2, count: 1 },
    { name: 'local_addr', offset: 72, bytes: 1, count: 16 },
    { name: 'remote_addr', offset: 88, bytes: 1, count: 16 },
    { name: 'comm', offset: 104, bytes: 1, count: 16 },
    { name: 'local_path', offset: 120, bytes: 1, count: 108 },
    { name: 'remote_path', offset: 228, bytes: 1, count: 108 },
  ],
  close_event: [
    { name: 'kind', offset: 0, bytes: 1, count: 1 },
    { name: 'pad', offset: 1, bytes: 1, count: 3 },
    { name: 'size', offset: 4, bytes: 4, count: 1 },
    { name: 'conn', offset: 8, bytes: 8, count: 1 },
    { name: 'time', offset: 16, bytes: 8, count: 1 },
    { name: 'position', offset: 24, bytes: 8, count: 2 },
  ],
  verdict: [
    { name: 'conn', offset: 0, bytes: 8, count: 1 },
    { name: 'mode', offset: 8, bytes: 4, count: 1 },
    { name: 'pad', offset: 12, bytes: 4, count: 1 },
    { name: 'until', offset: 16, bytes: 8, count: 2 },
  ],
  endpoint: [
    { name: 'netns', offset: 0, bytes: 4, count: 1 },
    { name: 'port', offset: 4, bytes: 2, count: 1 },
    { name: 'pad', offset: 6, bytes: 2, count: 1 },
    { name: 'addr', offset: 8, bytes: 1, count: 16 },
  ],
  comm_pattern: [
    { name: 'glob', offset: 0, bytes: 1, count: 16 },
  ],
  cgroup_filter: [
    { name: 'id', offset: 0, bytes: 8, count: 1 },
    { name: 'level', offset: 8, bytes: 4, count: 1 },
    { name: 'pad', offset: 12, bytes: 4, count: 1 },
  ],
  counter: [
    { name: 'events', offset: 0, bytes: 8, count: 1 },
    { name: 'bytes', offset: 8, bytes: 8, count: 1 },
  ],
}
