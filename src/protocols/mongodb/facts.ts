/** What the documents of a message say, as far as columns take it. */
export class Facts {
  /** Name of the command. */
  command: string | null
  database: string | null
  collection: string | null
  /** Documents that a request carries, or that an answer returns from a cursor; null: it has none. */
  documents: number | null
  ok: number | null
  n: number | null
  code: number | null
  codeName: string | null
  errmsg: string | null
  /** Errors of single writes, and of their write concern. */
  errors: number

  constructor() {
    this.command = null
    this.database = null
    this.collection = null
    this.documents = null
    this.ok = null
    this.n = null
    this.code = null
    this.codeName = null
    this.errmsg = null
    this.errors = 0
  }
}
