import { COLUMN, join, OK, packet, Talk } from '../../../test/support/mysql-talk.js'

const u16 = (n: number): number[] => [n & 255, n >> 8]
const u32 = (n: number): number[] => [...u16(n & 0xffff), ...u16(n >>> 16)]
const text = (value: string): Buffer => join(Buffer.byteLength(value), value)
const double = (value: number): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(value)
  return bytes
}
const float = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeFloatLE(value)
  return bytes
}

function prepared(params: number, bodyBytes = 1024): Talk {
  const talk = new Talk(false, bodyBytes).feed('request', packet(0, 0x16, 'INSERT INTO t'))
  const columns = Array.from({ length: params }, (_, i) => COLUMN(2 + i))
  return talk.feed('response', packet(1, 0, 5, 0, 0, 0, 0, 0, params, 0, 0, 0, 0), ...columns)
}

function execute(talk: Talk, ...rest: readonly (string | number | Buffer)[]): string | null | undefined {
  talk.feed('request', packet(0, 0x17, 5, 0, 0, 0, 0, 1, 0, 0, 0, ...rest)).feed('response', OK(1))
  return talk.rows.at(-1)?.req_body
}

test.each([
  ['TINYINT', [0x01, 0], [0xff], '-1'],
  ['TINYINT UNSIGNED', [0x01, 0x80], [0xff], '255'],
  ['SMALLINT', [0x02, 0], u16(0xfffe), '-2'],
  ['INT', [0x03, 0], u32(0xfffffffd), '-3'],
  ['INT UNSIGNED', [0x03, 0x80], u32(0xfffffffd), '4294967293'],
  ['BIGINT', [0x08, 0], [...u32(1), ...u32(0x80000000)], '-9223372036854775807'],
  ['BIGINT UNSIGNED', [0x08, 0x80], [...u32(0xffffffff), ...u32(0xffffffff)], '18446744073709551615'],
  ['FLOAT', [0x04, 0], [...float(0.1)], '0.1'],
  ['DOUBLE', [0x05, 0], [...double(-2.5e300)], '-2.5e+300'],
  ['DECIMAL', [0xf6, 0], [...text('-12.50')], '-12.50'],
  ['DECIMAL that is none', [0xf6, 0], [...text('NULL')], "'NULL'"],
  ['VARCHAR', [0xfd, 0], [...text('NULL')], "'NULL'"],
  ['VARCHAR with a quote', [0xfd, 0], [...text("O'Neil, ü")], "'O''Neil, ü'"],
  ['JSON', [0xf5, 0], [...text('{"a":1}')], '\'{"a":1}\''],
  ['BLOB', [0xfc, 0], [2, 0xff, 0x41], "'\udcffA'"],
  ['NULL', [0x06, 0], [], 'NULL'],
  ['DATE', [0x0a, 0], [4, ...u16(2024), 2, 29], "'2024-02-29'"],
  ['DATE of zeros', [0x0a, 0], [0], "'0000-00-00'"],
  ['DATETIME', [0x0c, 0], [7, ...u16(2024), 2, 29, 1, 2, 3], "'2024-02-29 01:02:03'"],
  ['DATETIME at midnight', [0x0c, 0], [4, ...u16(2024), 2, 29], "'2024-02-29 00:00:00'"],
  ['DATETIME of zeros', [0x0c, 0], [0], "'0000-00-00 00:00:00'"],
  ['TIMESTAMP with µs', [0x07, 0], [11, ...u16(2024), 2, 29, 1, 2, 3, ...u32(4500)], "'2024-02-29 01:02:03.004500'"],
  ['TIME', [0x0b, 0], [8, 1, ...u32(2), 3, 4, 5], "'-51:04:05'"],
  ['TIME with µs', [0x0b, 0], [12, 0, ...u32(0), 3, 4, 5, ...u32(6)], "'03:04:05.000006'"],
  ['TIME with no µs', [0x0b, 0], [12, 0, ...u32(0), 3, 4, 5, ...u32(0)], "'03:04:05'"],
  ['TIME of zeros', [0x0b, 0], [0], "'00:00:00'"],
  ['bytes that are missing', [0x0c, 0], [7, 1], '?'],
])('%s', (_name, type, value, shown) => {
  const body = execute(prepared(1), 0, 1, Buffer.from(type), Buffer.from(value))
  expect(body).toBe(`query=[INSERT INTO t] params=[${shown}]`)
})

