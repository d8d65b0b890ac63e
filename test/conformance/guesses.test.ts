import { Guesser } from '../../src/connections/guess.js'
import { PROTOCOLS } from '../../src/protocols/index.js'
import type { InferHint } from '../../src/protocols/protocol.js'
import { type Example, randomBytes, seeded, type Turn } from './example.js'
import { EXAMPLES } from './examples.js'
import { FOREIGN_TRAFFIC } from './foreign.js'

/** So much of each direction is there when all protocols are asked. */
const CUTS = [16, 64, 256, Number.POSITIVE_INFINITY]
const WINDOWS = 20_000
const WINDOW_BYTES = 320
const NOTHING = Buffer.alloc(0)
/** What a connection begins as, or is behind its greeting, where that is another protocol: an upgrade, STARTTLS. */
const BEGINS_AS: Readonly<Record<string, string>> = { websocket: 'http', http2: 'http', nats: 'tls' }
/** Of so many windows one may be taken for a protocol: what looks like lengths, opcodes and words of one, in the middle of a connection. */
const ONE_IN: Readonly<Record<string, number>> = { 'small numbers': 1000, 'lines of text': 20_000 }

const guesser = new Guesser(PROTOCOLS)
const windowOf = (bytes: Buffer, cut: number) => ({
  buf: bytes,
  start: 0,
  end: Math.min(bytes.length, cut),
  closed: false,
})
const bytesFrom = (turns: readonly Turn[], end: Turn['from']): Buffer =>
  Buffer.concat(turns.filter(({ from }) => from === end).map(({ bytes }) => bytes))

/** Names of the protocols that a connection is taken for, by what each of its ends has moved, cut in every way. */
function guesses(client: Buffer, server: Buffer): Set<string> {
  const names = new Set<string>()
  for (const cut of CUTS) {
    for (const role of ['client', 'server', 'unknown'] as const) {
      for (const fromStart of [true, false]) {
        const hint: InferHint = { role, localPort: 40_000, remotePort: 40_001, fromStart }
        const [sent, received] = role === 'server' ? [server, client] : [client, server]
        const result = guesser.guess(windowOf(sent, cut), windowOf(received, cut), hint, [], false)
        if (typeof result === 'object') names.add(result.protocol.name)
      }
    }
  }
  return names
}

const streams = (examples: readonly Example[]): readonly Example[] =>
  examples.filter(({ transport }) => transport === undefined)

describe('traffic of one protocol, before all', () => {
  test.each([...EXAMPLES])('%s is nothing else', (name, examples) => {
    const wrong = streams(examples).flatMap((example) => {
      const names = guesses(bytesFrom(example.turns, 'client'), bytesFrom(example.turns, 'server'))
      return [...names]
        .filter((each) => each !== name && each !== BEGINS_AS[name])
        .map((each) => `${example.name}: ${each}`)
    })
    expect(wrong).toEqual([])
  })

  test.each([...FOREIGN_TRAFFIC])('%s is none of them', (_name, turns) => {
    expect([...guesses(bytesFrom(turns, 'client'), bytesFrom(turns, 'server'))]).toEqual([])
  })
})

const WORDS =
  `the of GET and SET user id = 17 error: select from {"name": "x"} <html> 200 OK INFO [main] - PUB status , ; \n \r\n \t`.split(
    ' ',
  )

/** Bytes that nobody means as a protocol, by kind. */
const NOISE: Readonly<Record<string, (random: () => number) => Buffer>> = {
  'random bytes': (random) => randomBytes(random, WINDOW_BYTES),
  'small numbers': (random) => randomBytes(random, WINDOW_BYTES).map((byte) => (byte < 160 ? 0 : byte & 15)) as Buffer,
  'lines of text': (random) =>
    Buffer.from(
      Array.from({ length: 60 }, () => WORDS[Math.floor(random() * WORDS.length)])
        .join(' ')
        .slice(0, WINDOW_BYTES),
    ),
  'lines of JSON': (random) =>
    Buffer.from(
      Array.from(
        { length: 4 },
        () => `${JSON.stringify({ t: random(), level: 'info', msg: `took ${random()}`, tags: ['a', 1] })}\n`,
      ).join(''),
    ),
  'numbers with a length before': (random) => {
    const bytes = randomBytes(random, 8 + Math.floor(random() * 200))
    bytes.writeUInt32BE(bytes.length - 4)
    return bytes
  },
}

describe('noise', () => {
  test.each(Object.entries(NOISE))(`%s is no protocol, ${WINDOWS} times`, (name, make) => {
    const random = seeded(7)
    const wrong: string[] = []
    for (let i = 0; i < WINDOWS; i++) {
      const bytes = make(random)
      const cut = CUTS[i % CUTS.length] as number
      const hint: InferHint = {
        role: i & 4 ? 'client' : 'server',
        localPort: 40_000,
        remotePort: 40_001,
        fromStart: (i & 8) === 0,
      }
      const window = windowOf(bytes, cut)
      const result = guesser.guess(
        i & 16 ? window : windowOf(NOTHING, 0),
        i & 16 ? windowOf(NOTHING, 0) : window,
        hint,
        [],
        false,
      )
      if (typeof result === 'object') wrong.push(`${result.protocol.name}: ${bytes.subarray(0, 48).toString('hex')}`)
    }
    const most = WINDOWS / (ONE_IN[name] ?? Number.POSITIVE_INFINITY)
    expect(wrong.length > most ? wrong : []).toEqual([])
  })
})
