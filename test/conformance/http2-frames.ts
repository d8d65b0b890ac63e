/** Types of frames. RFC 9113 §6. */
export const TYPE = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  push: 5,
  ping: 6,
  goaway: 7,
  window: 8,
  more: 9,
}
/** Flags of frames. */
export const FLAG = { end: 1, ack: 1, whole: 4, padded: 8, priority: 32 }

export type Pairs = readonly (readonly [string, string])[]

/** A frame. */
export function frame(type: number, flags: number, id: number, payload: Buffer | string = ''): Buffer {
  const body = Buffer.from(payload as string, 'latin1')
  const head = Buffer.alloc(9)
  head.writeUIntBE(body.length, 0, 3)
  head[3] = type
  head[4] = flags
  head.writeUInt32BE(id, 5)
  return Buffer.concat([head, body])
}

/** A field that leaves the dynamic table alone. RFC 7541 §6.2.2. */
export function plain(pairs: Pairs): Buffer {
  return Buffer.concat(pairs.map(([name, value]) => Buffer.concat([Buffer.from([0]), string(name), string(value)])))
}

/** A field that is put into the dynamic table. RFC 7541 §6.2.1. */
export function indexed(pairs: Pairs): Buffer {
  return Buffer.concat(pairs.map(([name, value]) => Buffer.concat([Buffer.from([0x40]), string(name), string(value)])))
}

/** Entries of the tables, of the dynamic one from 62 on. RFC 7541 §6.1. */
export function entries(...indexes: readonly number[]): Buffer {
  return Buffer.from(indexes.map((index) => 0x80 | index))
}

function string(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1')
  return Buffer.concat([integer(bytes.length, 0x7f), bytes])
}

function integer(value: number, mask: number): Buffer {
  if (value < mask) return Buffer.from([value])
  const bytes = [mask]
  let rest = value - mask
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  return Buffer.from([...bytes, rest])
}

/** The pseudo-header fields of a request. */
export function ask(method: string, path: string, more: Pairs = []): Buffer {
  return plain([[':method', method], [':scheme', 'http'], [':authority', 'a.example'], [':path', path], ...more])
}

/** The header block of a response. */
export function answer(status: number, more: Pairs = []): Buffer {
  return plain([[':status', `${status}`], ...more])
}

/** A block in one frame; `ends`: nothing follows in its stream. */
export function headers(id: number, block: Buffer, ends = false): Buffer {
  return frame(TYPE.headers, FLAG.whole | (ends ? FLAG.end : 0), id, block)
}

/** Content. */
export function data(id: number, payload: Buffer | string, ends = false): Buffer {
  return frame(TYPE.data, ends ? FLAG.end : 0, id, payload)
}

/** A frame whose payload is one number. */
export function number(type: number, id: number, value: number): Buffer {
  const payload = Buffer.alloc(4)
  payload.writeUInt32BE(value)
  return frame(type, 0, id, payload)
}

/** Settings: pairs of an identifier and its value. */
export function settings(...pairs: readonly (readonly [number, number])[]): Buffer {
  const payload = Buffer.alloc(6 * pairs.length)
  pairs.forEach(([id, value], i) => {
    payload.writeUInt16BE(id, 6 * i)
    payload.writeUInt32BE(value, 6 * i + 2)
  })
  return frame(TYPE.settings, 0, 0, payload)
}

/** A message of gRPC. */
export function message(payload: Buffer | string, compressed = false): Buffer {
  const body = Buffer.from(payload as string, 'latin1')
  const head = Buffer.alloc(5)
  head[0] = compressed ? 1 : 0
  head.writeUInt32BE(body.length, 1)
  return Buffer.concat([head, body])
}
