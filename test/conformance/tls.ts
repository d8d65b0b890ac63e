import { client, type Example, server } from './example.js'
import * as b from './tls-bytes.js'
import * as captured from './tls-captured.js'

const COMPLETE = 1
const REFUSED = 2
const ENCRYPTED_ALERT = 3
const INCOMPLETE = 4
const UNANSWERED = 5
const NOT_TLS = 6
const BY_CLIENT = 1
const BY_SERVER = 2
const GREASE = 0x3a3a

const tls13 = (...others: b.Extensions): b.Extensions => [
  [43, b.codes(0x0304)],
  [51, Buffer.concat([b.uint(29, 2), b.vector(2, Buffer.alloc(32, 3))])],
  ...others,
]

/** What browsers send: GREASE everywhere, an encrypted ClientHello, a hybrid key share. */
const browser = b.clientHello(
  [GREASE, 0x1301, 0x1302, 0x1303, 0xc02b],
  [
    [GREASE, Buffer.alloc(0)],
    b.serverName('outer.example'),
    [10, b.vector(2, b.codes(GREASE, 0x11ec, 29))],
    [13, b.vector(2, b.codes(0x0403, 0x0804))],
    b.alpn('h2', 'http/1.1'),
    [43, b.vector(1, b.codes(GREASE, 0x0304, 0x0303))],
    [51, b.vector(2, b.uint(GREASE, 2), b.vector(2, b.uint(0, 1)), b.uint(0x11ec, 2), b.vector(2, Buffer.alloc(1216)))],
    [0xfe0d, Buffer.alloc(186, 1)],
    [0x1a1a, b.uint(0, 1)],
  ],
  'a session id of thirty-two bytes',
)

const early = b.clientHello(
  [0x1301],
  [b.serverName('early.example'), [43, b.vector(1, b.codes(0x0304))], [42, Buffer.alloc(0)], [41, Buffer.alloc(80)]],
)

const plain = b.clientHello([0xc02f, 0x002f], [b.serverName('old.example')], 'an id of an earlier connection')
const PLAIN = { server_name: 'old.example', req_type: 22, req_body: '{"server_name":"old.example"}' }

