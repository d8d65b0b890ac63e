/** First bytes of the binary protocol. */
export const MAGIC = { request: 0x80, response: 0x81 } as const

export const HEADER = 24

/** What an operation carries in a request: bytes of extras, whether there must be a key (null: may be), whether a value may be. */
export interface Operation {
  readonly name: string
  readonly extras: readonly number[]
  readonly key: boolean | null
  readonly value: boolean
}

const op = (name: string, extras: readonly number[], key: boolean | null, value: boolean): Operation => ({
  name,
  extras,
  key,
  value,
})

/** The operations of memcached 1.6, protocol_binary.h. */
export const OPERATIONS: ReadonlyMap<number, Operation> = new Map([
  [0x00, op('get', [0], true, false)],
  [0x01, op('set', [8], true, true)],
  [0x02, op('add', [8], true, true)],
  [0x03, op('replace', [8], true, true)],
  [0x04, op('delete', [0], true, false)],
  [0x05, op('incr', [20], true, false)],
  [0x06, op('decr', [20], true, false)],
  [0x07, op('quit', [0], false, false)],
  [0x08, op('flush', [0, 4], false, false)],
  [0x09, op('getq', [0], true, false)],
  [0x0a, op('noop', [0], false, false)],
  [0x0b, op('version', [0], false, false)],
  [0x0c, op('getk', [0], true, false)],
  [0x0d, op('getkq', [0], true, false)],
  [0x0e, op('append', [0], true, true)],
  [0x0f, op('prepend', [0], true, true)],
  [0x10, op('stat', [0], null, false)],
  [0x11, op('setq', [8], true, true)],
  [0x12, op('addq', [8], true, true)],
  [0x13, op('replaceq', [8], true, true)],
  [0x14, op('deleteq', [0], true, false)],
  [0x15, op('incrq', [20], true, false)],
  [0x16, op('decrq', [20], true, false)],
  [0x17, op('quitq', [0], false, false)],
  [0x18, op('flushq', [0, 4], false, false)],
  [0x19, op('appendq', [0], true, true)],
  [0x1a, op('prependq', [0], true, true)],
  [0x1b, op('verbosity', [4], false, false)],
  [0x1c, op('touch', [4], true, false)],
  [0x1d, op('gat', [4], true, false)],
  [0x1e, op('gatq', [4], true, false)],
  [0x20, op('sasl_list_mechs', [0], false, false)],
  [0x21, op('sasl_auth', [0], true, true)],
  [0x22, op('sasl_step', [0], true, true)],
  [0x23, op('gatk', [4], true, false)],
  [0x24, op('gatkq', [4], true, false)],
])

/** Statuses of a response. */
export const STATUSES: Readonly<Record<number, string>> = {
  0: 'No error',
  1: 'Key not found',
  2: 'Key exists',
  3: 'Value too large',
  4: 'Invalid arguments',
  5: 'Item not stored',
  6: 'Incr/Decr on non-numeric value',
  7: 'The vbucket belongs to another server',
  8: 'Authentication error',
  9: 'Authentication continue',
  32: 'Authentication required',
  33: 'Authentication continue',
  129: 'Unknown command',
  130: 'Out of memory',
  131: 'Not supported',
  132: 'Internal error',
  133: 'Busy',
  134: 'Temporary failure',
}

/** Key not found, Key exists, Item not stored, and logins that go on: what was asked for is not so, or not yet. */
export const ANSWERED: ReadonlySet<number> = new Set([0, 1, 2, 5, 9, 0x21])

/** A value is at most a gibibyte long. */
const MAX_BODY = 2 ** 30

/** The fields of a header, both directions; valid as long as the bytes are. */
export class Header {
  readonly opcode: number
  readonly key: number
  readonly extras: number
  /** The vbucket of a request, the status of a response. */
  readonly status: number
  readonly value: number
  readonly #type: number
  readonly #buf: Buffer
  readonly #pos: number

  /** Reads the 24 bytes at `pos`. */
  constructor(buf: Buffer, pos: number) {
    this.opcode = buf[pos + 1] as number
    this.key = buf.readUInt16BE(pos + 2)
    this.extras = buf[pos + 4] as number
    this.#type = buf[pos + 5] as number
    this.status = buf.readUInt16BE(pos + 6)
    this.value = buf.readUInt32BE(pos + 8) - this.key - this.extras
    this.#buf = buf
    this.#pos = pos
  }

  get opaque(): string {
    return this.#buf.toString('hex', this.#pos + 12, this.#pos + 16)
  }

  get cas(): string {
    return this.#buf.readBigUInt64BE(this.#pos + 16).toString()
  }

  /** Whether the lengths fit each other. */
  get isSound(): boolean {
    return this.#type === 0 && this.value >= 0 && this.value < MAX_BODY && this.key <= 250
  }

  /** Whether it is a request as its operation has it; unknown operations are not. */
  get isRequest(): boolean {
    const operation = OPERATIONS.get(this.opcode)
    if (operation === undefined || !this.isSound) return false
    const { extras, key, value } = operation
    return extras.includes(this.extras) && (key === null || key === this.key > 0) && (value || this.value === 0)
  }

  /** Whether it is a response: extras are flags, or nothing. */
  get isResponse(): boolean {
    return this.isSound && (this.extras === 0 || this.extras === 4) && this.status in STATUSES
  }
}
