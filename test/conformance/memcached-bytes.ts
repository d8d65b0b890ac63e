export const DIALECT = { text: 1, meta: 2, binary: 3 }
export const TRANSPORT = { udp: 1, tcp: 2 }
export const TYPE = { none: 0, unanswered: 1, status: 2, values: 3, statistics: 4, number: 5, error: 6 }

export const LONG = 'v'.repeat(1500)

export const hex = (digits: string): Buffer => Buffer.from(digits.replace(/\s/g, ''), 'hex')

/** A request or response of the binary protocol. */
function packet(magic: number, opcode: number, fields: Partial<Fields> = {}): Buffer {
  const { key = '', extras = '', value = '', status = 0, opaque = 0, cas = 0 } = fields
  const header = Buffer.alloc(24)
  const parts = [hex(extras), Buffer.from(key), Buffer.from(value, 'latin1')]
  header[0] = magic
  header[1] = opcode
  header.writeUInt16BE(key.length, 2)
  header[4] = extras.length / 2
  header.writeUInt16BE(status, 6)
  header.writeUInt32BE(Buffer.concat(parts).length, 8)
  header.writeUInt32BE(opaque, 12)
  header.writeBigUInt64BE(BigInt(cas), 16)
  return Buffer.concat([header, ...parts])
}

interface Fields {
  readonly key: string
  readonly extras: string
  readonly value: string
  readonly status: number
  readonly opaque: number
  readonly cas: number
}

/** A request of the binary protocol. */
export const req = (opcode: number, fields?: Partial<Fields>): Buffer => packet(0x80, opcode, fields)
/** A response of the binary protocol. */
export const res = (opcode: number, fields?: Partial<Fields>): Buffer => packet(0x81, opcode, fields)