const fromCaptures: readonly Example[] = [
  {
    name: 'TLS 1.2 from scratch',
    alone: true,
    turns: captured.FULL,
    rows: [
      {
        req_type: 22,
        version: 0x0303,
        handshake: COMPLETE,
        server_name: 'shop.example',
        alpn: 'http/1.1',
        cipher: 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
        named_group: 'x25519',
        resumed: false,
        hello_retry: false,
        cert_subject: 'O=Shop, CN=server.example',
        cert_issuer: 'CN=Test CA',
        cert_san: ['DNS:server.example', 'IP Address:127.0.0.1'],
        cert_not_after: expect.stringMatching(/^2036-11-2\dT\d\d:\d\d:\d\dZ$/),
        client_cert_requested: false,
        client_cert_subject: null,
        alert: null,
        req_ciphers: ['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256', 'TLS_EMPTY_RENEGOTIATION_INFO_SCSV'],
      },
    ],
  },
  {
    name: 'TLS 1.2 by a ticket',
    alone: true,
    turns: captured.TICKET,
    rows: [{ version: 0x0303, handshake: COMPLETE, resumed: true, cert_subject: null, alpn: 'http/1.1' }],
  },
  {
    name: 'TLS 1.3',
    alone: true,
    turns: captured.TLS13,
    rows: [
      {
        version: 0x0304,
        handshake: COMPLETE,
        server_name: 'shop.example',
        alpn: null,
        cipher: 'TLS_AES_128_GCM_SHA256',
        named_group: 'x25519',
        resumed: false,
        hello_retry: false,
        cert_subject: null,
        client_cert_requested: null,
      },
    ],
  },
  {
    name: 'TLS 1.3 by a pre-shared key',
    alone: true,
    turns: captured.PSK,
    rows: [{ version: 0x0304, handshake: COMPLETE, resumed: true, hello_retry: false }],
  },
  {
    name: 'a HelloRetryRequest',
    alone: true,
    turns: captured.RETRY,
    rows: [{ version: 0x0304, handshake: COMPLETE, hello_retry: true, named_group: 'secp384r1', resumed: false }],
  },
  {
    name: 'an unknown CA',
    alone: true,
    turns: captured.UNKNOWN_CA,
    rows: [
      {
        version: 0x0303,
        handshake: REFUSED,
        alert: 48,
        alert_sender: BY_CLIENT,
        cert_subject: 'O=Shop, CN=server.example',
      },
    ],
  },
  {
    name: 'an unknown CA in TLS 1.3',
    alone: true,
    turns: captured.UNKNOWN_CA_13,
    rows: [{ version: 0x0304, handshake: REFUSED, alert: 48, alert_sender: BY_CLIENT }],
  },
  {
    name: 'no common version',
    alone: true,
    turns: captured.VERSION,
    rows: [{ version: null, handshake: REFUSED, alert: 70, alert_sender: BY_SERVER, resp_body: null }],
  },
  {
    name: 'a certificate of the client',
    alone: true,
    turns: captured.CLIENT_CERT,
    rows: [
      {
        handshake: COMPLETE,
        client_cert_requested: true,
        client_cert_subject: 'O=Shop, CN=client.example',
        cert_subject: 'O=Shop, CN=server.example',
      },
    ],
  },
  {
    name: 'a certificate that the client does not have',
    alone: true,
    turns: captured.NO_CLIENT_CERT,
    rows: [
      {
        handshake: REFUSED,
        alert: 40,
        alert_sender: BY_SERVER,
        client_cert_requested: true,
        client_cert_subject: null,
      },
    ],
  },
]

