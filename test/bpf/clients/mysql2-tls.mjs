// mysql2 over TLS: mysql2-tls.mjs PORT CA VERSION; prints version and cipher as the server has them
import { readFile } from 'node:fs/promises'
import { createConnection } from 'mysql2/promise'

const [port, ca, version] = process.argv.slice(2)
const ssl = { ca: await readFile(ca), minVersion: version, maxVersion: version }
const db = await createConnection({ host: '127.0.0.1', port: Number(port), user: 'tester', password: 'secret', ssl })
const [rows] = await db.query("show status where variable_name in ('Ssl_version', 'Ssl_cipher')")
const of = (name) => rows.find((row) => row.Variable_name === name).Value
process.stdout.write(`${of('Ssl_version')}\t${of('Ssl_cipher')}\n`)
await db.end()
