/** A value of BSON by its type: what JavaScript has no word for. */
export class Bson {
  readonly type: number
  readonly bytes: Buffer

  constructor(type: number, bytes: Buffer) {
    this.type = type
    this.bytes = bytes
  }
}

const hex = (bytes: string): Buffer => Buffer.from(bytes.replaceAll(' ', ''), 'hex')

/** A 32-bit number, little-endian. */
export function i32(value: number): Buffer {
  const out = Buffer.alloc(4)
  out.writeInt32LE(value)
  return out
}

function i64(value: bigint): Buffer {
  const out = Buffer.alloc(8)
  out.writeBigInt64LE(value)
  return out
}

function f64(value: number): Buffer {
  const out = Buffer.alloc(8)
  out.writeDoubleLE(value)
  return out
}

/** Text with a NUL at its end. */
export function cstring(text: string): Buffer {
  return Buffer.from(`${text}\0`, 'utf8')
}

const sized = (text: string): Buffer => Buffer.concat([i32(Buffer.byteLength(text) + 1), cstring(text)])

export const double = (value: number): Bson => new Bson(1, f64(value))
export const binary = (subType: number, bytes: string): Bson =>
  new Bson(5, Buffer.concat([i32(hex(bytes).length), Buffer.from([subType]), hex(bytes)]))
export const objectId = (bytes: string): Bson => new Bson(7, hex(bytes))
export const date = (ms: bigint): Bson => new Bson(9, i64(ms))
export const regex = (pattern: string, options: string): Bson =>
  new Bson(11, Buffer.concat([cstring(pattern), cstring(options)]))
export const pointer = (name: string, id: string): Bson => new Bson(12, Buffer.concat([sized(name), hex(id)]))
export const code = (text: string): Bson => new Bson(13, sized(text))
export const symbol = (text: string): Bson => new Bson(14, sized(text))
export const scopedCode = (text: string, scope: Fields): Bson => {
  const body = Buffer.concat([sized(text), doc(scope)])
  return new Bson(15, Buffer.concat([i32(body.length + 4), body]))
}
export const timestamp = (t: number, i: number): Bson => new Bson(17, Buffer.concat([i32(i), i32(t)]))
export const decimal = (bytes: string): Bson => new Bson(19, hex(bytes))
export const bare = (type: number): Bson => new Bson(type, Buffer.alloc(0))

export type Value =
  | string
  | number
  | bigint
  | boolean
  | null
  | Bson
  | readonly Value[]
  | { readonly [key: string]: Value }
export type Fields = { readonly [key: string]: Value }

function elementOf(value: Value): Bson {
  if (value instanceof Bson) return value
  if (typeof value === 'string') return new Bson(2, sized(value))
  if (typeof value === 'number') return new Bson(16, i32(value))
  if (typeof value === 'bigint') return new Bson(18, i64(value))
  if (typeof value === 'boolean') return new Bson(8, Buffer.from([Number(value)]))
  if (value === null) return bare(10)
  return Array.isArray(value)
    ? new Bson(4, doc(Object.fromEntries(value.entries())))
    : new Bson(3, doc(value as Fields))
}

/** A document: text, int32, int64 (bigint), bool, null, arrays, documents, and `Bson`. */
export function doc(fields: Fields): Buffer {
  const parts = Object.entries(fields).map(([key, value]) => {
    const { type, bytes } = elementOf(value)
    return Buffer.concat([Buffer.from([type]), cstring(key), bytes])
  })
  const body = Buffer.concat(parts)
  return Buffer.concat([i32(body.length + 5), body, Buffer.from([0])])
}

/** A message with its header. */
export function message(op: number, id: number, to: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  return Buffer.concat([i32(body.length + 16), i32(id), i32(to), i32(op), body])
}

/** Sections of an OP_MSG: kind 0, and kind 1 with its name. */
export const body = (fields: Fields): Buffer => Buffer.concat([Buffer.from([0]), doc(fields)])
export const sequence = (name: string, ...documents: readonly Fields[]): Buffer => {
  const rest = Buffer.concat([cstring(name), ...documents.map(doc)])
  return Buffer.concat([Buffer.from([1]), i32(rest.length + 4), rest])
}

/** An OP_MSG with these flags. */
export function msg(id: number, to: number, flags: number, ...sections: readonly Buffer[]): Buffer {
  return message(2013, id, to, i32(flags), ...sections, (flags & 1) === 0 ? Buffer.alloc(0) : hex('aabbccdd'))
}

/** The message inside an OP_COMPRESSED: 1 Snappy, 2 zlib, 3 Zstandard. */
export function compressed(inner: Buffer, method: number, compress: (body: Buffer) => Buffer): Buffer {
  const plain = inner.subarray(16)
  const head = [i32(inner.readInt32LE(12)), i32(plain.length), Buffer.from([method])]
  return message(2012, inner.readInt32LE(4), inner.readInt32LE(8), ...head, compress(plain))
}

/** A block of Snappy that only has literals. */
export function storedSnappy(plain: Buffer): Buffer {
  const length: number[] = []
  for (let rest = plain.length; ; rest >>>= 7) {
    length.push(rest > 127 ? (rest & 127) | 128 : rest)
    if (rest <= 127) break
  }
  const parts: Buffer[] = [Buffer.from(length)]
  for (let at = 0; at < plain.length; at += 60) {
    const piece = plain.subarray(at, at + 60)
    parts.push(Buffer.from([(piece.length - 1) << 2]), piece)
  }
  return Buffer.concat(parts)
}

/** A Zstandard frame with one block that is not compressed (RFC 8878 §3.1.1). */
export function storedZstd(plain: Buffer): Buffer {
  const size = Buffer.alloc(4)
  size.writeUInt32LE(plain.length)
  const block = Buffer.alloc(3)
  block.writeUIntLE((plain.length << 3) | 1, 0, 3)
  return Buffer.concat([hex('28b52ffda0'), size, block, plain])
}
