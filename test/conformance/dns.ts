import { type Held, hex, message, name, prefixed, strings, u16, u32 } from '../support/dns-bytes.js'
import { client, type Example, server, type Turn } from './example.js'

const [A, NS, CNAME, SOA, PTR, TXT, AAAA, SRV, OPT, IXFR, AXFR] = [1, 2, 5, 6, 12, 16, 28, 33, 41, 251, 252]
const RESPONSE = 0x8180
const NXDOMAIN = 3
const [NOTIFY, UPDATE] = [4 << 11, 5 << 11]
const UDP = { transport: 'datagram' } as const

const soa = (serial: number): Buffer =>
  Buffer.concat([name('ns.test'), name('root.test'), u32(serial, 60, 30, 600, 10)])
const ask = (id: number, owner: string, type = A): Buffer => message({ id, questions: [[owner, type]] })
const tell = (id: number, owner: string, address: string, type = A): Buffer =>
  message({ id, flags: RESPONSE, questions: [[owner, type]], answers: [[owner, type, address]] })
const deny = (id: number, owner: string): Buffer =>
  message({
    id,
    flags: RESPONSE | NXDOMAIN,
    questions: [[owner, A]],
    authorities: [['test', SOA, soa(1)]],
  })

const overTcp = (turns: readonly Turn[]): readonly Turn[] =>
  turns.map(({ from, bytes }) => ({ from, bytes: prefixed(bytes) }))

const ALIAS: readonly Turn[] = [
  client(ask(0x1234, 'Www.Example.TEST')),
  server(
    // From a name server: names are compressed.
    hex(`1234 8580 0001 0002 0000 0000 03577777074578616d706c65 0454455354 00 0001 0001
      c00c 0005 0001 0000003c 0006 03 637664 c010  c02e 0001 0001 0000003c 0004 c0000201`),
  ),
]
const ALIAS_ROW = {
  query_name: 'Www.Example.TEST',
  query_type: 'A',
  query_class: 'IN',
  rcode: 0,
  answers: ['CNAME cvd.Example.TEST.', 'A 192.0.2.1'],
  req_body: '{"queries":[{"name":"Www.Example.TEST","type":"A"}]}',
  resp_body:
    '{"answers":[{"name":"Www.Example.TEST","type":"CNAME","ttl":60,"cname":"cvd.Example.TEST"},{"name":"cvd.Example.TEST","type":"A","ttl":60,"addr":"192.0.2.1"}]}',
  malformed: false,
}

