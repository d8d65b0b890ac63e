// The driver for Node, version 4: cassandra-driver.mjs PORT [wait]. With `wait`, it connects and goes on when it is told to on
// stdin.
import { once } from 'node:events'
import cassandra from 'cassandra-driver'

const [port, wait] = process.argv.slice(2)
const { types } = cassandra
const client = new cassandra.Client({
  contactPoints: [`127.0.0.1:${port}`],
  localDataCenter: 'datacenter1',
  credentials: { username: 'cassandra', password: 'cassandra' },
  pooling: { heartBeatInterval: 0 },
})
await client.connect()
if (wait) {
  process.stdout.write('connected\n')
  process.stdin.setEncoding('utf8')
  await once(process.stdin, 'data')
  for (let i = 0; i < 5; i++) await client.execute(`SELECT key FROM system.local WHERE key = 'late${i}'`)
  await client.shutdown()
  process.exit(0)
}

await client.execute(
  "CREATE KEYSPACE IF NOT EXISTS node WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
)
await client.execute(
  'CREATE TABLE node.items (id int PRIMARY KEY, name text, price decimal, tags set<text>, made timestamp)',
)
const insert = 'INSERT INTO node.items (id, name, price, tags, made) VALUES (?, ?, ?, ?, ?)'
const made = new Date(1435685340123)
for (let id = 0; id < 20; id++) {
  const price = types.BigDecimal.fromString(`${id}.50`)
  await client.execute(insert, [id, `item ${id} ü`, price, ['a', 'b'], made], { prepare: true })
}
await client.execute('SELECT * FROM node.items WHERE id = ?', [3], { prepare: true })
await client.execute('SELECT id FROM node.items WHERE id = 4')

// pages
const seen = []
for await (const row of client.stream('SELECT id FROM node.items', [], { fetchSize: 6, autoPage: true }))
  seen.push(row.id)
if (seen.length !== 20) throw new Error(`${seen.length} rows`)

// many at once, answered in any order
const select = 'SELECT name FROM node.items WHERE id = ?'
await Promise.all(Array.from({ length: 100 }, (_, i) => client.execute(select, [i % 20], { prepare: true })))

// a batch, large values, errors
await client.batch(
  [
    { query: insert, params: [30, 'batch', null, null, made] },
    { query: 'DELETE FROM node.items WHERE id = ?', params: [1] },
  ],
  { prepare: true },
)
const large = 'x'.repeat(500_000)
await client.execute(insert, [40, large, null, null, null], { prepare: true })
const found = await client.execute('SELECT name FROM node.items WHERE id = 40')
if (found.rows[0].name !== large) throw new Error('not what was put in')
for (const wrong of ['SELEC 1', 'SELECT nope FROM node.items', 'SELECT * FROM node.absent']) {
  await client.execute(wrong).catch(() => undefined)
}
await client.execute("CREATE ROLE noderole WITH PASSWORD = 'secret-of-role' AND LOGIN = true")
await client.shutdown()
