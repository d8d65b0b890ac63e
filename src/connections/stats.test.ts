import { Family } from '../kernel/intf.gen.js'
import { ROLE } from '../records/columns.js'
import { Connection } from './connection.js'
import { Stats } from './stats.js'

const FACTS = {
  family: Family.INET,
  role: ROLE.client,
  netns: 0,
  localAddr: '127.0.0.1',
  localPort: 40_000,
  remoteAddr: '10.0.0.1',
  remotePort: 80,
}
const OPTIONS = { bodyBytes: 0, redact: true }
const connection = (id: number): Connection =>
  new Connection(id, FACTS, { pid: id, upid: `0:${id}:1`, comm: 'x', container: null }, true, OPTIONS)

test('a connection is counted once, under what is known of it in the end', () => {
  const stats = new Stats(true)
  const conn = connection(1)
  stats.open(conn)
  stats.open(conn)
  conn.bytesSent = 10
  if (conn.stats !== undefined) conn.stats.bytesSent = 10
  conn.protocol = 'http'
  stats.open(conn)
  stats.close(conn)
  const [entry, ...others] = [...stats.take()]
  expect(others).toEqual([])
  expect(entry).toMatchObject({ protocol: 'http', opened: 1, closed: 1, bytesSent: 10 })
})

test('peers that are gone are forgotten once they are many', () => {
  const stats = new Stats(true)
  for (let id = 1; id <= 30_000; id++) {
    const conn = connection(id)
    stats.open(conn)
    stats.close(conn)
  }
  expect([...stats.take()]).toHaveLength(30_000)
  for (let id = 1; id <= 30_000; id++) stats.open(connection(id))
  expect(Math.max(...[...stats.take()].map(({ opened }) => opened))).toBe(2)
})

test('nothing is kept where nobody takes them', () => {
  const stats = new Stats(false)
  stats.open(connection(1))
  expect([...stats.take()]).toEqual([])
})
