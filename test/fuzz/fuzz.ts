import { createContext, Script } from 'node:vm'
import { ByteCursor } from '../../src/protocols/cursor.js'
import type { InferHint, Kind, Protocol } from '../../src/protocols/protocol.js'
import { checkRow, MAX_STATE_BYTES, sequenceOf, weigh } from '../conformance/conformance.js'
import { OPTIONS } from '../conformance/driver.js'
import { type Example, seeded, type Turn } from '../conformance/example.js'
import { fits } from '../conformance/fits.js'
import { mutate, pieces } from './mutate.js'
import { isOtherwise } from './otherwise.js'
import { Wire, type WireSetup } from './wire.js'

/** One input takes no longer than this, of CPU time. */
const INPUT_MS = 1000
/** … and one for ever is stopped after this, by the clock. */
const STOP_MS = 60_000
/** So many inputs share a watchdog. */
const WATCHED = 50
/** Each so-manieth input is a long connection. */
const LONG_EVERY = 1000
const LONG_TURNS = 400
const SHORT_TURNS = 4
const WAITING_BYTES = 8 * 1024 * 1024
const WINDOW_BYTES = 2 * 1024 * 1024
/** Longer than any body that a mutation can announce, so that what follows is a message. */
const GAP_BYTES = 2 ** 44
/** Exchanges, lead and last, that it may take to find the place. */
const RUN_UP = 8
const ROLES = ['client', 'server', 'unknown'] as const

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

const kindOf = (turn: Turn): Kind => (turn.from === 'client' ? 'request' : 'response')

/** What came of a run. */
export interface Tally {
  inputs: number
  bytes: number
  rows: number
  /** Inputs that were still of the protocol after the noise, so that a valid exchange had to come out. */
  recovered: number
  /** Those where none did. */
  silent: number
  /** The longest that one input took. */
  slowestMs: number
}

/** Damaged conversations of one protocol, each with a number that, with the seed, makes it again. */
export class Fuzz {
  readonly tally: Tally = { inputs: 0, bytes: 0, rows: 0, recovered: 0, silent: 0, slowestMs: 0 }
  readonly #protocol: Protocol
  readonly #examples: readonly Example[]
  readonly #sequence: readonly Example[]
  readonly #transport: WireSetup['transport']
  readonly #seed: number
  #number = 0
  /** CPU time at the start of the watch. */
  #watchedMs = 0

  constructor(protocol: Protocol, examples: readonly Example[], transport: WireSetup['transport'], seed: number) {
    this.#protocol = protocol
    this.#transport = transport
    this.#seed = seed
    this.#examples = examples.filter((example) => (example.transport ?? 'stream') === transport)
    this.#sequence = this.#examples.every(({ alone }) => alone === true) ? [] : sequenceOf(this.#examples, false)
  }

