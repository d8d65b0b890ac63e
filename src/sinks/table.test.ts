import { Writable } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { jest } from '@jest/globals'
import { PROTOCOLS } from '../protocols/index.js'
import { COMM, exchangeTable, PID, TIME_, UPID } from '../records/columns.js'
import { type Column, type Table, table } from '../records/table.js'
import { text } from '../records/text.js'
import { cut, duration, grouped, harmless, size } from './cells.js'
import { type Format, SINKS, terminalOptions } from './index.js'
import type { Sink as StreamSink } from './sink.js'
import { type TableOptions, TableSink } from './table.js'

const desc = 'For the test.'
const col = (name: string, type: Column['type'], more: Partial<Column> = {}): Column => ({ name, type, desc, ...more })
const bytes = { unit: 'bytes' } as const

const HTTP = exchangeTable({
  name: 'http_events',
  desc,
  columns: [
    col('major_version', 'int'),
    col('content_type', 'enum', { words: { 0: 'unknown', 1: 'json' } }),
    col('req_headers', 'json'),
    col('req_method', 'string', { semantic: 'method' }),
    col('req_path', 'string'),
    col('req_body', 'string'),
    col('req_body_size', 'int', bytes),
    col('resp_status', 'int', { semantic: 'status' }),
    col('resp_message', 'string'),
    col('resp_body', 'string'),
    col('resp_body_size', 'int', bytes),
  ],
  glance: ['req_method', 'req_path', 'resp_status', 'resp_body_size'],
})
const MYSQL = exchangeTable({
  name: 'mysql_events',
  desc,
  columns: [
    col('req_cmd', 'enum', { words: { 3: 'COM_QUERY', 22: 'COM_STMT_PREPARE' } }),
    col('req_body', 'string'),
    col('resp_result', 'enum', { words: { 1: 'OK', 2: 'ERR' } }),
    col('resp_rows', 'int'),
    col('resp_error_code', 'int', { semantic: 'status' }),
  ],
  glance: ['req_cmd', 'req_body', 'resp_result'],
})
const STATS: Table = {
  name: 'process_stats',
  desc,
  columns: [
    TIME_,
    UPID,
    PID,
    COMM,
    col('minor_faults', 'int'),
    col('cpu_ns', 'int', { unit: 'ns' }),
    col('rss', 'int', bytes),
  ],
}
const SEQUENCE: Table = {
  name: 'sequence_generator0',
  desc,
  columns: [TIME_, ...['x', 'xmod10', 'xsquared', 'fibonnaci'].map((name) => col(name, 'int')), col('PIx', 'float')],
}

const TIME = new Date(2026, 10, 22, 9, 41, 17, 123).getTime() * 1000
const ROW = {
  time_: TIME,
  upid: '0:1234:5678',
  pid: 1234,
  comm: 'node',
  remote_addr: '10.0.12.131',
  remote_port: 54321,
  local_addr: '::1',
  local_port: 8080,
  trace_role: 2,
  encrypted: false,
  content_type: 1,
  req_headers: { host: ['localhost'] },
  req_method: 'GET',
  req_path: '/api/v1/users?page=2',
  req_body_size: 0,
  resp_status: 200,
  resp_body_size: 3482,
  latency: 1_234_567,
  error: null,
}

const screen = (width: number, more: Partial<TableOptions> = {}) => {
  let shown = ''
  const write = (chunk: Buffer, _encoding: string, done: () => void) => {
    shown += chunk.toString()
    done()
  }
  const terminal = { width }
  const sink = new TableSink(new Writable({ write }), { color: false, width: () => terminal.width, ...more })
  const lines = () => shown.split('\n').slice(0, -1)
  return { sink, lines, terminal, text: () => shown }
}

// An independent measure: East Asian wide and emoji take two columns, marks none.
function columnsOf(line: string): number {
  let columns = 0
  for (const c of stripVTControlCharacters(line)) {
    if (/\p{M}/u.test(c)) continue
    columns += /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}]/u.test(c)
      ? 2
      : 1
  }
  return columns
}

