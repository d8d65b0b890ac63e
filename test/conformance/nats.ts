import { client, type Example, server } from './example.js'

const ANSWER = { ok: 1, err: 2, pong: 3, msg: 4, hmsg: 5, unanswered: 6 }

const INFO =
  'INFO {"server_id":"ND4GTTFA75AF3IZ2DX57LOWLKAIWTTKX7FUU47LLLVTXG5LAAVTRVVR3","server_name":"one","version":"2.9.10","proto":1,"go":"go1.19.8","host":"127.0.0.1","port":24222,"headers":true,"max_payload":1048576,"jetstream":true,"client_id":4,"client_ip":"127.0.0.1"} \r\n'
const CONNECT =
  'CONNECT {"verbose":false,"pedantic":false,"headers":true,"no_responders":true,"lang":"raw","version":"1"}\r\n'
/** Servers acknowledge every command until a client says otherwise. */
const QUIET = 'CONNECT {"verbose":false,"lang":"raw"}\r\n'
const NOT_FOUND =
  '{"type":"io.nats.jetstream.api.v1.stream_info_response","error":{"code":404,"err_code":10059,"description":"stream not found"},"total":0,"offset":0,"limit":0}'
const HEADERS = 'NATS/1.0\r\nA: one\r\nA: two\r\nAuthorization: Bearer hidden\r\n\r\n'
const LONG = 'long '.repeat(300)

const quiet = { cmd: 'CONNECT', resp_cmd: null }
const alone = { resp_cmd: null, resp: null, resp_headers: null, resp_body_size: null, resp_status: null }
const message = (sid: string, subject: string, payload: string): object => ({
  cmd: 'MSG',
  subject,
  req_headers: null,
  req_body_size: payload.length,
  ...alone,
  body: { subject, sid, payload },
})

