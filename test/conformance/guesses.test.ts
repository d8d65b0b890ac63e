import { Guesser } from '../../src/connections/guess.js'
import { PROTOCOLS } from '../../src/protocols/index.js'
import type { InferHint } from '../../src/protocols/protocol.js'
import type { Example, Turn } from './example.js'
import { EXAMPLES } from './examples.js'
import { FOREIGN_TRAFFIC } from './foreign.js'
import { ask } from './noise/ask.js'
import { NOISE } from './noise/index.js'

/** So much of each direction is there when all protocols are asked. */
const CUTS = [16, 64, 256, Number.POSITIVE_INFINITY]
const { INFER_WINDOWS, INFER_SEED } = process.env
/** Of noise, all kinds together. */
const WINDOWS = Number(INFER_WINDOWS || 100_000)
const SEED = Number(INFER_SEED || 1)
const SHOWN = 5
const DAY_MS = 86_400_000
/** What a connection begins as, or is behind its greeting, where that is another protocol: an upgrade, STARTTLS. */
const BEGINS_AS: Readonly<Record<string, string>> = { websocket: 'http', http2: 'http', nats: 'tls' }

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

describe('noise', () => {
  const table: string[] = []
  afterAll(() => {
    if (INFER_WINDOWS)
      process.stdout.write(['| noise | windows | taken for |', '| --- | --- | --- |', ...table, ''].join('\n'))
  })

  test.each(NOISE.map(([kind, make], i) => [kind, make, i] as const))(
    '%s: no protocol takes it for itself',
    (kind, make, i) => {
      const windows = Math.ceil(WINDOWS / NOISE.length)
      const wrong = ask(PROTOCOLS, make, windows, SEED * NOISE.length + i)
      const counts = PROTOCOLS.map(
        ({ name }) => [name, wrong.filter(({ protocol }) => protocol === name).length] as const,
      )
      const told = counts.filter(([, count]) => count > 0).map(([name, count]) => `${name} ${count}`)
      table.push(`| ${kind} | ${windows} | ${told.join(', ') || '–'} |`)
      expect(wrong.slice(0, SHOWN)).toEqual([])
    },
    DAY_MS,
  )
})
