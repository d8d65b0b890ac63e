/** A number of `size` bytes. */
export function uint(value: number, size: number): Buffer {
  const bytes = Buffer.alloc(size)
  bytes.writeUIntBE(value, 0, size)
  return bytes
}

/** A vector: its content behind a length of `size` bytes. */
export function vector(size: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  return Buffer.concat([uint(content.length, size), content])
}

/** Numbers of two bytes. */
export function codes(...list: readonly number[]): Buffer {
  return Buffer.concat(list.map((code) => uint(code, 2)))
}

/** A record. */
export function record(type: number, content: Buffer, version = 0x0303): Buffer {
  return Buffer.concat([uint(type, 1), uint(version, 2), vector(2, content)])
}

/** A handshake message. */
export function message(type: number, content: Buffer): Buffer {
  return Buffer.concat([uint(type, 1), vector(3, content)])
}

/** The content of a record in pieces, each a record of its own. */
export function fragments(type: number, content: Buffer, size: number): Buffer {
  const pieces: Buffer[] = []
  for (let at = 0; at < content.length; at += size) pieces.push(record(type, content.subarray(at, at + size)))
  return Buffer.concat(pieces)
}

/** Extensions, by their codes. */
export type Extensions = readonly (readonly [number, Buffer])[]

const extensions = (list: Extensions): Buffer =>
  list.length === 0
    ? Buffer.alloc(0)
    : vector(2, ...list.map(([code, content]) => Buffer.concat([uint(code, 2), vector(2, content)])))

export const serverName = (name: string): readonly [number, Buffer] => [
  0,
  vector(2, uint(0, 1), vector(2, Buffer.from(name))),
]

export const alpn = (...names: readonly string[]): readonly [number, Buffer] => [
  16,
  vector(2, ...names.map((name) => vector(1, Buffer.from(name)))),
]

/** A ClientHello, as a message. */
export function clientHello(suites: readonly number[], list: Extensions, session = '', version = 0x0303): Buffer {
  const random = Buffer.alloc(32, 0x11)
  return message(
    1,
    Buffer.concat([
      uint(version, 2),
      random,
      vector(1, Buffer.from(session)),
      vector(2, codes(...suites)),
      vector(1, uint(0, 1)),
      extensions(list),
    ]),
  )
}

/** A ServerHello, as a message. */
export function serverHello(suite: number, list: Extensions, session = '', version = 0x0303): Buffer {
  const random = Buffer.alloc(32, 0x22)
  const head = [uint(version, 2), random, vector(1, Buffer.from(session))]
  return message(2, Buffer.concat([...head, uint(suite, 2), uint(0, 1), extensions(list)]))
}

export const HANDSHAKE = 22
export const ALERT = 21
export const DATA = 23
export const CHANGE_CIPHER = record(20, uint(1, 1))
/** An encrypted Finished message of TLS 1.2. */
export const FINISHED = record(HANDSHAKE, Buffer.alloc(40, 0xa5))
/** An alert in the clear. */
export const alert = (level: number, description: number): Buffer => record(ALERT, Buffer.from([level, description]))
/** Encrypted content of TLS 1.3. */
export const encrypted = (length: number): Buffer => record(DATA, Buffer.alloc(length, 0x5a))
