// Exchanges whose answer names the question: whatever is lost, no answer may be given to another one's.
import { Direction } from '../../src/kernel/intf.gen.js'
import { PROTOCOLS } from '../../src/protocols/index.js'
import { Bench } from '../support/bench.js'
import { closeEvent, connEvent, dataEvent, endEvent } from '../support/events.js'
import { seeded } from './example.js'
import * as mysql from './mysql-bytes.js'
import * as pgsql from './pgsql-messages.js'

type Row = Readonly<Record<string, unknown>>
type Random = () => number
type Half = readonly ['asked' | 'told', Buffer]

interface Dialogue {
  readonly opening: readonly Half[]
  /** Question and answer number `id`; with `size` bytes of no importance in one of the two. */
  exchange(id: number, size: number, random: Random): readonly [asked: Buffer, told: Buffer]
  /** The number in a row's question, and in its answer; undefined: none. */
  numbers(row: Row): readonly [asked: string | undefined, told: string | undefined]
}

const CONNECTIONS = 300
const EXCHANGES = 6
const SIZES = [0, 10, 3000, 40_000]
/** How much of it a call moves, and how many calls in a row are lost. */
const CALLS = [300, 1000, 16_384, 1_000_000]
const BURSTS = [1, 1, 2, 4, 9]
const LOSS = 0.06

const pick = <T>(list: readonly T[], random: Random): T => list[Math.floor(random() * list.length)] as T
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')
const number = (value: unknown): string | undefined => /\d+/.exec(JSON.stringify(value ?? null))?.[0]
const chunked = (size: number): string => `${(size || 1).toString(16)}\r\n${'x'.repeat(size || 1)}\r\n0\r\n\r\n`

const DIALOGUES: Readonly<Record<string, Dialogue>> = {
  http: {
    opening: [],
    exchange(id, size, random) {
      const body = pick(['none', 'length', 'chunked'], random)
      const [asks, tells] = random() < 0.5 ? [body, 'length'] : ['none', body === 'none' ? 'length' : body]
      const of = (how: string): string =>
        how === 'none'
          ? '\r\n'
          : how === 'chunked'
            ? `Transfer-Encoding: chunked\r\n\r\n${chunked(size)}`
            : `Content-Length: ${size}\r\n\r\n${'x'.repeat(size)}`
      return [latin1(`PUT /${id} HTTP/1.1\r\n${of(asks)}`), latin1(`HTTP/1.1 200 OK\r\nId: ${id}\r\n${of(tells)}`)]
    },
    numbers: ({ req_path, resp_headers }) => [number(req_path), number((resp_headers as Row | null)?.id)],
  },
  redis: {
    opening: [],
    exchange(id, size) {
      const text = `${id}${'v'.repeat(size)}`
      const bulk = `$${text.length}\r\n${text}\r\n`
      return [latin1(`*2\r\n$4\r\nECHO\r\n${bulk}`), latin1(id % 3 === 0 ? `-ERR ${id}\r\n` : bulk)]
    },
    numbers: ({ req_args, resp }) => [number(req_args), number(resp)],
  },
  memcached: {
    opening: [],
    exchange(id, size) {
      const set = `set ${id} 0 0 ${size}\r\n${'v'.repeat(size)}\r\n`
      if (id % 2 === 0) return [latin1(set), latin1(`SERVER_ERROR ${id}\r\n`)]
      return [latin1(`incr ${id} 1\r\n`), latin1(`${id}\r\n`)]
    },
    numbers: ({ keys, resp }) => [number(keys), number(resp)],
  },
  mysql: {
    opening: mysql.hello(mysql.CAPS).map(({ from, bytes }) => [from === 'client' ? 'asked' : 'told', bytes]),
    exchange(id, size) {
      const told = id % 2 === 0 ? mysql.ok(1, id) : mysql.err(1, 1064, '42000', `${id}`)
      return [mysql.packet(0, 3, `UPDATE t${id}${' '.repeat(size)}`), told]
    },
    numbers: ({ req_body, resp_body, resp_affected_rows }) => [
      number(req_body),
      number(resp_affected_rows) ?? number(resp_body),
    ],
  },
  pgsql: {
    opening: [],
    exchange(id, size) {
      const sql = `UPDATE t${id}${' '.repeat(size)}`
      const end = id % 2 === 0 ? pgsql.tag(`UPDATE ${id}`) : pgsql.error('42601', `${id}`)
      if (id % 3 > 0) return [pgsql.query(sql).bytes, Buffer.concat([end, pgsql.ready()])]
      const asked = [pgsql.parse('', sql), pgsql.bind('', []), pgsql.EXECUTE, pgsql.SYNC]
      return [Buffer.concat(asked), Buffer.concat([pgsql.PARSED, pgsql.BOUND, end, pgsql.ready()])]
    },
    numbers: ({ req_cmd, req, resp }) => [req_cmd === 'Parse' ? undefined : number(req), number(resp)],
  },
}

