import { binaryValue } from './values.js'

const INT8 = 20
const DATE = 1082
const TIME = 1083
const TIMESTAMP = 1114
const TIMESTAMPTZ = 1184
const NUMERIC = 1700

// Most were taken from COPY … (FORMAT binary) of a server.
test.each([
  [16, '00', 'f'],
  [21, '8000', '-32768'],
  [23, '7fffffff', '2147483647'],
  [26, 'ffffffff', '4294967295'],
  [INT8, '8000000000000000', '-9223372036854775808'],
  [700, '3dcccccd', '0.1'],
  [701, '3fb999999999999a', '0.1'],
  [DATE, '00000000', '2000-01-01'],
  [DATE, 'ffffffff', '1999-12-31'],
  [DATE, '7fffffff', 'infinity'],
  [DATE, 'fff4dbf8', '0001-12-31 BC'],
  [DATE, '7ffffffe', '\\x7ffffffe'],
  [TIME, '0000000000000000', '00:00:00'],
  [TIME, '000000141dd75fff', '23:59:59.999999'],
  [TIMESTAMP, 'ffffffffffffffff', '1999-12-31 23:59:59.999999'],
  [TIMESTAMP, '7fffffffffffffff', 'infinity'],
  [TIMESTAMP, '8000000000000000', '-infinity'],
  [TIMESTAMPTZ, '00000000000f4240', '2000-01-01 00:00:01+00'],
  [NUMERIC, '0000000000000000', '0'],
  [NUMERIC, '0000000000000002', '0.00'],
  [NUMERIC, '0001000000000000 0001', '1'],
  [NUMERIC, '0001000140000000 0001', '-10000'],
  [NUMERIC, '0001ffff00000001 1388', '0.5'],
  [NUMERIC, '0001fffe00000008 0001', '0.00000001'],
  [NUMERIC, '00020000c0000000 00010001', 'NaN'],
  [NUMERIC, '00017fff00000000 0001', '\\x00017fff000000000001'],
  [NUMERIC, '000100000000', '\\x000100000000'],
  [25, 'c3bc', 'ü'],
  [17, '00ff', '\\x00ff'],
  [23, '00', '\\x00'],
  [0, '01', '\\x01'],
])('type %s, %s: %s', (type, hex, shown) => {
  const value = Buffer.from(hex.replace(' ', ''), 'hex')
  const buf = Buffer.concat([Buffer.from('before'), value, Buffer.from('after')])
  expect(binaryValue(buf, 6, 6 + value.length, type, 100)).toBe(shown)
})

test('a long value is cut', () => {
  const buf = Buffer.alloc(1000, 0x61)
  expect(binaryValue(buf, 0, 1000, 25, 10)).toBe('a'.repeat(10))
  expect(binaryValue(buf, 0, 1000, 17, 10)).toBe(`\\x${'61'.repeat(6)}`)
})
