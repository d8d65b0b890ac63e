import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { Body, type Shown, showBody } from './body.js'
import { Fields } from './head.js'
import { Headers } from './headers.js'

function show(bytes: Buffer | string, headers: Record<string, string>, limit = 64, size = bytes.length): Shown {
  const fields = Object.assign(new Headers(), Object.fromEntries(Object.entries(headers).map(([k, v]) => [k, [v]])))
  const described = new Fields(fields, limit)
  const body = new Body(described.display.useful)
  const buf = Buffer.from(bytes as string)
  for (let at = 0; at < size; at += 7) body.take(buf, Math.min(at, buf.length), Math.min(at + 7, buf.length), 0)
  return showBody(body, described)
}

const TEXT = { 'content-type': 'text/plain' }

test.each([
  ['text', show('hello', TEXT), { text: 'hello', cut: false }],
  ['nothing', show('', TEXT), { text: null, cut: false }],
  ['longer than the limit', show('x'.repeat(100), TEXT), { text: 'x'.repeat(64), cut: true }],
  ['cut in a character', show(`${'x'.repeat(63)}é!`, TEXT), { text: 'x'.repeat(63), cut: true }],
  ['a type that looks like text', show('a=b', {}), { text: 'a=b', cut: false }],
  ['a type that does not', show(Buffer.from([1, 2, 3]), {}), { text: null, cut: false }],
  ['an image', show('GIF89a', { 'content-type': 'image/gif' }), { text: null, cut: false }],
  ['svg', show('<svg/>', { 'content-type': 'image/svg+xml' }), { text: '<svg/>', cut: false }],
  ['an unknown coding', show('hello', { ...TEXT, 'content-encoding': 'zstd' }), { text: null, cut: false }],
  ['not what it says', show('hello', { ...TEXT, 'content-encoding': 'gzip' }), { text: null, cut: false }],
])('%s', (_name, shown, expected) => {
  expect(shown).toEqual(expected)
})

test.each([
  ['gzip', gzipSync],
  ['x-gzip', gzipSync],
  ['deflate', deflateSync],
  ['deflate', deflateRawSync],
  ['br', brotliCompressSync],
])('%s is decompressed, also a part of it', (coding, compress) => {
  const headers = { ...TEXT, 'content-encoding': coding }
  expect(show(compress(Buffer.from('This is a test\n')), headers)).toEqual({ text: 'This is a test\n', cut: false })
  const long = Array.from({ length: 400 }, (_x, i) => `${i * i} `).join('')
  const shown = show(compress(Buffer.from(long)), headers, 200)
  expect(shown.cut).toBe(true)
  expect(long.startsWith(shown.text as string)).toBe(true)
})

test('a bomb is not inflated beyond a bound', () => {
  const bomb = gzipSync(Buffer.alloc(10_000_000, 97))
  const shown = show(bomb, { ...TEXT, 'content-encoding': 'gzip' }, 1024)
  expect(shown.text === null || shown.text.length <= 1024).toBe(true)
})
