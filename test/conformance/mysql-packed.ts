import { client, type Example, server, type Turn } from './example.js'
import {
  bytes,
  CAPS,
  column,
  DEPRECATE_EOF,
  err,
  hello,
  lenenc,
  ok,
  pack,
  packet,
  resultset,
  u16,
  u32,
} from './mysql-bytes.js'

const COMPRESS = 0x20
const ZSTD = 1 << 26
const opening = (flag: number): Turn[] => hello(CAPS | DEPRECATE_EOF | flag)
const hi = { req_cmd: 0x0b, req_body: 'user=alice db=shop', resp_result: 2 }

const select = (text: string): Buffer => packet(0, 3, text)
const WIDE = `SELECT '${'wide '.repeat(300)}'`
const MANY = resultset(
  1,
  Array.from({ length: 50 }, (_, i) => `a row that is number ${i}`),
)

const prepared = (type: 'zlib' | 'zstd'): Turn[] => [
  client(pack(0, packet(0, 0x16, 'INSERT INTO packed VALUES (?, ?, ?)'), 'stored')),
  server(
    pack(
      1,
      bytes(packet(1, 0, u32(3), u16(0), u16(3), 0, u16(0)), column(2, '?'), column(3, '?'), column(4, '?')),
      type,
    ),
  ),
  client(
    pack(
      0,
      packet(
        0,
        bytes(0x17, u32(3), 0, u32(1), 2, 1, u16(0xfd), u16(3), u16(10)),
        bytes(lenenc("it's ".repeat(20)), bytes(4, u16(2024), 2, 29)),
      ),
      type,
    ),
  ),
  server(pack(1, ok(1, 1), 'stored')),
]
const PREPARED = [
  { req_cmd: 0x16, req_body: 'INSERT INTO packed VALUES (?, ?, ?)', resp_result: 2 },
  {
    req_cmd: 0x17,
    req_body: `query=[INSERT INTO packed VALUES (?, ?, ?)] params=['${"it''s ".repeat(20)}', NULL, '2024-02-29']`,
    resp_affected_rows: 1,
  },
]

/** Conversations of compressed connections. */
export const PACKED: readonly Example[] = [
  {
    name: 'compressed with zlib: packets cut anywhere, several in one',
    alone: true,
    turns: [
      ...opening(COMPRESS),
      client(pack(0, select('SELECT a FROM z1'), 'stored')),
      server(
        pack(1, MANY.subarray(0, 77)),
        pack(2, MANY.subarray(77, 78), 'stored'),
        pack(3, MANY.subarray(78, 500)),
        pack(4, MANY.subarray(500)),
      ),
      client(pack(0, select(WIDE).subarray(0, 700)), pack(1, select(WIDE).subarray(700))),
      server(pack(2, resultset(2, ['w'.repeat(100)]))),
      client(pack(0, select('SELECT nope'), 'stored')),
      server(pack(1, err(1, 1054, '42S22', "Unknown column 'nope' in 'field list'"), 'stored')),
      client(pack(0, packet(0, 1), 'stored')),
    ],
    rows: [
      hi,
      { req_body: 'SELECT a FROM z1', resp_rows: 50 },
      { req_body: WIDE.slice(0, 1024), resp_rows: 1 },
      { req_body: 'SELECT nope', resp_error_code: 1054, resp_sqlstate: '42S22' },
      { req_cmd: 1, resp_result: 1 },
    ],
  },
  {
    name: 'compressed: LOAD DATA LOCAL INFILE, prepared statements',
    alone: true,
    turns: [
      ...opening(COMPRESS),
      client(pack(0, select("LOAD DATA LOCAL INFILE 'f' INTO TABLE z2"))),
      server(pack(1, packet(1, 0xfb, 'f'), 'stored')),
      client(pack(2, bytes(packet(2, '1\tone\n'.repeat(90)), packet(3, '2\ttwo\n'))), pack(3, packet(4), 'stored')),
      server(pack(4, ok(4, 91, 'Records: 91'), 'stored')),
      ...prepared('zlib'),
    ],
    rows: [
      hi,
      { req_body: "LOAD DATA LOCAL INFILE 'f' INTO TABLE z2", resp_result: 2, resp_affected_rows: 91 },
      ...PREPARED,
    ],
  },
  {
    name: 'compressed: COM_CHANGE_USER',
    alone: true,
    turns: [
      ...opening(COMPRESS),
      client(pack(0, packet(0, 0x11, 'bob\0', lenenc('01234567890123456789'), 'shop\0', u16(33), 'plugin\0'))),
      server(pack(1, packet(1, 0xfe, 'mysql_native_password\0', '01234567890123456789', 0))),
      client(pack(2, packet(2, '98765432109876543210'), 'stored')),
      server(pack(3, ok(3), 'stored')),
      client(pack(0, select('SELECT 3'), 'stored')),
      server(pack(1, resultset(1, ['3']))),
    ],
    rows: [hi, { req_cmd: 0x11, req_body: 'user=bob db=shop', resp_result: 2 }, { req_body: 'SELECT 3', resp_rows: 1 }],
  },
]

/** The same with Zstandard, where it can be decompressed. */
export const PACKED_ZSTD: Example = {
  name: 'compressed with Zstandard',
  alone: true,
  turns: [...opening(ZSTD), ...prepared('zstd')],
  rows: [hi, ...PREPARED],
}