const datagrams: readonly Example[] = [
  {
    ...UDP,
    name: 'an alias and its address, with the case of the question',
    turns: ALIAS,
    rows: [
      {
        ...ALIAS_ROW,
        transport: 1,
        opcode: 0,
        req_size: 34,
        resp_size: 68,
        resp_messages: 1,
        req_header: expect.objectContaining({ txid: 0x1234, qr: 0, rd: 1, num_queries: 1, num_answers: 0 }),
        resp_header: expect.objectContaining({ txid: 0x1234, qr: 1, aa: 1, ra: 1, num_answers: 2 }),
      },
    ],
  },
  {
    ...UDP,
    name: 'answers in another order, with the same id',
    turns: [
      client(ask(7, 'a.test')),
      client(ask(7, 'a.test', AAAA)),
      client(ask(8, 'b.test')),
      server(tell(8, 'b.test', 'c0000202')),
      server(tell(7, 'a.test', '20010db8000000000000000000000001', AAAA)),
      server(deny(7, 'a.test')),
    ],
    rows: [
      { query_name: 'b.test', answers: ['A 192.0.2.2'] },
      { query_name: 'a.test', query_type: 'AAAA', answers: ['AAAA 2001:db8::1'] },
      { query_name: 'a.test', query_type: 'A', rcode: 3, answers: [] },
    ],
  },
  {
    ...UDP,
    name: 'EDNS, and a response code that needs it',
    turns: [
      client(
        message({
          id: 21,
          questions: [['edns.test', TXT]],
          additionals: [['', OPT, '0008000700011800c0000a 000a00080123456789abcdef', 0x8000, 1232]],
        }),
      ),
      server(
        message({
          id: 21,
          flags: RESPONSE,
          questions: [['edns.test', TXT]],
          additionals: [['', OPT, Buffer.concat([hex('000f0006 0007'), Buffer.from('late')]), 0x01000000, 512]],
        }),
      ),
    ],
    rows: [
      {
        rcode: 16,
        req_edns: {
          version: 0,
          udp_size: 1232,
          do: 1,
          options: [
            { name: 'ECS', data: '192.0.10.0/24/0' },
            { name: 'COOKIE', data: '0123456789abcdef' },
          ],
        },
        resp_edns: { version: 0, udp_size: 512, do: 0, options: [{ name: 'EDE', data: '7: Signature Expired: late' }] },
        malformed: false,
      },
    ],
  },
  {
    ...UDP,
    name: 'several questions, and records of all sections',
    turns: [
      client(
        message({
          id: 31,
          questions: [
            ['a.test', A],
            ['a.test', AAAA, 255],
          ],
        }),
      ),
      server(
        message({
          id: 31,
          flags: RESPONSE,
          questions: [
            ['a.test', A],
            ['a.test', AAAA, 255],
          ],
          answers: [['_x._tcp.test', SRV, Buffer.concat([u16(1, 2, 80), name('a.test')])]],
          authorities: [['test', NS, name('ns.test')]],
          additionals: [['ns.test', TXT, strings('say "hi"', 'caf\xe9')]],
        }),
      ),
    ],
    rows: [
      {
        req_body: '{"queries":[{"name":"a.test","type":"A"},{"name":"a.test","type":"AAAA","class":"ANY"}]}',
        answers: ['SRV 1 2 80 a.test.'],
        resp_body: JSON.stringify({
          answers: [{ name: '_x._tcp.test', type: 'SRV', ttl: 60, data: '1 2 80 a.test.' }],
          authorities: [{ name: 'test', type: 'NS', ttl: 60, data: 'ns.test.' }],
          additionals: [{ name: 'ns.test', type: 'TXT', ttl: 60, data: '"say \\"hi\\"" "caf\\233"' }],
        }),
      },
    ],
  },
  {
    ...UDP,
    name: 'NOTIFY and UPDATE',
    turns: [
      client(message({ id: 41, flags: NOTIFY, questions: [['test', SOA]], answers: [['test', SOA, soa(2)]] })),
      server(message({ id: 41, flags: 0x8000 | NOTIFY, questions: [['test', SOA]] })),
      client(
        message({
          id: 42,
          flags: UPDATE,
          questions: [['test', SOA]],
          answers: [['old.test', 255, '', 0, 255]],
          authorities: [['new.test', A, 'c0000203']],
        }),
      ),
      server(message({ id: 42, flags: 0x8000 | UPDATE | 5, questions: [['test', SOA]] })),
    ],
    rows: [
      { opcode: 4, query_name: 'test', rcode: 0 },
      {
        opcode: 5,
        rcode: 5,
        req_body: JSON.stringify({
          queries: [{ name: 'test', type: 'SOA' }],
          prerequisites: [{ name: 'old.test', type: 'ANY', class: 'ANY', ttl: 0, data: '' }],
          updates: [{ name: 'new.test', type: 'A', ttl: 60, addr: '192.0.2.3' }],
        }),
      },
    ],
  },
  {
    ...UDP,
    name: 'a query that is sent again, and answered twice',
    turns: [
      client(ask(51, 'again.test')),
      client(ask(51, 'again.test')),
      server(tell(51, 'again.test', 'c0000204')),
      server(tell(51, 'again.test', 'c0000204')),
    ],
    rows: [
      { query_name: 'again.test', answers: ['A 192.0.2.4'] },
      { query_name: 'again.test', answers: ['A 192.0.2.4'] },
    ],
  },
  {
    ...UDP,
    name: 'no answer, two answers, and an answer to nobody',
    alone: true,
    turns: [
      client(ask(61, 'once.test')),
      client(ask(62, 'never.test')),
      server(tell(61, 'once.test', 'c0000205')),
      server(tell(61, 'once.test', 'c0000206')),
      server(tell(63, 'nobody.test', 'c0000207')),
      server(tell(62, 'other.test', 'c0000208')),
    ],
    rows: [
      { query_name: 'once.test', answers: ['A 192.0.2.5'] },
      { query_name: 'once.test', req_header: null, answers: ['A 192.0.2.6'] },
      { query_name: 'nobody.test', req_header: null, answers: ['A 192.0.2.7'] },
      { query_name: 'other.test', req_header: null, answers: ['A 192.0.2.8'] },
      { query_name: 'never.test', rcode: null, answers: null, resp_header: null, resp_messages: 0 },
    ],
  },
  {
    ...UDP,
    name: 'a body that is cut',
    options: { bodyBytes: 100 },
    turns: [
      client(ask(71, 'many.test')),
      server(
        message({
          id: 71,
          flags: RESPONSE,
          questions: [['many.test', A]],
          answers: Array.from({ length: 20 }, (_, i): Held => ['many.test', A, u32(0xc0000200 + i)]),
        }),
      ),
    ],
    rows: [
      {
        answers: Array.from({ length: 7 }, (_, i) => `A 192.0.2.${i}`),
        resp_body: '{"answers":[{"name":"many.test","type":"A","ttl":60,"addr":"192.0.2.0"}]}',
        resp_header: expect.objectContaining({ num_answers: 20 }),
      },
    ],
  },
]