  /** Throws of the first input that does what no input may. */
  run(from: number, inputs: number): void {
    const watched = new Script('run()')
    this.#number = from
    while (this.#number < from + inputs) {
      const end = Math.min(from + inputs, this.#number + WATCHED)
      this.#watchedMs = cpuMs()
      const context = createContext({
        run: () => {
          for (; this.#number < end; this.#number++) this.#timed()
        },
      })
      try {
        watched.runInContext(context, { timeout: STOP_MS })
      } catch (error) {
        throw new Error(this.#name(error as Error), { cause: error })
      }
    }
  }

  #name(error: Error): string {
    const again = `FUZZ_PROTOCOL=${this.#protocol.name} FUZZ_SEED=${this.#seed} FUZZ_FROM=${this.#number} FUZZ_INPUTS=1`
    return `${this.#transport}: ${error.message}\nagain: make test-fuzz ${again}\n${error.stack}`
  }

  #timed(): void {
    const began = performance.now()
    this.#input(seeded(Math.imul(this.#seed, 0x9e3779b1) ^ this.#number))
    const ms = performance.now() - began
    this.tally.inputs++
    this.tally.slowestMs = Math.max(this.tally.slowestMs, ms)
    // To ask for CPU time is dear: with those before it in the watch, it has taken no more than that.
    if (ms > INPUT_MS && cpuMs() - this.#watchedMs > INPUT_MS) throw new Error(`took ${Math.round(ms)} ms`)
  }

  #input(random: () => number): void {
    const long = this.#number % LONG_EVERY === LONG_EVERY - 1
    const wire = this.#open(random)
    if (random() < 0.75)
      for (const turn of (this.#sequence[0] ?? this.#pick(random)).turns) this.#feed(wire, turn, random)
    for (let turns = 0; turns < (long ? LONG_TURNS : SHORT_TURNS); ) {
      const noise = this.#noise(random)
      this.#infer(noise, random)
      for (const turn of noise) this.#feed(wire, turn, random)
      turns += noise.length + 1
    }
    this.#bounded(wire, long)
    this.#recover(wire)
    wire.end()
    for (const row of wire.emitted) checkRow(this.#protocol, row)
    if (wire.calls > 10 * wire.fed + 100) throw new Error(`${wire.calls} calls for ${wire.fed} bytes`)
    this.tally.bytes += wire.fed
    this.tally.rows += wire.counts.rows
  }

  #open(random: () => number): Wire {
    return new Wire(this.#protocol, {
      transport: this.#transport,
      fromStart: random() < 0.7,
      role: ROLES[Math.floor(random() * 3)] as (typeof ROLES)[number],
      port: random() < 0.5 ? 40_001 : (this.#protocol.ports?.[0] ?? 40_001),
      options: { ...OPTIONS, redact: random() < 0.5 },
    })
  }

  #pick(random: () => number): Example {
    return this.#examples[Math.floor(random() * this.#examples.length)] as Example
  }

  // A conversation with faults: in most turns none, or some are missing, twice there or in another place.
  #noise(random: () => number): Turn[] {
    const [{ turns }, other] = [this.#pick(random), this.#pick(random)]
    const from = random() < 0.5 ? 0 : Math.floor(random() * turns.length)
    const bad = turns.slice(from, from + SHORT_TURNS).map((turn) => {
      if (random() < 0.4) return turn
      const mixed = other.turns[Math.floor(random() * other.turns.length)] as Turn
      return { from: random() < 0.95 ? turn.from : mixed.from, bytes: mutate(turn.bytes, random, mixed.bytes) }
    })
    if (random() < 0.1) bad.splice(Math.floor(random() * bad.length), 1, ...this.#pick(random).turns.slice(0, 1))
    return bad
  }

  #feed(wire: Wire, turn: Turn, random: () => number): void {
    const kind = kindOf(turn)
    if (this.#transport === 'datagram') {
      wire.feed(kind, turn.bytes)
      return
    }
    for (const piece of pieces(turn.bytes, random)) wire.feed(kind, piece)
    if (random() < 0.05) wire.lose(kind, 1 + Math.floor(random() * 300))
  }

  #infer(turns: readonly Turn[], random: () => number): void {
    const of = (from: Turn['from']): ByteCursor =>
      new ByteCursor(turns.find((turn) => turn.from === from)?.bytes ?? NOTHING)
    const hint: InferHint = {
      role: ROLES[Math.floor(random() * 3)] as (typeof ROLES)[number],
      localPort: 40_000,
      remotePort: random() < 0.5 ? 40_001 : (this.#protocol.ports?.[0] ?? 40_001),
      fromStart: random() < 0.5,
      transport: this.#transport,
    }
    const sent = of('client')
    this.#protocol.infer(
      sent,
      this.#transport === 'datagram' && sent.end > 0 ? new ByteCursor(NOTHING) : of('server'),
      hint,
    )
  }

  #bounded(wire: Wire, long: boolean): void {
    const { sent, received } = wire.conn
    if (sent.length + received.length > WINDOW_BYTES) throw new Error(`${sent.length}, ${received.length} bytes wait`)
    const frames = wire.waiting.reduce((sum, list) => sum + list.length, 0)
    if (frames > 4096) throw new Error(`${frames} frames wait`)
    if (!long) return
    const state = weigh(wire.state, new Set())
    if (state > MAX_STATE_BYTES) throw new Error(`the state weighs ${state} bytes`)
    const waiting = weigh(wire.waiting, new Set())
    if (waiting > WAITING_BYTES) throw new Error(`frames of ${waiting} bytes wait`)
  }

  // After a loss in both directions a few exchanges may be needed to find the place; then they must come out.
  #recover(wire: Wire): void {
    const [lead, last] = this.#sequence.slice(-2)
    for (const kind of ['request', 'response'] as const) wire.lose(kind, GAP_BYTES)
    if (lead === undefined || last === undefined) return
    for (let round = 0; round < RUN_UP && !wire.over; round++) {
      const before = wire.emitted.length
      for (const turn of [...lead.turns, ...last.turns]) wire.feed(kindOf(turn), turn.bytes)
      const rows = wire.emitted.slice(before).filter(({ lost }) => !lost)
      if (!last.rows.every((wanted) => rows.some(({ row }) => fits(row, wanted)))) continue
      this.tally.recovered++
      return
    }
    if (!wire.over && !isOtherwise(this.#protocol, wire.state)) this.tally.silent++
  }
}

const NOTHING = Buffer.alloc(0)
