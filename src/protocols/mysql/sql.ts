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
const WORD = /^[A-Za-z]+/
const OBJECT =
  /\b(FROM|INTO|UPDATE|JOIN|TABLE|DATABASE|CALL)\s+(?:TABLE\s+)?(?:IF\s+(?:NOT\s+)?EXISTS\s+)?([\w.$`"]{1,64})/i

/** What a statement does to what, for grouping: `SELECT … FROM t`, `INSERT INTO t`, `SHOW`; null where it is not SQL. */
export function firstWords(body: string | null): string | null {
  if (body === null) return null
  const sql = body.slice(LEADING.exec(body)?.[0].length ?? 0)
  const verb = WORD.exec(sql)?.[0].toUpperCase()
  if (verb === undefined || !VERBS.has(verb)) return null
  const semicolon = sql.indexOf(';')
  const object = OBJECT.exec(semicolon < 0 ? sql : sql.slice(0, semicolon))
  if (object === null) return verb
  const word = (object[1] as string).toUpperCase()
  if (object.index === 0) return `${verb} ${object[2]}`
  return `${verb}${sql.slice(verb.length, object.index).trim() === '' ? '' : ' …'} ${word} ${object[2]}`
}

const CHANGES = new Set(
  'ALTER COMMIT CREATE DELETE DROP GRANT INSERT REPLACE ROLLBACK SAVEPOINT TRUNCATE UPDATE USE'.split(' '),
)

/** Whether a whole statement may be answered by rows, or without `rows` by an OK; undecided is yes. */
export function mayAnswer(sql: string, rows: boolean): boolean {
  const verb = WORD.exec(sql.slice(LEADING.exec(sql)?.[0].length ?? 0))?.[0].toUpperCase() ?? ''
  if (rows) return !CHANGES.has(verb) || /\bRETURNING\b/i.test(sql)
  return (verb !== 'SELECT' && verb !== 'SHOW') || /\bINTO\b/i.test(sql)
}

const VERBS: ReadonlySet<string> = new Set(
  `ALTER ANALYZE BACKUP BEGIN BINLOG CALL CHANGE CHECK CHECKSUM CLONE COMMIT CREATE DEALLOCATE DELETE DESC DESCRIBE DO DROP
   EXECUTE EXPLAIN FLUSH GRANT HANDLER HELP INSERT INSTALL KILL LOAD LOCK OPTIMIZE PREPARE PURGE RELEASE RENAME REPAIR REPLACE
   RESET RESIGNAL RESTART REVOKE ROLLBACK SAVEPOINT SELECT SET SHOW SHUTDOWN SIGNAL START STOP TABLE TRUNCATE UNINSTALL UNLOCK
   UPDATE USE VALUES WITH XA`.split(/\s+/),
)

/** Whether bytes begin a statement: `yes`, `no`, or `more` where they are too few to tell. */
export function startsSql(buf: Buffer, start: number, end: number): 'yes' | 'no' | 'more' {
  const head = buf.toString('latin1', start, Math.min(end, start + 512))
  if (/[\u0000-\u0008\u000e-\u001f]/.test(head)) return 'no'
  const rest = head.slice(LEADING.exec(head)?.[0].length ?? 0)
  const word = WORD.exec(rest)?.[0].toUpperCase() ?? ''
  if (word.length < rest.length && word.length > 0) return VERBS.has(word) ? 'yes' : 'no'
  // A comment that is not over: `/*! … */` is executed, `/* …` may be long.
  if (/^\/\*/.test(rest)) return rest.length > 4 ? 'yes' : 'more'
  if (rest.length > word.length) return 'no'
  if (VERBS.has(word)) return 'yes'
  for (const verb of VERBS) if (verb.startsWith(word)) return 'more'
  return 'no'
}
