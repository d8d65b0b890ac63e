import { REDACTED, redactUrl } from '../../records/redact.js'
import { type Dialect, firstWords as firstWordsOf, startsSql as startsSqlOf } from '../sql.js'

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
const OBJECT =
  /\b(FROM|INTO|UPDATE|JOIN|TABLE|DATABASE|CALL|COPY)\s+(?:ONLY\s+)?(?:IF\s+(?:NOT\s+)?EXISTS\s+)?([\w.$"]{1,64})/i

const VERBS: ReadonlySet<string> = new Set(
  `ABORT ALTER ANALYSE ANALYZE BEGIN CALL CHECKPOINT CLOSE CLUSTER COMMENT COMMIT COPY CREATE DEALLOCATE DECLARE DELETE DISCARD
   DO DROP END EXECUTE EXPLAIN FETCH GRANT IMPORT INSERT LISTEN LOAD LOCK MERGE MOVE NOTIFY PREPARE REASSIGN REFRESH REINDEX
   RELEASE RESET REVOKE ROLLBACK SAVEPOINT SECURITY SELECT SET SHOW START TABLE TRUNCATE UNLISTEN UPDATE VACUUM VALUES
   WITH`.split(/\s+/),
)

const PGSQL: Dialect = { leading: LEADING, object: OBJECT, verbs: VERBS }

/** See `firstWords` of all dialects. */
export const firstWords = (body: string | null): string | null => firstWordsOf(body, PGSQL)

/** See `startsSql` of all dialects. */
export const startsSql = (buf: Buffer, start: number, end: number): 'yes' | 'no' | 'more' =>
  startsSqlOf(buf, start, end, PGSQL)
