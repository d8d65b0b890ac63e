/** Opcodes. */
export const OP = { more: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

export const FIN = 0x80
export const COMPRESSED = 0x40

const MASK = [0x37, 0xfa, 0x21, 0x3d]

/** A frame; `first`: its first byte, else the last frame of a message that is not compressed. */
export function frame(masked: boolean, opcode: number, payload: string | Buffer, first = FIN | opcode): Buffer {
  const bytes = typeof payload === 'string' ? Buffer.from(payload, 'latin1') : payload
  const { length } = bytes
  const wide = length < 126 ? 0 : length < 65_536 ? 2 : 8
  const head = Buffer.alloc(2 + wide)
  head[0] = first
  head[1] = (masked ? 0x80 : 0) | (wide === 0 ? length : wide === 2 ? 126 : 127)
  if (wide === 2) head.writeUInt16BE(length, 2)
  if (wide === 8) head.writeBigUInt64BE(BigInt(length), 2)
  const body = masked ? bytes.map((byte, i) => byte ^ (MASK[i & 3] as number)) : bytes
  return Buffer.concat([head, masked ? Buffer.from(MASK) : head.subarray(0, 0), body])
}

/** A frame of a client. */
export const asked = (opcode: number, payload: string | Buffer, first?: number): Buffer =>
  frame(true, opcode, payload, first)

/** A frame of a server. */
export const told = (opcode: number, payload: string | Buffer, first?: number): Buffer =>
  frame(false, opcode, payload, first)

/** The payload of a close. */
export function closing(code: number, reason = ''): Buffer {
  return Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(reason)])
}
