// mysql2, text and binary protocol: mysql2.mjs PORT
import { createConnection } from 'mysql2/promise'

const account = { user: 'tester', password: 'secret', database: 'shop' }
const db = await createConnection({
  host: '127.0.0.1',
  port: Number(process.argv[2]),
  ...account,
  multipleStatements: true,
})
await db.query('create table if not exists mysql2 (id int primary key, name varchar(40), price double)')
await db.query("insert into mysql2 values (1, 'tea', 2.5), (2, 'Käse', 7), (3, null, 0)")
await db.query('select * from mysql2 order by id')
await db.query('select * from mysql2 where id > 99')
await db.query('select 1 as a; select 2 as b union select 3')
for (let id = 1; id <= 3; id++) await db.execute('select name from mysql2 where id = ?', [id])
await db.execute('update mysql2 set price = ? where id = ?', [9.75, 2])
for (const wrong of ['select nope from mysql2', 'selec 1', 'insert into mysql2 values (1, 2, 3)']) {
  await db.query(wrong).catch(() => undefined)
}
await db.ping()
await db.query(`select '${'x'.repeat(100_000)}' as big`)
await db.changeUser({ database: 'shop' })
await db.query('drop table mysql2')
await db.end()
