import { client, type Example, server, type Turn } from './example.js'

const DIALECT = { text: 1, meta: 2, binary: 3 }
const TYPE = { none: 0, unanswered: 1, status: 2, values: 3, statistics: 4, number: 5, error: 6 }

/** A line of the text protocol, or several. */
const c = (...lines: readonly string[]): Turn => client(...lines.map((line) => `${line}\r\n`))
const s = (...lines: readonly string[]): Turn => server(...lines.map((line) => `${line}\r\n`))
const hex = (digits: string): Buffer => Buffer.from(digits.replace(/\s/g, ''), 'hex')

const LONG = 'v'.repeat(1500)

/** A request or response of the binary protocol. */
function packet(magic: number, opcode: number, fields: Partial<Fields> = {}): Buffer {
  const { key = '', extras = '', value = '', status = 0, opaque = 0, cas = 0 } = fields
  const header = Buffer.alloc(24)
  const parts = [hex(extras), Buffer.from(key), Buffer.from(value, 'latin1')]
  header[0] = magic
  header[1] = opcode
  header.writeUInt16BE(key.length, 2)
  header[4] = extras.length / 2
  header.writeUInt16BE(status, 6)
  header.writeUInt32BE(Buffer.concat(parts).length, 8)
  header.writeUInt32BE(opaque, 12)
  header.writeBigUInt64BE(BigInt(cas), 16)
  return Buffer.concat([header, ...parts])
}

interface Fields {
  readonly key: string
  readonly extras: string
  readonly value: string
  readonly status: number
  readonly opaque: number
  readonly cas: number
}

const req = (opcode: number, fields?: Partial<Fields>): Buffer => packet(0x80, opcode, fields)
const res = (opcode: number, fields?: Partial<Fields>): Buffer => packet(0x81, opcode, fields)

