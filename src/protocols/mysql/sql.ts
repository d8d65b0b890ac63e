import { type Dialect, firstWords as firstWordsOf, startsSql as startsSqlOf, verbOf } from '../sql.js'

const HIDDEN = '[REDACTED]'
const SENSITIVE = /identified|password/i
const URL = /:\/\//
const STRING = /(?:'(?:[^'\\]|\\.|'')*(?:'|\\?$)|"(?:[^"\\]|\\.|"")*(?:"|\\?$)|0x[0-9a-f]+)/.source
const SECRET = new RegExp(
  [
    // IDENTIFIED BY '…', IDENTIFIED BY PASSWORD '…', IDENTIFIED WITH plugin BY|AS '…', IDENTIFIED VIA plugin USING '…'
    `(\\bIDENTIFIED\\s+(?:(?:WITH|VIA)\\s+\\S{1,64}\\s+)?(?:BY|AS|USING)\\s+(?:PASSWORD\\s+)?)${STRING}`,
    // IDENTIFIED … REPLACE 'the old one'; MariaDB: IDENTIFIED … OR plugin USING '…'
    `(\\bREPLACE\\s+)${STRING}`,
    `(\\b(?:OR|AND)\\s+\\S{1,64}\\s+(?:BY|AS|USING)\\s+)${STRING}`,
    // SET PASSWORD FOR user = '…'
    `(PASSWORD\\s+FOR\\s+[^=]{1,256}=\\s*)${STRING}`,
    // PASSWORD('…'), PASSWORD = '…', MASTER_PASSWORD='…', PASSWORD '…'
    `(PASSWORD["\`]?\\s*[=(]?\\s*)${STRING}`,
    // CONNECTION='mysql://user:…@host'
    /(:\/\/[^\s/?#@'":]{0,64}:)[^\s/@'"]{1,256}(?=@)/.source,
  ].join('|'),
  'gis',
)

/** Whether a statement may carry credentials. */
export function isSensitive(sql: string): boolean {
  return SENSITIVE.test(sql)
}

/** The statement with the literals of passwords replaced by `[REDACTED]`. */
export function redactSql(sql: string): string {
  if (!isSensitive(sql) && !URL.test(sql)) return sql
  return sql.replace(SECRET, (_, ...groups) => `${groups.find((group) => group !== undefined)}${HIDDEN}`)
}

const LEADING = /^(?:query=\[)?(?:\s|\/\*(?!!)[\s\S]*?\*\/|(?:--\s|#)[^\n]*(?:\n|$)|\()*/
const OBJECT =
  /\b(FROM|INTO|UPDATE|JOIN|TABLE|DATABASE|CALL)\s+(?:TABLE\s+)?(?:IF\s+(?:NOT\s+)?EXISTS\s+)?([\w.$`"]{1,64})/i

const CHANGES = new Set(
  'ALTER COMMIT CREATE DELETE DROP GRANT INSERT REPLACE ROLLBACK SAVEPOINT TRUNCATE UPDATE USE'.split(' '),
)

/** Whether a whole statement may be answered by rows, or without `rows` by an OK; undecided is yes. */
export function mayAnswer(sql: string, rows: boolean): boolean {
  const verb = verbOf(sql, MYSQL)
  if (rows) return !CHANGES.has(verb) || /\bRETURNING\b/i.test(sql)
  return (verb !== 'SELECT' && verb !== 'SHOW') || /\bINTO\b/i.test(sql)
}

const VERBS: ReadonlySet<string> = new Set(
  `ALTER ANALYZE BACKUP BEGIN BINLOG CALL CHANGE CHECK CHECKSUM CLONE COMMIT CREATE DEALLOCATE DELETE DESC DESCRIBE DO DROP
   EXECUTE EXPLAIN FLUSH GRANT HANDLER HELP INSERT INSTALL KILL LOAD LOCK OPTIMIZE PREPARE PURGE RELEASE RENAME REPAIR REPLACE
   RESET RESIGNAL RESTART REVOKE ROLLBACK SAVEPOINT SELECT SET SHOW SHUTDOWN SIGNAL START STOP TABLE TRUNCATE UNINSTALL UNLOCK
   UPDATE USE VALUES WITH XA`.split(/\s+/),
)

const MYSQL: Dialect = { leading: LEADING, object: OBJECT, verbs: VERBS }

/** See `firstWords` of all dialects. */
export const firstWords = (body: string | null): string | null => firstWordsOf(body, MYSQL)

/** See `startsSql` of all dialects. */
export const startsSql = (buf: Buffer, start: number, end: number): 'yes' | 'no' | 'more' =>
  startsSqlOf(buf, start, end, MYSQL)
