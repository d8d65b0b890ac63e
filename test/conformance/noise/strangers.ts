import { randomBytes } from '../example.js'
import {
  beanstalk,
  ftp,
  git,
  graphite,
  imap,
  influx,
  irc,
  nntp,
  pop3,
  rtsp,
  sip,
  smtp,
  statsd,
  stomp,
  syslog,
  telnet,
  weblog,
  xmpp,
} from './dialogues.js'
import {
  both,
  concat,
  type Make,
  name,
  number,
  payload,
  pick,
  type Random,
  sized,
  sparse,
  times,
  u,
  whole,
  words,
} from './random.js'

const ssh: Make = (random) => {
  const packet = (): Buffer =>
    ((body) => sized(concat(u(7, 1), u(20, 1), body), 4))(
      concat(
        randomBytes(random, 16),
        sized(Buffer.from('curve25519-sha256,ecdh-sha2-nistp256'), 4),
        sparse(random, 20),
      ),
    )
  const say = (): Buffer =>
    concat(`SSH-2.0-${name(random)}_9.2\r\n`, packet(), randomBytes(random, whole(random, 0, 200)))
  return { client: say(), server: say() }
}

// BER: an LDAP message.
const ber = (tag: number, ...parts: readonly (Buffer | string)[]): Buffer => {
  const body = concat(...parts)
  return concat(u(tag, 1), body.length < 128 ? u(body.length, 1) : concat(u(0x82, 1), u(body.length, 2)), body)
}
const ldap: Make = (random) => {
  let id = whole(random, 1, 120)
  const message = (op: Buffer): Buffer => ber(0x30, ber(2, u(id++, 1)), op)
  const dn = (): Buffer => ber(4, `cn=${name(random)},dc=example,dc=org`)
  const client = times(random, 1, 4, () =>
    message(
      random() < 0.3
        ? ber(0x60, ber(2, u(3, 1)), dn(), ber(0x80, name(random)))
        : ber(
            0x63,
            dn(),
            ber(10, u(2, 1)),
            ber(10, u(0, 1)),
            ber(2, u(0, 1)),
            ber(2, u(0, 1)),
            ber(1, u(0, 1)),
            ber(0x87, 'objectClass'),
            ber(0x30),
          ),
    ),
  )
  const server = times(random, 1, 4, () =>
    message(
      random() < 0.3
        ? ber(0x61, ber(10, u(0, 1)), ber(4), ber(4))
        : ber(0x64, dn(), ber(0x30, ber(0x30, ber(4, 'cn'), ber(0x31, ber(4, words(random, 1, 9)))))),
    ),
  )
  return { client: concat(...client), server: concat(...server) }
}

const smb: Make = both((random) =>
  concat(
    ...times(random, 1, 3, () =>
      sized(
        concat(
          u(0xfe534d42, 4),
          u(64, 2, true),
          u(number(random, 4), 2, true),
          u(0, 4),
          u(whole(random, 0, 18), 2, true),
          u(number(random, 6), 2, true),
          u(0, 8),
          u(number(random, 10), 8, true),
          u(0xfeff, 4, true),
          u(number(random, 4), 4, true),
          randomBytes(random, 24),
          payload(random, 100),
        ),
        4,
      ),
    ),
  ),
)

const rdp: Make = both((random) =>
  concat(
    ...times(random, 1, 4, () =>
      concat(
        u(0x0300, 2),
        sized(concat(u(0x02f080, 3), u(whole(random, 0x60, 0x70), 1), payload(random, 120)), 2, false, 4),
      ),
    ),
  ),
)

const bittorrent: Make = both((random) =>
  concat(
    random() < 0.5
      ? concat(
          u(19, 1),
          'BitTorrent protocol',
          u(0x100005, 8),
          randomBytes(random, 20),
          '-TR2940-',
          randomBytes(random, 12),
        )
      : '',
    ...times(random, 1, 10, () => {
      const id = whole(random, 0, 9)
      const rest =
        id < 4
          ? ''
          : id === 4
            ? u(number(random, 12), 4)
            : id === 5
              ? randomBytes(random, 16)
              : id === 7
                ? concat(u(number(random, 12), 4), u(0, 4), randomBytes(random, 60))
                : concat(u(number(random, 12), 4), u(whole(random, 0, 9) * 16_384, 4), u(16_384, 4))
      return random() < 0.1 ? u(0, 4) : sized(concat(u(id, 1), rest), 4)
    }),
  ),
)

const x11: Make = (random) => {
  const little = random() < 0.8
  const request = (): Buffer =>
    ((words_) =>
      concat(
        u(whole(random, 1, 127), 1),
        u(number(random, 3), 1),
        u(words_ + 1, 2, little),
        sparse(random, 4 * words_),
      ))(whole(random, 0, 8))
  const event = (n: number): Buffer =>
    concat(u(pick(random, [1, 2, 3, 6, 12, 28]), 1), u(number(random, 7), 1), u(n, 2, little), sparse(random, 28))
  return {
    client: concat(
      random() < 0.5
        ? concat(
            little ? 'l\0' : 'B\0',
            u(11, 2, little),
            u(0, 2),
            u(18, 2, little),
            u(16, 2, little),
            u(0, 2),
            'MIT-MAGIC-COOKIE-1\0\0',
            randomBytes(random, 16),
          )
        : '',
      ...times(random, 1, 12, request),
    ),
    server: concat(...times(random, 1, 8, () => 0).map((_zero, i) => event(i))),
  }
}

