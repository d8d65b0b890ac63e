import { Bench } from '../../test/support/bench.js'
import { ASKED, ASKED_2, BOTH, CLOSE, CLOSE_NS, CONN, recv, send, TOLD, TOLD_2 } from '../../test/support/dialogue.js'
import { closeEvent, connEvent } from '../../test/support/events.js'
import { LineProtocol } from '../../test/support/line-protocol.js'
import { Mode, Reason, Role } from '../kernel/intf.gen.js'
import { FOREIGN, INVALID, type Protocol } from '../protocols/protocol.js'
import { ROLE } from '../records/columns.js'

let line: LineProtocol
let bench: Bench

beforeEach(() => {
  line = new LineProtocol()
  bench = new Bench([line])
})

describe('order of events', () => {
  test.each<[string, Buffer[][]]>([
    ['one batch', [[CONN, ASKED, TOLD, ASKED_2, TOLD_2, CLOSE]]],
    ['a batch each', [[CONN], [ASKED], [TOLD], [ASKED_2], [TOLD_2], [CLOSE]]],
    ['a call overtakes another in a batch', [[CONN, ASKED_2, ASKED, TOLD_2, TOLD, CLOSE]]],
    [
      'calls of two threads, each told where the later ended',
      [[CONN, ASKED, ASKED_2, send(6, 'Aeins\n', { time: 20 }), TOLD_2]],
    ],
    [
      'a call overtakes another over two batches',
      [
        [CONN, ASKED_2],
        [ASKED, TOLD_2],
        [TOLD, CLOSE],
      ],
    ],
    ['close comes before the data', [[CONN, ASKED, CLOSE], [TOLD, ASKED_2], [TOLD_2]]],
    [
      'close comes first of all',
      [
        [CONN, CLOSE],
        [ASKED, TOLD, ASKED_2, TOLD_2],
      ],
    ],
    ['bytes come twice', [[CONN, ASKED, ASKED, TOLD, ASKED_2, TOLD_2, TOLD]]],
    ['calls overlap', [[CONN, ASKED, TOLD, recv(2, 'ne\nQtwo\n', { time: 30 }), TOLD_2]]],
  ])('%s', (_name, batches) => {
    for (const batch of batches) bench.feed(...batch)
    bench.tick()
    expect(bench.lines).toEqual(BOTH)
    expect(bench.tracker.counts).toMatchObject({ missing: 0, unknown: 0, evicted: 0 })
    expect(bench.tracker.decodeCounts.get('line')).toMatchObject({ invalid: 0, dropped: 0, orphans: 0 })
  })

  test('calls of three threads, in pieces, each told where the last ended', () => {
    const [asked, told] = [['Qa\n', 'Qbcd\n', 'Qefghi\n'], 'A1\nA2\nA3\n']
    const end = asked.join('').length
    const pieces = [recv(end - 5, 'Qb', { time: 2 }), recv(end - 3, 'cd\n', { time: 2 })]
    bench.feed(CONN, recv(end - 3, 'Qa\n', { time: 1 }), ...pieces, recv(end - 7, 'Qefghi\n', { time: 3 }))
    bench.feed(send(0, told, { time: 4 }))
    bench.tick()
    expect(bench.lines).toEqual(['a>1', 'bcd>2', 'efghi>3'])
    expect(bench.tracker.counts).toMatchObject({ missing: 0, late: 0 })
  })

  test('every cut of both directions gives the same rows, before and after the first', () => {
    const asked = 'Qone\nQtwo\n'
    const told = 'Aeins\nAzwei\n'
    const wrong: string[] = []
    for (let i = 0; i <= asked.length; i++) {
      for (let k = 0; k <= told.length; k++) {
        const cut = new Bench([new LineProtocol()])
        for (let round = 0; round < 2; round++) {
          const [at, from] = [round * asked.length, round * told.length]
          cut.feed(CONN, recv(at, asked.slice(0, i)))
          cut.feed(recv(at + i, asked.slice(i)), send(from, told.slice(0, k)))
          cut.feed(send(from + k, told.slice(k)))
        }
        if (cut.lines.join() !== [...BOTH, ...BOTH].join()) wrong.push(`${i} ${k}: ${cut.lines}`)
      }
    }
    expect(wrong).toEqual([])
  })

  test.each([
    [0, 1, 2, 3],
    [3, 2, 1, 0],
    [1, 3, 0, 2],
    [2, 0, 3, 1],
  ])('calls in the order %i %i %i %i', (...order) => {
    const calls = ['Qone', '\nQt', 'wo', '\n'].map((bytes, i, all) => recv(all.slice(0, i).join('').length, bytes))
    for (const batches of [[order.map((i) => calls[i] as Buffer)], order.map((i) => [calls[i] as Buffer])]) {
      const mixed = new Bench([new LineProtocol()]).feed(CONN)
      for (const batch of batches) mixed.feed(...batch)
      mixed.feed(TOLD, TOLD_2)
      expect(mixed.lines).toEqual(BOTH)
      expect(mixed.tracker.counts).toMatchObject({ missing: 0, late: 0 })
    }
  })

  test('held bytes keep their time', () => {
    bench.feed(CONN, ASKED_2, TOLD_2, ASKED, TOLD)
    expect(bench.taken.map(({ startNs, endNs }) => [startNs, endNs])).toEqual([
      [10, 20],
      [30, 40],
    ])
  })

  test('bytes that come after their place was given up are counted', () => {
    bench.feed(CONN, ASKED_2).tick().feed(ASKED)
    expect(bench.tracker.counts).toMatchObject({ missing: 5, late: 5 })
  })

  test('bytes ahead of their turn wait over a tick, also after a long silence', () => {
    const late = 60e9
    bench.feed(CONN, ASKED, TOLD).tick(late)
    bench.feed(recv(7, 'wo\n', { time: late })).tick(late + 1e6)
    bench.feed(recv(5, 'Qt', { time: late }), send(6, 'Azwei\n', { time: late }))
    expect(bench.lines).toEqual(BOTH)
  })

  test('a connection that has closed waits for its data over a tick', () => {
    bench
      .feed(CONN, ASKED, CLOSE)
      .tick(CLOSE_NS + 1e6)
      .feed(TOLD, ASKED_2)
      .tick(CLOSE_NS + 2e6)
      .feed(TOLD_2)
    expect(bench.lines).toEqual(BOTH)
    expect(bench.tracker.size).toBe(0)
  })

  test('no more than a bounded number of calls is held', () => {
    const events = Array.from({ length: 400 }, (_, i) => recv(10 + 2 * i, 'Q\n'))
    bench.feed(CONN, ...events)
    expect(bench.tracker.counts.missing).toBe(10)
  })
})

