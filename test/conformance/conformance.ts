import { ByteCursor } from '../../src/protocols/cursor.js'
import type { DecodeOptions, InferHint, Kind, Protocol } from '../../src/protocols/protocol.js'
import type { Column } from '../../src/records/table.js'
import { Driver, type Emitted, OPTIONS } from './driver.js'
import { type Example, randomBytes, seeded, type Turn } from './example.js'
import { fits, oneOf } from './fits.js'

type Step = readonly [Kind, Buffer]

/** What the state of one connection may weigh. */
export const MAX_STATE_BYTES = 512 * 1024
const HINT: InferHint = { role: 'unknown', localPort: 40000, remotePort: 40001, fromStart: true }
const ROLES = ['unknown', 'client', 'server'] as const

const kindOf = (turn: Turn): Kind => (turn.from === 'client' ? 'request' : 'response')
const stepsOf = (turns: readonly Turn[]): Step[] => turns.map((turn) => [kindOf(turn), turn.bytes] as const)
const lengthOf = (turns: readonly Turn[]): number => turns.reduce((sum, turn) => sum + turn.bytes.length, 0)
const optionsOf = (example: Example): DecodeOptions => ({ ...OPTIONS, ...example.options })

/** Everything that holds for every protocol; `foreign`: first bytes of other protocols, by name. */
export function conformance(
  protocol: Protocol,
  examples: readonly Example[],
  foreign: ReadonlyMap<string, readonly Turn[]>,
): void {
  describe.each(examples)('$name', (example) => {
    cutting(protocol, example)
    inference(protocol, example)
  })
  describe('losses', () => {
    if (examples.every((example) => example.alone === true)) lossesAlone(protocol, examples)
    else losses(protocol, examples)
  })
  describe('noise', () => noise(protocol, examples))
  test.each([...foreign])('is not %s', (_name, turns) => {
    expect(guess(protocol, turns, 'client')).toMatch(/no|need-more/)
    expect(guess(protocol, turns, 'server')).toMatch(/no|need-more/)
  })
}

function cutting(protocol: Protocol, example: Example): void {
  const turns = stepsOf(example.turns)
  const check = (steps: readonly Step[]): Driver => {
    const driver = run(protocol, steps, true, optionsOf(example))
    const rows = driver.emitted.map((emitted) => emitted.row)
    const same = rows.length === example.rows.length && rows.every((row, i) => fits(row, example.rows[i] as object))
    if (!same) expect(rows).toEqual(example.rows.map((row) => expect.objectContaining(row)))
    return driver
  }
  test('a chunk a turn', () => {
    for (const emitted of check(turns).emitted) {
      checkRow(protocol, emitted)
      expect(emitted.latency ?? 0).toBeGreaterThanOrEqual(0)
    }
  })
  test('byte by byte', () => {
    check(turns.flatMap(([kind, bytes]) => bytewise(kind, bytes)))
  })
  test('cut at every offset', () => {
    for (let i = 0; i < turns.length; i++) {
      const [kind, bytes] = turns[i] as Step
      const stride = Math.max(1, Math.floor(bytes.length / 2000))
      for (let at = 1; at < bytes.length; at += stride) {
        check([...turns.slice(0, i), [kind, bytes.subarray(0, at)], [kind, bytes.subarray(at)], ...turns.slice(i + 1)])
      }
    }
  })
  if (example.strictTurns === true || example.alone === true) return
  test('all requests, then all responses', () => {
    check(merged(turns))
  })
}

function inference(protocol: Protocol, example: Example): void {
  test('is recognised, at both ends', () => {
    expect(['client', 'need-more']).toContain(guess(protocol, example.turns, 'client'))
    expect(['server', 'need-more']).toContain(guess(protocol, example.turns, 'server'))
    expect(['client', 'need-more']).toContain(guess(protocol, example.turns.slice(0, 1), 'client'))
  })
}

