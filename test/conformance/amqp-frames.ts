/** Frames of AMQP 0-9-1 as clients and servers build them. */

export const HEADER = 'AMQP\0\0\x09\x01'

const number = (value: number | bigint, bytes: number): Buffer => {
  const all = Buffer.alloc(8)
  all.writeBigUInt64BE(BigInt(value))
  return all.subarray(8 - bytes)
}

export const octet = (value: number): Buffer => number(value, 1)
export const short = (value: number): Buffer => number(value, 2)
export const long = (value: number): Buffer => number(value, 4)
export const longlong = (value: number | bigint): Buffer => number(value, 8)
export const shortstr = (value: string): Buffer => Buffer.concat([octet(Buffer.byteLength(value)), Buffer.from(value)])
export const longstr = (value: string): Buffer => Buffer.concat([long(Buffer.byteLength(value)), Buffer.from(value)])

/** A field table of pairs of a name and a value behind the letter of its type. */
export function table(...fields: readonly (readonly [string, string, Buffer])[]): Buffer {
  const inner = Buffer.concat(fields.flatMap(([name, type, value]) => [shortstr(name), Buffer.from(type), value]))
  return Buffer.concat([long(inner.length), inner])
}

export function frame(type: number, channel: number, ...parts: readonly Buffer[]): Buffer {
  const payload = Buffer.concat(parts)
  return Buffer.concat([octet(type), short(channel), long(payload.length), payload, octet(0xce)])
}

export const method = (channel: number, classId: number, methodId: number, ...parts: readonly Buffer[]): Buffer =>
  frame(1, channel, short(classId), short(methodId), ...parts)

/** A content header with these property flags. */
export const header = (channel: number, bodySize: number, flags = 0, ...parts: readonly Buffer[]): Buffer =>
  frame(2, channel, short(60), short(0), longlong(bodySize), short(flags), ...parts)

export const body = (channel: number, content: string | Buffer): Buffer => frame(3, channel, Buffer.from(content))

export const HEARTBEAT = frame(8, 0)