describe('missing bytes', () => {
  const lost = 'Qxxxxxxxxx\n'.length

  test('before a message: the protocol is told, the exchange after them is marked', () => {
    line.knowsItsPlace = true
    bench
      .feed(CONN, ASKED, TOLD, recv(5 + lost, 'Qtwo\n'))
      .tick()
      .feed(TOLD_2)
    expect(line.gaps).toEqual([['request', lost]])
    expect(bench.lines).toEqual(['one>eins', '~two>zwei'])
    expect(bench.tracker.counts.missing).toBe(lost)
  })

  test('in the middle of a message: on with the next boundary', () => {
    bench.feed(CONN, ASKED, TOLD, recv(5, 'Qlo'), recv(8 + lost, 'st\nQtwo\n')).tick()
    bench.feed(TOLD_2, recv(16 + lost, 'Qthree\n'), send(12, 'Adrei\n'))
    expect(line.gaps).toEqual([['request', lost + 'Qlo'.length]])
    expect(bench.lines).toEqual(['one>eins', 'two>zwei', 'three>drei'])
    expect(bench.tracker.decodeCounts.get('line')?.dropped).toBe(6)
  })

  // BUG: while a question waits for bytes before it, answers are decoded, and the question gets the answer to another.
  test('the other direction waits too, so that no answer comes before its question', () => {
    line.knowsItsPlace = true
    bench.feed(CONN, ASKED, TOLD, recv(5 + lost, 'Qtwo\n', { time: 30 }), TOLD_2).tick()
    bench.feed(recv(10 + lost, 'Qthree\n', { time: 50 }), send(12, 'Adrei\n', { time: 60 }))
    expect(bench.lines).toEqual(['one>eins', '~two>zwei', 'three>drei'])
  })

  test('every gap is told, also while a boundary is searched for', () => {
    bench.feed(CONN, ASKED, TOLD)
    bench.feed(recv(10, 'xx')).tick()
    bench.feed(recv(20, 'yy')).tick()
    expect(line.gaps).toEqual([
      ['request', 5],
      ['request', 10],
    ])
  })

  test('left out on purpose is not loss', () => {
    line.knowsItsPlace = true
    bench.feed(CONN, recv(0, 'Qone\n', { uncaptured: 100 }), send(0, 'Aeins\n', { uncaptured: 7 }))
    expect(bench.lines).toEqual(['one>eins'])
    expect(bench.tracker.counts.missing).toBe(0)
    bench.feed(
      recv(105, 'Qtwo\n', { uncaptured: 3, reason: Reason.LOST_FAULT }),
      send(13, 'Azwei\n'),
      recv(113, 'Q3\n'),
    )
    bench.feed(send(19, 'Adrei\n'))
    expect(bench.lines).toEqual(['one>eins', 'two>zwei', '~3>drei'])
  })

  test('before the protocol is known: the guess begins behind them', () => {
    bench.feed(CONN, recv(7, 'Qone\n')).tick().feed(send(0, 'Aeins\n'))
    expect(bench.lines).toEqual(['one>eins'])
  })

  test('at the end: the close event knows', () => {
    bench.feed(CONN, ASKED, TOLD, ASKED_2, closeEvent([30, 10])).tick()
    expect(bench.lines).toEqual(['one>eins', 'two>-'])
    expect(bench.tracker.counts.missing).toBe(24)
    expect(bench.tracker.size).toBe(0)
  })
})

