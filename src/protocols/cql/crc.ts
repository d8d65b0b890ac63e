const INIT = 0x875060
const POLYNOMIAL = 0x1974f0b
/** What a byte adds. */
const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 16
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ ((crc & 0x800000) === 0 ? 0 : POLYNOMIAL)
  return crc
})

/** CRC-24 of `size` bytes at `pos`, as the header of a segment has it (CQL v5, "2.2 Frame header"). */
export function crc24(buf: Buffer, pos: number, size: number): number {
  let crc = INIT
  for (let i = 0; i < size; i++)
    crc = ((crc << 8) ^ (TABLE[((crc >> 16) ^ (buf[pos + i] as number)) & 0xff] as number)) & 0xffffff
  return crc
}
