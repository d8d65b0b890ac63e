/** A signed number of up to 6 bytes. */
export function int(bytes: number, value: number): Buffer {
  const buf = Buffer.alloc(bytes)
  buf.writeIntBE(value, 0, bytes)
  return buf
}

/** A string with its length in two bytes. */
export function string(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([int(2, bytes.length), bytes])
}

/** The parts with their length in four bytes before them: a frame, or bytes in one. */
export function sized(...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  return Buffer.concat([int(4, body.length), body])
}

/** A request with a header of version 1. */
export function request(key: number, version: number, id: number, ...body: readonly Buffer[]): Buffer {
  return sized(int(2, key), int(2, version), int(4, id), string('me'), ...body)
}

/** An answer with a header of version 0. */
export function answer(id: number, ...body: readonly Buffer[]): Buffer {
  return sized(int(4, id), ...body)
}

/** A batch of `records` records in `bytes` bytes. */
export function batch(records: number, bytes: number): Buffer {
  const header = Buffer.alloc(61)
  header.write('kafkaset', 0, 'latin1')
  header.writeInt32BE(61 - 12 + bytes, 8)
  header[16] = 2
  header.writeInt32BE(records, 57)
  return Buffer.concat([header, Buffer.alloc(bytes, 0x78)])
}