describe('withheld bytes', () => {
  const length = 100_000

  test('the kernel is told, and their gap is no loss', () => {
    line.knowsItsPlace = true
    const question = `Qskip ${length}\n`
    bench.feed(CONN, recv(0, question))
    const until = question.length + length
    expect(bench.verdicts.at(-1)).toMatchObject({ conn: 1, mode: Mode.FULL, until: [0, until] })
    bench.feed(send(0, 'Aok\n'), recv(until, 'Qtwo\n'), send(4, 'Azwei\n'))
    expect(bench.lines).toEqual([`skip ${length}>ok`, 'two>zwei'])
    expect(bench.tracker.counts).toMatchObject({ missing: 0, late: 0 })
  })

  test('what is missing behind them is', () => {
    line.knowsItsPlace = true
    const question = `Qskip ${length}\n`
    bench.feed(CONN, recv(0, question), send(0, 'Aok\n')).feed(recv(question.length + length + 5, 'Qtwo\n'))
    bench.tick().feed(send(4, 'Azwei\n'))
    expect(bench.lines.at(-1)).toBe('~two>zwei')
    expect(bench.tracker.counts.missing).toBe(5)
  })

  test('a few bytes are not worth a verdict', () => {
    bench.feed(CONN, recv(0, 'Qskip 100\n'))
    expect(bench.verdicts.map(({ until }) => until)).toEqual([[0, 0]])
  })
})

