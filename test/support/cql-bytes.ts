import { crc32 } from 'node:zlib'
import { crc24 } from '../../src/protocols/cql/crc.js'

export const OP = {
  error: 0,
  startup: 1,
  ready: 2,
  authenticate: 3,
  options: 5,
  supported: 6,
  query: 7,
  result: 8,
  prepare: 9,
  execute: 10,
  register: 11,
  event: 12,
  batch: 13,
  authChallenge: 14,
  authResponse: 15,
  authSuccess: 16,
} as const

/** Numbers, big-endian. */
export const u8 = (value: number): Buffer => Buffer.from([value])
export function u16(value: number): Buffer {
  const out = Buffer.alloc(2)
  out.writeUInt16BE(value & 0xffff)
  return out
}
export function i32(value: number): Buffer {
  const out = Buffer.alloc(4)
  out.writeInt32BE(value)
  return out
}
export const hex = (bytes: string): Buffer => Buffer.from(bytes.replaceAll(' ', ''), 'hex')

/** [string], [long string], [short bytes], [bytes] (null: -1), [string list], [string map], [string multimap] */
export const string = (text: string): Buffer => Buffer.concat([u16(Buffer.byteLength(text)), Buffer.from(text)])
export const longString = (text: string): Buffer => Buffer.concat([i32(Buffer.byteLength(text)), Buffer.from(text)])
export const id = (bytes: string): Buffer => Buffer.concat([u16(hex(bytes).length), hex(bytes)])
export const bytes = (value: Buffer | string | null): Buffer => {
  if (value === null) return i32(-1)
  const held = typeof value === 'string' ? Buffer.from(value) : value
  return Buffer.concat([i32(held.length), held])
}
export const list = (...texts: readonly string[]): Buffer => Buffer.concat([u16(texts.length), ...texts.map(string)])
export const map = (fields: Readonly<Record<string, string>>): Buffer =>
  Buffer.concat([u16(Object.keys(fields).length), ...Object.entries(fields).flat().map(string)])
export const multimap = (fields: Readonly<Record<string, readonly string[]>>): Buffer =>
  Buffer.concat([
    u16(Object.keys(fields).length),
    ...Object.entries(fields).flatMap(([name, values]) => [string(name), list(...values)]),
  ])

/** A column of a type, given as the bytes of an [option]. */
export type Spec = readonly [string, Buffer]
const INT = u16(9)
const TEXT = u16(13)
export const int = (name: string): Spec => [name, INT]
export const text = (name: string): Spec => [name, TEXT]

const specs = (columns: readonly Spec[]): Buffer =>
  Buffer.concat([string('ks'), string('t'), ...columns.flatMap(([name, type]) => [string(name), type])])

/** The body of a result with rows. */
export function rows(columns: readonly Spec[], ...cells: readonly (Buffer | string | null)[][]): Buffer {
  return Buffer.concat([
    i32(2),
    i32(1),
    i32(columns.length),
    specs(columns),
    i32(cells.length),
    ...cells.flat().map(bytes),
  ])
}

/** The same without the columns. */
export function bareRows(count: number, ...cells: readonly (Buffer | string | null)[][]): Buffer {
  return Buffer.concat([i32(2), i32(4), i32(count), i32(cells.length), ...cells.flat().map(bytes)])
}

/** The body of the answer to a PREPARE of version 4; `resultId` from version 5 on. */
export function prepared(key: string, variables: readonly Spec[], columns: readonly Spec[], resultId?: string): Buffer {
  const extra = resultId === undefined ? Buffer.alloc(0) : id(resultId)
  const bound = [i32(1), i32(variables.length), i32(1), u16(0), specs(variables)]
  return Buffer.concat([i32(4), id(key), extra, ...bound, i32(1), i32(columns.length), specs(columns)])
}

/** An envelope; `version` with 0x80 is of the server. */
export function envelope(version: number, stream: number, op: number, body: Buffer, flags = 0): Buffer {
  return Buffer.concat([u8(version), u8(flags), u16(stream), u8(op), i32(body.length), body])
}

// The payload's checksum begins with four bytes of its own.
function tail(payload: Buffer): Buffer {
  const out = Buffer.alloc(4)
  out.writeUInt32LE(checksum(Buffer.concat([hex('fa2d55ca'), payload])))
  return out
}

function checksum(data: Buffer): number {
  if (typeof crc32 === 'function') return crc32(data)
  let crc = 0xffffffff
  for (const byte of data) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ ((crc & 1) * 0xedb88320)
  }
  return (crc ^ 0xffffffff) >>> 0
}

function header(size: number, bits: number): Buffer {
  const out = Buffer.alloc(size + 3)
  out.writeUIntLE(bits, 0, size)
  out.writeUIntLE(crc24(out, 0, size), size, 3)
  return out
}

/** A segment of version 5. */
export function segment(payload: Buffer, selfContained = true): Buffer {
  return Buffer.concat([header(3, payload.length + (selfContained ? 2 ** 17 : 0)), payload, tail(payload)])
}

/** A segment whose payload is compressed by LZ4; `stored`: it is not. */
export function packedSegment(payload: Buffer, selfContained = true, stored = false): Buffer {
  const packed = stored ? payload : storedLz4(payload)
  const bits = packed.length + (stored ? 0 : payload.length) * 2 ** 17 + (selfContained ? 2 ** 34 : 0)
  return Buffer.concat([header(5, bits), packed, tail(packed)])
}

/** A block of LZ4 that only has literals. */
export function storedLz4(plain: Buffer): Buffer {
  if (plain.length < 15) return Buffer.concat([u8(plain.length << 4), plain])
  const rest = plain.length - 15
  const lengths = [...Array<number>(Math.floor(rest / 255)).fill(255), rest % 255]
  return Buffer.concat([u8(0xf0), Buffer.from(lengths), plain])
}
