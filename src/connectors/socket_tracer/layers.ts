import type { Attachment, KernelObject, Setup } from '../../kernel/kernel.js'
import { TracerError } from '../../lib/errors.js'
import { argumentsInBtf, presentInBtf } from '../../system/btf.js'
import { rootCgroup } from '../../system/cgroups.js'
import { type Hooks, readHooks, SOCK_TRACEPOINT } from '../../system/machine.js'
import type { Context, Options } from '../connector.js'

export type Layer = Exclude<Options['attach'], 'auto'>

interface LayerPrograms {
  readonly name: Layer
  readonly programs: readonly string[]
  /** How the names of its programs for SENDPAGES begin. */
  readonly sendpage?: readonly string[]
  /** Those for datagrams, where the layer sees their functions. */
  readonly datagrams?: readonly string[]
  /** It needs programs of a cgroup for datagrams: it is for those only. */
  readonly hears?: true
  /** For kernels without, or with, bpf_loop; undefined: for all, or to be tried. */
  readonly old?: boolean
}

/** Functions of the kernel that have the buffer of a call, by the names of our programs for them. */
const IPV6_CALLS = ['inet6_sendmsg', 'inet6_recvmsg']
const CALLS = ['inet_sendmsg', 'inet_recvmsg', ...IPV6_CALLS, 'unix_sendmsg', 'unix_recvmsg']
const SPLICES = ['tcp_splice_read', 'unix_splice_read']
/** Before 6.5 sendfile and splice do not come through sendmsg. */
const SENDPAGES: Readonly<Record<string, string>> = {
  inet_sendpage: 'inet_sendpage',
  unix_stream_sendpage: 'unix_sendpage',
}

/** Functions for datagrams. */
const UNIX_DATAGRAM_CALLS = ['unix_dgram_sendmsg', 'unix_dgram_recvmsg', 'unix_seqpacket_recvmsg']
const DATAGRAM_CALLS = ['udp_sendmsg', 'udp_recvmsg', 'udpv6_sendmsg', 'udpv6_recvmsg', ...UNIX_DATAGRAM_CALLS]

const named = (prefix: string, names: readonly string[], suffix = ''): string[] =>
  names.map((name) => `${prefix}${name}${suffix}`)

/** `old`: for kernels without bpf_loop. */
function fentry(old: string): LayerPrograms {
  const udp = ['udp_sendmsg', `udp_recvmsg${old}`, 'udpv6_sendmsg', `udpv6_recvmsg${old}`]
  const programs = [...named('fentry_', CALLS), ...named('fexit_', CALLS, old), ...named('fexit_', SPLICES)]
  const datagrams = [...named('fentry_', [...udp, ...UNIX_DATAGRAM_CALLS]), ...named('fexit_', DATAGRAM_CALLS, old)]
  return { name: 'fentry', programs, sendpage: ['fentry_', 'fexit_'], datagrams, old: old !== '' }
}

function kprobe(old: string): LayerPrograms {
  const begins = named('kprobe_', [...CALLS, ...SPLICES])
  const ends = [...named('kretprobe_', CALLS, old), ...named('kretprobe_', SPLICES), `kprobe_syscall_exit${old}`]
  const sendpage = ['kprobe_', 'kretprobe_']
  const datagramsEnd = [...named('kretprobe_', DATAGRAM_CALLS, old), `kprobe_datagram_exit${old}`]
  const datagrams = [...named('kprobe_', DATAGRAM_CALLS), ...datagramsEnd]
  return { name: 'kprobe', programs: [...begins, ...ends], sendpage, datagrams, old: old !== '' }
}

const SOCK = ['sock_send', 'sock_recv']
/** Of a cgroup: who has sent a datagram. */
const HEARD = ['heard_udp4', 'heard_udp6', 'heard_unix_peer']

