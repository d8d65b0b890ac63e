import type { Connector, Context, Options, ProbeStatus } from '../connectors/connector.js'
import { CONNECTORS } from '../connectors/index.js'
import { select } from '../connectors/selection.js'
import { LAYER_NAMES, type Layer, layerObstacle } from '../connectors/socket_tracer/layers.js'
import type { Kernel } from '../kernel/kernel.js'
import { openLive } from '../kernel/live.js'
import { unattached } from '../kernel/unattached.js'
import { aligned } from '../lib/aligned.js'
import type { TracerError } from '../lib/errors.js'
import { PROTOCOLS } from '../protocols/index.js'
import { type Machine, readMachine } from '../system/machine.js'
import { requirePermission } from '../system/permissions.js'
import { blindSpots, type Check, information, machineChecks, obstacle } from './doctor-machine.js'
import { REPLAY_OPTIONS } from './settings.js'

/** Does the default group of connectors work here? If not, why, and what to do; and all that was looked at. */
export interface Diagnosis {
  readonly works: boolean
  readonly why: string | null
  readonly hint: string | null
  readonly checks: readonly Check[]
  /** What `--connectors` takes: connectors, and the protocols, which stand and fall with the socket tracer. */
  readonly connectors: readonly Check[]
}

/** Looks at the machine and loads what `trace` would load; attaches nothing. */
export function diagnose(): Diagnosis {
  const machine = readMachine()
  let live: Kernel | undefined
  const library = obstacle(() => {
    live = openLive()
  })
  const kernel = live === undefined ? undefined : unattached(live)
  const refused = library ?? obstacle(requirePermission)
  const connectors = CONNECTORS.map(({ name }) => connectorCheck(name, kernel, refused))
  const checks = [
    ...machineChecks(machine),
    verdict('machine', 'libstirling', library, `built for ${process.platform}-${machine.arch} and for this version`),
    ...layerChecks(machine, kernel, refused),
    ...connectors,
    ...blindSpots(machine),
    ...information(machine),
  ]
  live?.close()
  const broken = connectors.find((check) => check.state === 'not' && isDefault(check.name))
  const works = broken === undefined
  const all = [...connectors, ...connectors.flatMap(protocolsOf)]
  return { works, why: broken?.why ?? null, hint: broken?.hint ?? null, checks, connectors: all }
}

function protocolsOf(check: Check): Check[] {
  return check.name === 'socket_tracer' ? PROTOCOLS.map(({ name }) => ({ ...check, name })) : []
}

function isDefault(name: string): boolean {
  return CONNECTORS.some((entry) => entry.name === name && entry.groups.includes('default'))
}

function verdict(group: Check['group'], name: string, error: TracerError | undefined, well: string): Check {
  if (error === undefined) return { group, name, state: 'works', why: well, hint: null }
  // A hint to run `stirling doctor` is of no use here.
  const hint = error.hint?.includes('stirling doctor') ? null : (error.hint ?? null)
  return { group, name, state: 'not', why: error.message, hint }
}

const WELL: Readonly<Record<Layer, string>> = {
  fentry: 'loads; sees every call, costs nothing but on sockets',
  sock: 'loads; costs nothing but on socket calls',
  syscall: 'loads; costs a little on every system call',
  kprobe: 'loads; sees every call, costs more than the others',
}

function layerChecks(machine: Machine, kernel: Kernel | undefined, refused: TracerError | undefined): Check[] {
  return LAYER_NAMES.map((layer) => {
    const missing = layerObstacle(layer, machine)
    if (missing !== undefined) return { group: 'hook layers', name: layer, state: 'not', why: missing, hint: null }
    return verdict('hook layers', layer, refused ?? tryOut('socket_tracer', kernel, layer).error, WELL[layer])
  })
}

function connectorCheck(name: string, kernel: Kernel | undefined, refused: TracerError | undefined): Check {
  if (refused !== undefined) return verdict('connectors', name, refused, '')
  const { error, reports } = tryOut(name, kernel, 'auto')
  // That a hook layer was refused is said there.
  const report = reports.find(({ probe }) => !LAYER_NAMES.some((layer) => layer === probe))
  if (error !== undefined || report === undefined) return verdict('connectors', name, error, 'opens')
  const why = [report.probe, report.error].filter(Boolean).join(': ')
  return { group: 'connectors', name, state: 'degraded', why, hint: 'another way was found; see the hook layers' }
}

interface Trial {
  readonly error: TracerError | undefined
  readonly reports: readonly ProbeStatus[]
}

// Opens a connector as `trace` does.
function tryOut(name: string, kernel: Kernel | undefined, attach: Options['attach']): Trial {
  const reports: ProbeStatus[] = []
  if (kernel === undefined) return { error: undefined, reports }
  const options: Options = { ...REPLAY_OPTIONS, attach, bodyBytes: 0, redact: true }
  const connectors: readonly Connector[] = select([name])
  const context: Context = { kernel, options, report: (status) => reports.push(status), wake: () => undefined }
  const error = obstacle(() => {
    for (const connector of connectors) connector.open(context)
  })
  for (const connector of connectors) connector.close()
  return { error, reports }
}

/** The diagnosis for a person: a line for each check, and below it what to do, where that was not said before. */
export function diagnosisText({ works, why, checks }: Diagnosis): string {
  const rows = checks.map((check) => [check.name, check.state, inOneLine(check.why)])
  const lines = aligned(rows, '  ').split('\n')
  const said = new Set<string | null>([null])
  let text = ''
  checks.forEach(({ group, hint }, i) => {
    if (checks[i - 1]?.group !== group) text += `${i === 0 ? '' : '\n'}${group}\n`
    text += `${lines[i]}\n${said.has(hint) ? '' : `      ${hint}\n`}`
    said.add(hint)
  })
  return `${text}\n${works ? 'stirling works here' : `stirling does not work here: ${inOneLine(why ?? '')}`}\n`
}

// The reasons of the kernel may be long; --json has them whole.
function inOneLine(text: string): string {
  return text.split('\n').slice(0, 2).join('; ')
}
