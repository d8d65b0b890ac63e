const SPECIAL_INFINITY = 0x1e
const SPECIAL_NAN = 0x1f
const BIAS = 6176
const MAX_COEFFICIENT = 10n ** 34n - 1n

/** The text of the decimal128 (IEEE 754-2008, binary integer decimal, little-endian) at `pos`, as extended JSON has it. */
export function decimalAt(buf: Buffer, pos: number): string {
  const high = buf.readBigUInt64LE(pos + 8)
  const sign = high >> 63n === 1n ? '-' : ''
  const combination = Number((high >> 58n) & 0x1fn)
  if (combination === SPECIAL_NAN) return 'NaN'
  if (combination === SPECIAL_INFINITY) return `${sign}Infinity`
  // Two leading ones: the coefficient would have more than 34 digits, and counts as 0.
  const large = combination >> 3 === 3
  const exponent = Number((high >> (large ? 47n : 49n)) & 0x3fffn) - BIAS
  const coefficient = large ? 0n : ((high & 0x1_ffff_ffff_ffffn) << 64n) | buf.readBigUInt64LE(pos)
  return sign + decimal(coefficient > MAX_COEFFICIENT ? '0' : String(coefficient), exponent)
}

function decimal(digits: string, exponent: number): string {
  const adjusted = exponent + digits.length - 1
  if (exponent > 0 || adjusted < -6) return scientific(digits, adjusted)
  if (exponent === 0) return digits
  const padded = digits.padStart(1 - exponent, '0')
  return `${padded.slice(0, exponent)}.${padded.slice(exponent)}`
}

function scientific(digits: string, adjusted: number): string {
  const rest = digits.length > 1 ? `.${digits.slice(1)}` : ''
  return `${digits[0]}${rest}E${adjusted < 0 ? '' : '+'}${adjusted}`
}
