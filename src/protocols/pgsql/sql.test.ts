import { firstWords, redactSql, startsSql } from './sql.js'

test.each([
  ["CREATE ROLE a PASSWORD 'x''y' LOGIN", 'CREATE ROLE a PASSWORD [REDACTED] LOGIN'],
  ["ALTER USER a WITH ENCRYPTED PASSWORD 'SCRAM-SHA-256$4096:a'", 'ALTER USER a WITH ENCRYPTED PASSWORD [REDACTED]'],
  ["alter role a password E'x\\'y' valid until 'z'", "alter role a password [REDACTED] valid until 'z'"],
  ['ALTER ROLE a PASSWORD $$x y$$', 'ALTER ROLE a PASSWORD [REDACTED]'],
  ['ALTER ROLE a PASSWORD $q$x$$y$q$ LOGIN', 'ALTER ROLE a PASSWORD [REDACTED] LOGIN'],
  ["ALTER ROLE a PASSWORD 'cut off", 'ALTER ROLE a PASSWORD [REDACTED]'],
  ['ALTER ROLE a PASSWORD NULL', 'ALTER ROLE a PASSWORD NULL'],
  [
    "CREATE USER MAPPING FOR a SERVER s OPTIONS (user 'b', password 'x')",
    "CREATE USER MAPPING FOR a SERVER s OPTIONS (user 'b', password [REDACTED])",
  ],
  [
    "CREATE SUBSCRIPTION s CONNECTION 'host=h password=x user=u' PUBLICATION p",
    "CREATE SUBSCRIPTION s CONNECTION 'host=h password=[REDACTED] user=u' PUBLICATION p",
  ],
  ["SELECT dblink_connect('password=''x y'' user=u')", "SELECT dblink_connect('password=[REDACTED] user=u')"],
  ["SELECT dblink_connect('postgres://a:x@h/d')", "SELECT dblink_connect('postgres://[REDACTED]@h/d')"],
  ["UPDATE t SET password = crypt('x', 'y')", "UPDATE t SET password = crypt([REDACTED], 'y')"],
  ["SELECT 1 FROM t WHERE password=E'x'", 'SELECT 1 FROM t WHERE password=[REDACTED]'],
  ['UPDATE t SET password = $1', 'UPDATE t SET password = $1'],
  ["SELECT 'x' FROM t", "SELECT 'x' FROM t"],
])('redacts %s', (sql, shown) => {
  expect(redactSql(sql)).toBe(shown)
})

test('redaction takes time in proportion to the text', () => {
  const sql = `${'password = '.repeat(20_000)}'${"''".repeat(20_000)}${' '.repeat(50_000)}`
  const before = performance.now()
  redactSql(sql)
  expect(performance.now() - before).toBeLessThan(2000)
})

test.each([
  ['select a from t1 where x', 'SELECT … FROM t1'],
  ['/* c */ -- d\n INSERT INTO "s"."t" values (1)', 'INSERT INTO "s"."t"'],
  ['update only t set a = 1', 'UPDATE t'],
  ['copy t from stdin', 'COPY t'],
  ['drop table if exists t', 'DROP TABLE t'],
  ['SELECT 1; DELETE FROM t', 'SELECT'],
  ['query=[SELECT $1 FROM t] params=[1]', 'SELECT … FROM t'],
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
