import * as Flags from '@oclif/core/flags'

/** Flags that `trace` and `replay` share: what is shown, and how. */
export const OUTPUT_FLAGS = {
  connectors: Flags.string({
    char: 'c',
    multiple: true,
    multipleNonGreedy: true,
    description: 'protocols, connectors or groups, by comma or repeated (see `stirling list connectors`)',
    default: ['default'],
    helpValue: 'a,b',
  }),
  tables: Flags.string({ multiple: true, multipleNonGreedy: true, description: 'only these tables', helpValue: 'a,b' }),
  columns: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    description: 'only these columns: `name` or `table.name`',
    helpValue: 'a,b',
  }),
  format: Flags.string({
    description: 'table for people, ndjson for programs [default: table on a terminal, ndjson in a pipe]',
    options: ['table', 'ndjson'],
  }),
  duration: Flags.string({ description: 'stop after this time (a bare number is seconds)', helpValue: '30s' }),
  limit: Flags.string({ description: 'stop after this many rows', helpValue: 'N' }),
  'body-bytes': Flags.string({ description: 'bytes of a body or statement that are shown', default: '1Ki' }),
  proto: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    description: 'a .proto file that names the fields of gRPC messages; can be repeated',
    helpValue: 'FILE',
  }),
  redact: Flags.boolean({
    description: 'replace credentials by [REDACTED]; --no-redact reveals them',
    default: true,
    allowNo: true,
  }),
  strict: Flags.boolean({ description: 'exit code 4 if anything was lost' }),
  verbose: Flags.boolean({ char: 'v', description: 'say more on stderr', exclusive: ['quiet'] }),
  quiet: Flags.boolean({ description: 'say nothing but errors on stderr' }),
}

/** Flags of `trace` alone: whom, and how the kernel side works. */
export const CAPTURE_FLAGS = {
  pid: Flags.string({ multiple: true, multipleNonGreedy: true, description: 'only these processes', helpValue: 'N,M' }),
  comm: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    description: 'only processes with these names; * and ? match',
    helpValue: 'a,b*',
  }),
  port: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    description: 'only connections with one of these ports, local or remote',
    helpValue: 'N,M',
  }),
  container: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    description: 'only these containers (id or its beginning) or systemd units',
    helpValue: 'ID',
  }),
  cgroup: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    description: 'only processes in these cgroups or below them',
    helpValue: 'PATH',
  }),
  netns: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    description: 'only sockets of these network namespaces: name, path or inode',
    helpValue: 'NAME',
  }),
  'host-path': Flags.string({
    description:
      'where the root of the host is mounted, for a tracer in a container [env: STIRLING_HOST_PATH, PL_HOST_PATH]',
    helpValue: 'DIR',
  }),
  unix: Flags.boolean({
    description: 'unix sockets too [default: only with a scope of processes: --pid, --comm …]',
  }),
  record: Flags.string({
    description: 'keep the raw events too, for `stirling replay` (not redacted; mode 0600)',
    helpValue: 'FILE',
  }),
  'capture-bytes': Flags.string({
    description: 'bytes copied of one call, once the protocol is known [default: 64Ki, or what --body-bytes needs]',
  }),
  'infer-bytes': Flags.string({ description: 'bytes copied each way before the protocol is known', default: '256Ki' }),
  'ring-bytes': Flags.string({
    description: 'size of the ring between kernel and tracer; a power of two',
    default: '32Mi',
  }),
  connections: Flags.string({ description: 'connections followed at once', default: '65536', hidden: true }),
  attach: Flags.string({
    description: 'hook layer; auto takes the cheapest that loads (see `stirling doctor`)',
    options: ['auto', 'fentry', 'sock', 'syscall', 'kprobe'],
    default: 'auto',
  }),
  stats: Flags.boolean({ description: 'say at the end what the BPF programs have cost' }),
  'max-overhead': Flags.string({
    description: 'leave out new connections where tracing would cost more, in percent of one core',
    helpValue: 'PERCENT',
  }),
  btf: Flags.string({
    description: 'types of the running kernel, where it has no /sys/kernel/btf/vmlinux',
    helpValue: 'FILE',
  }),
}

/** The values of OUTPUT_FLAGS. */
export interface OutputValues {
  readonly connectors: string[]
  readonly tables: string[] | undefined
  readonly columns: string[] | undefined
  readonly format: string | undefined
  readonly duration: string | undefined
  readonly limit: string | undefined
  readonly 'body-bytes': string
  readonly redact: boolean
  readonly strict: boolean
  readonly verbose: boolean
  readonly quiet: boolean
}

/** The values of CAPTURE_FLAGS. */
export interface CaptureValues {
  readonly pid: string[] | undefined
  readonly comm: string[] | undefined
  readonly port: string[] | undefined
  readonly container: string[] | undefined
  readonly cgroup: string[] | undefined
  readonly netns: string[] | undefined
  readonly 'host-path': string | undefined
  readonly unix: boolean
  readonly record: string | undefined
  readonly 'capture-bytes': string | undefined
  readonly 'infer-bytes': string
  readonly 'ring-bytes': string
  readonly connections: string
  readonly attach: string
  readonly stats: boolean
  readonly 'max-overhead': string | undefined
  readonly btf: string | undefined
}
