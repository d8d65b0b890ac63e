import { deflateSync } from 'node:zlib'
import { client, server, type Turn } from './example.js'

type Part = string | number | Buffer

export const u16 = (n: number): Buffer => Buffer.from([n & 255, n >> 8])
export const u32 = (n: number): Buffer => Buffer.concat([u16(n & 0xffff), u16(n >>> 16)])
export const bytes = (...parts: readonly Part[]): Buffer =>
  Buffer.concat(parts.map((p) => (typeof p === 'number' ? Buffer.from([p]) : Buffer.from(p as string))))

/** A packet: length 3, sequence id 1, payload. */
export function packet(seq: number, ...parts: readonly Part[]): Buffer {
  const payload = bytes(...parts)
  return bytes(payload.length & 255, (payload.length >> 8) & 255, payload.length >> 16, seq, payload)
}

export const lenenc = (text: string): Buffer => bytes(text.length, text)
export const command = (code: number, ...rest: readonly Part[]): Turn => client(packet(0, code, ...rest))
export const query = (sql: string): Turn => command(3, sql)
export const more = 0x08
export const ok = (seq: number, affected = 0, info = '', status = 2): Buffer =>
  packet(seq, 0, affected, 0, u16(status), u16(0), info === '' ? '' : lenenc(info))
export const err = (seq: number, code: number, state: string, text: string): Buffer =>
  packet(seq, 0xff, u16(code), '#', state, text)
export const eof = (seq: number, status = 2): Buffer => packet(seq, 0xfe, u16(0), u16(status))
export const lastOk = (seq: number, status = 2): Buffer => packet(seq, 0xfe, 0, 0, u16(status), u16(0))
export const column = (seq: number, name: string): Buffer =>
  packet(seq, lenenc('def'), 0, 0, 0, lenenc(name), 0, 0x0c, u16(33), u32(255), 0xfd, u16(0), 0, u16(0))

/** A result set of one column; `classic`: with EOF packets. The rows are text. */
export function resultset(seq: number, rows: readonly string[], status = 2, classic = false): Buffer {
  const parts = [packet(seq, 1), column(seq + 1, 'c')]
  let next = seq + 2
  if (classic) parts.push(eof(next++, 2))
  for (const row of rows) parts.push(packet(next++, lenenc(row)))
  parts.push(classic ? eof(next, status) : lastOk(next, status))
  return Buffer.concat(parts)
}

export const DEPRECATE_EOF = 1 << 24
export const CAPS = 0x00ffa28d & ~0x20
export const greeting = (caps: number): Buffer =>
  packet(
    0,
    bytes(10, '8.0.36\0', u32(77), 'saltsalt', 0, u16(caps & 0xffff), 33, u16(2), u16(caps >>> 16), 21),
    Buffer.alloc(10),
    'saltsaltsalt\0caching_sha2_password\0',
  )
export const login = (seq: number, caps: number, user: string, db: string): Buffer =>
  packet(seq, u32(caps), u32(1 << 24), 33, Buffer.alloc(23), user, 0, 20, 'secretsecretsecret!!', db, 0, 'x\0')

export const hello = (caps: number): Turn[] => [
  server(greeting(caps)),
  client(login(1, caps, 'alice', 'shop')),
  server(packet(2, 1, 4)),
  client(packet(3, 'hunter2\0')),
  server(ok(4)),
]

/** A compressed packet; `how`: with zlib, as one raw block of Zstandard, or not at all. */
export function pack(seq: number, plain: Buffer, how: 'zlib' | 'zstd' | 'stored' = 'zlib'): Buffer {
  const data = how === 'zlib' ? deflateSync(plain) : how === 'zstd' ? rawZstd(plain) : plain
  const u24 = (n: number): Buffer => bytes(u16(n & 0xffff), n >> 16)
  return bytes(u24(data.length), seq, u24(how === 'stored' ? 0 : plain.length), data)
}

// RFC 8878 §3.1.1: magic, a single segment with its size in 4 bytes, one last block of type raw.
function rawZstd(plain: Buffer): Buffer {
  const block = (plain.length << 3) | 1
  return bytes(u32(0xfd2fb528), 0xa0, u32(plain.length), block & 255, (block >> 8) & 255, block >> 16, plain)
}
