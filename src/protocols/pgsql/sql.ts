import { REDACTED, redactUrl } from '../../records/redact.js'

const SENSITIVE = /passw|:\/\//i
// 'it''s' · E'it\'s' · $tag$…$tag$; one that is cut off counts too.
const LITERAL =
  /(?:E'(?:[^'\\]|\\.|'')*(?:'|\\?$)|(?:U&|N)?'(?:[^']|'')*(?:'|$)|\$(?<tag>\w*)\$[\s\S]*?(?:\$\k<tag>\$|$))/.source
// PASSWORD '…' · password => '…' · password = crypt('…' · OPTIONS (password '…') · 'password', '…'
const STATED = new RegExp(`(passw(?:or)?d["']?\\s*(?:(?:=>|:=|=|,)\\s*)?(?:\\w{1,63}\\(\\s*)?)${LITERAL}`, 'gis')
// A connection string inside a literal: password=… or password=''…''
const CONNECTION = /(passw(?:or)?d\s*=\s*)(?:''(?:[^'\\]|\\.)*(?:''|$)|(?!\w+&?[('])[^\s'"$&;()[]+)/gis

/** Whether a statement may carry credentials. */
export function isSensitive(sql: string): boolean {
  return SENSITIVE.test(sql)
}

/** The statement with the literals of passwords replaced by `[REDACTED]`. */
export function redactSql(sql: string): string {
  if (!isSensitive(sql)) return sql
  return redactUrl(sql.replace(CONNECTION, `$1${REDACTED}`).replace(STATED, `$1${REDACTED}`))
}

const LEADING = /^(?:query=\[)?(?:\s|\/\*[\s\S]*?\*\/|--[^\n]*(?:\n|$)|[(;])*/
const WORD = /^[A-Za-z]+/
const OBJECT =
  /\b(FROM|INTO|UPDATE|JOIN|TABLE|DATABASE|CALL|COPY)\s+(?:ONLY\s+)?(?:IF\s+(?:NOT\s+)?EXISTS\s+)?([\w.$"]{1,64})/i

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

const VERBS: ReadonlySet<string> = new Set(
  `ABORT ALTER ANALYSE ANALYZE BEGIN CALL CHECKPOINT CLOSE CLUSTER COMMENT COMMIT COPY CREATE DEALLOCATE DECLARE DELETE DISCARD
   DO DROP END EXECUTE EXPLAIN FETCH GRANT IMPORT INSERT LISTEN LOAD LOCK MERGE MOVE NOTIFY PREPARE REASSIGN REFRESH REINDEX
   RELEASE RESET REVOKE ROLLBACK SAVEPOINT SECURITY SELECT SET SHOW START TABLE TRUNCATE UNLISTEN UPDATE VACUUM VALUES
   WITH`.split(/\s+/),
)

/** Whether bytes begin a statement: `yes`, `no`, or `more` where they are too few to tell. */
export function startsSql(buf: Buffer, start: number, end: number): 'yes' | 'no' | 'more' {
  const head = buf.toString('latin1', start, Math.min(end, start + 512))
  if (/[\u0000-\u0008\u000e-\u001f]/.test(head)) return 'no'
  const rest = head.slice(LEADING.exec(head)?.[0].length ?? 0)
  const word = WORD.exec(rest)?.[0].toUpperCase() ?? ''
  if (word.length > 0 && word.length < rest.length) return VERBS.has(word) ? 'yes' : 'no'
  // A comment that is not over.
  if (rest.startsWith('/*')) return rest.length > 4 ? 'yes' : 'more'
  if (rest.length > word.length) return 'no'
  if (VERBS.has(word)) return 'yes'
  for (const verb of VERBS) if (verb.startsWith(word)) return 'more'
  return 'no'
}
