import { Writable } from 'node:stream'
import { jest } from '@jest/globals'
import { rowEncoder } from '../records/encode.js'
import { type Column, type Table, table } from '../records/table.js'
import { text } from '../records/text.js'
import { NdjsonSink } from './ndjson.js'

const desc = 'For the test.'

function cell(column: Omit<Column, 'desc'>, value: unknown): string {
  const one: Table = { name: 't', desc, columns: [{ ...column, desc }] }
  const line = rowEncoder(one)({ [column.name]: value })
  expect(JSON.parse(line)).toBeDefined()
  const prefix = `{"table_":"t","${column.name}":`
  expect(line.startsWith(prefix) && line.endsWith('}\n')).toBe(true)
  return line.slice(prefix.length, -2)
}

const WORDS = { 1: 'client', 3: 'COM_QUERY' }
const latin1 = (bytes: string) => text(Buffer.from(bytes, 'latin1'), 0, bytes.length)
const proto = (value: unknown) =>
  Object.defineProperty({}, '__proto__', { value, enumerable: true, configurable: true, writable: true })
const deep = (levels: number) => {
  let value: unknown = 'leaf'
  for (let i = 0; i < levels; i++) value = [value]
  return value
}

describe('a cell', () => {
  test.each<[Column['type'], unknown, string]>([
    ['time', Date.UTC(2026, 10, 22, 9, 41, 17) * 1000 + 123456, '"2026-11-22T09:41:17.123456Z"'],
    ['time', Date.UTC(2026, 10, 22, 9, 41, 17) * 1000 + 7, '"2026-11-22T09:41:17.000007Z"'],
    ['time', 0, '"1970-01-01T00:00:00.000000Z"'],
    ['time', 999999.7, '"1970-01-01T00:00:00.999999Z"'],
    ['time', -1, 'null'],
    ['time', Number.NaN, 'null'],
    ['time', 1e300, 'null'],
    ['time', null, 'null'],
    ['int', 0, '0'],
    ['int', -0, '0'],
    ['int', -42, '-42'],
    ['int', 1.9, '1'],
    ['int', Number.MAX_SAFE_INTEGER, '9007199254740991'],
    ['int', 1e21, 'null'],
    ['int', Number.NaN, 'null'],
    ['int', undefined, 'null'],
    ['int', null, 'null'],
    ['float', 0.5, '0.5'],
    ['float', Number.POSITIVE_INFINITY, 'null'],
    ['bool', true, 'true'],
    ['bool', false, 'false'],
    ['bool', null, 'null'],
    ['enum', 3, '"COM_QUERY"'],
    ['enum', 153, '"UNKNOWN_153"'],
    ['enum', null, 'null'],
    ['upid', '0:1234:567890', '"0:1234:567890"'],
    ['string', '', '""'],
    ['string', null, 'null'],
    ['string', undefined, 'null'],
    ['string', 'a"b\\c\n\t\u0000\u001b[31m', '"a\\"b\\\\c\\n\\t\\u0000\\u001b[31m"'],
    ['string', '\u007f\u0085\u009b\u2028\u2029', '"\\u007f\\u0085\\u009b\\u2028\\u2029"'],
    ['string', 'é 日本 😀', '"é 日本 😀"'],
    ['json', null, 'null'],
    ['json', undefined, 'null'],
    [
      'json',
      { host: ['a"b'], n: [1, 0.5, true, null, undefined, Number.NaN] },
      '{"host":["a\\"b"],"n":[1,0.5,true,null,null,null]}',
    ],
    ['json', proto({ constructor: ['x'] }), '{"__proto__":{"constructor":["x"]}}'],
    ['json', { 'k"\u009b': '\u007f' }, '{"k\\"\\u009b":"\\u007f"}'],
    ['json', [], '[]'],
    ['json', {}, '{}'],
  ])('%s %p', (type, value, expected) => {
    expect(cell({ name: 'c', type, words: WORDS }, value)).toBe(expected)
  })

  test.each<[string, Column['type'], unknown, string]>([
    ['truncated', 'json', null, '[]'],
    ['truncated', 'json', ['req_body'], '["req_body"]'],
    ['escaped', 'json', undefined, '[]'],
    ['partial', 'bool', null, 'false'],
    ['partial', 'bool', true, 'true'],
  ])('%s of %s %p', (name, type, value, expected) => {
    expect(cell({ name, type }, value)).toBe(expected)
  })

  test('a value of any depth ends', () => {
    expect(cell({ name: 'c', type: 'json' }, deep(100))).toContain('leaf')
    expect(cell({ name: 'c', type: 'json' }, deep(100_000))).toContain('null')
  })
})

