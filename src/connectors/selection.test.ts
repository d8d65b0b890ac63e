import type { TracerError } from '../lib/errors.js'
import { PROTOCOLS } from '../protocols/index.js'
import { select } from './selection.js'

const PROTOCOL_TABLES = [...new Set(PROTOCOLS.map(({ table }) => table.name))]
const HTTP = ['http_events', 'websocket_events']
const SOCKETS = [...PROTOCOL_TABLES, 'conn_stats']
const tables = (...names: string[]): string[] => select(names).flatMap((each) => each.tables.map(({ name }) => name))
const connectors = (...names: string[]): string[] => select(names).map(({ name }) => name)

test.each<[string[], string[]]>([
  [['default'], SOCKETS],
  [['tracers'], SOCKETS],
  [['kTracers'], SOCKETS],
  [['socket_tracer'], SOCKETS],
  [['http'], HTTP],
  [['http2'], ['http_events']],
  [['grpc'], ['http_events']],
  [['mysql'], ['mysql_events']],
  [
    ['mysql', 'http', 'http'],
    ['http_events', 'mysql_events', 'websocket_events'],
  ],
  [['http', 'socket_tracer'], SOCKETS],
  [['http', 'default'], SOCKETS],
  [['metrics'], ['process_stats']],
  [['kMetrics'], ['process_stats']],
  [
    ['http', 'process_stats'],
    [...HTTP, 'process_stats'],
  ],
  [['kProd'], [...SOCKETS, 'process_stats']],
  [['sequences'], ['sequence_generator0', 'sequence_generator1']],
])('%j: the tables %j', (names, expected) => expect(tables(...names)).toEqual(expected))

test.each(['all', 'kAll'])('%s are all of them', (name) => {
  expect(connectors(name)).toEqual(['socket_tracer', 'process_stats', 'sequences'])
})

test.each<[string, RegExp]>([
  ['htpp', /did you mean http\? Known are: /],
  ['gopher', /^known are: /],
])('%j is a usage error', (name, hint) => {
  const error = caught(() => select([name]))
  expect(error).toMatchObject({ code: 'usage', message: `unknown connector ${JSON.stringify(name)}` })
  expect((error as TracerError).hint).toMatch(hint)
})

test.each(['constructor', '__proto__', 'toString'])('%j is a usage error too', (name) => {
  expect(caught(() => select([name]))).toMatchObject({ code: 'usage' })
})

test('a group without a connector is a usage error', () => {
  expect(caught(() => select(['tcp']))).toMatchObject({ code: 'usage', message: expect.stringContaining('tcp') })
})

function caught(run: () => void): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}