/** The text protocol, with the answers of memcached 1.6.18; every key occurs once, so that a wrong pairing shows. */
const TEXT: readonly Example[] = [
  {
    name: 'storage',
    turns: [
      c('set k1 5 0 7', 'va\r\nlue'),
      s('STORED'),
      c('add k2 0 60 1', 'x'),
      s('NOT_STORED'),
      c('cas k3 0 60 1 999', 'y'),
      s('EXISTS'),
      c('append k4 0 0 1', '!'),
      s('STORED'),
      c('replace k5 0 -1 0', ''),
      s('NOT_STORED'),
      c('prepend k6 1 0 2', '\xff\xfe'),
      s('STORED'),
    ],
    rows: [
      {
        dialect: DIALECT.text,
        req_cmd: 'set',
        keys: ['k1'],
        req_args: null,
        flags: 5,
        exptime: 0,
        cas: null,
        req_value: 'va\r\nlue',
        req_value_size: 7,
        resp_type: TYPE.status,
        status: 'STORED',
        resp: null,
        resp_value_size: null,
        hits: null,
        misses: null,
      },
      { req_cmd: 'add', keys: ['k2'], exptime: 60, req_value: 'x', status: 'NOT_STORED', resp_type: TYPE.status },
      { req_cmd: 'cas', keys: ['k3'], cas: '999', status: 'EXISTS' },
      { req_cmd: 'append', keys: ['k4'], req_value: '!' },
      { req_cmd: 'replace', keys: ['k5'], exptime: -1, req_value: '', req_value_size: 0 },
      { req_cmd: 'prepend', keys: ['k6'], req_value: '\udcff\udcfe', req_value_size: 2 },
    ],
  },
  {
    name: 'retrieval',
    turns: [
      c('get k7'),
      s('VALUE k7 5 7', 'va\r\nlue', 'END'),
      c('get k8'),
      s('END'),
      c('get k9 k10 k11'),
      s('VALUE k9 0 3', 'END', 'VALUE k11 2 5', '"\\"\r\n', 'END'),
      c('gets k12'),
      s('VALUE k12 5 7 1', 'va\r\nlue', 'END'),
      c('gat 60 k13'),
      s('VALUE k13 0 2', '12', 'END'),
      c('gats 60 k14 k15'),
      s('VALUE k14 0 2 5', '12', 'VALUE k15 5 8 2', 'va\r\nlue!', 'END'),
    ],
    rows: [
      {
        req_cmd: 'get',
        keys: ['k7'],
        flags: 5,
        req_value: null,
        resp_type: TYPE.values,
        status: 'END',
        resp: 'va\r\nlue',
        resp_value_size: 7,
        hits: 1,
        misses: 0,
      },
      { keys: ['k8'], resp_type: TYPE.values, status: 'END', resp: null, resp_value_size: 0, hits: 0, misses: 1 },
      {
        keys: ['k9', 'k10', 'k11'],
        resp: '{"k9":"END","k11":"\\"\\\\\\"\\r\\n"}',
        hits: 2,
        misses: 1,
        resp_value_size: 8,
      },
      { req_cmd: 'gets', keys: ['k12'], cas: '1', resp: 'va\r\nlue' },
      { req_cmd: 'gat', keys: ['k13'], exptime: 60, resp: '12' },
      {
        req_cmd: 'gats',
        keys: ['k14', 'k15'],
        exptime: 60,
        cas: '5',
        hits: 2,
        resp: '{"k14":"12","k15":"va\\r\\nlue!"}',
      },
    ],
  },
  {
    name: 'counters, deletion, touching',
    turns: [
      c('incr k16 5'),
      s('15'),
      c('decr k17 3'),
      s('12'),
      c('incr k18 1'),
      s('CLIENT_ERROR cannot increment or decrement non-numeric value'),
      c('incr k19 1'),
      s('NOT_FOUND'),
      c('touch k20 100'),
      s('TOUCHED'),
      c('delete k21'),
      s('DELETED'),
      c('delete k22'),
      s('NOT_FOUND'),
    ],
    rows: [
      { req_cmd: 'incr', keys: ['k16'], req_args: ['5'], resp_type: TYPE.number, resp: '15' },
      { req_cmd: 'decr', keys: ['k17'], req_args: ['3'], resp: '12' },
      {
        keys: ['k18'],
        resp_type: TYPE.error,
        status: 'CLIENT_ERROR',
        resp: 'cannot increment or decrement non-numeric value',
      },
      { keys: ['k19'], resp_type: TYPE.status, status: 'NOT_FOUND' },
      { req_cmd: 'touch', keys: ['k20'], exptime: 100, status: 'TOUCHED' },
      { req_cmd: 'delete', keys: ['k21'], status: 'DELETED' },
      { req_cmd: 'delete', keys: ['k22'], status: 'NOT_FOUND', resp_type: TYPE.status },
    ],
  },
  {
    name: 'what is asked of the server itself',
    turns: [
      c('version'),
      s('VERSION 1.6.18'),
      c('verbosity 2'),
      s('OK'),
      c('stats settings'),
      s('STAT maxbytes 67108864', 'STAT inter 127.0.0.1 and more', 'END'),
      c('stats reset'),
      s('RESET'),
      c('flush_all 0'),
      s('OK'),
      c('nonsense k23'),
      s('ERROR'),
      c('set k24 0 0 abc'),
      s('CLIENT_ERROR bad command line format'),
    ],
    rows: [
      { req_cmd: 'version', keys: null, status: 'VERSION', resp: '1.6.18' },
      { req_cmd: 'verbosity', req_args: ['2'], status: 'OK', resp: null },
      {
        req_cmd: 'stats',
        req_args: ['settings'],
        resp_type: TYPE.statistics,
        status: 'END',
        resp: '{"maxbytes":"67108864","inter":"127.0.0.1 and more"}',
      },
      { req_cmd: 'stats', req_args: ['reset'], status: 'RESET' },
      { req_cmd: 'flush_all', req_args: ['0'], status: 'OK' },
      { req_cmd: 'nonsense', req_args: ['k23'], resp_type: TYPE.error, status: 'ERROR', resp: null },
      { req_cmd: 'set', keys: ['k24'], req_value_size: null, resp: 'bad command line format' },
    ],
  },
  {
    name: 'longer than what is shown',
    turns: [c(`set k25 0 0 1500`, LONG), s('STORED'), c('get k26'), s('VALUE k26 0 1500', LONG, 'END')],
    rows: [
      { keys: ['k25'], req_value: LONG.slice(0, 1024), req_value_size: 1500 },
      { keys: ['k26'], resp: LONG.slice(0, 1024), resp_value_size: 1500 },
    ],
  },
  {
    name: 'commands that want no answer',
    turns: [c('set k27 0 0 1 noreply', '2', 'delete k28 noreply', 'get k29'), s('VALUE k29 0 1', '2', 'END')],
    rows: [
      { req_cmd: 'set', keys: ['k27'], req_value: '2', resp_type: TYPE.none, status: null },
      { req_cmd: 'delete', keys: ['k28'], resp_type: TYPE.none },
      { req_cmd: 'get', keys: ['k29'], resp: '2' },
    ],
  },
  {
    name: 'meta commands',
    turns: [
      c('ms m30 3 T60 F7 c', 'abc'),
      s('HD c32'),
      c('mg m31 v f t k c s O123'),
      s('VA 3 f7 t60 km31 c32 s3 O123', 'abc'),
      c('mg m32'),
      s('HD'),
      c('mg m33 v'),
      s('EN'),
      c('ma m34 N0 J13 v'),
      s('VA 2', '16'),
      c('ms m35 2 ME', 'zz'),
      s('NS'),
      c('md m36'),
      s('NF'),
      c('me m37'),
      s('ME m37 exp=-1 la=0 cas=34 fetch=yes cls=1 size=64'),
      c('mn'),
      s('MN'),
    ],
    rows: [
      {
        dialect: DIALECT.meta,
        req_cmd: 'ms',
        keys: ['m30'],
        req_args: ['T60', 'F7', 'c'],
        flags: 7,
        exptime: 60,
        cas: '32',
        req_value: 'abc',
        status: 'HD',
      },
      {
        req_cmd: 'mg',
        keys: ['m31'],
        flags: 7,
        cas: '32',
        resp_type: TYPE.values,
        status: 'VA',
        resp: 'abc',
        resp_value_size: 3,
        hits: 1,
        misses: 0,
      },
      { keys: ['m32'], status: 'HD', hits: 1, misses: 0, resp: null },
      { keys: ['m33'], status: 'EN', hits: 0, misses: 1 },
      { req_cmd: 'ma', keys: ['m34'], req_args: ['N0', 'J13', 'v'], status: 'VA', resp: '16' },
      { keys: ['m35'], status: 'NS', resp_type: TYPE.status },
      { req_cmd: 'md', keys: ['m36'], status: 'NF' },
      { req_cmd: 'me', keys: ['m37'], status: 'ME', resp: 'm37 exp=-1 la=0 cas=34 fetch=yes cls=1 size=64' },
      { req_cmd: 'mn', keys: null, status: 'MN' },
    ],
  },
  {
    name: 'pipelined commands',
    pipelined: true,
    turns: [
      c('set k40 0 0 1', '1', 'get k41', 'get k42 k43', 'incr k44 1', 'version'),
      s('STORED', 'VALUE k41 0 1', '1', 'END', 'VALUE k43 0 1', '2', 'END', '2', 'VERSION 1.6.18'),
    ],
    rows: [
      { req_cmd: 'set', keys: ['k40'], status: 'STORED' },
      { keys: ['k41'], resp: '1' },
      { keys: ['k42', 'k43'], resp: '{"k43":"2"}' },
      { req_cmd: 'incr', keys: ['k44'], resp: '2' },
      { req_cmd: 'version', resp: '1.6.18' },
    ],
  },
  {
    name: 'quiet meta commands',
    pipelined: true,
    turns: [
      c('mg m50 v q k', 'mg m51 v q k', 'mg m52 v q O9', 'ms m53 1 q', '9', 'mn'),
      s('VA 2 km50', '18', 'VA 2 O9', '18', 'MN'),
    ],
    rows: [
      { keys: ['m50'], status: 'VA', resp: '18', hits: 1 },
      { keys: ['m51'], resp_type: TYPE.none, status: null, hits: 0, misses: 1 },
      { keys: ['m52'], status: 'VA', resp: '18' },
      { req_cmd: 'ms', keys: ['m53'], resp_type: TYPE.none },
      { req_cmd: 'mn', status: 'MN' },
    ],
  },
]

