// Connections that are older than the trace: mysql2-older.mjs PORT; waits for stdin to end

import { once } from 'node:events'
import { createConnection } from 'mysql2/promise'

const account = {
  host: '127.0.0.1',
  port: Number(process.argv[2]),
  user: 'tester',
  password: 'secret',
  database: 'shop',
}
const plain = await createConnection(account)
const packed = await createConnection({ ...account, compress: true })
const statement = await plain.prepare('select ? as prepared_before')
await packed.query('select 1')
process.stdout.write('ready\n')
await once(process.stdin.resume(), 'end')
await plain.ping()
await statement.execute([7])
await plain.execute('select ? as prepared_since', ['x'])
await packed.query("select 'of an older compressed connection'")
await packed.query("select seq, repeat('y', 100) from seq_1_to_1000")
await plain.end()
await packed.end()
