import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { Body, type Shown } from './body.js'
import { Fields } from './fields.js'
import { Headers } from './headers.js'

function show(bytes: Buffer | string, headers: Record<string, string>, limit = 64, piece = 7): Shown {
  const fields = Object.assign(new Headers(), Object.fromEntries(Object.entries(headers).map(([k, v]) => [k, [v]])))
  const body = new Body(new Fields(fields, limit).format.display)
  const buf = Buffer.from(bytes as string)
  for (let at = 0; at < buf.length; at += piece) {
    const end = Math.min(at + piece, buf.length)
    body.take(buf, at, end, buf.length - end)
  }
  return body.show()
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
  ['an unknown coding', show('hello', { ...TEXT, 'content-encoding': 'compress' }), { text: null, cut: false }],
  ['constructor', show('hello', { ...TEXT, 'content-encoding': 'constructor' }), { text: null, cut: false }],
  ['identity', show('hello', { ...TEXT, 'content-encoding': 'identity' }), { text: 'hello', cut: false }],
  ['text that is none', show(Buffer.from('a\xff', 'latin1'), {}), { text: null, cut: false }],
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

test.each([
  ['gzip, br', (bytes: Buffer) => brotliCompressSync(gzipSync(bytes))],
  ['deflate, identity, gzip', (bytes: Buffer) => gzipSync(deflateSync(bytes))],
])('%s is decompressed', (coding, compress) => {
  const shown = show(compress(Buffer.from('This is a test\n')), { ...TEXT, 'content-encoding': coding }, 1024)
  expect(shown).toEqual({ text: 'This is a test\n', cut: false })
})

test('a transfer coding is decompressed after the chunks are joined', () => {
  const headers = { ...TEXT, 'content-encoding': 'gzip', 'transfer-encoding': 'deflate, chunked' }
  const bytes = deflateSync(gzipSync('This is a test\n'))
  expect(show(bytes, headers, 1024).text).toBe('This is a test\n')
})

test('too many codings', () => {
  const headers = { ...TEXT, 'content-encoding': 'gzip, gzip, gzip, gzip, gzip' }
  expect(show('x', headers)).toEqual({ text: null, cut: false })
})

test.each([7, 1000, 5000])('pieces of %i bytes show the same', (piece) => {
  const long = 'größer '.repeat(400)
  expect(show(long, TEXT, 1024, piece)).toEqual(show(long, TEXT, 1024, 1))
  expect(show(gzipSync(long), { 'content-encoding': 'gzip' }, 1024, piece).text?.length).toBeGreaterThan(0)
})

test.each([
  ['gzip', gzipSync],
  ['br', brotliCompressSync],
])('a bomb of %s is not inflated beyond a bound', (coding, compress) => {
  const shown = show(compress(Buffer.alloc(10_000_000, 97)), { ...TEXT, 'content-encoding': coding }, 1024)
  expect(shown.text === null || shown.text.length <= 1024).toBe(true)
})
