import { client, type Turn } from './example.js'

type Part = string | number | Buffer
export const u16 = (n: number): Buffer => Buffer.from([(n >> 8) & 255, n & 255])
export const u32 = (n: number): Buffer => Buffer.concat([u16(n >>> 16), u16(n)])
export const bytes = (...parts: readonly Part[]): Buffer =>
  Buffer.concat(parts.map((p) => (typeof p === 'number' ? Buffer.from([p]) : Buffer.from(p as string))))

/** A message: type 1, length 4, body. */
export function message(type: string, ...parts: readonly Part[]): Buffer {
  const body = bytes(...parts)
  return bytes(type, u32(body.length + 4), body)
}

/** A packet without a type: length 4, body. */
export function opening(...parts: readonly Part[]): Buffer {
  const body = bytes(...parts)
  return bytes(u32(body.length + 4), body)
}

export const value = (text: string | Buffer | null): Buffer =>
  text === null ? u32(0xffffffff) : bytes(u32(Buffer.byteLength(text)), text)

export const query = (sql: string): Turn => client(message('Q', sql, 0))
export const parse = (name: string, sql: string, ...types: number[]): Buffer =>
  message('P', name, 0, sql, 0, u16(types.length), ...types.map(u32))
export function bind(
  statement: string,
  values: readonly (string | Buffer | null)[],
  formats: number[] = [],
  results = [0],
) {
  const head = ['', 0, statement, 0, u16(formats.length), ...formats.map(u16), u16(values.length)]
  return message('B', ...head, ...values.map(value), u16(results.length), ...results.map(u16))
}
export const describeStatement = (name: string): Buffer => message('D', 'S', name, 0)
export const DESCRIBE = message('D', 'P', 0)
export const EXECUTE = message('E', 0, u32(0))
export const SYNC = message('S')

export const columns = (...names: string[]): Buffer =>
  message(
    'T',
    u16(names.length),
    ...names.flatMap((name) => [name, 0, u32(0), u16(0), u32(25), u16(65535), u32(-1), u16(0)]),
  )
export const dataRow = (...values: (string | Buffer | null)[]): Buffer =>
  message('D', u16(values.length), ...values.map(value))
export const tag = (text: string): Buffer => message('C', text, 0)
export const ready = (state = 'I'): Buffer => message('Z', state)
export const error = (code: string, text: string, severity = 'ERROR', more: readonly Part[] = []): Buffer =>
  message('E', 'S', severity, 0, 'V', severity, 0, 'C', code, 0, 'M', text, 0, ...more, 'F', 'x.c', 0, 0)
export const notice = (text: string): Buffer => message('N', 'S', 'NOTICE', 0, 'C', '00000', 0, 'M', text, 0, 0)
export const status = (name: string, is: string): Buffer => message('S', name, 0, is, 0)
export const PARSED = message('1')
export const BOUND = message('2')
export const CLOSED = message('3')
export const NO_DATA = message('n')