const composed: readonly Example[] = [
  {
    name: 'GREASE, an encrypted ClientHello in several records',
    alone: true,
    turns: [
      client(b.fragments(b.HANDSHAKE, browser, 700)),
      server(
        b.record(b.HANDSHAKE, b.serverHello(0x1301, tls13(), 'a session id of thirty-two bytes')),
        b.CHANGE_CIPHER,
      ),
      server(b.encrypted(1200)),
      client(b.CHANGE_CIPHER, b.encrypted(53), b.encrypted(30)),
    ],
    rows: [
      {
        handshake: COMPLETE,
        server_name: 'outer.example',
        req_ciphers: [
          'GREASE',
          'TLS_AES_128_GCM_SHA256',
          'TLS_AES_256_GCM_SHA384',
          'TLS_CHACHA20_POLY1305_SHA256',
          'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
        ],
        ja3: 'a6a3ed42a5c950ba82a2080753e51a9b',
        ja4: 't13d0407h2_39e807bd56df_c7112704c764',
        req_body:
          '{"GREASE":true,"server_name":"outer.example","supported_groups":["GREASE","X25519MLKEM768","x25519"],' +
          '"signature_algorithms":true,"application_layer_protocol_negotiation":["h2","http/1.1"],' +
          '"supported_versions":["GREASE","TLSv1.3","TLSv1.2"],"key_share":["GREASE","X25519MLKEM768"],' +
          '"encrypted_client_hello":true}',
      },
    ],
  },
  {
    name: 'early data',
    alone: true,
    turns: [
      client(b.record(b.HANDSHAKE, early), b.CHANGE_CIPHER, b.encrypted(120)),
      server(b.record(b.HANDSHAKE, b.serverHello(0x1301, tls13([41, b.uint(0, 2)]))), b.CHANGE_CIPHER, b.encrypted(90)),
      client(b.encrypted(21), b.encrypted(53)),
    ],
    rows: [{ handshake: COMPLETE, resumed: true, server_name: 'early.example' }],
  },
  {
    name: 'an encrypted alert instead of the end',
    alone: true,
    turns: [
      client(b.record(b.HANDSHAKE, plain)),
      server(b.record(b.HANDSHAKE, b.serverHello(0x1301, tls13())), b.CHANGE_CIPHER, b.encrypted(800)),
      client(b.CHANGE_CIPHER, b.encrypted(19)),
    ],
    rows: [{ ...PLAIN, handshake: ENCRYPTED_ALERT, alert: null, alert_sender: BY_CLIENT }],
  },
  {
    name: 'a session id that the server knows',
    alone: true,
    turns: [
      client(b.record(b.HANDSHAKE, plain)),
      server(
        b.record(b.HANDSHAKE, b.serverHello(0x002f, [], 'an id of an earlier connection')),
        b.CHANGE_CIPHER,
        b.FINISHED,
      ),
      client(b.CHANGE_CIPHER, b.FINISHED),
    ],
    rows: [{ ...PLAIN, handshake: COMPLETE, resumed: true, cipher: 'TLS_RSA_WITH_AES_128_CBC_SHA', resp_body: '{}' }],
  },
  {
    name: 'several messages in a record, and a warning',
    alone: true,
    turns: [
      client(b.record(b.HANDSHAKE, plain, 0x0301)),
      server(b.alert(1, 112)),
      server(
        b.record(
          b.HANDSHAKE,
          Buffer.concat([
            b.serverHello(0xc02f, [b.alpn('h2')], 'a new id', 0x0302),
            b.message(11, b.vector(3, b.vector(3, Buffer.from('no certificate')))),
            b.message(12, Buffer.from([3, 0, 23, 1, 4])),
            b.message(14, Buffer.alloc(0)),
          ]),
        ),
      ),
      client(b.record(b.HANDSHAKE, b.message(16, Buffer.alloc(66))), b.CHANGE_CIPHER, b.FINISHED),
      server(b.record(b.HANDSHAKE, b.message(4, Buffer.alloc(180))), b.CHANGE_CIPHER, b.FINISHED),
    ],
    rows: [
      {
        ...PLAIN,
        version: 0x0302,
        handshake: COMPLETE,
        alert: 112,
        alert_sender: BY_SERVER,
        named_group: 'secp256r1',
        alpn: 'h2',
        resumed: false,
        client_cert_requested: false,
        cert_subject: null,
      },
    ],
  },
  {
    name: 'no answer',
    alone: true,
    turns: [client(b.record(b.HANDSHAKE, plain))],
    rows: [{ ...PLAIN, handshake: UNANSWERED, version: null }],
  },
  {
    name: 'a server that goes away',
    alone: true,
    turns: [client(b.record(b.HANDSHAKE, plain)), server(b.record(b.HANDSHAKE, b.serverHello(0x1301, tls13())))],
    rows: [{ ...PLAIN, handshake: INCOMPLETE, version: 0x0304 }],
  },
  {
    name: 'an answer of a server without TLS',
    alone: true,
    turns: [client(b.record(b.HANDSHAKE, plain)), server('HTTP/1.1 400 Bad Request\r\n\r\n')],
    rows: [{ ...PLAIN, handshake: NOT_TLS }],
  },
  {
    name: 'a ClientHello in the form of SSL 2.0',
    alone: true,
    turns: [
      client(
        Buffer.from('8031010301001800000010', 'hex'),
        Buffer.from('00002f0000350000050000040000ff0100800700c0060040', 'hex'),
        Buffer.alloc(16, 7),
      ),
      server(b.record(b.HANDSHAKE, b.serverHello(0x002f, [], 'new', 0x0301), 0x0301)),
    ],
    rows: [{ req_type: 22, version: 0x0301, handshake: INCOMPLETE, ja3: null }],
  },
]

/** Handshakes of TLS. */
export const examples: readonly Example[] = [...fromCaptures, ...composed]