const vnc: Make = (random) => ({
  client: concat(
    random() < 0.5 ? concat('RFB 003.008\n', u(0x0101, 2)) : '',
    ...times(random, 2, 12, () =>
      random() < 0.5
        ? concat(u(0x0301, 2), u(0, 4), u(1024, 2), u(768, 2))
        : concat(u(5, 1), u(number(random, 3), 1), u(number(random, 10), 2), u(number(random, 10), 2)),
    ),
  ),
  server: concat(
    random() < 0.5 ? concat('RFB 003.008\n', u(0x0101, 2)) : '',
    ...times(random, 1, 3, () =>
      concat(
        u(0, 2),
        u(1, 2),
        u(number(random, 9), 2),
        u(number(random, 9), 2),
        u(16, 2),
        u(16, 2),
        u(0, 4),
        sparse(random, 80),
      ),
    ),
  ),
})

/** ZooKeeper's jute: length, then xid and type, or xid, zxid and error. */
const zookeeper: Make = (random) => {
  const ids = times(random, 1, 6, () => number(random, 12))
  const path = (): Buffer => sized(Buffer.from(`/${name(random)}/${name(random)}`), 4)
  return {
    client: concat(
      ...ids.map((id) =>
        sized(
          concat(
            u(id, 4),
            u(pick(random, [1, 2, 3, 4, 5, 8, 11, 12]), 4),
            random() < 0.7 ? concat(path(), u(0, 1)) : '',
          ),
          4,
        ),
      ),
    ),
    server: concat(
      ...ids.map((id) =>
        sized(
          concat(
            u(id, 4),
            u(number(random, 30), 8),
            u(0, 4),
            random() < 0.7 ? concat(sized(payload(random, 60), 4), sparse(random, 68)) : '',
          ),
          4,
        ),
      ),
    ),
  }
}

/** Tabular data streams of SQL Server. */
const tds: Make = (random) => {
  const packet = (type: number, body: Buffer): Buffer =>
    concat(u(type, 1), u(1, 1), u(body.length + 8, 2), u(number(random, 6), 2), u(1, 1), u(0, 1), body)
  return {
    client: concat(
      ...times(random, 1, 3, () =>
        packet(
          pick(random, [1, 3, 14]),
          concat(
            u(22, 4, true),
            u(18, 4, true),
            u(2, 2, true),
            u(number(random, 20), 8, true),
            u(1, 4, true),
            Buffer.from(`select ${words(random, 1, 6)}`, 'utf16le'),
          ),
        ),
      ),
    ),
    server: concat(
      ...times(random, 1, 3, () =>
        packet(
          4,
          concat(
            u(0x81, 1),
            u(1, 2, true),
            sparse(random, 40),
            u(0xfd1000, 3),
            u(0xc100, 2),
            u(number(random, 9), 8, true),
          ),
        ),
      ),
    ),
  }
}

/** Net8 of Oracle. */
const tns: Make = both((random) =>
  concat(
    ...times(random, 1, 4, () =>
      ((body) => concat(u(body.length + 8, 2), u(0, 2), u(pick(random, [1, 2, 4, 6, 11, 12]), 1), u(0, 3), body))(
        payload(random, 120),
      ),
    ),
  ),
)

/** AMQP 1.0, which is another protocol than 0-9-1; by its header it is known, and told apart. */
const amqp10: Make = both((random) =>
  concat(
    ...times(random, 1, 3, () =>
      sized(
        concat(
          u(0x02000000, 4),
          u(0x0053, 2),
          u(whole(random, 0x10, 0x18), 1),
          u(0xc0, 1),
          sized(concat(u(3, 1), u(0xa1, 1), sized(Buffer.from(name(random)), 1), u(0x40, 1)), 1),
        ),
        4,
        false,
        4,
      ),
    ),
  ),
)

const http3ish = (random: Random): Buffer =>
  concat(
    u(0xc0 | whole(random, 0, 15), 1),
    u(1, 4),
    sized(randomBytes(random, 8), 1),
    sized(randomBytes(random, 8), 1),
    u(0, 1),
    randomBytes(random, 150),
  )
const rtmp = (random: Random): Buffer =>
  concat(
    random() < 0.4 ? concat(u(3, 1), u(number(random, 30), 4), u(0, 4), randomBytes(random, 80)) : '',
    ...times(random, 1, 4, () =>
      concat(
        u(whole(random, 2, 7), 1),
        u(number(random, 20), 3),
        u(whole(random, 20, 120), 3),
        u(pick(random, [1, 3, 5, 8, 9, 20]), 1),
        u(1, 4, true),
        payload(random, 100),
      ),
    ),
  )