/** The binary protocol: captured from memjs 1.3.2, and written in the same form for what that does not send. */
const BINARY: readonly Example[] = [
  {
    name: 'binary: captured from memjs',
    turns: [
      client(hex('800100020800000000000011000000010000000000000000000000000000003c623176616c75652031')),
      server(hex('81010000000000000000000000000001000000000000000e')),
      client(hex('8000000200000000000000020000000200000000000000006231')),
      server(hex('81000000040000000000000b00000002000000000000000e0000000076616c75652031')),
      client(hex('8000000400000000000000040000000300000000000000006e6f7065')),
      server(hex('8100000000000001000000090000000300000000000000004e6f7420666f756e64')),
      client(hex('80020002080000000000000b0000000400000000000000000000000000000000623178')),
      server(hex('810200000000000200000014000000040000000000000000446174612065786973747320666f72206b65792e')),
      client(hex('8005000314000000000000170000000600000000000000000000000000000005000000000000000a00000000636e74')),
      server(hex('81050000000000000000000800000006000000000000000f0000000000000014')),
      client(hex('8005000214000000000000160000000e000000000000000000000000000000010000000000000001000000006231')),
      server(
        hex(`81050000000000060000002e0000000e00000000000000004e6f6e2d6e756d65726963207365727665722d736964652076616c75652066
          6f7220696e6372206f722064656372`),
      ),
    ],
    rows: [
      {
        dialect: DIALECT.binary,
        req_cmd: 'set',
        keys: ['b1'],
        flags: 0,
        exptime: 60,
        cas: '14',
        req_value: 'value 1',
        req_value_size: 7,
        resp_type: TYPE.status,
        status: 'No error',
        hits: null,
      },
      { req_cmd: 'get', keys: ['b1'], resp_type: TYPE.values, resp: 'value 1', hits: 1, misses: 0, cas: '14' },
      { keys: ['nope'], resp_type: TYPE.status, status: 'Key not found', resp: 'Not found', hits: 0, misses: 1 },
      { req_cmd: 'add', status: 'Key exists', resp_type: TYPE.status },
      { req_cmd: 'incr', keys: ['cnt'], req_args: ['5', '10'], exptime: 0, resp_type: TYPE.number, resp: '20' },
      { req_cmd: 'incr', keys: ['b1'], resp_type: TYPE.error, status: 'Incr/Decr on non-numeric value' },
    ],
  },
  {
    name: 'binary: quiet operations',
    pipelined: true,
    turns: [
      client(
        req(0x11, { key: 'q1', extras: '0000000300000000', value: 'quiet', opaque: 1 }),
        req(0x12, { key: 'q2', extras: '0000000000000000', value: 'x', opaque: 2 }),
        req(0x0d, { key: 'q3', opaque: 3 }),
        req(0x0d, { key: 'q4', opaque: 4 }),
        req(0x09, { key: 'q5', opaque: 5 }),
        req(0x09, { key: 'q6', opaque: 6 }),
        req(0x0a, { opaque: 7 }),
      ),
      server(
        res(0x12, { status: 2, value: 'Data exists for key.', opaque: 2 }),
        res(0x0d, { key: 'q3', extras: '00000003', value: 'three', opaque: 3 }),
        res(0x09, { extras: '00000000', value: 'five', opaque: 5 }),
        res(0x0a, { opaque: 7 }),
      ),
    ],
    rows: [
      { req_cmd: 'setq', keys: ['q1'], req_value: 'quiet', resp_type: TYPE.none, status: null },
      { req_cmd: 'addq', keys: ['q2'], status: 'Key exists' },
      { req_cmd: 'getkq', keys: ['q3'], resp: 'three', flags: 3, hits: 1 },
      { req_cmd: 'getkq', keys: ['q4'], resp_type: TYPE.none, hits: 0, misses: 1 },
      { req_cmd: 'getq', keys: ['q5'], resp: 'five' },
      { req_cmd: 'getq', keys: ['q6'], resp_type: TYPE.none, misses: 1 },
      { req_cmd: 'noop', keys: null, status: 'No error' },
    ],
  },
  {
    name: 'binary: statistics, a login, other operations',
    turns: [
      client(req(0x10, { key: 'settings', opaque: 20 })),
      server(
        res(0x10, { key: 'maxbytes', value: '67108864', opaque: 20 }),
        res(0x10, { key: 'maxconns', value: '1024', opaque: 20 }),
        res(0x10, { opaque: 20 }),
      ),
      client(req(0x20, { opaque: 21 })),
      server(res(0x20, { value: 'PLAIN', opaque: 21 })),
      client(req(0x21, { key: 'PLAIN', value: '\0tester\0secret', opaque: 22 })),
      server(res(0x21, { value: 'Authenticated', opaque: 22 })),
      client(req(0x21, { key: 'PLAIN', value: '\0tester\0wrong', opaque: 23 })),
      server(res(0x21, { status: 0x20, value: 'Auth failure.', opaque: 23 })),
      client(req(0x1d, { key: 'b24', extras: '00000032', opaque: 24 })),
      server(res(0x1d, { extras: '00000003', value: LONG, opaque: 24 })),
      client(req(0x0b, { opaque: 25 })),
      server(res(0x0b, { value: '1.6.18', opaque: 25 })),
      client(req(0x01, { key: 'b26', extras: '0000000000000000', value: '', opaque: 26, cas: 999 })),
      server(res(0x01, { status: 2, value: 'Data exists for key.', opaque: 26 })),
    ],
    rows: [
      {
        req_cmd: 'stat',
        keys: ['settings'],
        resp_type: TYPE.statistics,
        resp: '{"maxbytes":"67108864","maxconns":"1024"}',
      },
      { req_cmd: 'sasl_list_mechs', resp: 'PLAIN' },
      { req_cmd: 'sasl_auth', keys: ['PLAIN'], req_value: '[REDACTED]', resp: 'Authenticated', status: 'No error' },
      { req_cmd: 'sasl_auth', req_value: '[REDACTED]', resp_type: TYPE.error, status: 'Authentication required' },
      { req_cmd: 'gat', exptime: 50, resp: LONG.slice(0, 1024), resp_value_size: 1500, hits: 1 },
      { req_cmd: 'version', resp: '1.6.18' },
      { req_cmd: 'set', keys: ['b26'], cas: '999', req_value: '', req_value_size: 0, status: 'Key exists' },
    ],
  },
]