describe('bytes that are not UTF-8', () => {
  const lossy = table('lossy', desc, [
    { name: 'escaped', type: 'json', desc },
    { name: 'path', type: 'string', desc },
    { name: 'headers', type: 'json', desc },
    { name: 'comm', type: 'string', desc },
  ])
  const encode = rowEncoder(lossy)

  test('are written \\xNN, and the columns are named', () => {
    const row = {
      escaped: ['comm'],
      path: latin1('/\xff\\'),
      headers: { [latin1('k\x80')]: [latin1('v\xfe'), 'a\\b'] },
      comm: 'node',
    }
    expect(encode(row)).toBe(
      `{"table_":"lossy","escaped":["comm","path","headers"],"path":"/\\\\xff\\\\\\\\",` +
        `"headers":{"k\\\\x80":["v\\\\xfe","a\\\\b"]},"comm":"node"}\n`,
    )
  })

  test('do not name columns of the next row', () => {
    encode({ escaped: null, path: latin1('\xff'), headers: null, comm: null })
    expect(encode({ escaped: null, path: 'a\\b😀', headers: null, comm: null })).toBe(
      '{"table_":"lossy","escaped":[],"path":"a\\\\b😀","headers":null,"comm":null}\n',
    )
  })
})

class Slow extends Writable {
  readonly chunks: string[] = []
  #release: (() => void) | undefined

  constructor() {
    super({ highWaterMark: 16, decodeStrings: false })
  }

  override _write(chunk: string, _encoding: string, done: (error?: Error) => void): void {
    this.chunks.push(chunk)
    this.#release = done
  }

  release(): void {
    const done = this.#release
    this.#release = undefined
    done?.()
  }
}

const numbers = table('numbers', desc, [
  { name: 'x', type: 'int', desc },
  { name: 'y', type: 'int', desc },
])
const batch = (n: number) => ({ table: numbers, rows: Array.from({ length: n }, (_, i) => ({ x: i, y: -i })) })
const settled = async (promise: Promise<void>) => {
  let done = false
  void promise.then(() => {
    done = true
  })
  await new Promise(setImmediate)
  return done
}

describe('the sink', () => {
  test('waits for a slow reader, and for the last byte at close', async () => {
    const stream = new Slow()
    const sink = new NdjsonSink(stream)
    const full = sink.write(batch(1)) as Promise<void>
    expect(await settled(full)).toBe(false)
    stream.release()
    expect(await settled(full)).toBe(true)

    void sink.write(batch(1))
    const closed = sink.close()
    expect(await settled(closed)).toBe(false)
    stream.release()
    await closed
    expect(stream.chunks).toEqual(['{"table_":"numbers","x":0,"y":0}\n', '{"table_":"numbers","x":0,"y":0}\n'])
    expect(sink.broken).toBeUndefined()
  })

  test('does not wait for a fast reader, and writes in chunks', async () => {
    const chunks: string[] = []
    const write = jest.fn((chunk: Buffer, _encoding: string, done: () => void) => {
      chunks.push(chunk.toString())
      done()
    })
    const sink = new NdjsonSink(new Writable({ highWaterMark: 1 << 24, write }))
    expect(sink.write(batch(10_000))).toBeUndefined()
    await sink.close()
    expect(chunks.length).toBeLessThan(10)
    expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeLessThan(66 * 1024)
    expect(chunks.join('').trim().split('\n').length).toBe(10_000)
  })

  test.each(['EPIPE', 'ENOSPC'])('%s breaks it, and nobody hangs', async (code) => {
    const error = Object.assign(new Error(code), { code })
    const sink = new NdjsonSink(
      new Writable({ highWaterMark: 1, write: (_chunk, _encoding, done) => setImmediate(done, error) }),
    )
    await sink.write(batch(1))
    expect(sink.broken).toBe(error)
    expect(sink.write(batch(1))).toBeUndefined()
    await sink.close()
  })

  test('a destroyed stream breaks it', async () => {
    const stream = new Slow()
    const sink = new NdjsonSink(stream)
    const full = sink.write(batch(1))
    stream.destroy()
    await full
    expect(sink.broken).toBeDefined()
    await sink.close()
  })

  test('an error while closing ends the wait', async () => {
    const stream = new Slow()
    const sink = new NdjsonSink(stream)
    void sink.write(batch(1))
    const closed = sink.close()
    stream.destroy(new Error('gone'))
    await closed
    expect(sink.broken?.message).toBe('gone')
  })

  test('writes the columns that were asked for', async () => {
    const stream = new Slow()
    const sink = new NdjsonSink(stream, (t) => t.columns.slice(1))
    void sink.write(batch(1))
    expect(stream.chunks).toEqual(['{"table_":"numbers","y":0}\n'])
  })
})