const rmi = (random: Random): Buffer =>
  concat(
    'JRMI',
    u(2, 2),
    u(0x4b, 1),
    u(0x50aced, 3),
    u(5, 2),
    u(0x7722, 2),
    sparse(random, 32),
    u(0x73, 1),
    u(0x72, 1),
    sized(Buffer.from(`java.${name(random)}`), 2),
    randomBytes(random, 8),
  )
const dubbo = (random: Random): Buffer =>
  concat(
    ...times(random, 1, 3, () =>
      concat(
        u(0xdabbc200, 4),
        u(number(random, 20), 8),
        sized(Buffer.from(`"2.0.2"\n"${name(random)}"\n${words(random, 1, 5)}`), 4),
      ),
    ),
  )
const pulsar = (random: Random): Buffer =>
  concat(
    ...times(random, 1, 4, () =>
      ((command) => sized(sized(command, 4), 4))(
        concat(
          u(8, 1),
          u(whole(random, 2, 40), 1),
          u(0x12, 1),
          sized(Buffer.from(words(random, 0, 6), 'latin1').subarray(0, 120), 1),
        ),
      ),
    ),
  )
const rocketmq = (random: Random): Buffer =>
  concat(
    ...times(random, 1, 3, () =>
      sized(
        concat(
          sized(
            Buffer.from(
              `{"code":${number(random, 8)},"flag":0,"language":"JAVA","opaque":${number(random, 9)},"version":401}`,
            ),
            4,
          ),
          payload(random, 40),
        ),
        4,
      ),
    ),
  )
const elastic = (random: Random): Buffer =>
  concat(
    ...times(random, 1, 3, () =>
      concat(
        'ES',
        sized(concat(u(number(random, 20), 8), u(number(random, 3), 1), u(7_170_099, 4), payload(random, 90)), 4),
      ),
    ),
  )
const socks = (random: Random): Buffer =>
  concat(u(5, 1), u(pick(random, [0x0100, 0x0001, 0x010002]), 3), randomBytes(random, 60))
const bgp = (random: Random): Buffer =>
  concat(
    ...times(random, 1, 4, () =>
      concat(
        Buffer.alloc(16, 0xff),
        ((body) => concat(u(body.length + 19, 2), u(whole(random, 1, 4), 1), body))(
          sparse(random, whole(random, 0, 60)),
        ),
      ),
    ),
  )
const modbus = (random: Random): Buffer =>
  concat(
    ...times(random, 2, 10, () =>
      concat(
        u(number(random, 12), 2),
        u(0, 2),
        sized(concat(u(1, 1), u(whole(random, 1, 16), 1), u(number(random, 12), 2), u(whole(random, 1, 20), 2)), 2),
      ),
    ),
  )
const diameter = (random: Random): Buffer =>
  concat(
    ...times(random, 1, 2, () =>
      ((avps) =>
        concat(
          u(1, 1),
          u(avps.length + 20, 3),
          u(0x80, 1),
          u(pick(random, [257, 272, 280]), 3),
          u(4, 4),
          u(number(random, 30), 4),
          u(number(random, 30), 4),
          avps,
        ))(
        concat(
          ...times(random, 1, 4, () =>
            concat(u(264, 4), u(0x40, 1), u(20, 3), `${name(random)}            `.slice(0, 12)),
          ),
        ),
      ),
    ),
  )
const binlog = (random: Random): Buffer =>
  concat(
    ...times(random, 1, 6, () =>
      concat(
        u(1_764_000_000 + number(random, 10), 4, true),
        u(pick(random, [2, 4, 16, 19, 30]), 1),
        u(1, 4, true),
        sized(payload(random, 60), 4, true, 19),
        u(0, 2),
      ),
    ),
  )

/** What other protocols say. */
export const STRANGERS: Readonly<Record<string, Make>> = {
  SMTP: smtp,
  IMAP: imap,
  POP3: pop3,
  FTP: ftp,
  SIP: sip,
  RTSP: rtsp,
  IRC: irc,
  NNTP: nntp,
  STOMP: stomp,
  beanstalkd: beanstalk,
  XMPP: xmpp,
  SSH: ssh,
  LDAP: ldap,
  SMB: smb,
  RDP: rdp,
  BitTorrent: bittorrent,
  X11: x11,
  VNC: vnc,
  ZooKeeper: zookeeper,
  TDS: tds,
  TNS: tns,
  'AMQP 1.0': amqp10,
  QUIC: both(http3ish),
  RTMP: both(rtmp),
  RMI: both(rmi),
  Dubbo: both(dubbo),
  Pulsar: both(pulsar),
  RocketMQ: both(rocketmq),
  Elasticsearch: both(elastic),
  git: both(git),
  telnet: both(telnet),
  SOCKS: both(socks),
  BGP: both(bgp),
  Modbus: both(modbus),
  Diameter: both(diameter),
  StatsD: both(statsd),
  InfluxDB: both(influx),
  Graphite: both(graphite),
  syslog: both(syslog),
  'logs of web servers': both(weblog),
  'replicated logs': both(binlog),
}
