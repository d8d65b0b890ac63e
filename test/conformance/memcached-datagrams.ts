import { client, type Example, server, type Turn } from './example.js'
import { DIALECT, LONG, req, res, TRANSPORT, TYPE } from './memcached-bytes.js'

/** A datagram: the number of the request, that of the datagram, how many there are, and zeros; then what is said. */
function datagram(from: Turn['from'], id: number, bytes: string | Buffer, part = 0, parts = 1, reserved = 0): Turn {
  const head = Buffer.alloc(8)
  for (const [i, value] of [id, part, parts, reserved].entries()) head.writeUInt16BE(value, 2 * i)
  return from === 'client' ? client(head, bytes) : server(head, bytes)
}
const UDP = { transport: 'datagram' } as const

/** Conversations over UDP, with the answers of memcached 1.6.18. */
export const DATAGRAMS: readonly Example[] = [
  {
    ...UDP,
    name: 'a request and an answer',
    turns: [
      datagram('client', 1, 'set u1 5 0 3\r\nabc\r\n'),
      datagram('server', 1, 'STORED\r\n'),
      datagram('client', 2, 'get u2\r\n'),
      datagram('server', 2, 'VALUE u2 5 3\r\nabc\r\nEND\r\n'),
      datagram('client', 3, 'mg u3 v\r\n'),
      datagram('server', 3, 'VA 3\r\nabc\r\n'),
      datagram('client', 4, req(0x0b, { opaque: 7 })),
      datagram('server', 4, res(0x0b, { opaque: 7, value: '1.6.18' })),
    ],
    rows: [
      {
        transport: TRANSPORT.udp,
        dialect: DIALECT.text,
        req_cmd: 'set',
        keys: ['u1'],
        req_value: 'abc',
        flags: 5,
        status: 'STORED',
      },
      { req_cmd: 'get', keys: ['u2'], resp: 'abc', hits: 1, misses: 0, status: 'END' },
      { dialect: DIALECT.meta, keys: ['u3'], resp: 'abc' },
      { dialect: DIALECT.binary, req_cmd: 'version', resp: '1.6.18' },
    ],
  },
  {
    ...UDP,
    name: 'a client that fills in what is reserved',
    turns: [
      datagram('client', 50, 'set u50 0 0 3 noreply\r\nabc\r\n', 0, 1, 0xf400),
      datagram('client', 51, 'get u51\r\n', 0, 1, 0x0300),
      datagram('server', 51, 'END\r\n'),
    ],
    rows: [
      { req_cmd: 'set', keys: ['u50'], req_value: 'abc', resp_type: TYPE.none },
      { req_cmd: 'get', keys: ['u51'], misses: 1 },
    ],
  },
  {
    ...UDP,
    name: 'several under way',
    turns: [
      datagram('client', 10, 'get u10\r\n'),
      datagram('client', 11, 'incr u11 1\r\n'),
      datagram('server', 11, '2\r\n'),
      datagram('client', 12, 'delete u12 noreply\r\n'),
      datagram('server', 10, 'END\r\n'),
    ],
    rows: [
      { req_cmd: 'incr', keys: ['u11'], resp: '2' },
      { req_cmd: 'delete', keys: ['u12'], resp_type: TYPE.none },
      { req_cmd: 'get', keys: ['u10'], misses: 1 },
    ],
  },
  {
    ...UDP,
    name: 'an answer of several datagrams, one of which overtakes another',
    parts: true,
    turns: [
      datagram('client', 20, 'get u20\r\n'),
      datagram('server', 20, `VALUE u20 0 3000\r\n${LONG}`, 0, 3),
      datagram('server', 20, '\r\nEND\r\n', 2, 3),
      datagram('server', 20, LONG, 1, 3),
    ],
    rows: [{ keys: ['u20'], resp: LONG.slice(0, 1024), resp_value_size: 3000, hits: 1 }],
  },
  {
    ...UDP,
    name: 'several keys and several commands: several messages',
    // That one of them is lost does not show.
    alone: true,
    turns: [
      datagram('client', 30, 'get u30 u31\r\nversion\r\n'),
      datagram('server', 30, 'VALUE u30 0 1\r\n1\r\n'),
      datagram('server', 30, 'VALUE u31 0 1\r\n2\r\nEND\r\n'),
      datagram('server', 30, 'VERSION 1.6.18\r\n'),
    ],
    rows: [
      { keys: ['u30', 'u31'], resp: '{"u30":"1","u31":"2"}', hits: 2 },
      { req_cmd: 'version', resp: '1.6.18' },
    ],
  },
  {
    ...UDP,
    name: 'no answer, and the same number again',
    alone: true,
    turns: [
      datagram('client', 40, 'get u40\r\n'),
      datagram('client', 40, 'get u41\r\n'),
      datagram('server', 40, 'END\r\n'),
      datagram('client', 41, 'get u42\r\n'),
    ],
    rows: [
      { keys: ['u40'], resp_type: TYPE.unanswered },
      { keys: ['u41'], misses: 1 },
      { keys: ['u42'], resp_type: TYPE.unanswered },
    ],
  },
]