function losses(protocol: Protocol, examples: readonly Example[]): void {
  const sequence = sequenceOf(examples, false)
  const turns = sequence.flatMap((example) => example.turns)
  const last = sequence.at(-1) as Example
  // The two at the end stay whole: the run-up, which decoding may need to find its place again, and the last.
  const end = lengthOf(turns) - lengthOf(last.turns) - lengthOf((sequence.at(-2) as Example).turns)
  const isSent = sentBy(sequence)
  const check = (steps: readonly Step[], fromStart: boolean): void => {
    const rows = unmarked(run(protocol, steps, fromStart), isSent)
    for (const wanted of last.rows) {
      if (rows.findLast((row) => fits(row, wanted)) === undefined)
        expect(rows).toContainEqual(expect.objectContaining(wanted))
    }
  }
  test('a lost prefix costs only what it hits', () => {
    for (const at of offsets(end, 400)) check(without(turns, [[0, at]]), false)
  })
  test('a gap costs only what it hits', () => {
    for (const at of offsets(end, 400)) {
      for (const kind of ['request', 'response'] as const) {
        check(without(turns, [[at, Math.min(end, at + 7)]], kind), true)
        check(without(turns, [[at, Math.min(end, at + 150)]], kind), true)
      }
    }
  })
  test('bursts of losses in both directions', () => {
    const random = seeded(7)
    for (let i = 0; i < 1500; i++) check(without(turns, bursts(1 + (i % 4), end, random)), i % 2 === 0)
  })
  const mixed = sequenceOf(examples, true)
  test('a loss among pipelined requests pairs nothing wrongly', () => {
    const random = seeded(8)
    const all = mixed.flatMap((example) => example.turns)
    const isMixed = sentBy(mixed)
    for (let i = 0; i < 500; i++) unmarked(run(protocol, without(all, bursts(1, end, random)), true), isMixed)
  })
}

// Where nothing can follow on the same connection.
function lossesAlone(protocol: Protocol, examples: readonly Example[]): void {
  test('a loss leaves no row that nobody sent', () => {
    const random = seeded(9)
    for (const example of examples) {
      const total = lengthOf(example.turns)
      const isSent = sentBy([example])
      for (const at of offsets(total, 100)) {
        unmarked(run(protocol, without(example.turns, [[at, Math.min(total, at + 7)]]), true), isSent)
        unmarked(run(protocol, without(example.turns, [[0, at]]), false), isSent)
      }
      for (let i = 0; i < 100; i++) {
        unmarked(run(protocol, without(example.turns, bursts(1 + (i % 4), total, random)), i % 2 === 0), isSent)
      }
    }
  })
}

// The rows that are not marked as lost: each must be one that was sent.
function unmarked(driver: Driver, isSent: ReturnType<typeof oneOf>): Record<string, unknown>[] {
  const rows = driver.emitted.filter((emitted) => !emitted.lost).map((emitted) => emitted.row)
  for (const row of rows) if (!isSent(row)) throw new Error(`nobody sent this: ${JSON.stringify(row)}`)
  return rows
}

const sentBy = (examples: readonly Example[]): ReturnType<typeof oneOf> => oneOf(examples.flatMap(({ rows }) => rows))

function bursts(count: number, end: number, random: () => number): [number, number][] {
  const list: [number, number][] = []
  for (let at = 0; list.length < count; ) {
    const from = at + Math.floor(random() * (end - at))
    at = Math.min(end, from + 1 + Math.floor((random() * (end - from)) / count))
    list.push([from, at])
  }
  return list
}

