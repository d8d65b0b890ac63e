import { ByteCursor } from '../../src/protocols/cursor.js'
import type { Guess, InferHint, Kind, Protocol } from '../../src/protocols/protocol.js'
import { checkRow, damaged, MAX_STATE_BYTES, weigh } from './conformance.js'
import { Driver, OPTIONS } from './driver.js'
import { type Example, randomBytes, seeded, type Turn } from './example.js'
import { fits, oneOf } from './fits.js'

const HINT: InferHint = {
  role: 'unknown',
  localPort: 40000,
  remotePort: 40001,
  fromStart: true,
  transport: 'datagram',
}

const kindOf = (turn: Turn): Kind => (turn.from === 'client' ? 'request' : 'response')

/** Everything that holds for every protocol over datagrams, each turn of which is one; `foreign`: those of others, by name. */
export function datagramConformance(
  protocol: Protocol,
  examples: readonly Example[],
  foreign: ReadonlyMap<string, readonly Turn[]>,
): void {
  describe.each(examples)('$name, as datagrams', (example) => {
    test('its rows', () => {
      const { emitted, faults } = run(protocol, example.turns, example.options)
      expect(emitted.map(({ row }) => row)).toEqual(example.rows.map((row) => expect.objectContaining(row)))
      for (const each of emitted) checkRow(protocol, each)
      expect(faults).toBe(0)
    })
    test('each of its messages is recognised, at both ends', () => {
      const firsts = (['client', 'server'] as const).flatMap(
        (end) => example.turns.find(({ from }) => from === end) ?? [],
      )
      for (const turn of example.parts === true ? firsts : example.turns) {
        expect(guess(protocol, turn, true)).toBe(turn.from)
        expect(guess(protocol, turn, false)).toBe(turn.from === 'client' ? 'server' : 'client')
      }
    })
  })
  describe('datagrams', () => {
    test('a loss costs only what it hits', () => losses(protocol, examples))
    test('random bytes and damaged messages', () => noise(protocol, examples))
    test('random bytes are not recognised', () => strangers(protocol))
    test('the state is bounded', () => bounds(protocol, examples))
    test.each([...foreign])('is not %s', (_name, turns) => {
      for (const turn of turns)
        for (const sent of [true, false]) expect(guess(protocol, turn, sent)).toMatch(/no|need-more/)
    })
  })
}

function run(protocol: Protocol, turns: readonly Turn[], options: Example['options'] = {}): Driver {
  const driver = new Driver(protocol, true, { ...OPTIONS, ...options }, 'datagram')
  for (const turn of turns) driver.feed(kindOf(turn), turn.bytes)
  driver.end()
  return driver
}

function guess(protocol: Protocol, { bytes }: Turn, sent: boolean): Guess {
  const [message, nothing] = [new ByteCursor(bytes, 0, bytes.length, true), new ByteCursor(Buffer.alloc(0))]
  return protocol.infer(sent ? message : nothing, sent ? nothing : message, HINT)
}

// All on one connection; some messages never come.
function losses(protocol: Protocol, examples: readonly Example[]): void {
  const shared = examples.filter((example) => example.alone !== true && example.options === undefined)
  const sent = oneOf(shared.flatMap(({ rows }) => rows))
  const random = seeded(9)
  for (let round = 0; round < 300; round++) {
    const kept = shared.map(({ turns }) => turns.filter(() => round === 0 || random() > 0.2))
    const { emitted } = run(protocol, kept.flat())
    const rows = emitted.map(({ row }) => row)
    shared.forEach((example, i) => {
      if (kept[i]?.length !== example.turns.length) return
      for (const wanted of example.rows) {
        if (!rows.some((row) => fits(row, wanted))) expect(rows).toContainEqual(expect.objectContaining(wanted))
      }
    })
    // What is paired was sent as a pair.
    for (const { row, latency } of emitted) {
      if (latency !== undefined && !sent(row)) throw new Error(`nobody sent this: ${JSON.stringify(row)}`)
    }
  }
}

function noise(protocol: Protocol, examples: readonly Example[]): void {
  const random = seeded(43)
  const turn = (round: number, { from, bytes }: Turn): Turn =>
    round % 3 === 0 ? { from, bytes: randomBytes(random, round) } : { from, bytes: damaged(bytes, random) }
  for (let round = 0; round < 1000; round++) {
    const { turns } = examples[Math.floor(random() * examples.length)] as Example
    for (const each of run(
      protocol,
      turns.map((good) => turn(round, good)),
    ).emitted)
      checkRow(protocol, each)
  }
}

function strangers(protocol: Protocol): void {
  const random = seeded(44)
  for (let round = 0; round < 20_000; round++) {
    const bytes = randomBytes(random, round % 200)
    const guessed = guess(protocol, { from: 'client', bytes }, round % 2 === 0)
    if (guessed !== 'no' && guessed !== 'need-more') throw new Error(`${guessed} of random bytes`)
  }
}

function bounds(protocol: Protocol, examples: readonly Example[]): void {
  const random = seeded(45)
  const driver = new Driver(protocol, true, OPTIONS, 'datagram')
  for (let round = 0; round < 20_000; round++) {
    const { turns } = examples[round % examples.length] as Example
    // Only one side is heard.
    for (const turn of turns) if (turn.from === 'client') driver.feed('request', damaged(turn.bytes, random))
  }
  expect(weigh(driver.state, new Set())).toBeLessThan(MAX_STATE_BYTES)
  expect(driver.waiting.frames).toBeLessThan(4096)
}