const ESC = '\u001b'
const HOSTILE = [
  `${ESC}[2J${ESC}]0;title\u0007`,
  'two\nlines\r\tand tab',
  '\u009b31m\u007f',
  'abc\u202edef\u200b\u2028',
  '日本語のとても長い道'.repeat(50),
  '👩‍👩‍👧‍👦🇩🇪😀🫠👍🏽'.repeat(50),
  'e\u0301'.repeat(300),
  text(Buffer.from([0x2f, 0xff, 0x5c, 0xfe]), 0, 4),
  'x'.repeat(1_000_000),
  `${'x'.repeat(500)}😀`,
  '\ud83d',
  '',
]

describe('whatever a traced process says', () => {
  test.each([1, 10, 40, 80, 120, 200])('a line takes %i columns at most and a row one line', (width) => {
    for (const color of [false, true]) {
      const { sink, lines } = screen(width, { color })
      const rows = HOSTILE.map((value) => ({
        ...ROW,
        comm: value,
        remote_addr: value,
        req_method: value,
        req_path: value,
        req_headers: { [value]: [value] },
        error: value,
        content_type: 153,
        req_body: value,
      }))
      for (const t of [HTTP, MYSQL, STATS, SEQUENCE]) void sink.write({ table: t, rows })
      expect(lines().length).toBe(4 * (rows.length + 1))
      for (const line of lines()) {
        expect(columnsOf(line)).toBeLessThanOrEqual(width)
        expect(stripVTControlCharacters(line)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
      }
    }
  })

  test.each([
    [`${ESC}[31m\n\t`, 20, '\\x1b[31m\\n\\t'],
    ['\u009b\u007f\u202e', 20, '\\x9b\\x7f\\u{202e}'],
    ['abcdef', 6, 'abcdef'],
    ['abcdefg', 6, 'abcde…'],
    ['🚀🇩', 20, '🚀\\u{1f1e9}'],
    ['日本語', 6, '日本語'],
    ['日本語', 5, '日本…'],
    ['日本語', 4, '日…'],
    ['日本語', 1, '…'],
    [text(Buffer.from([0xff, 0x5c]), 0, 2), 20, '\\xff\\\\'],
  ])('%j in %i columns is %s', (value, width, expected) => {
    expect(harmless(value, width)).toBe(expected)
  })
})

describe('the fields', () => {
  test('at 80 columns', () => {
    const { sink, lines } = screen(80)
    void sink.write({ table: HTTP, rows: [ROW] })
    void sink.write({ table: MYSQL, rows: [{ ...ROW, req_cmd: 3, req_body: 'SELECT\n1', resp_result: 1 }] })
    expect(lines().slice(0, 2)).toEqual([
      'http_events  process       method path                 status body_size  latency',
      '09:41:17.123 node[1234]    GET    /api/v1/users?page=2    200   3.4 KiB   1.2 ms',
    ])
    expect(lines()[2]).toMatch(/^mysql_events process +cmd +body +result +latency$/)
    expect(lines()[3]).toMatch(/^09:41:17\.123 node\[1234\] +COM_QUERY +SELECT\\n1 +OK +1\.2 ms$/)
  })

  test('what a row is about is one of them, whatever it is called', () => {
    const { sink, lines } = screen(80)
    const columns = [col('cmd', 'string', { semantic: 'method' }), col('req_size', 'int'), col('keys', 'json')]
    const stored = exchangeTable({ name: 'stored_events', desc, columns, glance: ['cmd', 'keys'] })
    void sink.write({ table: stored, rows: [{ ...ROW, cmd: 'get', req_size: 7, keys: ['a', 'b'] }] })
    expect(lines()[0]).toMatch(/^stored_events process +cmd +keys +latency$/)
    expect(lines()[1]).toMatch(/ get +\["a","b"\] /)
  })

  test('words are not cut so short that they look alike', () => {
    const { sink, lines } = screen(60)
    const result = col('resp_type', 'enum', { words: { 1: 'WHO_HAS_JOINED', 2: 'WHO_HAS_LEFT', 3: 'OK' } })
    const columns = [col('req_path', 'string'), result]
    const groups = exchangeTable({ name: 'groups', desc, columns, glance: ['req_path', 'resp_type'] })
    void sink.write({ table: groups, rows: [1, 2].map((resp_type) => ({ ...ROW, resp_type })) })
    expect(lines().slice(1)).toEqual([expect.stringMatching(/ WHO_HAS_J…$/), expect.stringMatching(/ WHO_HAS_L…$/)])
  })

  test.each(PROTOCOLS.map(({ table }) => exchangeTable(table as Table)))(
    '$name at 80 columns: what it is about, and the latency',
    (each) => {
      const { sink, lines } = screen(80)
      void sink.write({ table: each, rows: [ROW] })
      const header = lines()[0] as string
      const [first, second] = (each.glance ?? []).map((name) => name.replace(/^(req|resp)_/, ''))
      for (const name of [first, second]) expect(header).toContain(`${name}`.slice(0, 6))
      expect(header).toMatch(/latency$/)
    },
  )

  test('what the source has nothing for is left out', () => {
    const { sink, lines } = screen(80, { empty: ['upid', 'pid', 'comm'] })
    void sink.write({ table: HTTP, rows: [ROW] })
    expect(lines()[0]).toMatch(/^http_events +method +path +status +body_size +latency$/)
  })

  test('at 200 columns there are more', () => {
    const { sink, lines } = screen(200)
    void sink.write({ table: HTTP, rows: [{ ...ROW, error: 'reset by peer' }] })
    expect(lines()[0]?.split(/ +/)).toEqual(
      expect.arrayContaining(['remote', 'role', 'req_body_size', 'resp_body_size', 'latency', 'error']),
    )
    expect(lines()[1]).toContain(' 10.0.12.131:54321 ')
    expect(lines()[1]).toMatch(/ reset by peer$/)
  })

  test('any table has some', () => {
    const { sink, lines } = screen(80)
    void sink.write({
      table: SEQUENCE,
      rows: [{ time_: TIME, x: 1, xmod10: 1, xsquared: 1e9, fibonnaci: 5, PIx: 3.14 }],
    })
    void sink.write({ table: STATS, rows: [{ ...ROW, minor_faults: 7, cpu_ns: 2.5e9, rss: 1 << 20 }] })
    expect(lines()[1]).toMatch(/^09:41:17\.123 +1 +1 +1000000000 +5 +3\.14$/)
    expect(lines()[3]).toMatch(/^09:41:17\.123 +node\[1234\] +7 +2\.5 s +1\.0 MiB$/)
  })

  test('are those that were asked for', () => {
    const { sink, lines } = screen(80, {
      columns: (t) => t.columns.filter((c) => /^(upid|local_port|partial)$/.test(c.name)),
    })
    void sink.write({ table: HTTP, rows: [{ ...ROW, partial: true }] })
    expect(lines()[0]).toBe('http_events')
    expect(lines()[1]).toMatch(/^upid +local +partial$/)
    expect(lines()[2]).toMatch(/^0:1234:5678 .*8080 +true$/)
  })

  test('what is unknown is empty', () => {
    const { sink, lines } = screen(200)
    void sink.write({ table: HTTP, rows: [{ time_: TIME }] })
    expect(lines()[1]).toBe('09:41:17.123')
  })

  test('a long name of a process leaves its pid', () => {
    const { sink, lines } = screen(80)
    void sink.write({ table: HTTP, rows: [{ ...ROW, comm: 'a-very-long-name', pid: 4194304 }] })
    expect(lines()[1]).toContain('…[4194304] ')
  })
})

describe('colour', () => {
  test.each([
    [{ resp_status: 204 }, '[32m204'],
    [{ resp_status: 301 }, '[36m301'],
    [{ resp_status: 404 }, '[33m404'],
    [{ resp_status: 503 }, '[31m503'],
    [{ latency: 1e6 }, '[2m1.0 ms'],
    [{ latency: 2e8 }, '[33m200 ms'],
    [{ latency: 2e9 }, '[31m2.0 s'],
    [{ error: 'reset' }, '[31mreset'],
  ])('%j', (more, expected) => {
    for (const color of [true, false]) {
      const { sink, text } = screen(200, { color })
      void sink.write({ table: HTTP, rows: [{ ...ROW, ...more }] })
      expect(text().includes(`${ESC}${expected}`)).toBe(color)
      expect(text().includes(ESC)).toBe(color)
    }
  })

  test.each([
    [{ isTTY: true, columns: 120 }, {}, true, 120],
    [{ isTTY: true, columns: 120 }, { NO_COLOR: '1' }, false, 120],
    [{}, {}, false, 80],
  ])('of %j with %j: %p, %i columns', (stream, env, color, width) => {
    const options = terminalOptions(stream, env)
    expect([options.color, options.width()]).toEqual([color, width])
  })
})

describe('over time', () => {
  beforeEach(() => void jest.useFakeTimers())
  afterEach(() => void jest.useRealTimers())

  const rows = (n: number) => Array.from({ length: n }, () => ROW)
  const isHeader = (line: string) => /^(http|mysql)_events /.test(line)

  test('a header comes with a table, a new width, and now and then', () => {
    const { sink, lines, terminal } = screen(80)
    const headers = () => lines().filter(isHeader).length
    void sink.write({ table: HTTP, rows: rows(1) })
    void sink.write({ table: HTTP, rows: rows(1) })
    expect(headers()).toBe(1)
    void sink.write({ table: MYSQL, rows: rows(1) })
    expect(headers()).toBe(2)
    terminal.width = 120
    void sink.write({ table: MYSQL, rows: rows(1) })
    expect(headers()).toBe(3)
    void sink.write({ table: MYSQL, rows: rows(60) })
    expect(headers()).toBe(4)
  })

  test('what is too much for a person is one line a second', () => {
    const { sink, lines } = screen(100)
    void sink.write({ table: HTTP, rows: rows(5012) })
    void sink.write({ table: MYSQL, rows: rows(30) })
    const shown = lines().filter((line) => !isHeader(line)).length
    expect(shown).toBe(220)
    jest.advanceTimersByTime(1000)
    expect(lines().slice(-2)).toEqual([
      '… 4 812 more http_events in the last second (5 012/s; --format ndjson shows all)',
      '… 10 more mysql_events in the last second (30/s; --format ndjson shows all)',
    ])
    void sink.write({ table: MYSQL, rows: rows(1) })
    expect(lines().at(-1)).toMatch(/^09:41/)
    jest.advanceTimersByTime(5000)
    expect(lines().at(-1)).toMatch(/^09:41/)
  })

  test('what was not shown is said at close', async () => {
    const { sink, lines } = screen(40)
    void sink.write({ table: HTTP, rows: rows(300) })
    jest.useRealTimers()
    await sink.close()
    expect(lines().at(-1)).toBe('… 100 more http_events in the last seco…')
  })
})

test.each<Format>(['table', 'ndjson'])('%s is in the registry and knows when its stream breaks', async (format) => {
  const error = Object.assign(new Error('gone'), { code: 'EPIPE' })
  const stream = new Writable({ write: (_chunk, _encoding, done) => setImmediate(done, error), highWaterMark: 1 })
  const sink: StreamSink = await SINKS[format](stream, terminalOptions({}, {}))
  sink.open([HTTP])
  await sink.write({ table: table('t', desc, [{ name: 'x', type: 'int', desc }]), rows: [{ x: 1 }] })
  expect(sink.broken).toBe(error)
  await sink.close()
})

test.each([
  [duration(0), '0 ns'],
  [duration(999), '999 ns'],
  [duration(1000), '1.0 µs'],
  [duration(1_234_567), '1.2 ms'],
  [duration(99_960_000), '100 ms'],
  [duration(61e9), '1.0 min'],
  [duration(7200e9), '2.0 h'],
  [duration(-5), '-5 ns'],
  [size(1023), '1023 B'],
  [size(3482), '3.4 KiB'],
  [size(2 ** 50), '1024 TiB'],
  [grouped(1234567), '1 234 567'],
  [cut('abc', 3), 'abc'],
])('%s', (shown, expected) => {
  expect(shown).toBe(expected)
})
