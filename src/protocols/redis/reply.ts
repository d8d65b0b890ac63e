import { REDACTED } from '../../records/redact.js'
import { cutText, text } from '../../records/text.js'
import type { Span } from '../protocol.js'
import type { Taker } from './reader.js'
import { HIDE, isSecretParameter } from './secrets.js'
import { TYPE } from './table.js'
import { MARK } from './values.js'

/** First bytes that tell what a push is: `punsubscribe`, `1700000000.123456 [`. */
const MAX_WORD = 20
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const BACKSLASH_OR_BYTE = /\\\\|\\u(dc[89a-f][0-9a-f])/g

/** A response frame: a reply, or what the server says unasked. */
export class Reply implements Span {
  startNs: number
  endNs: number
  lost: boolean
  type: number
  size: number
  /** The reply as text, up to the limit. */
  text: string
  cut: boolean
  /** Errors in it, nested ones too. */
  errors: number
  /** Of an array: how many values, how the first begins, and its last integer. */
  count: number
  word: string
  number: number
  /** It answers no command: what stands there in its row ('': nothing); null = it has no row of its own. */
  event: string | null

  constructor() {
    this.startNs = 0
    this.endNs = 0
    this.lost = false
    this.type = TYPE.none
    this.size = 0
    this.text = ''
    this.cut = false
    this.errors = 0
    this.count = 0
    this.word = ''
    this.number = -1
    this.event = null
  }
}

/** An aggregate under way: what is shown of its values, as JSON. */
interface Level {
  readonly type: number
  readonly items: string[]
}

/** Writes replies down: a single value as it is, an aggregate as JSON; up to a limit of bytes. */
export class Writer implements Taker {
  reply = new Reply()
  #left = 0
  #hide: number = HIDE.nothing
  /** The string before is the name of a credential. */
  #secret = false
  readonly #levels: Level[] = []
  /** Open aggregates that are not shown. */
  #unshown = 0
  /** Values of the outermost array so far. */
  #values = 0

  /** Begins a reply of which `limit` bytes are shown; `hide`: see `HIDE`. */
  begin(limit: number, hide: number): void {
    this.reply = new Reply()
    this.#left = limit
    this.#hide = hide
    this.#secret = false
    this.#levels.length = 0
    this.#unshown = 0
    this.#values = 0
  }

  get room(): number {
    return this.#values === 0 ? Math.max(this.#left, MAX_WORD) : this.#left
  }

  take(type: number, buf: Buffer, start: number, end: number, cut: boolean): void {
    const { reply } = this
    const depth = this.#levels.length + this.#unshown
    if (depth === 0) reply.type = type
    if (depth === 1 || type === TYPE.simple) this.#look(type, buf, start, end)
    if (type === TYPE.error || type === TYPE.bulkError) reply.errors++
    if (depth > 0 && (this.#left <= 0 || this.#unshown > 0)) {
      reply.cut = true
      return
    }
    const shownEnd = cutText(buf, start, cut ? end + 1 : end, Math.min(end - start, this.#left))
    reply.cut = reply.cut || cut || shownEnd < end
    this.#left -= shownEnd - start + 1
    this.#show(type, text(buf, start, shownEnd))
  }

  open(type: number, count: number): void {
    const { reply } = this
    const depth = this.#levels.length + this.#unshown
    if (depth === 0) {
      reply.type = type
      reply.count = count
    } else if (depth === 1) this.#values++
    if (depth > 0 && (this.#left <= 0 || this.#unshown > 0)) {
      reply.cut = true
      this.#unshown++
      return
    }
    if (depth > 0) this.#left -= 2
    this.#levels.push({ type, items: [] })
  }

  close(): void {
    if (this.#unshown > 0) {
      this.#unshown--
      return
    }
    const level = this.#levels.pop()
    if (level === undefined) return
    if (level.type === TYPE.bulk) this.#show(TYPE.bulk, level.items.join(''))
    else this.#put(level.type === TYPE.map ? objectOf(level.items) : `[${level.items.join(',')}]`)
  }

  // The first word and the last integer of an array.
  #look(type: number, buf: Buffer, start: number, end: number): void {
    const { reply } = this
    if (type === TYPE.integer) reply.number = Number(buf.toString('latin1', start, end))
    else if (this.#values === 0) reply.word = buf.toString('latin1', start, Math.min(end, start + MAX_WORD))
    this.#values++
  }

  #show(type: number, value: string): void {
    if (type === MARK.chunk) this.#put(value)
    else if (this.#levels.length === 0) this.#put(single(type, this.#reveal(type, value)))
    else this.#put(fragment(type, this.#reveal(type, value)))
  }

  #put(item: string): void {
    const level = this.#levels.at(-1)
    if (level === undefined) this.reply.text = item
    else level.items.push(item)
  }

  #reveal(type: number, value: string): string {
    if (this.#hide === HIDE.nothing || !isString(type)) return value
    const secret = this.#secret || this.#hide === HIDE.all
    this.#secret = !secret && isSecretParameter(value)
    return secret && value !== '' ? REDACTED : value
  }
}

function isString(type: number): boolean {
  return type === TYPE.bulk || type === TYPE.simple || type === TYPE.verbatim
}

// A value that is the whole reply.
function single(type: number, value: string): string {
  if (type === TYPE.null) return '<NULL>'
  return type === TYPE.boolean ? boolean(value) : value
}

function boolean(value: string): string {
  return value === 't' ? 'true' : 'false'
}

// A value within an aggregate, as JSON.
function fragment(type: number, value: string): string {
  if (type === TYPE.null) return 'null'
  if (type === TYPE.boolean) return boolean(value)
  if (type === TYPE.error || type === TYPE.bulkError) return quote(`-${value}`)
  return (type === TYPE.integer || type === TYPE.double) && JSON_NUMBER.test(value) ? value : quote(value)
}

// Keys of JSON are strings. A key without its value is left out.
function objectOf(items: readonly string[]): string {
  let out = ''
  for (let i = 0; i + 1 < items.length; i += 2) {
    const key = items[i] as string
    out += `${i > 0 ? ',' : ''}${key.startsWith('"') ? key : quote(key)}:${items[i + 1]}`
  }
  return `{${out}}`
}

// Bytes that are not UTF-8 stay as `text` makes them, for the sink to name them.
function quote(value: string): string {
  const quoted = JSON.stringify(value)
  if (value.isWellFormed()) return quoted
  return quoted.replace(BACKSLASH_OR_BYTE, (match, hex?: string) =>
    hex === undefined ? match : String.fromCharCode(Number.parseInt(hex, 16)),
  )
}
