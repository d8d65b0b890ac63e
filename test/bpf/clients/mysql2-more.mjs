// mysql2, what is less common: mysql2-more.mjs PORT [compress]

import { Readable } from 'node:stream'
import { createConnection } from 'mysql2/promise'

const [port, mode] = process.argv.slice(2)
const lines = Array.from({ length: 3000 }, (_, i) => `${i}\tline ${i}\n`).join('')
const db = await createConnection({
  host: '127.0.0.1',
  port: Number(port),
  user: 'tester',
  password: 'secret',
  database: 'shop',
  compress: mode === 'compress',
  timezone: 'Z',
  infileStreamFactory: () => Readable.from([Buffer.from(lines)]),
})
await db.query('create table more (id int, name varchar(60), at datetime(6), day date, clock time, price double)')
const insert = 'insert into more values (?, ?, ?, ?, ?, ?)'
await db.execute(insert, [1, "it's tea", new Date('2020-02-03T04:05:06.789Z'), '2024-02-29', '-12:13:14', 2.5])
await db.execute(insert, [null, 'NULL', null, null, null, -1])
await db.execute(insert, [2, 'Käse, '.repeat(8), new Date('1999-12-31T00:00:00Z'), null, '01:02:03', null])
await db.query("load data local infile 'lines' into table more (id, name)")
await db.query(`create procedure many() begin
  select * from more limit 3; select seq, repeat('x', 300) from seq_1_to_2000; update more set price = 0; end`)
await db.query('call many()')
await db.query('drop procedure many')
await db.query('drop table more')
await db.query(`select length('${'long '.repeat(4 << 20)}')`)
await db.query('select seq from seq_1_to_50000')
await db.query("select 'after the long one'")
await db.end()
