import { ByteCursor } from '../cursor.js'
import { INVALID } from '../protocol.js'
import { Reader } from './reader.js'
import { Writer } from './reply.js'
import { HIDE } from './secrets.js'

function reader(limit = 100): { readonly writer: Writer; readonly reader: Reader } {
  const writer = new Writer()
  writer.begin(limit, HIDE.nothing)
  return { writer, reader: new Reader(writer, false) }
}

const bytes = (text: string): ByteCursor => new ByteCursor(Buffer.from(text, 'latin1'))

/** Reads one value at once: its text, or what was eaten if it is not whole. */
function read(text: string, limit?: number): string | number {
  const { writer, reader: r } = reader(limit)
  const eaten = r.read(bytes(text))
  return r.whole ? writer.reply.text : eaten
}

describe('values', () => {
  test.each([
    ['+OK\r\n', 'OK'],
    ['-ERR no\r\n', 'ERR no'],
    [':-42\r\n', '-42'],
    ['$0\r\n\r\n', ''],
    ['$-1\r\n', '<NULL>'],
    ['*-1\r\n', '<NULL>'],
    ['*0\r\n', '[]'],
    ['%0\r\n', '{}'],
    ['%1\r\n*1\r\n:1\r\n#t\r\n', '{"[1]":true}'],
    ['*2\r\n:9223372036854775807\r\n,1e400\r\n', '[9223372036854775807,1e400]'],
    ['*2\r\n,nan\r\n,-inf\r\n', '["nan","-inf"]'],
    ['*2\r\n!5\r\nERR x\r\n=7\r\nmkd:a"b\r\n', '["-ERR x","a\\"b"]'],
    ['|1\r\n+a\r\n*1\r\n:1\r\n*1\r\n|1\r\n+b\r\n:2\r\n+c\r\n', '["c"]'],
    ['~?\r\n:1\r\n.\r\n', '[1]'],
    ['$?\r\n;2\r\nab\r\n;1\r\nc\r\n;0\r\n', 'abc'],
  ])('%j', (text, wanted) => {
    expect(read(text)).toBe(wanted)
  })

  test.each([
    'x',
    '$5\r\nhelloXX',
    '$536870913\r\n',
    '$99999999999999999999\r\n',
    '$-2\r\n',
    '*2147483648\r\n',
    '+a\rb\r\n',
    ':1a\r\n',
    ':\r\n',
    '#x\r\n',
    '_x\r\n',
    '.\r\n',
    ';1\r\na\r\n',
    '*1\r\n.\r\n',
    '$?\r\n:1\r\n',
    '=3\r\ntxt\r\n',
    '*1\r\n'.repeat(65),
    `(${'1'.repeat(5000)}`,
  ])('%j is none', (text) => {
    expect(reader().reader.read(bytes(text))).toBe(INVALID)
  })
})

describe('limits', () => {
  test('nothing is begun that does not fit; what is begun stays JSON', () => {
    expect(read('*3\r\n$5\r\nhello\r\n*1\r\n$5\r\nworld\r\n%1\r\n+a\r\n+b\r\n', 8)).toBe('["hello",[]]')
    expect(read('%2\r\n+key\r\n+value\r\n+k\r\n+v\r\n', 4)).toBe('{}')
  })

  test('a count without the values takes no memory', () => {
    const { reader: r } = reader()
    expect(r.read(bytes('*2147483647\r\n$1\r\na\r\n'))).toBe(20)
    expect(r.whole).toBe(false)
  })

  test('a long string is waited for as far as it is shown; the rest may be withheld', () => {
    const { writer, reader: r } = reader(4)
    const head = bytes('$100000\r\nhello')
    expect(r.read(head)).toBe(0)
    expect(head.want).toBe(9 + 21)
    const more = bytes(`$100000\r\nhello${'o'.repeat(20)}`)
    expect(r.read(more)).toBe(34)
    expect(more.skip).toBe(100000 - 25)
    expect(r.gap(more.skip)).toBe(true)
    expect(r.read(bytes('\r\n'))).toBe(2)
    expect(r).toMatchObject({ whole: true, size: 100011 })
    expect(writer.reply).toMatchObject({ text: 'hell', cut: true })
  })

  test('a string may end in a gap, but not go beyond it', () => {
    const { reader: r } = reader(0)
    r.read(bytes(`$30\r\n${'x'.repeat(25)}`))
    expect(r.gap(8)).toBe(false)
    expect(r.gap(7)).toBe(true)
    expect(r.read(bytes(''))).toBe(0)
    expect(r.whole).toBe(true)
  })

  test('a line without an end is passed over', () => {
    const { writer, reader: r } = reader(3)
    expect(r.read(bytes(`+${'a'.repeat(4000)}`))).toBe(0)
    expect(r.read(bytes(`+${'a'.repeat(5000)}`))).toBe(5001)
    expect(r.gap(1)).toBe(false)
    expect(r.read(bytes('a'.repeat(9000)))).toBe(9000)
    expect(r.read(bytes('a\r\n+OK\r\n'))).toBe(3)
    expect(r).toMatchObject({ whole: true, size: 14004 })
    expect(writer.reply).toMatchObject({ text: 'aaa', cut: true })
  })
})
