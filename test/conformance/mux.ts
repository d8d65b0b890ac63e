import { client, type Example, server } from './example.js'
import * as b from './mux-bytes.js'

const CLIENT = 1
const SERVER = 2
const NONE = 256
const UNANSWERED = 257
const CHECK = 'tinit check'

const hex = (bytes: string): Buffer => Buffer.from(bytes.replace(/\s/g, ''), 'hex')
const trace = {
  'com.twitter.finagle.tracing.TraceContext': hex('01'.repeat(8) + '02'.repeat(8) + '03'.repeat(8) + '00'.repeat(8)),
}
const TRACE = { trace_id: '03'.repeat(8), span_id: '01'.repeat(8), parent_id: '02'.repeat(8), flags: '00'.repeat(8) }
const LONG = 'long '.repeat(500)

/** Conversations of Mux; every payload occurs once, so that a wrong pairing shows. */
export const examples: readonly Example[] = [
  {
    name: 'captured: the start of a session of Finagle 24.2',
    opening: true,
    turns: [
      client(hex('0000000f7f000001 74696e697420636865636b')),
      server(hex('0000000f7f000001 74696e697420636865636b')),
      client(hex('0000002a44000001 0001 0000000a6d75782d6672616d6572 0000000400008000 00000003746c73 000000036f6666')),
      server(hex('0000002abc000001 0001 0000000a6d75782d6672616d6572 000000047fffffff 00000003746c73 000000036f6666')),
      client(hex('0000000441000001')),
      server(hex('00000004bf000001')),
    ],
    strictTurns: true,
    rows: [
      { req_type: 127, req_sender: CLIENT, tag: 1, req_body: CHECK, resp_type: 127, resp_body: CHECK },
      {
        req_type: 68,
        req_contexts: { version: 1, 'mux-framer': 32768, tls: 'off' },
        resp_type: -68,
        resp_contexts: { version: 1, 'mux-framer': 2147483647, tls: 'off' },
      },
      { req_type: 65, tag: 1, resp_type: -65, req_body: null, req_body_size: 0, resp_body_size: 0 },
    ],
  },
  {
    name: 'dispatches',
    turns: [
      client(b.tdispatch(2, '/s/one', 'question 1', trace)),
      server(b.rdispatch(2, 'answer 1')),
      client(
        b.tdispatch(
          3,
          '/s/two',
          b.thriftCall('getUser'),
          {
            'com.twitter.finagle.Deadline': Buffer.concat([
              b.long(1_700_000_000_000_000_000n),
              b.long(1_700_000_001_000_000_000n),
            ]),
            'com.twitter.finagle.thrift.ClientIdContext': 'shop.web',
            'com.twitter.finagle.Retries': Buffer.from([0, 0, 0, 2]),
            'my.auth.Token': 'geheim',
            other: Buffer.from([1, 2, 255]),
          },
          { '/s': '/t', '/u': '/v|/w' },
        ),
      ),
      server(b.rdispatch(3, 'answer 2', 0, { served: 'here' })),
    ],
    rows: [
      {
        req_type: 2,
        req_sender: CLIENT,
        tag: 2,
        destination: '/s/one',
        dtab: null,
        req_method: null,
        req_contexts: { 'com.twitter.finagle.tracing.TraceContext': TRACE },
        req_body: 'question 1',
        req_body_size: 10,
        resp_type: -2,
        status: 0,
        discarded: null,
        resp_contexts: null,
        resp_body: 'answer 1',
        resp_body_size: 8,
      },
      {
        tag: 3,
        destination: '/s/two',
        dtab: '/s=>/t;/u=>/v|/w',
        req_method: 'getUser',
        req_contexts: {
          'com.twitter.finagle.Deadline': { set: '2023-11-14T22:13:20.000Z', deadline: '2023-11-14T22:13:21.000Z' },
          'com.twitter.finagle.thrift.ClientIdContext': 'shop.web',
          'com.twitter.finagle.Retries': 2,
          'my.auth.Token': '[REDACTED]',
          other: '0x0102ff',
        },
        resp_contexts: { served: 'here' },
        resp_body: 'answer 2',
      },
    ],
  },
  {
    name: 'out of order',
    turns: [
      client(b.tdispatch(11, '/s/a', 'first'), b.tdispatch(12, '/s/b', 'second'), b.tdispatch(13, '/s/c', 'third')),
      server(b.rdispatch(13, 'to third'), b.rdispatch(11, 'to first'), b.rdispatch(12, 'to second')),
    ],
    rows: [
      { tag: 13, req_body: 'third', resp_body: 'to third' },
      { tag: 11, req_body: 'first', resp_body: 'to first' },
      { tag: 12, req_body: 'second', resp_body: 'to second' },
    ],
  },
  {
    name: 'errors',
    turns: [
      client(b.tdispatch(21, '/s/bad', 'breaks')),
      server(b.rdispatch(21, 'java.lang.Exception: broken', 1)),
      client(b.tdispatch(22, '/s/busy', 'later')),
      server(b.rdispatch(22, '', 2, { MuxFailure: b.long(3n) })),
      client(b.tdispatch(23, '/s/odd', 'odd')),
      server(b.message(-128, 23, 'no such thing')),
      client(b.tdispatch(24, '/s/old', 'older')),
      server(b.message(127, 24, 'bad message')),
    ],
    rows: [
      { tag: 21, status: 1, resp_body: 'java.lang.Exception: broken' },
      { tag: 22, status: 2, resp_body: null, resp_contexts: { MuxFailure: ['retryable', 'rejected'] } },
      { tag: 23, status: null, resp_type: -128, resp_body: 'no such thing' },
      { tag: 24, status: null, resp_type: 127, resp_body: 'bad message' },
    ],
  },
  {
    name: 'requests of the old form',
    turns: [
      client(b.treq(31, 'old question')),
      server(b.rreq(31, 0, 'old answer')),
      client(b.treq(32, 'bad')),
      server(b.rreq(32, 2, 'no')),
    ],
    rows: [
      {
        req_type: 1,
        req_body: 'old question',
        req_contexts: {
          trace: { span_id: `${'0'.repeat(15)}a`, parent_id: `${'0'.repeat(15)}b`, trace_id: `${'0'.repeat(15)}c` },
          flags: '01',
        },
        resp_type: -1,
        status: 0,
        resp_body: 'old answer',
      },
      { tag: 32, status: 2, resp_body: 'no' },
    ],
  },
  {
    name: 'fragments of several messages between each other',
    turns: [
      client(
        ...(() => {
          const one = b.fragments(b.tdispatch(41, '/s/fragments', 'fragmented '.repeat(20), trace), 60)
          const two = b.fragments(b.tdispatch(42, '/s/others', 'others '.repeat(20), trace), 90)
          return [...one.slice(0, 2), ...two, ...one.slice(2)]
        })(),
      ),
      server(b.rdispatch(42, 'to the others')),
      server(...b.fragments(b.rdispatch(41, 'in parts '.repeat(30)), 100)),
    ],
    rows: [
      {
        tag: 42,
        destination: '/s/others',
        req_body: 'others '.repeat(20),
        req_body_size: 140,
        resp_body: 'to the others',
      },
      {
        tag: 41,
        destination: '/s/fragments',
        req_body_size: 220,
        resp_body: 'in parts '.repeat(30),
        resp_body_size: 270,
      },
    ],
  },
  {
    name: 'longer than what is shown',
    turns: [client(b.tdispatch(51, '/s/long', LONG)), server(b.rdispatch(51, `re: ${LONG}`))],
    rows: [
      {
        tag: 51,
        req_body: LONG.slice(0, 1024),
        req_body_size: 2500,
        resp_body: `re: ${LONG}`.slice(0, 1024),
        resp_body_size: 2504,
      },
    ],
  },
  {
    name: 'discarded',
    turns: [
      client(b.tdispatch(61, '/s/slow', 'takes long')),
      client(b.message(-62, 0, Buffer.from([0, 0, 61]), 'changed my mind')),
      server(b.message(-66, 61)),
      client(b.tdispatch(62, '/s/slower', 'takes longer'), b.message(66, 0, Buffer.from([0, 0, 62]), 'timeout')),
      server(b.rdispatch(62, 'all the same')),
    ],
    rows: [
      { req_type: -62, tag: 61, req_body: 'changed my mind', resp_type: NONE },
      { req_type: 2, tag: 61, resp_type: -66, req_body: 'takes long' },
      { req_type: 66, tag: 62, resp_type: NONE },
      { req_type: 2, tag: 62, resp_type: -2, resp_body: 'all the same' },
    ],
    strictTurns: true,
  },
  {
    name: 'what the server begins',
    turns: [
      server(b.message(67, 0, Buffer.from([0]), b.long(5000n))),
      server(b.message(65, 71)),
      client(b.message(-65, 71)),
      server(b.message(64, 72)),
      client(b.message(-64, 72)),
    ],
    rows: [
      { req_type: 67, req_sender: SERVER, tag: 0, req_body: '5000 ms', resp_type: NONE },
      { req_type: 65, req_sender: SERVER, tag: 71, resp_type: -65 },
      { req_type: 64, req_sender: SERVER, tag: 72, resp_type: -64 },
    ],
    strictTurns: true,
  },
  {
    name: 'with credentials, on request',
    turns: [client(b.tdispatch(81, '/s/x', 'shown', { 'my.auth.Token': 'offen' })), server(b.rdispatch(81, 'so'))],
    rows: [{ req_contexts: { 'my.auth.Token': 'offen' } }],
    options: { redact: false },
  },
  {
    name: 'TLS',
    alone: true,
    turns: [
      client(b.tinit(1, { tls: 'desired' })),
      server(b.rinit(1, { tls: 'required' })),
      client(hex('16030100a4010000a00303')),
    ],
    strictTurns: true,
    rows: [
      { req_type: 68, req_contexts: { version: 1, tls: 'desired' }, resp_contexts: { version: 1, tls: 'required' } },
    ],
  },
  {
    name: 'compression',
    alone: true,
    turns: [
      client(b.tinit(1, { 'accept-compress': 'desired:lz4;accepted:lz4' })),
      server(b.rinit(1, { compress: 'lz4;lz4' })),
      client(hex('04224d186040820500')),
    ],
    strictTurns: true,
    rows: [{ req_type: 68, resp_contexts: { version: 1, compress: 'lz4;lz4' } }],
  },
  {
    name: 'no answer',
    alone: true,
    turns: [client(b.tdispatch(91, '/s/gone', 'anybody?'))],
    rows: [{ tag: 91, req_body: 'anybody?', resp_type: UNANSWERED, resp_body: null }],
  },
  {
    name: 'the last exchange',
    turns: [client(b.tdispatch(95, '/s/last', 'the last', trace)), server(b.rdispatch(95, 'and its answer'))],
    rows: [{ tag: 95, req_body: 'the last', resp_body: 'and its answer' }],
  },
]
