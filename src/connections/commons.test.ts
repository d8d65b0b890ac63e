import { ROLE } from '../records/columns.js'
import { Commons } from './commons.js'
import { Connection } from './connection.js'

const PROCESS = { pid: 1, upid: '0:1:1', comm: 'x', container: null }
const [CLIENT, SERVER] = ['10.0.0.1', '10.0.0.2']

function connection(role: number, port: number, more: object = {}): Connection {
  const ends = { localAddr: CLIENT, localPort: 40_000, remoteAddr: SERVER, remotePort: port }
  const other = { localAddr: SERVER, localPort: port, remoteAddr: CLIENT, remotePort: 40_000 }
  const facts = { family: 2, role, netns: 1, ...(role === ROLE.server ? other : ends), ...more }
  const conn = new Connection(1, facts, PROCESS, true, { bodyBytes: 1, redact: true })
  conn.protocol = 'line'
  return conn
}

const make = (): object => ({})

test('both ends of the connections to a server have the same in common, others do not', () => {
  const commons = new Commons()
  const one = commons.of(connection(ROLE.client, 9042), make)
  expect(commons.of(connection(ROLE.client, 9042), make)).toBe(one)
  expect(commons.of(connection(ROLE.server, 9042), make)).toBe(one)
  expect(commons.of(connection(ROLE.client, 9043), make)).not.toBe(one)
  expect(commons.of(connection(ROLE.client, 9042, { netns: 2 }), make)).not.toBe(one)
  const other = connection(ROLE.client, 9042)
  other.protocol = 'other'
  expect(commons.of(other, make)).not.toBe(one)
})

test('where the server is not known, nothing', () => {
  const commons = new Commons()
  const nowhere = connection(ROLE.client, 9042, { remoteAddr: null })
  expect(commons.of(nowhere, make)).not.toBe(commons.of(nowhere, make))
})

test('of many servers, those that were asked for last', () => {
  const commons = new Commons()
  const of = (port: number): object => commons.of(connection(ROLE.client, port), make)
  const [first, second] = [of(1), of(2)]
  for (let port = 3; port <= 256; port++) of(port)
  expect(of(1)).toBe(first)
  of(257)
  expect(of(1)).toBe(first)
  expect(of(2)).not.toBe(second)
})
