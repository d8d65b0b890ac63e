import type { Attachment, KernelObject, Setup } from '../../kernel/kernel.js'
import { TracerError } from '../../lib/errors.js'
import type { Context, Options } from '../connector.js'

/** The ways to see socket I/O, cheapest first; each is a set of programs of socket_trace.bpf.c. */
const LAYERS = [
  { name: 'sock', programs: ['sock_send', 'sock_recv'] },
  { name: 'syscall', programs: ['syscall_exit'] },
  { name: 'syscall', programs: ['syscall_exit_old'] },
] as const

const ALWAYS = ['tcp_destroy', 'tcp_state', 'process_fork', 'process_exec', 'process_exit']

export type Layer = (typeof LAYERS)[number]['name']

export interface Loaded {
  readonly layer: Layer
  readonly object: KernelObject
  readonly attachments: readonly Attachment[]
}

/**
 * Loads the first hook layer that this kernel takes, or the one asked for, and hands it to `ready` before it is attached.
 * Throws TracerError if none loads.
 */
export function loadLayer(
  context: Context,
  connector: string,
  setup: Omit<Setup, 'programs'>,
  ready: (object: KernelObject) => void,
): Loaded {
  const refused: string[] = []
  for (const { name, programs } of candidates(context.options)) {
    const loaded = tryLayer(context, connector, name, [...programs, ...ALWAYS], setup, ready)
    if (typeof loaded !== 'string') return loaded
    refused.push(`${name}: ${loaded}`)
  }
  throw new TracerError('cannotTrace', `no hook layer works here\n${refused.join('\n')}`, 'see `stirling doctor`')
}

function candidates(options: Options): readonly (typeof LAYERS)[number][] {
  return options.attach === 'auto' ? LAYERS : LAYERS.filter((layer) => layer.name === options.attach)
}

// → why it does not work.
function tryLayer(
  context: Context,
  connector: string,
  layer: Layer,
  programs: readonly string[],
  setup: Omit<Setup, 'programs'>,
  ready: (object: KernelObject) => void,
): Loaded | string {
  let object: KernelObject
  try {
    object = context.kernel.open('socket_trace', { ...setup, programs })
  } catch (error) {
    if (!(error instanceof TracerError)) throw error
    report(context, connector, layer, error.message)
    return error.message
  }
  ready(object)
  const attachments = programs.map((program) => object.attach({ program }))
  const failed = attachments.find((attachment) => attachment.error !== undefined)
  if (failed?.error === undefined) return { layer, object, attachments }
  report(context, connector, failed.probe.program, failed.error)
  object.close()
  return `${failed.probe.program}: ${failed.error}`
}

function report(context: Context, connector: string, probe: string, error: string): void {
  context.report({ connector, probe, status: 13, error, context: 'attach' })
}