/** The ways to see socket I/O, cheapest first; each is a set of programs of socket_trace.bpf.c. */
const LAYERS: readonly LayerPrograms[] = [
  fentry(''),
  fentry('_old'),
  { name: 'sock', programs: SOCK, datagrams: HEARD, hears: true },
  { name: 'sock', programs: SOCK },
  { name: 'syscall', programs: ['syscall_exit'] },
  { name: 'syscall', programs: ['syscall_exit_old'] },
  kprobe(''),
  kprobe('_old'),
]

/** The hook layers in the order in which they are tried. */
export const LAYER_NAMES: readonly Layer[] = [...new Set(LAYERS.map(({ name }) => name))]

/** What the names of programs for unix sockets have, which are not loaded where those are not traced. */
const UNIX = '_unix_'

/** Datagrams beside the others: a program at the return of every system call, which costs something. */
const DATAGRAM_EXIT = 'datagram_exit'

/** In the BTF of kernels that have bpf_loop (5.17). */
const LOOP = 'BPF_FUNC_loop'
/** In that of those that ask a cgroup about the senders on unix sockets (6.7). */
const UNIX_HEARD = 'BPF_CGROUP_UNIX_RECVMSG'

const LOOKED_FOR = [LOOP, SOCK_TRACEPOINT, UNIX_HEARD, ...Object.keys(SENDPAGES), ...IPV6_CALLS, ...DATAGRAM_CALLS]

/** What the running kernel has of that; undefined: there is none, the events come from a file. */
type Present = ReadonlySet<string> | undefined

const ALWAYS = ['tcp_destroy', 'tcp_state', 'process_fork', 'process_exec', 'process_exit']

export interface Loaded {
  readonly layer: Layer
  readonly object: KernelObject
  readonly attachments: readonly Attachment[]
}

/**
 * Loads the first hook layer that this kernel takes, or the one asked for, and hands it to `ready` before it is attached.
 * `datagrams`: those too.
 * Throws TracerError if none loads.
 */
export function loadLayer(
  context: Context,
  connector: string,
  setup: Omit<Setup, 'programs'> & { readonly datagrams: boolean },
  ready: (object: KernelObject) => void,
): Loaded {
  const { datagrams, ...rest } = setup
  const refused: Refusal[] = []
  const live = context.kernel.source === 'live'
  const present = live ? presentInBtf(LOOKED_FOR, context.options.btf) : undefined
  // Where the kernel does not take the program for datagrams, streams are seen without it.
  for (const more of datagrams ? [true, false] : [false]) {
    for (const candidate of candidates(context, present, more)) {
      // In the order in which they are attached: who has sent a datagram is asked before its bytes are seen.
      const all = [...(more ? datagramPrograms(candidate, present) : []), ...programsOf(candidate, present)]
      const programs = context.options.scope.unix ? all : all.filter((name) => !name.includes(UNIX))
      const loaded = tryLayer(context, connector, candidate.name, programs, rest, ready)
      if ('object' in loaded) return loaded
      refused.push({ ...loaded, layer: candidate.name })
    }
  }
  throw noneWorks(refused, context)
}

/** Why a hook layer cannot be had from this kernel, as far as that shows without trying. */
export function layerObstacle(layer: Layer, hooks: Hooks): string | undefined {
  if (layer === 'fentry' && !hooks.directCalls) return 'the kernel has no ftrace with direct calls'
  if (layer === 'sock' && !hooks.sockTracepoints)
    return 'no tracepoint sock_send_length in this kernel: it came with 6.3'
  if (layer === 'kprobe' && !hooks.kprobes) return 'the kernel was built without kprobes'
  return undefined
}

interface Refusal {
  readonly layer: Layer
  readonly why: string
  readonly hint: string | undefined
}

// What is the same for all of them is said once, and of the one that was asked for what it lacks.
function noneWorks(refused: readonly Refusal[], { kernel, options: { attach } }: Context): TracerError {
  const obstacle = attach === 'auto' || kernel.source !== 'live' ? undefined : layerObstacle(attach, readHooks())
  if (obstacle !== undefined) {
    return new TracerError(
      'cannotTrace',
      `hook layer ${attach}: ${obstacle}`,
      'leave out --attach, or see `stirling doctor`',
    )
  }
  const reasons = new Set(refused.map(({ why }) => why))
  const [hint, ...others] = new Set(refused.map((each) => each.hint))
  const lines = reasons.size === 1 ? reasons : new Set(refused.map(({ layer, why }) => `${layer}: ${why}`))
  const common = others.length === 0 ? hint : undefined
  const lead = attach === 'auto' ? 'no hook layer works here\n' : `hook layer ${attach}: `
  return new TracerError('cannotTrace', lead + [...lines].join('\n'), common ?? 'see `stirling doctor`')
}

