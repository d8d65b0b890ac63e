/** A dialect of SQL, as far as statements are grouped and recognised. */
export interface Dialect {
  /** What may stand before the verb: spaces, comments, brackets. */
  readonly leading: RegExp
  /** A word like FROM and the name behind it. */
  readonly object: RegExp
  /** Words that begin a statement. */
  readonly verbs: ReadonlySet<string>
}

const WORD = /^[A-Za-z]+/
const CONTROLS = /[\u0000-\u0008\u000e-\u001f]/

/** The first word of a statement, in capitals; '' where there is none. */
export function verbOf(sql: string, { leading }: Pick<Dialect, 'leading'>): string {
  return WORD.exec(sql.slice(leading.exec(sql)?.[0].length ?? 0))?.[0].toUpperCase() ?? ''
}

/** What a statement does to what, for grouping: `SELECT … FROM t`, `INSERT INTO t`, `SHOW`; null where it is not SQL. */
export function firstWords(body: string | null, dialect: Dialect): string | null {
  if (body === null) return null
  const sql = body.slice(dialect.leading.exec(body)?.[0].length ?? 0)
  const verb = WORD.exec(sql)?.[0].toUpperCase()
  if (verb === undefined || !dialect.verbs.has(verb)) return null
  const semicolon = sql.indexOf(';')
  const object = dialect.object.exec(semicolon < 0 ? sql : sql.slice(0, semicolon))
  if (object === null) return verb
  const word = (object[1] as string).toUpperCase()
  if (object.index === 0) return `${verb} ${object[2]}`
  return `${verb}${sql.slice(verb.length, object.index).trim() === '' ? '' : ' …'} ${word} ${object[2]}`
}

/** Whether bytes begin a statement: `yes`, `no`, or `more` where they are too few to tell. */
export function startsSql(buf: Buffer, start: number, end: number, { leading, verbs }: Dialect): 'yes' | 'no' | 'more' {
  const head = buf.toString('latin1', start, Math.min(end, start + 512))
  if (CONTROLS.test(head)) return 'no'
  const rest = head.slice(leading.exec(head)?.[0].length ?? 0)
  const word = WORD.exec(rest)?.[0].toUpperCase() ?? ''
  if (word.length > 0 && word.length < rest.length) return verbs.has(word) ? 'yes' : 'no'
  // A comment that is not over: `/*! … */` is executed, `/* …` may be long.
  if (rest.startsWith('/*')) return rest.length > 4 ? 'yes' : 'more'
  if (rest.length > word.length) return 'no'
  if (verbs.has(word)) return 'yes'
  for (const verb of verbs) if (verb.startsWith(word)) return 'more'
  return 'no'
}