/** Conversations of memcached. */
export const examples: readonly Example[] = [
  ...TEXT,
  ...BINARY,
  {
    name: 'an answer before the value has ended',
    alone: true,
    strictTurns: true,
    turns: [
      client('set big 0 0 2000\r\n', 'x'.repeat(100)),
      s('SERVER_ERROR object too large for cache'),
      client('x'.repeat(1900), '\r\n', 'get k\r\n'),
      s('END'),
    ],
    rows: [
      { keys: ['big'], req_value_size: 2000, status: 'SERVER_ERROR', resp: 'object too large for cache' },
      { keys: ['k'], hits: 0 },
    ],
  },
  {
    name: 'a login in text',
    alone: true,
    turns: [
      c('get k'),
      s('CLIENT_ERROR unauthenticated'),
      c('set _ 0 0 13', 'tester secret'),
      s('STORED'),
      c('set k 0 0 13', 'tester secret'),
      s('STORED'),
    ],
    strictTurns: true,
    rows: [
      { req_cmd: 'get', status: 'CLIENT_ERROR', resp: 'unauthenticated' },
      { req_cmd: 'set', req_value: '[REDACTED]' },
      { req_cmd: 'set', req_value: 'tester secret' },
    ],
  },
  {
    name: 'credentials are shown on request',
    alone: true,
    options: { redact: false },
    turns: [client(req(0x21, { key: 'PLAIN', value: '\0tester\0secret' })), server(res(0x21))],
    rows: [{ req_cmd: 'sasl_auth', req_value: '\0tester\0secret' }],
  },
  {
    name: 'no answer',
    alone: true,
    turns: [c('get k61', 'quit')],
    rows: [
      { req_cmd: 'quit', resp_type: TYPE.none },
      { req_cmd: 'get', resp_type: TYPE.unanswered, hits: null },
    ],
  },
]
