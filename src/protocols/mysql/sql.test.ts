import { firstWords, mayAnswer, redactSql, startsSql } from './sql.js'

test.each([
  ["CREATE USER 'a' IDENTIFIED BY 'x''y' REQUIRE SSL", "CREATE USER 'a' IDENTIFIED BY [REDACTED] REQUIRE SSL"],
  ["CREATE USER a IDENTIFIED WITH p BY 'x'", 'CREATE USER a IDENTIFIED WITH p BY [REDACTED]'],
  ["CREATE USER a IDENTIFIED BY PASSWORD '*6C'", 'CREATE USER a IDENTIFIED BY PASSWORD [REDACTED]'],
  [
    "CREATE USER a IDENTIFIED VIA ed25519 USING PASSWORD('x')",
    'CREATE USER a IDENTIFIED VIA ed25519 USING PASSWORD([REDACTED])',
  ],
  ["set password for 'b'@'%' = password('x')", "set password for 'b'@'%' = password([REDACTED])"],
  ["SET PASSWORD FOR b = 'x'", 'SET PASSWORD FOR b = [REDACTED]'],
  ["SET PASSWORD = 'x\\'y'", 'SET PASSWORD = [REDACTED]'],
  ["CHANGE MASTER TO MASTER_PASSWORD='x', MASTER_PORT=1", 'CHANGE MASTER TO MASTER_PASSWORD=[REDACTED], MASTER_PORT=1'],
  ["ALTER USER a IDENTIFIED BY 'cut off", 'ALTER USER a IDENTIFIED BY [REDACTED]'],
  ["ALTER USER a IDENTIFIED BY 'n' REPLACE 'o'", 'ALTER USER a IDENTIFIED BY [REDACTED] REPLACE [REDACTED]'],
  [
    "CREATE USER a IDENTIFIED VIA ed25519 USING 'x' OR mysql_native_password USING '*6C'",
    'CREATE USER a IDENTIFIED VIA ed25519 USING [REDACTED] OR mysql_native_password USING [REDACTED]',
  ],
  ['CREATE USER a IDENTIFIED WITH p AS 0x2A41', 'CREATE USER a IDENTIFIED WITH p AS [REDACTED]'],
  [
    "CREATE TABLE t ENGINE=FEDERATED CONNECTION='mysql://bob:pw@db:1/s/t'",
    "CREATE TABLE t ENGINE=FEDERATED CONNECTION='mysql://bob:[REDACTED]@db:1/s/t'",
  ],
  ["SELECT 'http://x/a:b@c', REPLACE('a', 'b', 'c')", "SELECT 'http://x/a:b@c', REPLACE('a', 'b', 'c')"],
  ['SELECT "x" FROM t', 'SELECT "x" FROM t'],
])('redacts %s', (sql, shown) => {
  expect(redactSql(sql)).toBe(shown)
})

test.each([
  ['select a from t1 where x', 'SELECT … FROM t1'],
  ['/* c */ INSERT INTO `db`.`t` values (1)', 'INSERT INTO `db`.`t`'],
  ['update t set a = 1', 'UPDATE t'],
  ['drop table if exists t', 'DROP TABLE t'],
  ['load data infile "x" into table t', 'LOAD … INTO t'],
  ['SELECT 1; DELETE FROM t', 'SELECT'],
  ['query=[SELECT ? FROM t] params=[1]', 'SELECT … FROM t'],
  ['user=alice', null],
])('the first words of %s', (sql, words) => {
  expect(firstWords(sql)).toBe(words)
})

test.each([
  ['SELECT 1', 'yes'],
  ['  -- hi\n (select', 'yes'],
  ['/* a long', 'yes'],
  ['sel', 'more'],
  ['', 'more'],
  ['GET / HTTP', 'no'],
  ['\u0001\u0002', 'no'],
])('%j begins SQL: %s', (sql, answer) => {
  const buf = Buffer.from(sql)
  expect(startsSql(buf, 0, buf.length)).toBe(answer)
})

test.each([
  ['insert into t values (1)', false, true],
  ['insert into t values (1) returning id', true, true],
  ['/* c */ select 1', true, false],
  ['select 1 into @a', true, true],
  ['call p()', true, true],
])('%s may be answered by rows: %s, by an OK: %s', (sql, rows, ok) => {
  expect([mayAnswer(sql, true), mayAnswer(sql, false)]).toEqual([rows, ok])
})