test('the bitmap of NULLs, and types sent once', () => {
  const talk = prepared(10)
  const types = Buffer.from(Array.from({ length: 10 }, () => [0x01, 0]).flat())
  const body = execute(talk, 0b10000001, 0b10, 1, types, Buffer.from([2, 3, 4, 5, 6, 7, 9]))
  expect(body).toContain('params=[NULL, 2, 3, 4, 5, 6, 7, NULL, 9, NULL]')
  expect(execute(talk, 0xff, 0b01, 0, 10)).toContain(`params=[${'NULL, '.repeat(9)}10]`)
})

test('types that were lost', () => {
  expect(execute(prepared(2), 0, 0, 1, 2)).toBe('query=[INSERT INTO t] params=[?, ?]')
})

test('a value beyond the limit is cut, and says so', () => {
  const talk = prepared(2, 40)
  const body = execute(talk, 0, 1, 0xfd, 0, 0xfd, 0, text('ü'.repeat(50)), text('never'))
  expect(body).toBe(`query=[INSERT INTO t] params=['${'ü'.repeat(20)}']`)
  expect(talk.rows.at(-1)?.cut).toBe(2)
})

test('the count of parameters and their names, with attributes of the query after them', () => {
  const counted = [0x08, 1, 0, 0, 0, 2, 0, 1, 0x01, 0, 0, 0xfd, 0, text('trace'), 42, text('id')]
  const talk = prepared(1)
    .feed('request', packet(0, 0x17, 5, 0, 0, 0, ...counted))
    .feed('response', OK(1))
  expect(talk.rows.at(-1)?.req_body).toBe('query=[INSERT INTO t] params=[42]')
})

describe('a bulk execution (MariaDB)', () => {
  const run = (talk: Talk, ...rest: readonly (string | number | Buffer)[]): string | null | undefined => {
    talk.feed('request', packet(0, 0xfa, 5, 0, 0, 0, ...rest)).feed('response', OK(1))
    return talk.rows.at(-1)?.req_body
  }
  const row = (id: number, name: string): Buffer => join(0, id, 0, text(name))

  test('shows rows of values, and the indicators', () => {
    const talk = prepared(2)
    const body = run(talk, 0x80, 0, 0x01, 0, 0xfd, 0, row(1, 'a'), join(0, 2, 1), join(2, 3))
    expect(body).toBe("query=[INSERT INTO t] params=[(1, 'a'), (2, NULL), (DEFAULT, IGNORE)]")
    expect(run(talk, 0, 0, row(4, 'again'))).toBe("query=[INSERT INTO t] params=[(4, 'again')]")
  })

  test('of many rows shows the first', () => {
    const talk = prepared(2, 64)
    const body = run(talk, 0x80, 0, 0x01, 0, 0xfd, 0, ...Array.from({ length: 200 }, (_, i) => row(i, 'name')))
    expect(body).toContain("params=[(0, 'name'), (1, 'name')")
    expect(body?.length).toBeLessThan(120)
    expect(talk.rows.at(-1)?.cut).toBe(2)
  })
})

test('without the answer to the preparation it is not known how many there are', () => {
  const talk = new Talk(true).feed('request', packet(0, 0x16, 'INSERT INTO t'))
  talk.gap('response', 100)
  talk.feed('request', packet(0, 0x0e)).feed('response', OK(1))
  talk
    .feed('request', packet(0, 0x17, ...u32(0xffffffff), 0, 1, 0, 0, 0, 0, 1, 3, 0, ...u32(1)))
    .feed('response', OK(1))
  expect(talk.rows.at(-1)).toMatchObject({ req_body: 'query=[INSERT INTO t] params=[]', lost: true })
})
