import { firstWords, redactSql, startsSql } from './sql.js'

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
