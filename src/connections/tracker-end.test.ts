import { Bench } from '../../test/support/bench.js'
import { ASKED, ASKED_2, CLOSE, CONN, recv, send, TOLD, TOLD_2 } from '../../test/support/dialogue.js'
import { closeEvent, connEvent, endEvent } from '../../test/support/events.js'
import { LineProtocol } from '../../test/support/line-protocol.js'
import { Direction, Role } from '../kernel/intf.gen.js'
import type { Protocol } from '../protocols/protocol.js'

const { RECV } = Direction

let line: LineProtocol
let bench: Bench

beforeEach(() => {
  line = new LineProtocol()
  bench = new Bench([line])
})

describe('the end', () => {
  test.each([
    ['before its data', [CONN, CLOSE], [ASKED, TOLD, ASKED_2, TOLD_2]],
    ['after its data', [CONN, ASKED, TOLD, ASKED_2, TOLD_2], [CLOSE]],
  ])('a connection that closed %s is forgotten', (_name, first, second) => {
    bench.feed(...first).feed(...second)
    expect(bench.tracker.size).toBe(0)
    expect(bench.stats).toEqual([expect.objectContaining({ opened: 1, closed: 1, bytesSent: 12, bytesReceived: 10 })])
    bench.feed(ASKED, endEvent(RECV, 10))
    expect(bench.tracker.counts.unknown).toBe(1)
  })

  test('the other end has closed: what is there is all there will be', () => {
    bench.feed(connEvent({ role: Role.CLIENT }), send(0, 'Qone\n'), recv(0, 'Aei', { time: 5 }))
    expect(bench.lines).toEqual([])
    bench.feed(endEvent(RECV, 3, { time: 9 }))
    expect(bench.lines).toEqual(['one>ei'])
    expect(bench.taken[0]?.endNs).toBe(5)
  })

  test('it does not overtake bytes that are held', () => {
    bench.feed(connEvent({ role: Role.CLIENT }), send(0, 'Qone\n'), recv(0, 'Ae'), recv(3, 'ns'), endEvent(RECV, 5))
    bench.tick()
    expect(bench.tracker.counts.late).toBe(0)
    expect(line.gaps).toEqual([['response', 3]])
  })

  test('it knows what was lost before it', () => {
    bench.feed(CONN, ASKED, TOLD, endEvent(RECV, 12)).tick()
    expect(line.gaps).toEqual([['request', 7]])
    expect(bench.tracker.counts.missing).toBe(7)
  })

  test('a chunk in the middle is not the end, although the direction is closed', () => {
    const twins: Protocol[] = [new LineProtocol('a'), new LineProtocol('b')]
    bench = new Bench(twins)
    bench.feed(CONN, recv(0, 'Qo', { time: 1 }), recv(2, 'ne\n', { time: 2 }), send(0, 'Aei', { time: 3 }))
    bench.feed(send(3, 'ns\n', { time: 4 }), closeEvent([6, 5])).tick()
    expect(bench.lines).toEqual(['one>eins'])
    expect(bench.taken[0]).toMatchObject({ startNs: 1, endNs: 4 })
  })

  test('flush concludes what is open', () => {
    bench.feed(CONN, ASKED, TOLD, ASKED_2)
    bench.tracker.flush()
    expect(bench.lines).toEqual(['one>eins', 'two>-'])
    expect(line.gaps).toEqual([])
  })

  test('flush after losses: what came last may be among them', () => {
    bench.feed(CONN, ASKED, TOLD, ASKED_2)
    bench.tracker.flush(true)
    expect(line.gaps).toEqual([
      ['request', 1],
      ['response', 1],
    ])
  })
})
