import { randomBytes } from '../example.js'
import { concat, lines, type Make, name, number, pick, type Random, times, u, whole, words } from './random.js'

export const host = (random: Random): string => `${name(random)}.example`
const mail = (random: Random): string => `${name(random)}@${host(random)}`
/** Steps of a dialogue: what one asks, what the other answers. */
const dialogue =
  (greeting: (random: Random) => string, steps: readonly ((random: Random) => readonly [string, string])[]): Make =>
  (random) => {
    const taken = times(random, 1, 8, () => pick(random, steps)(random))
    const hello = greeting(random)
    return {
      client: Buffer.from(taken.map(([ask]) => ask).join(''), 'latin1'),
      server: Buffer.from((random() < 0.6 ? hello : '') + taken.map(([, answer]) => answer).join(''), 'latin1'),
    }
  }

export const smtp = dialogue(
  (r) => `220 ${host(r)} ESMTP Postfix\r\n`,
  [
    (r) => [`EHLO ${host(r)}\r\n`, `250-${host(r)}\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250 8BITMIME\r\n`],
    (r) => [`MAIL FROM:<${mail(r)}> SIZE=${number(r, 20)}\r\n`, '250 2.1.0 Ok\r\n'],
    (r) => [`RCPT TO:<${mail(r)}>\r\n`, '250 2.1.5 Ok\r\n'],
    (r) => [
      `DATA\r\nSubject: ${words(r, 1, 6)}\r\nFrom: ${mail(r)}\r\n\r\n${words(r, 5, 30)}\r\n.\r\n`,
      `354 End data with <CR><LF>.<CR><LF>\r\n250 2.0.0 Ok: queued as ${number(r, 30)}\r\n`,
    ],
    () => ['RSET\r\n', '250 2.0.0 Ok\r\n'],
    () => ['QUIT\r\n', '221 2.0.0 Bye\r\n'],
  ],
)

export const imap = dialogue(
  () => '* OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE STARTTLS] Dovecot ready.\r\n',
  [
    (r) => [`a1 LOGIN ${name(r)} ${name(r)}\r\n`, 'a1 OK [CAPABILITY IMAP4rev1] Logged in\r\n'],
    (r) => [
      `a2 SELECT INBOX\r\n`,
      `* ${number(r, 10)} EXISTS\r\n* 0 RECENT\r\n* FLAGS (\\Answered \\Seen)\r\na2 OK [READ-WRITE] Select completed\r\n`,
    ],
    (r) => [
      `a3 FETCH ${number(r, 8)} (FLAGS BODY[])\r\n`,
      ((body) => `* 1 FETCH (FLAGS (\\Seen) BODY[] {${body.length}}\r\n${body})\r\na3 OK Fetch completed.\r\n`)(
        words(r, 3, 30),
      ),
    ],
    () => ['a4 NOOP\r\n', 'a4 OK NOOP completed.\r\n'],
    () => ['a5 LOGOUT\r\n', '* BYE Logging out\r\na5 OK Logout completed.\r\n'],
  ],
)

export const pop3 = dialogue(
  () => '+OK Dovecot ready.\r\n',
  [
    (r) => [`USER ${name(r)}\r\n`, '+OK\r\n'],
    (r) => [`PASS ${name(r)}\r\n`, '+OK Logged in.\r\n'],
    (r) => ['STAT\r\n', `+OK ${number(r, 8)} ${number(r, 20)}\r\n`],
    () => ['LIST\r\n', '+OK 2 messages:\r\n1 120\r\n2 340\r\n.\r\n'],
    (r) => [
      `RETR ${number(r, 4)}\r\n`,
      `+OK 120 octets\r\nSubject: ${words(r, 1, 4)}\r\n\r\n${words(r, 4, 20)}\r\n.\r\n`,
    ],
    (r) => [`DELE ${number(r, 4)}\r\n`, '-ERR There is no message\r\n'],
    () => ['CAPA\r\n', '+OK\r\nCAPA\r\nTOP\r\nUIDL\r\nSTLS\r\n.\r\n'],
    () => ['QUIT\r\n', '+OK Logging out.\r\n'],
  ],
)

export const ftp = dialogue(
  () => '220 (vsFTPd 3.0.3)\r\n',
  [
    (r) => [`USER ${name(r)}\r\n`, '331 Please specify the password.\r\n'],
    (r) => [`PASS ${name(r)}\r\n`, '230 Login successful.\r\n'],
    () => ['PASV\r\n', '227 Entering Passive Mode (127,0,0,1,117,48).\r\n'],
    (r) => [
      `RETR /${name(r)}\r\n`,
      `150 Opening BINARY mode data connection for /${name(r)} (${number(r, 20)} bytes).\r\n226 Transfer complete.\r\n`,
    ],
    () => ['TYPE I\r\n', '200 Switching to Binary mode.\r\n'],
    (r) => [`LIST ${name(r)}\r\n`, '550 Failed.\r\n'],
  ],
)

export const sip = dialogue(
  () => '',
  [
    (r) => [
      `INVITE sip:${mail(r)} SIP/2.0\r\nVia: SIP/2.0/TCP ${host(r)};branch=z9hG4bK${number(r, 30)}\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n`,
      'SIP/2.0 180 Ringing\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n',
    ],
    (r) => [`OPTIONS sip:${mail(r)} SIP/2.0\r\nCSeq: 2 OPTIONS\r\n\r\n`, 'SIP/2.0 200 OK\r\nCSeq: 2 OPTIONS\r\n\r\n'],
  ],
)