function noise(protocol: Protocol, examples: readonly Example[]): void {
  const random = seeded(42)
  const bytes = (length: number): Buffer => randomBytes(random, length)
  test('random bytes', () => {
    for (let round = 0; round < 200; round++) {
      run(
        protocol,
        [
          ['request', bytes(round * 5)],
          ['response', bytes(round * 5)],
        ],
        round % 2 === 0,
      )
    }
  })
  test('damaged examples', () => {
    for (let round = 0; round < 1000; round++) {
      const { turns } = examples[Math.floor(random() * examples.length)] as Example
      run(
        protocol,
        stepsOf(turns).map(([kind, good]) => [kind, damaged(good, random)] as const),
        round % 2 === 0,
      )
    }
  })
  test('a guess at anything ends, and is never sure of random bytes', () => {
    for (let round = 0; round < 2000; round++) {
      const hint = { ...HINT, role: ROLES[round % 3] as InferHint['role'], fromStart: round % 2 === 0 }
      const of = (good: Buffer): Buffer => damaged(good.subarray(Math.floor(random() * good.length)), random)
      const { turns } = examples[Math.floor(random() * examples.length)] as Example
      const [one, other] = [0, 1].map((i) => of((turns[i] ?? turns[0])?.bytes ?? bytes(1))) as [Buffer, Buffer]
      protocol.infer(within(one), within(other), hint)
      protocol.infer(within(lines(random)), within(lines(random)), hint)
      const [sent, received] = [within(bytes(round % 300)), within(bytes(round % 257))]
      const guessed = protocol.infer(sent, received, hint)
      if (guessed !== 'no' && guessed !== 'need-more') throw new Error(`${guessed} of random bytes`)
    }
  })
  test('the state is bounded', () => {
    const driver = new Driver(protocol, true)
    for (let round = 0; round < 300; round++) {
      const { turns } = examples[round % examples.length] as Example
      for (const [kind, good] of stepsOf(turns)) driver.feed(kind, round < 30 ? good : damaged(good, random))
      if (round % 3 === 0) driver.feed('request', bytes(1000))
    }
    expect(weigh(driver.state, new Set())).toBeLessThan(MAX_STATE_BYTES)
    expect(driver.waiting.frames).toBeLessThan(4096)
  })
}

/** Feeds the steps; a step without bytes of its own (length only) is a loss. */
function run(protocol: Protocol, steps: readonly Step[], fromStart: boolean, options = OPTIONS): Driver {
  const driver = new Driver(protocol, fromStart, options)
  for (const [kind, bytes] of steps) {
    if (isLoss(bytes)) driver.lose(kind, bytes.length)
    else driver.feed(kind, bytes)
  }
  driver.end()
  const fed = steps.reduce((sum, [, bytes]) => sum + bytes.length, 0)
  if (driver.calls > 10 * fed + 100) throw new Error(`${driver.calls} calls for ${fed} bytes`)
  return driver
}

const LOST = new WeakSet<Buffer>()
const isLoss = (bytes: Buffer): boolean => LOST.has(bytes)

/** The turns without some bytes, `[from, to)` of the whole conversation in time (of one direction only, if given). */
function without(turns: readonly Turn[], holes: readonly (readonly [number, number])[], only?: Kind): Step[] {
  const steps: Step[] = []
  let offset = 0
  for (const turn of turns) {
    const kind = kindOf(turn)
    const { length } = turn.bytes
    let at = 0
    for (const [from, to] of only === undefined || only === kind ? holes : []) {
      const start = Math.min(length, Math.max(at, from - offset))
      const end = Math.min(length, Math.max(start, to - offset))
      if (end === start) continue
      const lost = turn.bytes.subarray(start, end)
      LOST.add(lost)
      steps.push([kind, turn.bytes.subarray(at, start)], [kind, lost])
      at = end
    }
    steps.push([kind, turn.bytes.subarray(at)])
    offset += length
  }
  return steps.filter(([, bytes]) => bytes.length > 0)
}

/** Examples that can share a connection; the first two come again at the end. */
export function sequenceOf(examples: readonly Example[], pipelined: boolean): readonly Example[] {
  const shared = examples.filter((example) => example.alone !== true && example.options === undefined)
  const opening = shared.filter((example) => example.opening === true)
  const others = shared.filter((example) => example.opening !== true && (pipelined || example.pipelined !== true))
  return [...opening.slice(0, 1), ...others, ...others.slice(0, 2)]
}

