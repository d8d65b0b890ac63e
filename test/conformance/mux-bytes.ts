/** A number of `size` bytes. */
function uint(value: number, size: number): Buffer {
  const bytes = Buffer.alloc(size)
  bytes.writeUIntBE(value, 0, size)
  return bytes
}

const part = (size: number, content: string | Buffer): Buffer => {
  const bytes = Buffer.from(content as string)
  return Buffer.concat([uint(bytes.length, size), bytes])
}

const pairs = (size: number, list: Readonly<Record<string, string | Buffer>>): Buffer =>
  Buffer.concat(Object.entries(list).flatMap(([key, value]) => [part(size, key), part(size, value)]))

/** A message. */
export function message(type: number, tag: number, ...body: readonly (string | Buffer)[]): Buffer {
  const bytes = Buffer.concat(body.map((each) => Buffer.from(each as string)))
  return Buffer.concat([uint(bytes.length + 4, 4), uint(type & 255, 1), uint(tag, 3), bytes])
}

/** The same message in fragments of so many bytes. */
export function fragments(whole: Buffer, size: number): Buffer[] {
  const [type, tag, body] = [whole.readInt8(4), whole.readUIntBE(5, 3), whole.subarray(8)]
  const list: Buffer[] = []
  for (let at = 0; at < body.length; at += size) {
    const more = at + size < body.length ? 1 << 23 : 0
    list.push(message(type, tag | more, body.subarray(at, at + size)))
  }
  return list
}

type Contexts = Readonly<Record<string, string | Buffer>>
const counted = (contexts: Contexts): Buffer =>
  Buffer.concat([uint(Object.keys(contexts).length, 2), pairs(2, contexts)])

export const tinit = (tag: number, headers: Contexts = {}): Buffer => message(68, tag, uint(1, 2), pairs(4, headers))
export const rinit = (tag: number, headers: Contexts = {}): Buffer => message(-68, tag, uint(1, 2), pairs(4, headers))

export function tdispatch(
  tag: number,
  destination: string,
  body: string | Buffer,
  contexts: Contexts = {},
  dtab: Contexts = {},
): Buffer {
  return message(2, tag, counted(contexts), part(2, destination), counted(dtab), body)
}

export function rdispatch(tag: number, body: string | Buffer, status = 0, contexts: Contexts = {}): Buffer {
  return message(-2, tag, uint(status, 1), counted(contexts), body)
}

/** Span, parent and trace of a request in the old form. */
export function treq(tag: number, body: string): Buffer {
  const trace = Buffer.from('000000000000000a000000000000000b000000000000000c', 'hex')
  return message(1, tag, Buffer.from([2, 1, 24]), trace, Buffer.from([2, 1, 1]), body)
}

export const rreq = (tag: number, status: number, body: string): Buffer => message(-1, tag, uint(status, 1), body)

/** A call in the binary protocol of Thrift. */
export const thriftCall = (name: string): Buffer =>
  Buffer.concat([uint(0x80010001, 4), part(4, name), uint(7, 4), Buffer.from([0])])

export const long = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(value)
  return bytes
}