export const rtsp = dialogue(
  () => '',
  [
    (r) => [
      `OPTIONS rtsp://${host(r)}/1 RTSP/1.0\r\nCSeq: 1\r\n\r\n`,
      'RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: DESCRIBE, SETUP, PLAY\r\n\r\n',
    ],
    (r) => [
      `GET_PARAMETER rtsp://${host(r)}/1 RTSP/1.0\r\nCSeq: 5\r\n\r\n`,
      `RTSP/1.0 200 OK\r\nCSeq: 5\r\n\r\n$\0\0\x20${'\x80\x60'.repeat(16)}`,
    ],
  ],
)

export const irc = dialogue(
  (r) => `:${host(r)} NOTICE * :*** Looking up your hostname\r\n`,
  [
    (r) => [`NICK ${name(r)}\r\nUSER ${name(r)} 0 * :${words(r, 1, 3)}\r\n`, `:${host(r)} 001 ${name(r)} :Welcome\r\n`],
    (r) => [`PING :${host(r)}\r\n`, `:${host(r)} PONG ${host(r)} :${host(r)}\r\n`],
    (r) => [`PRIVMSG #${name(r)} :${words(r, 1, 9)}\r\n`, `:${name(r)}!u@h PRIVMSG #x :${words(r, 1, 9)}\r\n`],
  ],
)

export const nntp = dialogue(
  () => '200 news.example ready\r\n',
  [
    (r) => [`GROUP ${name(r)}\r\n`, `211 ${number(r, 9)} 1 9 ${name(r)}\r\n`],
    (r) => [
      `ARTICLE ${number(r, 9)}\r\n`,
      `220 1 <x@y> article\r\nSubject: ${words(r, 1, 5)}\r\n\r\n${words(r, 3, 20)}\r\n.\r\n`,
    ],
  ],
)

export const stomp = dialogue(
  () => '',
  [
    (r) => [`CONNECT\naccept-version:1.2\nhost:${host(r)}\n\n\0`, 'CONNECTED\nversion:1.2\n\n\0'],
    (r) => [
      `SEND\ndestination:/queue/${name(r)}\ncontent-type:text/plain\n\n${words(r, 1, 9)}\0`,
      `MESSAGE\nsubscription:0\nmessage-id:${number(r, 9)}\n\n${words(r, 1, 9)}\0`,
    ],
    (r) => [`SUBSCRIBE\nid:0\ndestination:/queue/${name(r)}\n\n\0`, '\n'],
  ],
)

// Its `delete` is that of memcached, answer and all.
export const beanstalk = dialogue(
  () => '',
  [
    (r) =>
      ((job) => [`put ${number(r, 9)} 0 60 ${job.length}\r\n${job}\r\n`, `INSERTED ${number(r, 9)}\r\n`] as const)(
        words(r, 1, 9),
      ),
    (r) => ((job) => ['reserve\r\n', `RESERVED ${number(r, 9)} ${job.length}\r\n${job}\r\n`] as const)(words(r, 1, 9)),
    (r) => [`use ${name(r)}\r\n`, `USING ${name(r)}\r\n`],
    (r) => [`watch ${name(r)}\r\n`, `WATCHING ${number(r, 4)}\r\n`],
  ],
)

export const xmpp = dialogue(
  (r) =>
    `<?xml version='1.0'?><stream:stream xmlns='jabber:client' from='${host(r)}' id='${number(r, 20)}' version='1.0'>`,
  [
    (r) => [
      `<iq type='get' id='${number(r, 9)}'><query xmlns='jabber:iq:roster'/></iq>`,
      `<iq type='result' id='${number(r, 9)}'/>`,
    ],
    (r) => [`<message to='${mail(r)}'><body>${words(r, 1, 9)}</body></message>`, '<r xmlns="urn:xmpp:sm:3"/>'],
  ],
)

export const git = (random: Random): Buffer =>
  lines(
    random,
    1,
    6,
    () =>
      ((line) => `${(line.length + 4).toString(16).padStart(4, '0')}${line}`)(
        `${randomBytes(random, 20).toString('hex')} refs/heads/${name(random)}\n`,
      ),
    '',
  )

export const telnet = (random: Random): Buffer =>
  concat(...times(random, 1, 5, () => u(0xfffb00 + whole(random, 0, 0x2ff), 3)), words(random, 2, 20), '\r\n')

export const statsd = (random: Random): Buffer =>
  lines(
    random,
    3,
    12,
    () => `${name(random)}.${name(random)}:${number(random, 12)}|${pick(random, ['c', 'ms', 'g'])}`,
    '\n',
  )

export const influx = (random: Random): Buffer =>
  lines(
    random,
    3,
    8,
    () => `${name(random)},host=${name(random)} value=${random().toFixed(3)} 17${number(random, 40)}`,
    '\n',
  )

export const graphite = (random: Random): Buffer =>
  lines(random, 3, 12, () => `servers.${name(random)}.cpu ${random().toFixed(2)} 17${number(random, 30)}`, '\n')

export const syslog = (random: Random): Buffer =>
  lines(
    random,
    2,
    6,
    () =>
      `<${whole(random, 0, 191)}>${random() < 0.5 ? '1 2026-11-26T12:00:00Z' : 'Nov 26 12:00:00'} ${host(random)} ${name(random)}[${number(random, 15)}]: ${words(random, 1, 12)}`,
    pick(random, ['\n', '\0']),
  )

export const weblog = (random: Random): Buffer =>
  lines(
    random,
    2,
    4,
    () =>
      `10.0.0.1 - - [26/Nov/2026:12:00:00 +0000] "GET /${name(random)} HTTP/1.1" ${pick(random, [200, 404])} ${number(random, 16)} "-" "${words(random, 1, 3)}"`,
    '\n',
  )
