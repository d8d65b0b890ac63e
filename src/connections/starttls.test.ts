import { client, server, type Turn } from '../../test/conformance/example.js'
import { FULL } from '../../test/conformance/tls-captured.js'
import { Bench } from '../../test/support/bench.js'
import { closeEvent, connEvent, dataEvent } from '../../test/support/events.js'
import { Direction, Role } from '../kernel/intf.gen.js'
import { PROTOCOLS } from '../protocols/index.js'

const hex = (bytes: string): Buffer => Buffer.from(bytes, 'hex')

/** What is said before it, in protocols that nobody here decodes. */
const DIALOGUES: readonly (readonly [string, readonly Turn[]])[] = [
  [
    'SMTP',
    [
      server('220 mail.example ESMTP\r\n'),
      client('EHLO me.example\r\n'),
      server('250-mail.example\r\n', '250 STARTTLS\r\n'),
      client('STARTTLS\r\n'),
      server('220 2.0.0 Ready to start TLS\r\n'),
    ],
  ],
  [
    'IMAP',
    [
      server('* OK [CAPABILITY IMAP4rev1 STARTTLS] ready.\r\n'),
      client('a1 STARTTLS\r\n'),
      server('a1 OK Begin TLS negotiation now.\r\n'),
    ],
  ],
  [
    'POP3',
    [
      server('+OK ready.\r\n'),
      client('CAPA\r\n'),
      server('+OK\r\nSTLS\r\n.\r\n'),
      client('STLS\r\n'),
      server('+OK\r\n'),
    ],
  ],
  ['FTP', [server('220 (vsFTPd 3.0.3)\r\n'), client('AUTH TLS\r\n'), server('234 Proceed with negotiation.\r\n')]],
  [
    'XMPP',
    [
      client(`<?xml version='1.0'?><stream:stream to='a.example' version='1.0'>`),
      server(`<?xml version='1.0'?><stream:stream from='a.example'>`, '<stream:features><starttls/></stream:features>'),
      client(`<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>`),
      server(`<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>`),
    ],
  ],
  [
    'LDAP',
    [
      client(hex('301d02010177188016312e332e362e312e342e312e313436362e3230303337')),
      server(hex('300c02010178070a010004000400')),
    ],
  ],
]

/** Each turn in pieces of so many bytes, seen from one end. */
function played(end: Turn['from'], turns: readonly Turn[], piece: number): Bench {
  const bench = new Bench(PROTOCOLS)
  const at = { client: 0, server: 0 }
  let time = 10
  bench.feed(connEvent({ role: end === 'client' ? Role.CLIENT : Role.SERVER }))
  for (const { from, bytes } of turns) {
    for (let done = 0; done < bytes.length; done += piece) {
      const part = bytes.subarray(done, done + piece)
      const direction = from === end ? Direction.SEND : Direction.RECV
      time += 10
      bench.feed(dataEvent(direction, at[from], part, { time }))
      at[from] += part.length
    }
  }
  const { client: up, server: down } = at
  return bench.feed(closeEvent(end === 'client' ? [up, down] : [down, up], { time: 1e6 })).tick()
}

describe.each(DIALOGUES)('behind %s', (_name, dialogue) => {
  test.each([
    ['client', 1 << 16],
    ['server', 1 << 16],
    ['client', 100],
    ['server', 7],
  ] as const)('TLS is recognised by the %s, in pieces of %i bytes', (end, piece) => {
    const { taken, tracker } = played(end, [...dialogue, ...FULL], piece)
    expect(taken).toEqual([
      expect.objectContaining({ protocol: 'tls', row: played(end, FULL, 1 << 16).taken[0]?.row, lost: false }),
    ])
    expect(tracker.counts.missing).toBe(0)
  })
})

test('behind SOCKS, HTTP is recognised', () => {
  const { taken } = played(
    'client',
    [
      client(hex('050100')),
      server(hex('0500')),
      client(hex('050100017f0000010050')),
      server(hex('05000001000000000000')),
      client('GET /x HTTP/1.1\r\nHost: h\r\n\r\n'),
      server('HTTP/1.1 204 No Content\r\n\r\n'),
    ],
    1 << 16,
  )
  expect(taken).toEqual([
    expect.objectContaining({ protocol: 'http', row: expect.objectContaining({ req_path: '/x' }) }),
  ])
})
