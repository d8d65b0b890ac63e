/** What a command of the text protocol is: how its words are read, and which answers it may have. */
export interface Syntax {
  readonly form: 'store' | 'get' | 'gat' | 'one' | 'meta' | 'other'
  /** Statuses that its answers may have. */
  readonly answers: RegExp
}

const ANY = /./
const syntax = (form: Syntax['form'], answers: RegExp): Syntax => ({ form, answers })
const STORE = syntax('store', /^(?:STORED|NOT_STORED|EXISTS|NOT_FOUND)$/)
const COUNT = syntax('one', /^(?:number|NOT_FOUND)$/)
const OTHER = syntax('other', ANY)

/** The commands of memcached 1.6, doc/protocol.txt. */
export const COMMANDS: ReadonlyMap<string, Syntax> = new Map([
  ['set', STORE],
  ['add', STORE],
  ['replace', STORE],
  ['append', STORE],
  ['prepend', STORE],
  ['cas', STORE],
  ['get', syntax('get', /^END$/)],
  ['gets', syntax('get', /^END$/)],
  ['gat', syntax('gat', /^END$/)],
  ['gats', syntax('gat', /^END$/)],
  ['incr', COUNT],
  ['decr', COUNT],
  ['delete', syntax('one', /^(?:DELETED|NOT_FOUND)$/)],
  ['touch', syntax('one', /^(?:TOUCHED|NOT_FOUND)$/)],
  ['mg', syntax('meta', /^(?:VA|HD|EN)$/)],
  ['ms', syntax('meta', /^(?:HD|NS|EX|NF)$/)],
  ['md', syntax('meta', /^(?:HD|NF|EX)$/)],
  ['ma', syntax('meta', /^(?:HD|VA|NF|NS|EX)$/)],
  ['me', syntax('meta', /^(?:ME|EN)$/)],
  ['mn', syntax('meta', /^MN$/)],
  ['version', syntax('other', /^VERSION$/)],
  ['flush_all', syntax('other', /^OK$/)],
  ['verbosity', syntax('other', /^OK$/)],
  ['stats', syntax('other', /^(?:END|RESET|OK)$/)],
  ['quit', OTHER],
  ['shutdown', OTHER],
  ['cache_memlimit', OTHER],
  ['slabs', OTHER],
  ['lru', OTHER],
  ['lru_crawler', OTHER],
  ['watch', OTHER],
  ['extstore', OTHER],
  ['refresh_certs', OTHER],
  ['misbehave', OTHER],
  ['config', OTHER],
])

/** Commands that ask for values: each key is a hit or a miss. */
export const RETRIEVALS: ReadonlySet<string> = new Set(
  'get gets gat gats mg getq getk getkq gatq gatk gatkq'.split(' '),
)