// A kernel without IPv6, or with it in a module, lacks some of the functions.
function datagramPrograms({ programs, datagrams, hears }: LayerPrograms, present: Present): readonly string[] {
  if (datagrams !== undefined && (hears || DATAGRAM_CALLS.every((name) => present?.has(name)))) return datagrams
  return [programs.some((program) => program.endsWith('_old')) ? `${DATAGRAM_EXIT}_old` : DATAGRAM_EXIT]
}

function candidates({ options }: Context, present: Present, datagrams: boolean): readonly LayerPrograms[] {
  const { attach, scope } = options
  const old = present !== undefined && !present.has(LOOP)
  const hears = datagrams && canHear(present, scope.unix)
  return LAYERS.filter(
    (layer) =>
      (attach === 'auto' || layer.name === attach) &&
      (layer.old ?? old) === old &&
      (hears || layer.hears === undefined),
  )
}

function canHear(present: Present, unix: boolean): boolean {
  if (present === undefined) return true
  return present.has(SOCK_TRACEPOINT) && (!unix || present.has(UNIX_HEARD)) && rootCgroup() !== undefined
}

// What is no function of this kernel cannot be hooked.
function programsOf({ programs, sendpage = [] }: LayerPrograms, present: Present): string[] {
  const names = Object.keys(SENDPAGES).filter((name) => present?.has(name))
  const more = sendpage.flatMap((prefix) => names.map((name) => `${prefix}${SENDPAGES[name]}`))
  const absent = IPV6_CALLS.filter((name) => present?.has(name) === false)
  const there = programs.filter((program) => !absent.some((name) => program.includes(name)))
  return [...there, ...more, ...ALWAYS]
}

// Where a kprobe finds an argument depends on how many there are.
function constantsOf(
  layer: Layer,
  programs: readonly string[],
  { constants }: Pick<Setup, 'constants'>,
  { kernel, options }: Context,
): Setup['constants'] {
  if (programs.some(isHeard)) return { ...constants, sock_datagrams: 1 }
  if (layer !== 'kprobe' || kernel.source !== 'live') return constants
  const known = argumentsInBtf('udp_recvmsg', options.btf)
  return known === undefined ? constants : { ...constants, udp_recvmsg_args: known }
}

function tryLayer(
  context: Context,
  connector: string,
  layer: Layer,
  programs: readonly string[],
  setup: Omit<Setup, 'programs'>,
  ready: (object: KernelObject) => void,
): Loaded | Omit<Refusal, 'layer'> {
  let object: KernelObject
  try {
    object = context.kernel.open('socket_trace', {
      ...setup,
      programs,
      constants: constantsOf(layer, programs, setup, context),
    })
  } catch (error) {
    if (!(error instanceof TracerError)) throw error
    report(context, connector, layer, error.message)
    return { why: error.message, hint: error.hint }
  }
  ready(object)
  const cgroup = programs.some(isHeard) ? rootCgroup() : undefined
  const attachments = programs.map((program) => object.attach(isHeard(program) ? { program, cgroup } : { program }))
  const failed = attachments.find((attachment) => attachment.error !== undefined)
  if (failed?.error === undefined) return { layer, object, attachments }
  report(context, connector, failed.probe.program, failed.error)
  object.close()
  return { why: `${failed.probe.program}: ${failed.error}`, hint: undefined }
}

function isHeard(program: string): boolean {
  return HEARD.includes(program)
}

function report(context: Context, connector: string, probe: string, error: string): void {
  context.report({ connector, probe, status: 13, error, context: 'attach' })
}