describe('the guess', () => {
  const other = (): LineProtocol => new LineProtocol('other', 'XY')

  test('an end that asks is the client', () => {
    bench.feed(connEvent({ role: Role.CLIENT }), send(0, 'Qone\n'), recv(0, 'Aeins\n'))
    expect(bench.lines).toEqual(['one>eins'])
    expect(bench.taken[0]).toMatchObject({ role: ROLE.client, protocol: 'line' })
  })

  test('the bytes tell the end, not the socket', () => {
    bench.feed(connEvent({ role: Role.UNKNOWN }), ASKED, TOLD)
    expect(bench.taken[0]?.role).toBe(ROLE.server)
  })

  test('what was collected is decoded in the order in which it moved', () => {
    const slow = new LineProtocol('slow', 'QA', 11)
    const { parse } = slow
    const order: string[] = []
    slow.parse = (kind, bytes, ...rest) => {
      if (bytes.end > bytes.pos) order.push(kind)
      return parse.call(slow, kind, bytes, ...rest)
    }
    bench = new Bench([slow])
    bench.feed(CONN, ASKED, TOLD, recv(5, 'Qtwo\nQ3\n', { time: 30 }), TOLD_2)
    expect(bench.lines).toEqual(BOTH)
    expect(order).toEqual(['request', 'response', 'request', 'request', 'response'])
    expect(bench.taken.map(({ startNs, endNs }) => [startNs, endNs])).toEqual([
      [10, 20],
      [30, 40],
    ])
  })

  test('two that say yes: more bytes; at the end the first of them', () => {
    const twins: Protocol[] = [new LineProtocol('a'), new LineProtocol('b')]
    bench = new Bench(twins)
    bench.feed(CONN, ASKED, TOLD)
    expect(bench.lines).toEqual([])
    bench.feed(closeEvent([6, 5])).tick()
    expect(bench.taken.map(({ protocol }) => protocol)).toEqual(['a'])
  })

  test.each([
    ['FOREIGN', FOREIGN],
    ['INVALID before the first frame', INVALID],
  ])('%s: the bytes since the start go to the next, which may want more of them', (_name, verdict) => {
    const eager = new LineProtocol('eager')
    eager.parse = () => verdict
    bench = new Bench([eager, new LineProtocol('patient', 'QA', 5)])
    bench.feed(CONN, recv(0, 'Qo')).feed(recv(2, 'ne\n'), TOLD)
    expect(bench.lines).toEqual(['one>eins'])
    expect(bench.stats).toEqual([
      expect.objectContaining({ protocol: 'patient', opened: 1, bytesSent: 6, bytesReceived: 5 }),
    ])
  })

  const LONG = 'x'.repeat(16 * 1024)

  test('nobody knows it: off, and only counted', () => {
    bench.feed(CONN, recv(0, LONG), send(0, 'world\n'))
    expect(bench.verdicts.at(-1)?.mode).toBe(Mode.OFF)
    bench.feed(recv(LONG.length, 'more\n'))
    expect(bench.stats).toEqual([
      { pid: 100, protocol: null, role: ROLE.server, opened: 1, closed: 0, bytesSent: 6, bytesReceived: 16_389 },
    ])
  })

  test.each([
    ['in one piece', [recv(12, 'Qone\n'), send(12, 'Aeins\n')]],
    ['in pieces', [recv(12, 'Qo'), recv(14, 'ne\n'), send(12, 'Aei'), send(15, 'ns\n')]],
    [
      'behind a turn in pieces',
      [recv(12, 'z'), recv(13, 'z\n'), send(12, 'zz\n'), recv(15, 'Qone\n'), send(15, 'Aeins\n')],
    ],
  ])('nobody knows it, but another protocol begins with a turn that is answered: %s', (_name, events) => {
    bench.feed(CONN, recv(0, 'hello\n'), send(0, 'world\n'), recv(6, 'hello\n'), send(6, 'world\n'))
    expect(bench.verdicts).toEqual([])
    bench.feed(...events.slice(0, -1))
    bench.feed(...events.slice(-1))
    expect(bench.lines).toEqual(['one>eins'])
    expect(bench.tracker.counts.missing).toBe(0)
  })

  test('nobody knows it: not asked for ever, nor in the middle of a turn', () => {
    bench.feed(CONN, send(0, 'hello\n'), recv(0, 'world\n'), recv(6, 'Qone\n'))
    expect(bench.verdicts).toEqual([])
    for (let i = 0; i < 30; i++) bench.feed(send(6 + 2 * i, '.\n'), recv(11 + 2 * i, '.\n'))
    expect(bench.verdicts.map(({ mode }) => mode)).toEqual([Mode.OFF])
    bench = new Bench([line]).feed(CONN, recv(0, 'hello\n'), recv(6, LONG), send(0, 'more\n'))
    expect(bench.verdicts.map(({ mode }) => mode)).toEqual([Mode.OFF])
  })

  test('known but not wanted: off, under its name', () => {
    bench = new Bench([line, other()], ['other'])
    bench.feed(CONN, ASKED, TOLD, ASKED_2)
    expect(bench.lines).toEqual([])
    expect(bench.verdicts.at(-1)?.mode).toBe(Mode.OFF)
    expect(bench.stats).toEqual([expect.objectContaining({ protocol: 'line', bytesSent: 6, bytesReceived: 10 })])
  })

  test('joined in the middle: starts over with fresh bytes until one knows them', () => {
    bench.feed(connEvent({ position: [500, 400] }), recv(400, 'of a message\n'), send(500, '...\n'))
    expect(bench.verdicts).toEqual([])
    bench.feed(recv(413, 'Qone\n'), send(504, 'Aeins\n'))
    expect(bench.lines).toEqual(['one>eins'])
    expect(bench.tracker.counts.missing).toBe(0)
  })

  test('joined in the middle: left alone after so many misses', () => {
    bench.feed(connEvent({ position: [0, 400] }))
    for (let i = 0; i < 30; i++) bench.feed(recv(400 + 2 * i, '.\n'))
    expect(bench.verdicts.map(({ mode }) => mode)).toEqual([Mode.OFF])
  })

  test('joined in the middle of something long: waits for a turn, but not for ever', () => {
    const long = (chunks: number): Bench => {
      bench = new Bench([line]).feed(connEvent({ position: [0, 400] }))
      for (let i = 0; i < chunks; i++) bench.feed(recv(400 + i * LONG.length, LONG))
      return bench
    }
    expect(long(4097).verdicts.map(({ mode }) => mode)).toEqual([Mode.OFF])
    const end = 400 + 100 * LONG.length
    expect(long(100).feed(send(0, 'so\n'), recv(end, 'Qone\n'), send(3, 'Aeins\n')).lines).toEqual(['one>eins'])
    expect(bench.tracker.counts.missing).toBe(0)
  })

  test('joined in the middle: wrong guesses are misses too', () => {
    bench.feed(connEvent({ position: [0, 400] }))
    for (let i = 0; i < 30; i++) bench.feed(recv(400 + 3 * i, 'Q!\n'))
    expect(bench.verdicts.at(-1)?.mode).toBe(Mode.OFF)
  })

  test('a sample of a connection that is off takes a wrong no back; its jumps are no loss', () => {
    bench.feed(CONN, recv(0, LONG, { time: 1 }))
    bench.feed(recv(100_000, 'Qone\n', { time: 2e9 })).tick()
    expect(bench.verdicts.map(({ mode }) => mode)).toEqual([Mode.OFF, Mode.UNDECIDED, Mode.FULL])
    bench.feed(send(0, 'Aeins\n', { time: 2.1e9 }))
    expect(bench.lines).toEqual(['one>eins'])
    expect(bench.tracker.counts.missing).toBe(0)
    expect(bench.stats).toEqual([expect.objectContaining({ protocol: 'line', bytesReceived: 100_005, bytesSent: 6 })])
  })

  test('nor what moves before the kernel knows of it', () => {
    const rest = { time: 2e9, uncaptured: 40, reason: Reason.SKIP_VERDICT }
    bench.feed(CONN, recv(0, LONG, { time: 1 }), recv(100_000, 'so\n', { time: 2e9 }), recv(100_003, '', rest))
    bench.feed(recv(100_500, 'so\n', { time: 3.1e9 }), recv(101_000, LONG, { time: 3.2e9 })).tick()
    expect(bench.tracker.counts.missing).toBe(0)
    bench.feed(recv(101_500 + LONG.length, 'Qone\n', { time: 3.3e9 })).tick()
    expect(bench.tracker.counts.missing).toBe(500)
  })

  test('not at once, and not for ever', () => {
    bench.feed(CONN, recv(0, LONG, { time: 1 }), recv(LONG.length, 'Qone\n', { time: 1000 }))
    expect(bench.verdicts.map(({ mode }) => mode)).toEqual([Mode.OFF])
    for (let i = 1; i < 40; i++) bench.feed(recv(LONG.length + 5 + 2 * i, '.\n', { time: i * 1e9 })).tick()
    expect(bench.verdicts.length).toBeLessThan(40)
  })
})