const zone = (id: number, records: readonly Held[], asked = false, type = AXFR): Buffer =>
  message({ id, flags: 0x8400, questions: asked ? [['test', type]] : [], answers: records })
const host = (i: number): Held => [`h${i}.test`, A, u32(0xc0000200 + i)]

const streams: readonly Example[] = [
  { name: 'an alias and its address', turns: overTcp(ALIAS), rows: [{ ...ALIAS_ROW, transport: 2 }] },
  {
    name: 'several in a segment, answers in another order',
    turns: [
      client(prefixed(ask(1, 'a.test'), ask(2, 'b.test'), ask(3, '10.2.0.192.in-addr.arpa', PTR))),
      server(prefixed(tell(3, '10.2.0.192.in-addr.arpa', '046e616d6500', PTR), deny(2, 'b.test'))),
      server(prefixed(tell(1, 'a.test', 'c0000209'))),
    ],
    rows: [
      { query_type: 'PTR', answers: ['PTR name.'] },
      { query_name: 'b.test', rcode: 3 },
      { query_name: 'a.test', answers: ['A 192.0.2.9'] },
    ],
  },
  {
    name: 'a zone in several messages',
    turns: [
      client(prefixed(ask(4, 'test', AXFR))),
      server(prefixed(zone(4, [['test', SOA, soa(9)], host(1), host(2)], true))),
      server(prefixed(zone(4, [host(3)]), zone(4, [host(4), ['test', SOA, soa(9)]]))),
      client(prefixed(ask(5, 'after.test'))),
      server(prefixed(tell(5, 'after.test', 'c000020a'))),
    ],
    rows: [
      {
        query_type: 'AXFR',
        resp_messages: 3,
        resp_header: expect.objectContaining({ num_answers: 6 }),
        answers: [
          'SOA ns.test. root.test. 9 60 30 600 10',
          'A 192.0.2.1',
          'A 192.0.2.2',
          'A 192.0.2.3',
          'A 192.0.2.4',
          'SOA ns.test. root.test. 9 60 30 600 10',
        ],
      },
      { query_name: 'after.test', resp_messages: 1 },
    ],
  },
  {
    name: 'what changed in a zone, and that nothing did',
    turns: [
      client(prefixed(message({ id: 6, questions: [['test', IXFR]], authorities: [['test', SOA, soa(1)]] }))),
      server(
        prefixed(
          zone(6, [['test', SOA, soa(3)], ['test', SOA, soa(1)], host(1), ['test', SOA, soa(3)]], true, IXFR),
          zone(6, [host(2), ['test', SOA, soa(3)]], true, IXFR),
        ),
      ),
      client(prefixed(message({ id: 7, questions: [['test', IXFR]], authorities: [['test', SOA, soa(3)]] }))),
      server(prefixed(zone(7, [['test', SOA, soa(3)]], true, IXFR))),
    ],
    rows: [
      { query_type: 'IXFR', resp_messages: 2, rcode: 0, resp_header: expect.objectContaining({ num_answers: 6 }) },
      { query_type: 'IXFR', resp_messages: 1, resp_header: expect.objectContaining({ num_answers: 1 }) },
    ],
  },
  {
    name: 'a transfer that is refused',
    turns: [
      client(prefixed(ask(8, 'secret.test', AXFR))),
      server(prefixed(message({ id: 8, flags: 0x8005, questions: [['secret.test', AXFR]] }))),
    ],
    rows: [{ query_name: 'secret.test', rcode: 5, answers: [], resp_messages: 1 }],
  },
]

/** Conversations over UDP and TCP. */
export const examples: readonly Example[] = [...datagrams, ...streams, alias()]

function alias(): Example {
  const long: Held = ['deep.test', CNAME, name(`${'x'.repeat(63)}.${'y'.repeat(63)}.test`)]
  return {
    name: 'a long name over TCP',
    turns: [
      client(prefixed(ask(9, 'deep.test'))),
      server(prefixed(message({ id: 9, flags: RESPONSE, questions: [['deep.test', A]], answers: [long] }))),
    ],
    rows: [{ answers: [`CNAME ${'x'.repeat(63)}.${'y'.repeat(63)}.test.`] }],
  }
}