function merged(turns: readonly Step[]): Step[] {
  const of = (kind: Kind): Buffer => Buffer.concat(turns.filter(([k]) => k === kind).map(([, bytes]) => bytes))
  return [
    ['request', of('request')],
    ['response', of('response')],
  ]
}

function bytewise(kind: Kind, bytes: Buffer): Step[] {
  return Array.from(bytes, (_byte, i) => [kind, bytes.subarray(i, i + 1)] as const)
}

function offsets(total: number, most: number): number[] {
  const stride = Math.max(1, Math.floor(total / most))
  return Array.from({ length: Math.floor(total / stride) }, (_x, i) => i * stride)
}

// A window on a larger buffer, as events in a batch are.
function within(bytes: Buffer): ByteCursor {
  const cursor = new ByteCursor(Buffer.concat([Buffer.from('\n'), bytes, Buffer.from('\r\n')]))
  cursor.pos = bytes.length % 2
  cursor.end = cursor.pos + bytes.length
  return cursor
}

// Text, mostly without the ends of lines.
function lines(random: () => number): Buffer {
  const words = Array.from({ length: Math.floor(random() * 12) }, () =>
    ' {"name": "x"}\r\n*+-$PING'.slice(random() * 25),
  )
  return Buffer.from(words.join(''))
}

/** The bytes with some of them changed, and perhaps some left out. */
export function damaged(good: Buffer, random: () => number): Buffer {
  const bad = Buffer.from(good)
  for (let i = Math.floor(random() * 4); i >= 0; i--)
    bad[Math.floor(random() * bad.length)] = Math.floor(random() * 256)
  const at = Math.floor(random() * bad.length)
  return random() < 0.5 ? bad : Buffer.concat([bad.subarray(0, at), bad.subarray(at + Math.floor(random() * 9))])
}

function guess(protocol: Protocol, turns: readonly Turn[], end: Turn['from']): string {
  const sent = Buffer.concat(turns.filter((turn) => turn.from === end).map((turn) => turn.bytes))
  const received = Buffer.concat(turns.filter((turn) => turn.from !== end).map((turn) => turn.bytes))
  return protocol.infer(new ByteCursor(sent), new ByteCursor(received), HINT)
}

/** Is it a row of the protocol's table? */
export function checkRow(protocol: Protocol, { row, cut }: Emitted): void {
  const { columns } = protocol.table
  let at = 0
  for (const name in row) if (columns[at++]?.name !== name) throw new Error(`column ${at} is ${name}`)
  if (at < columns.length) throw new Error(`no column ${columns[at]?.name}`)
  if (cut >= 2 ** columns.length) throw new Error(`cut ${cut}`)
  if (protocol.table.error?.(row, true) === 'no response') throw new Error('no response, where it may be lost')
  for (const column of columns) {
    const value = row[column.name]
    if (!isOf(column, value)) throw new Error(`${column.name}, of type ${column.type}: ${JSON.stringify(value)}`)
  }
}

function isOf({ type, words }: Column, value: unknown): boolean {
  if (value === null || type === 'json') return true
  if (type === 'string' || type === 'upid') return typeof value === 'string'
  if (type === 'bool') return typeof value === 'boolean'
  if (type === 'float') return typeof value === 'number'
  return Number.isSafeInteger(value) && (type !== 'enum' || words !== undefined)
}

/** About how many bytes a value takes. */
export function weigh(value: unknown, seen: Set<unknown>): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null || seen.has(value)) return 8
  seen.add(value)
  if (ArrayBuffer.isView(value)) return value.byteLength
  const parts = value instanceof Map || value instanceof Set ? [...value].flat() : Object.values(value)
  return parts.reduce<number>((sum, part) => sum + weigh(part, seen), 8)
}