test('a row belongs to the process whose call it was', () => {
  bench.feed(CONN, ASKED, TOLD, connEvent({ tgid: 200, comm: 'child' }))
  bench.feed(recv(5, 'Qtwo\n', { tgid: 200 }), send(6, 'Azwei\n', { tgid: 200 }))
  bench.feed(recv(10, 'Q3\n', { tgid: 999 }), send(12, 'Adrei\n', { tgid: 100 }))
  expect(bench.taken.map(({ pid }) => pid)).toEqual([100, 200, 100])
})

test('events of an unknown connection are counted', () => {
  bench.feed(ASKED, CLOSE)
  expect(bench.tracker.counts).toMatchObject({ events: 1, unknown: 1 })
})

test('connections are bounded: of the first, the one that has been silent longest goes', () => {
  const many = 65_536
  bench.feed(CONN, ASKED)
  for (let from = 2; from <= many + 1; from += 2000) {
    const ids = Array.from({ length: Math.min(2000, many + 2 - from) }, (_, i) => from + i)
    bench.feed(...ids.map((conn) => connEvent({ conn, time: 1e9 })))
  }
  expect([bench.tracker.size, bench.tracker.counts.evicted]).toEqual([many, 1])
  expect(bench.lines).toEqual(['one>-'])
})

