/** What one end sends at one time. */
export interface Turn {
  readonly from: 'client' | 'server'
  readonly bytes: Buffer
}

/** A conversation on a connection of its own, and the rows that it is. */
export interface Example {
  readonly name: string
  readonly turns: readonly Turn[]
  /** The rows in order, each with the columns that matter. */
  readonly rows: readonly object[]
  /** Over what it goes; a stream unless told otherwise. Each turn is one datagram. */
  readonly transport?: 'datagram'
  /** Its messages are of several datagrams: those after the first may not be recognised by themselves. */
  readonly parts?: boolean
  /** Nothing can follow it on the same connection: an upgrade, a body that ends with the connection, a handshake. */
  readonly alone?: boolean
  /** It must come first on its connection (a greeting): it opens every sequence of examples. */
  readonly opening?: boolean
  /** Several requests are under way at once and are told apart only by their order: after a loss they may stay unpaired. */
  readonly pipelined?: boolean
  /** The order of the turns matters to what the bytes mean: they cannot be merged by direction. */
  readonly strictTurns?: boolean
  /** Other options than the default. */
  readonly options?: { readonly bodyBytes?: number; readonly redact?: boolean }
}

export function client(...parts: readonly (string | Buffer)[]): Turn {
  return { from: 'client', bytes: join(parts) }
}

export function server(...parts: readonly (string | Buffer)[]): Turn {
  return { from: 'server', bytes: join(parts) }
}

function join(parts: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)))
}

/** Numbers in [0, 1) that are the same in every run. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** Bytes of such numbers. */
export function randomBytes(random: () => number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  for (let i = 0; i < length; i++) bytes[i] = Math.floor(random() * 256)
  return bytes
}
