import { TracerError } from './errors.js'
import { formatBytes, parseBytes, parseDurationMs, parseInteger, parseList } from './quantity.js'

test.each([
  ['0', 0],
  ['4096', 4096],
  ['64Ki', 65_536],
  ['64ki', 65_536],
  ['64KiB', 65_536],
  ['1M', 1e6],
  ['1MB', 1e6],
  ['1.5 Ki', 1536],
  ['2Gi', 2 ** 31],
  ['100b', 100],
])('%s is %i bytes', (text, bytes) => expect(parseBytes(text)).toBe(bytes))

test.each([
  ['30', 30_000],
  ['30s', 30_000],
  ['500ms', 500],
  ['2m', 120_000],
  ['1.5h', 5_400_000],
  [' 1s ', 1000],
])('%s is %i ms', (text, ms) => expect(parseDurationMs(text)).toBe(ms))

test.each([
  [parseBytes, '', /is not a size/],
  [parseBytes, '-1', /is not a size/],
  [parseBytes, '1e3', /is not a size/],
  [parseBytes, '1Ti', /is not a size/],
  [parseBytes, '.5', /is not a size/],
  [parseDurationMs, '5 days', /is not a duration/],
  [parseDurationMs, '', /is not a duration/],
  [parseDurationMs, '1constructor', /is not a duration/],
])('%p of %j is a usage error', (parse, text, message) => {
  expect(() => parse(text)).toThrow(message)
  expect(() => parse(text)).toThrow(TracerError)
})

test.each([
  [undefined, []],
  [[], []],
  [
    ['a,b', 'c'],
    ['a', 'b', 'c'],
  ],
  [[',a,,'], ['a']],
])('the list %j', (values, parts) => expect(parseList(values)).toEqual(parts))

test('an integer in a range', () => {
  expect(parseInteger('65535', 'a port', 1, 65_535)).toBe(65_535)
  for (const text of ['0', '65536', '', ' 1', '1.0', '0x1', '-1', '1e2']) {
    expect(() => parseInteger(text, 'a port', 1, 65_535)).toThrow(`${JSON.stringify(text)} is not a port`)
  }
})

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [1536, '1.5 KiB'],
  [5 * 2 ** 30, '5.0 GiB'],
  [2 ** 53, '8192.0 TiB'],
])('%i bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text))
