const INIT = 0x875060
const POLYNOMIAL = 0x1974f0b

/** CRC-24 of `size` bytes at `pos`, as the header of a segment has it (CQL v5, "2.2 Frame header"). */
export function crc24(buf: Buffer, pos: number, size: number): number {
  let crc = INIT
  for (let i = 0; i < size; i++) {
    crc ^= (buf[pos + i] as number) << 16
    for (let bit = 0; bit < 8; bit++) {
      crc <<= 1
      if ((crc & 0x1000000) !== 0) crc ^= POLYNOMIAL
    }
  }
  return crc & 0xffffff
}
