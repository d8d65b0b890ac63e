import { TracerError } from '../lib/errors.js'
import { nearest } from '../lib/nearest.js'
import { PROTOCOLS } from '../protocols/index.js'
import type { Connector } from './connector.js'
import { CONNECTORS, type ConnectorEntry, GROUPS, type Group } from './index.js'

/** Names that the original knows, and ours. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['kAll', 'all'],
  ['kMetrics', 'metrics'],
  ['kTracers', 'tracers'],
  ['kProfiler', 'profiler'],
  ['kTCPStats', 'tcp'],
])
/** Names that stand for protocols: one who asks for HTTP means all of its versions. */
const SETS: ReadonlyMap<string, readonly string[]> = new Map([
  ['http', ['http', 'http2', 'websocket']],
  ['grpc', ['http2']],
])
/** The original's kProd: what its agent runs; of these, those that are there. */
const PROD = 'kProd'
const PROD_CONNECTORS: readonly string[] = ['process_stats', 'socket_tracer']

/** Makes the connectors that `--connectors` names: protocols, connectors, groups. Throws a usage error for an unknown name. */
export function select(names: readonly string[]): Connector[] {
  const own = new Set<ConnectorEntry>()
  const protocols = new Set<string>()
  for (const name of names) add(ALIASES.get(name) ?? name, own, protocols)
  if (own.size + protocols.size === 0) throw new TracerError('usage', 'no connector is named', 'see `stirling list`')
  return CONNECTORS.filter((entry) => own.has(entry) || (entry.name === 'socket_tracer' && protocols.size > 0)).map(
    (entry) => entry.create(own.has(entry) ? PROTOCOLS.map(({ name }) => name) : [...protocols], own.has(entry)),
  )
}

function add(name: string, own: Set<ConnectorEntry>, protocols: Set<string>): void {
  const entries = entriesOf(name)
  if (entries !== undefined) for (const entry of entries) own.add(entry)
  else for (const protocol of protocolsOf(name)) protocols.add(protocol)
}

function entriesOf(name: string): readonly ConnectorEntry[] | undefined {
  if (name === PROD) return CONNECTORS.filter((entry) => PROD_CONNECTORS.includes(entry.name))
  const entry = CONNECTORS.find((candidate) => candidate.name === name)
  if (entry !== undefined) return [entry]
  if (!GROUPS.includes(name as Group)) return undefined
  const entries = CONNECTORS.filter((candidate) => candidate.groups.includes(name as Group))
  if (entries.length > 0) return entries
  throw new TracerError('usage', `no connector of group ${name} is there yet`, 'see `stirling list`')
}

function protocolsOf(name: string): readonly string[] {
  const set = SETS.get(name)
  if (set !== undefined) return set
  if (PROTOCOLS.some((protocol) => protocol.name === name)) return [name]
  throw unknown(name)
}

function unknown(name: string): TracerError {
  const protocols = new Set([...PROTOCOLS.map((protocol) => protocol.name), ...SETS.keys()])
  const known = [...protocols, ...CONNECTORS.map((entry) => entry.name), ...GROUPS]
  const guess = nearest(name, known)
  const hint =
    guess === undefined ? `known are: ${known.join(', ')}` : `did you mean ${guess}? Known are: ${known.join(', ')}`
  return new TracerError('usage', `unknown connector ${JSON.stringify(name)}`, hint)
}