describe('totals', () => {
  test('count all that moved, also what was not captured, when the protocol becomes known with it', () => {
    bench.feed(CONN, recv(0, 'Qone\n', { uncaptured: 1000 }), send(20, 'Aeins\n', { uncaptured: 50 })).tick()
    expect(bench.stats).toEqual([
      { pid: 100, protocol: 'line', role: ROLE.server, opened: 1, closed: 0, bytesSent: 76, bytesReceived: 1005 },
    ])
  })

  test('peers of a server are told apart by address, those of a client by port too', () => {
    for (const [i, port] of [5000, 5001].entries()) {
      bench.feed(connEvent({ conn: 10 + i, ports: [80, port] }), recv(0, 'Qx\n', { conn: 10 + i }))
      bench.feed(
        connEvent({ conn: 20 + i, ports: [40_000, port], role: Role.CLIENT }),
        send(0, 'Qx\n', { conn: 20 + i }),
      )
    }
    expect(bench.stats).toEqual([
      expect.objectContaining({ role: ROLE.server, opened: 2, bytesReceived: 6 }),
      expect.objectContaining({ role: ROLE.client, opened: 1, bytesSent: 3 }),
      expect.objectContaining({ role: ROLE.client, opened: 1, bytesSent: 3 }),
    ])
  })

  test('only what has news is told', () => {
    bench.feed(CONN, ASKED)
    expect(bench.stats).toHaveLength(1)
    expect(bench.stats).toEqual([])
    bench.feed(TOLD)
    expect(bench.stats).toEqual([expect.objectContaining({ bytesSent: 6, bytesReceived: 5 })])
  })
})