/** One call: bytes of one direction at a position. */
interface Call {
  readonly from: Half[0]
  readonly at: number
  readonly bytes: Buffer
}

function calls({ opening, exchange }: Dialogue, random: Random): Call[] {
  const first = 1 + Math.floor(random() * 100)
  const halves = [...opening]
  for (let id = first; id < first + EXCHANGES; id++) {
    const [asked, told] = exchange(id, pick(SIZES, random), random)
    halves.push(['asked', asked], ['told', told])
  }
  const position = { asked: 0, told: 0 }
  return halves.flatMap(([from, bytes]) => {
    const size = pick(CALLS, random)
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => i * size)
    const at = position[from]
    position[from] += bytes.length
    return pieces.map((start) => ({ from, at: at + start, bytes: bytes.subarray(start, start + size) }))
  })
}

/** Which of them are not lost; those of the opening never are. */
function kept(all: readonly Call[], opening: number, random: Random): Call[] {
  let burst = 0
  return all.filter((_, i) => {
    if (burst === 0 && i >= opening && random() < LOSS) burst = pick(BURSTS, random)
    if (burst > 0) burst--
    else return true
    return false
  })
}

/** A connection to a server, whose end is seen, or only its client's, or none. */
function trace(dialogue: Dialogue, random: Random): Row[] {
  const bench = new Bench(PROTOCOLS)
  const all = calls(dialogue, random)
  const direction = (from: Half[0]): number => (from === 'asked' ? Direction.RECV : Direction.SEND)
  const final = (from: Half[0]): number =>
    all.reduce((end, call) => (call.from === from ? call.at + call.bytes.length : end), 0)
  bench.feed(connEvent())
  for (const call of kept(all, dialogue.opening.length, random)) {
    bench.feed(dataEvent(direction(call.from), call.at, call.bytes, { time: 1000 + 10 * all.indexOf(call) }))
    if (random() < 0.3) bench.tick(1e9)
  }
  const [end, time] = [random(), 2000 + 10 * all.length]
  if (end < 0.7) bench.feed(endEvent(Direction.RECV, final('asked'), { time }))
  if (end < 0.4) bench.feed(closeEvent([final('told'), final('asked')], { time }))
  bench.tick()
  bench.tracker.flush(true)
  return bench.taken.map(({ row }) => row as Row)
}

test.each(Object.entries(DIALOGUES))('%s: no answer is given to another question', (_name, dialogue) => {
  const random = seeded(1)
  const pairs: (readonly [string, string])[] = []
  for (let i = 0; i < CONNECTIONS; i++) {
    for (const row of trace(dialogue, random)) {
      const [asked, told] = dialogue.numbers(row)
      if (asked !== undefined && told !== undefined) pairs.push([asked, told])
    }
  }
  expect(pairs.filter(([asked, told]) => asked !== told)).toEqual([])
  expect(pairs.length).toBeGreaterThan((CONNECTIONS * EXCHANGES) / 2)
})
