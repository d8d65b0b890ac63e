import { Fields } from '../http/fields.js'
import { addValue, Headers } from '../http/headers.js'
import { Remembered } from '../http/remembered.js'
import type { DecodeOptions } from '../protocol.js'
import { Hpack, UNKNOWN } from './hpack.js'
import type { Field } from './static.js'

/** Characters of a path that are shown. */
const PATH_MAX = 8 * 1024
/** Fields beyond this size, as counted in the dynamic table, are left out: a few bytes may repeat a large entry many times. */
const LIST_MAX = 64 * 1024
/** Blocks that are remembered, and their length. */
const MEMORIES = 4
const REMEMBERED_MAX = 256

/** A header block: the fields of a request, of a response, or trailers. Blocks that are alike share it. */
export class Head {
  method: string | undefined
  path: string | undefined
  authority: string | undefined
  /** 0: there is none. */
  status: number
  readonly headers: Headers
  /** All of it is known. */
  readonly whole: boolean
  /** The path is longer than what is shown. */
  cut: boolean
  private fields: Fields | undefined

  constructor(fields: readonly Field[]) {
    this.method = undefined
    this.path = undefined
    this.authority = undefined
    this.status = 0
    this.headers = new Headers()
    this.cut = false
    this.fields = undefined
    let size = 0
    let whole = true
    for (const field of fields) {
      size += field.size
      if (field.name === UNKNOWN || field.value === UNKNOWN) whole = false
      if (size <= LIST_MAX) this.add(field.name, field.value)
    }
    this.whole = whole && size <= LIST_MAX
  }

  /** What the fields say of the body. */
  format(limit: number): Fields['format'] {
    this.fields ??= new Fields(this.headers, limit)
    return this.fields.format
  }

  // RFC 9113 §8.3: what has no column of its own is shown among the fields.
  private add(name: string, value: string): void {
    switch (name) {
      case ':method':
        this.method = value
        return
      case ':path':
        this.cut = value.length > PATH_MAX
        this.path = this.cut ? value.slice(0, PATH_MAX) : value
        return
      case ':status':
        this.status = /^[1-9]\d\d$/.test(value) ? Number(value) : 0
        return
      case ':authority':
        this.authority = value
    }
    addValue(this.headers, name, value)
  }
}

/** A block that was read. */
interface Memory {
  readonly bytes: Remembered
  /** Of the table, before and after. */
  readonly version: number
  readonly head: Head
}

/** Reads the header blocks of one direction. */
export class HeadReader {
  private readonly hpack: Hpack
  private readonly fields: Field[]
  private readonly memories: Memory[]

  constructor(options: DecodeOptions, complete: boolean) {
    this.hpack = new Hpack(options.redact, complete)
    this.fields = []
    this.memories = []
  }

  /** Blocks may have been missed. */
  forget(): void {
    this.hpack.forget()
  }

  /** Reads a whole block; undefined where it is damaged. */
  read(buf: Buffer, start: number, end: number): Head | undefined {
    const { hpack, fields } = this
    const { version } = hpack
    const known = this.recall(buf, start, end)
    if (known !== undefined) return known
    fields.length = 0
    if (!hpack.read(buf, start, end, fields)) return undefined
    const head = new Head(fields)
    fields.length = 0
    if (version === hpack.version && end - start <= REMEMBERED_MAX) this.remember(buf, start, end, head)
    return head
  }

  private recall(buf: Buffer, start: number, end: number): Head | undefined {
    const { version } = this.hpack
    const length = end - start
    for (const { bytes, version: of, head } of this.memories) {
      if (of === version && bytes.length === length && bytes.stand(buf, start, 0, length)) return head
    }
    return undefined
  }

  private remember(buf: Buffer, start: number, end: number, head: Head): void {
    if (this.memories.length === MEMORIES) this.memories.shift()
    const bytes = new Remembered()
    bytes.keep(buf, start, end)
    this.memories.push({ bytes, version: this.hpack.version, head })
  }
}