/** Conversations of NATS, as nats-server 2.9 holds them; every payload occurs once, so that a wrong pairing shows. */
export const examples: readonly Example[] = [
  {
    name: 'the greeting',
    opening: true,
    strictTurns: true,
    turns: [server(INFO), client(CONNECT, 'PING\r\n'), server('PONG\r\n')],
    rows: [
      { cmd: 'INFO', subject: null, ...alone },
      quiet,
      { cmd: 'PING', subject: null, body: null, resp_cmd: ANSWER.pong, resp: 'PONG' },
    ],
  },
  {
    name: 'requests, answered by their inboxes',
    strictTurns: true,
    turns: [
      client(QUIET),
      client('PING\r\n'),
      server('PONG\r\n'),
      client('SUB _INBOX.1.* 1\r\nPUB none _INBOX.1.a 0\r\n\r\n'),
      server('HMSG _INBOX.1.a 1 16 16\r\nNATS/1.0 503\r\n\r\n\r\n'),
      client('PUB $JS.API.STREAM.INFO.x _INBOX.1.c 0\r\n\r\n'),
      server(`MSG _INBOX.1.c 1 158\r\n${NOT_FOUND}\r\n`),
      client('PUB s.one _INBOX.1.e 2\r\nm1\r\n'),
      server('MSG _INBOX.1.e 1  23\r\n{"stream":"S", "seq":1}\r\n'),
    ],
    rows: [
      quiet,
      { cmd: 'PING', resp: 'PONG' },
      { cmd: 'SUB', subject: '_INBOX.1.*', body: { subject: '_INBOX.1.*', sid: '1' }, ...alone },
      {
        cmd: 'PUB',
        subject: 'none',
        body: { subject: 'none', 'reply-to': '_INBOX.1.a', payload: '' },
        req_body_size: 0,
        resp_cmd: ANSWER.hmsg,
        resp: '',
        resp_headers: { Status: ['503'] },
        resp_body_size: 0,
        resp_status: 503,
      },
      {
        cmd: 'PUB',
        subject: '$JS.API.STREAM.INFO.x',
        resp_cmd: ANSWER.msg,
        resp: NOT_FOUND,
        resp_headers: null,
        resp_body_size: 158,
        resp_status: null,
      },
      {
        cmd: 'PUB',
        body: { subject: 's.one', 'reply-to': '_INBOX.1.e', payload: 'm1' },
        resp: '{"stream":"S", "seq":1}',
      },
    ],
  },
  {
    name: 'subscribers',
    strictTurns: true,
    turns: [
      client(QUIET),
      client('SUB a.1 1\r\nsub\tg.*  q1\t 2\r\nPing \r\n'),
      server('PONG\r\n'),
      client('PUB a.1 5\r\nhello\r\nPUB g.1 6\r\nworker\r\n'),
      server('MSG a.1 1 5\r\nhello\r\nMSG g.1 2 6\r\nworker\r\n'),
      client('UNSUB 1 3\r\nPUB a.1 4\r\nlast\r\nPUB g.2 3\r\nnot\r\nUNSUB 2\r\n'),
      server('MSG a.1 1 4\r\nlast\r\nMSG g.2 2 3\r\nnot\r\n'),
    ],
    rows: [
      quiet,
      { cmd: 'SUB', subject: 'a.1', ...alone, body: { subject: 'a.1', sid: '1' } },
      { cmd: 'SUB', subject: 'g.*', ...alone, body: { subject: 'g.*', 'queue group': 'q1', sid: '2' } },
      { cmd: 'PING', resp_cmd: ANSWER.pong, resp: 'PONG' },
      { cmd: 'PUB', subject: 'a.1', req_body_size: 5, ...alone, body: { subject: 'a.1', payload: 'hello' } },
      { cmd: 'PUB', subject: 'g.1', req_body_size: 6, ...alone },
      message('1', 'a.1', 'hello'),
      message('2', 'g.1', 'worker'),
      { cmd: 'UNSUB', subject: null, ...alone },
      { cmd: 'PUB', subject: 'a.1', req_body_size: 4, ...alone },
      { cmd: 'PUB', subject: 'g.2', req_body_size: 3, ...alone },
      { cmd: 'UNSUB', subject: null, ...alone },
      message('1', 'a.1', 'last'),
      message('2', 'g.2', 'not'),
    ],
  },
  {
    name: 'payloads: empty, with commands inside, longer than what is shown, no text',
    strictTurns: true,
    turns: [
      client(QUIET),
      client('PUB b.1 0\r\n\r\n'),
      client('PUB b.2 32\r\nx\r\nPUB y 4\r\nPING\r\nMSG a 1 1\r\nzzz\r\n'),
      client(`PUB b.3 1500\r\n${LONG}\r\n`),
      client('pub b.4 3\r\n\xff\r\n\r\n'),
      server('MSG b.5 9 25\r\n+OK\r\n-ERR \r\nMSG x 1 1\r\nyy\r\n'),
    ],
    rows: [
      quiet,
      { cmd: 'PUB', subject: 'b.1', ...alone, req_body_size: 0, body: { subject: 'b.1', payload: '' } },
      {
        cmd: 'PUB',
        subject: 'b.2',
        ...alone,
        body: { subject: 'b.2', payload: 'x\r\nPUB y 4\r\nPING\r\nMSG a 1 1\r\nzzz' },
      },
      {
        cmd: 'PUB',
        subject: 'b.3',
        ...alone,
        req_body_size: 1500,
        body: { subject: 'b.3', payload: LONG.slice(0, 1024) },
      },
      { cmd: 'PUB', subject: 'b.4', ...alone, req_body_size: 3, body: { subject: 'b.4', payload: '\udcff\r\n' } },
      message('9', 'b.5', '+OK\r\n-ERR \r\nMSG x 1 1\r\nyy'),
    ],
  },
  {
    name: 'headers',
    strictTurns: true,
    turns: [
      client(QUIET),
      client(`HPUB h.1 58 65\r\n${HEADERS}payload\r\nHPUB h.2 12 12\r\nNATS/1.0\r\n\r\n\r\n`),
      server(`HMSG h.1 1 58 65\r\n${HEADERS}payload\r\n`),
      server('HMSG h.3 1 $JS.FC.x 41 41\r\nNATS/1.0 100 FlowControl Request\r\nB:c\r\n\r\n\r\n'),
    ],
    rows: [
      quiet,
      {
        cmd: 'HPUB',
        subject: 'h.1',
        body: { subject: 'h.1', payload: 'payload' },
        req_headers: { A: ['one', 'two'], Authorization: ['[REDACTED]'] },
        req_body_size: 7,
        ...alone,
      },
      { cmd: 'HPUB', body: { subject: 'h.2', payload: '' }, req_headers: {}, req_body_size: 0, ...alone },
      { cmd: 'HMSG', subject: 'h.1', req_headers: { A: ['one', 'two'], Authorization: ['[REDACTED]'] } },
      {
        cmd: 'HMSG',
        body: { subject: 'h.3', sid: '1', 'reply-to': '$JS.FC.x', payload: '' },
        req_headers: { Status: ['100'], Description: ['FlowControl Request'], B: ['c'] },
        resp_cmd: null,
        resp_status: 100,
      },
    ],
  },
  {
    name: 'requests under way at once',
    pipelined: true,
    strictTurns: true,
    turns: [
      client(QUIET),
      client('SUB svc 4\r\nSUB _INBOX.3.* 5\r\nPUB svc _INBOX.3.a 2\r\nq1\r\nPUB svc _INBOX.3.b 2\r\nq2\r\n'),
      server('MSG svc 4 _INBOX.3.a 2\r\nq1\r\nMSG svc 4 _INBOX.3.b 2\r\nq2\r\n'),
      client('PUB _INBOX.3.b 2\r\nr2\r\nPUB _INBOX.3.a 2\r\nr1\r\nPUB _INBOX.3.a 5\r\nagain\r\n'),
      server('MSG _INBOX.3.b 5 2\r\nr2\r\nMSG _INBOX.3.a 5 2\r\nr1\r\nMSG _INBOX.3.a 5 5\r\nagain\r\n'),
    ],
    rows: [
      quiet,
      { cmd: 'SUB', subject: 'svc' },
      { cmd: 'SUB', subject: '_INBOX.3.*' },
      {
        cmd: 'MSG',
        subject: 'svc',
        ...alone,
        body: { subject: 'svc', sid: '4', 'reply-to': '_INBOX.3.a', payload: 'q1' },
      },
      {
        cmd: 'MSG',
        subject: 'svc',
        ...alone,
        body: { subject: 'svc', sid: '4', 'reply-to': '_INBOX.3.b', payload: 'q2' },
      },
      { cmd: 'PUB', subject: '_INBOX.3.b', ...alone, body: { subject: '_INBOX.3.b', payload: 'r2' } },
      { cmd: 'PUB', subject: '_INBOX.3.a', ...alone, body: { subject: '_INBOX.3.a', payload: 'r1' } },
      { cmd: 'PUB', subject: '_INBOX.3.a', ...alone, body: { subject: '_INBOX.3.a', payload: 'again' } },
      { cmd: 'PUB', body: { subject: 'svc', 'reply-to': '_INBOX.3.b', payload: 'q2' }, resp: 'r2' },
      { cmd: 'PUB', body: { subject: 'svc', 'reply-to': '_INBOX.3.a', payload: 'q1' }, resp: 'r1' },
      message('5', '_INBOX.3.a', 'again'),
    ],
  },
  {
    name: 'verbose',
    alone: true,
    turns: [
      server(INFO),
      client('CONNECT {"verbose":true,"user":"limited","pass":"hidden","lang":"raw"}\r\n'),
      server('+OK\r\n'),
      client('SUB v.1 1\r\nPUB v.1 2\r\nok\r\nPING\r\n'),
      server('+OK\r\n+OK\r\nMSG v.1 1 2\r\nok\r\nPONG\r\n'),
      client('PUB secret.1 1\r\nx\r\nSUB secret.2 2\r\nUNSUB 1\r\n'),
      server(
        '-ERR \'Permissions Violation for Publish to "secret.1"\'\r\n-ERR \'Permissions Violation for Subscription to "secret.2"\'\r\n+OK\r\n',
      ),
      client('SUB v..1 3\r\nPUB v.2 1\r\ny\r\n'),
      server("-ERR 'Invalid Subject'\r\n+OK\r\n"),
    ],
    rows: [
      { cmd: 'INFO' },
      {
        cmd: 'CONNECT',
        body: { verbose: true, user: 'limited', pass: '[REDACTED]', lang: 'raw' },
        resp_cmd: ANSWER.ok,
        resp: '+OK',
      },
      { cmd: 'SUB', subject: 'v.1', resp_cmd: ANSWER.ok, resp: '+OK', resp_body_size: null },
      { cmd: 'PUB', body: { subject: 'v.1', payload: 'ok' }, resp_cmd: ANSWER.ok },
      message('1', 'v.1', 'ok'),
      { cmd: 'PING', resp_cmd: ANSWER.pong },
      {
        cmd: 'PUB',
        subject: 'secret.1',
        resp_cmd: ANSWER.err,
        resp: '-ERR \'Permissions Violation for Publish to "secret.1"\'',
      },
      { cmd: 'SUB', subject: 'secret.2', resp_cmd: ANSWER.err },
      { cmd: 'UNSUB', resp_cmd: ANSWER.ok, body: { sid: '1' } },
      { cmd: 'SUB', subject: 'v..1', resp_cmd: ANSWER.err, resp: "-ERR 'Invalid Subject'" },
      { cmd: 'PUB', subject: 'v.2', resp_cmd: ANSWER.ok },
    ],
  },
  {
    name: 'a login that is refused',
    alone: true,
    turns: [
      server(INFO),
      client(
        'CONNECT {"verbose":false,"user":"bob","pass":"hid1","auth_token":"hid2","JWT":"hid3","sig":"hid4","nkey":"hid5"}\r\nPING\r\n',
      ),
      server("-ERR 'Authorization Violation'\r\n"),
    ],
    rows: [
      { cmd: 'INFO' },
      {
        cmd: 'CONNECT',
        body: {
          verbose: false,
          user: 'bob',
          pass: '[REDACTED]',
          auth_token: '[REDACTED]',
          JWT: '[REDACTED]',
          sig: '[REDACTED]',
          nkey: '[REDACTED]',
        },
      },
      { cmd: '-ERR', body: 'Authorization Violation', ...alone },
      { cmd: 'PING', resp_cmd: ANSWER.unanswered, resp: null },
    ],
  },
  {
    name: 'between servers',
    alone: true,
    turns: [
      server(INFO),
      client(
        'CONNECT {"echo":false,"verbose":false,"pedantic":false,"tls_required":false,"name":"two","cluster":"c"}\r\n',
      ),
      client('RS+ $G foo\r\nRMSG $G foo 5\r\nhello\r\nHMSG $G foo _INBOX.9 12 13\r\nNATS/1.0\r\n\r\nx\r\nPING\r\n'),
      server('RS+ $G bar q 1\r\nLS- bar\r\nPONG\r\n'),
    ],
    rows: [{ cmd: 'INFO' }, { cmd: 'CONNECT' }, { cmd: 'PING', resp_cmd: ANSWER.pong }],
  },
  {
    name: 'TLS from here on',
    alone: true,
    turns: [server(INFO), client(Buffer.from('16030100c8010000c40303', 'hex')), server('\x16\x03\x03')],
    rows: [{ cmd: 'INFO' }],
  },
]
